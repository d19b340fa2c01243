"""Scenes whose truth is known: people at a terminal, its records, and what a camera makes of them."""
