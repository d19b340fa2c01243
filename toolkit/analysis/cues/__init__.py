"""Mask cues, one a file; importing this package files them all."""

from toolkit.analysis.cues import colour, halftone, learned, mismatch, moire, planarity, shading, stillness

__all__ = ["colour", "halftone", "learned", "mismatch", "moire", "planarity", "shading", "stillness"]
