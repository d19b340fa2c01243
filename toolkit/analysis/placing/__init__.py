"""Clock-ins laid upon visits: densities, the passage through both in their order, and what may be said of it."""
