"""Clocks, told apart from whoever clocked in: anchors, presence alone, lines, steps and days."""
