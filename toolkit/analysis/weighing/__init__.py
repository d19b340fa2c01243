"""From readings to a ratio by a site's own controls, and what limits it."""
