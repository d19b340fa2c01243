"""Mask cues, one a file; importing this package files them all."""

from toolkit.analysis.cues import cutout, headroom, learned, planarity, sheet

__all__ = ["cutout", "headroom", "learned", "planarity", "sheet"]
