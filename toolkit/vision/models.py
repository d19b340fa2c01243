"""Which face models there could be, and whether they are here: never downloaded, never assumed.

A slot without a file means "not run"; it must never be read as "nothing found".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelSlot:
    """A place for a model: what it would answer, whether it is installed, what its licence allows."""

    name: str
    answers: str
    installed: bool
    licence: str
    sha256: str | None


def slots() -> tuple[ModelSlot, ...]:
    """Every slot, in a fixed order. This version installs none."""
    return (
        ModelSlot("centerface", "where is a face", False, "MIT", None),
        ModelSlot("yunet", "where is a face", False, "Apache-2.0", None),
        ModelSlot("dlib_resnet", "how alike are two faces", False, "CC0-1.0", None),
        ModelSlot("insightface_pack", "where is a face, how alike are two", False, "as recorded by the user", None),
        ModelSlot("minifasnet", "live or print (weak)", False, "Apache-2.0", None),
    )
