"""Mask cues, one a file; importing this package files them all."""

from toolkit.analysis.cues import planarity

__all__ = ["planarity"]
