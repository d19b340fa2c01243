"""Patterns of the records: where to look, and what innocent thing looks the same."""
