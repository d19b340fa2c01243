"""Sheets in hands: sides, corners, grips, and what is on them."""
