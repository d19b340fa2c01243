"""Mask cues, one a file; importing this package files them all."""

from toolkit.analysis.cues import (
    colour,
    cutout,
    halftone,
    headroom,
    learned,
    mismatch,
    moire,
    paper_edge,
    planarity,
    relief,
    shading,
    sheet,
    stillness,
)

__all__ = [
    "colour", "cutout", "halftone", "headroom", "learned", "mismatch", "moire", "paper_edge", "planarity", "relief",
    "shading", "sheet", "stillness",
]  # fmt: skip
