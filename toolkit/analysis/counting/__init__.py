"""How many were involved, each of the numbers by its own model."""
