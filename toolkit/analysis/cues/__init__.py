"""Mask cues, one a file; importing this package files them all."""

from toolkit.analysis.cues import learned, planarity

__all__ = ["learned", "planarity"]
