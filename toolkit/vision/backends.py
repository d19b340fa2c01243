"""Face backends by name: who finds faces, who says how alike two are, and which model slots they need.

A backend whose module cannot be imported stops the run and is named: in an
inquiry, silently using another one is worse than using none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import SetupError
from toolkit.records import Face, Image
from toolkit.registry import Registry

Embedding = NDArray[np.float32]


class Detect(Protocol):
    """Finds faces, as :func:`toolkit.vision.centerface.detect_faces`."""

    def __call__(self, image: Image, *, enlarge: float = 1.0, least_score: float = 0.5) -> list[Face]:
        """The faces of a picture, the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceBackend:
    """A detector with a measure of likeness, and the model slots that each of them needs.

    ``distance`` is in the backend's own ``metric``: values of two metrics do
    not compare.
    """

    name: str
    detect: Detect
    embed: Callable[[Image, Face], Embedding]
    distance: Callable[[Embedding, Embedding], float]
    metric: str
    detect_slots: tuple[str, ...]
    embed_slots: tuple[str, ...]


face_backends: Registry[FaceBackend] = Registry("face backend")


def module_of(name: str, module: str) -> ModuleType:
    """A module of :mod:`toolkit.vision` that a backend is made of.

    Raises
    ------
    SetupError
        It cannot be imported; backend, module and reason are named.
    """
    try:
        return import_module(f"toolkit.vision.{module}")
    except Exception as broken:  # whatever a module may do while it is imported
        reason = f"{type(broken).__name__}: {broken}"
        raise SetupError("backend_broken", name=name, module=module, reason=reason) from broken


def _file(name: str, detector: str, embedder: str, metric: str, embed_slots: tuple[str, ...]) -> None:
    finds, compares = module_of(name, detector), module_of(name, embedder)
    face_backends.register(name)(
        FaceBackend(
            name=name,
            detect=finds.detect_faces,
            embed=compares.embed,
            distance=compares.distance,
            metric=metric,
            detect_slots=(detector,),
            embed_slots=embed_slots,
        )
    )


_file("centerface", "centerface", "dlib_faces", "dlib distance", ("dlib_5_points", "dlib_resnet"))
_file("yunet", "yunet", "dlib_faces", "dlib distance", ("dlib_5_points", "dlib_resnet"))
_file("insightface_pack", "insightface_pack", "insightface_pack", "1 - cosine", ("insightface_pack",))
