"""Findings by their codes: what each needs, its rivals, and what speaks for the persons concerned."""
