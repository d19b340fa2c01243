"""Does a file or folder that a person names fit the slot it is meant for, and which part is each file of it?

Files are told apart by what they take and give, never by trust in a name. A
pack folder may hold known kinds only: a runtime that sorts files by the shape
of their input takes an anti-spoof network of 128 x 128 for a recogniser of
faces, and a YuNet file for another detector.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import ReadingError, SetupError
from toolkit.vision.onnx_files import OnnxFile, read_onnx

LARGEST_MIB = 600
PAIR = {"MiniFASNetV2": "crop 2.7", "MiniFASNetV1SE": "crop 4.0"}  # which crop each network was trained with
DETECTOR, EMBEDDER, UNUSED = "detector", "embedder", "not used"
RECOGNISER_PX, LEAST_NUMBERS = 112, 64
UNUSED_PX = (192, 96)  # landmarks; age and sex, which this program never estimates
YUNET_OUTPUTS = frozenset(f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in (8, 16, 32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file: its name below the registered path ("" where the path is the file), its hash, what it serves as."""

    name: str
    sha256: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The file or folder that is to be used, with its parts in a fixed order."""

    path: Path
    parts: tuple[Part, ...]


def fitted(slot: str, path: Path) -> Fitted:
    """The parts of a file or folder, if it fits the slot.

    Raises
    ------
    SetupError
        No such slot, one that is filled by an installed package, or the file is
        not ONNX, takes or gives something else, or a pack holds a stranger.
    ReadingError
        There is no such file or folder.
    """
    if slot not in _FITS:
        raise SetupError("name_unknown", kind="model slot", name=slot, known=", ".join(sorted(_FITS)))
    where = path.expanduser().resolve()
    if not where.exists():
        raise ReadingError("file_missing", file=str(path))
    return _FITS[slot](where)


def content_of(path: Path) -> bytes:
    """All bytes of a weights file.

    Raises
    ------
    SetupError
        It is larger than 600 MiB.
    ReadingError
        It cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST_MIB * 2**20:
            raise SetupError("model_too_large", file=str(path), limit_mib=LARGEST_MIB)
        return path.read_bytes()
    except OSError as refused:
        raise ReadingError("file_unreadable", file=str(path)) from refused


def _yunet(path: Path) -> Fitted:
    if not path.is_file():
        raise ReadingError("file_not_a_file", file=str(path))
    sha256, told = _read(path)
    if told.picture_sides is None or {one.name for one in told.outputs} != YUNET_OUTPUTS:
        expected = "1x3xHxW to the 12 outputs cls, obj, bbox, kps of the strides 8, 16, 32"
        raise SetupError("model_other_shape", slot="yunet", file=path.name, found=str(told), expected=expected)
    return Fitted(path=path, parts=(Part(name="", sha256=sha256, part=DETECTOR),))


def _minifasnet(path: Path) -> Fitted:
    """Both networks of the pair, from one folder; other files in it are left alone."""
    folder = _folder("minifasnet", path)
    parts = []
    for kind, crop in PAIR.items():
        named = [one for one in _onnx_files(folder) if one.stem.endswith(kind)]
        if len(named) != 1:
            found = ", ".join(one.name for one in named) or "none"
            raise SetupError("model_pair", folder=str(path), wanted=f"*{kind}.onnx", found=found)
        sha256, told = _read(named[0])
        if told.picture_sides != (80, 80) or [one.sides[-1:] for one in told.outputs] != [(3,)]:
            raise SetupError(
                "model_other_shape", slot="minifasnet", file=named[0].name, found=str(told), expected="1x3x80x80 to 1x3"
            )
        parts.append(Part(name=named[0].name, sha256=sha256, part=crop))
    return Fitted(path=folder, parts=tuple(parts))


def _pack(path: Path) -> Fitted:
    """Every ONNX file of a folder; each must be of a kind that packs are known to hold."""
    folder = _folder("insightface_pack", path)
    parts = []
    for file in _onnx_files(folder):
        sha256, told = _read(file)
        part = pack_part(told)
        if part is None:
            raise SetupError("pack_stranger", folder=str(path), file=file.name, found=str(told))
        parts.append(Part(name=file.name, sha256=sha256, part=part))
    for wanted in (DETECTOR, EMBEDDER):
        named = [one.name for one in parts if one.part == wanted]
        if len(named) != 1:
            raise SetupError("pack_parts", folder=str(path), wanted=wanted, found=", ".join(named) or "none")
    return Fitted(path=folder, parts=tuple(parts))


def pack_part(told: OnnxFile) -> str | None:
    """What a file of a pack serves as, by shape; None for a stranger.

    A detector of the SCRFD kind gives scores, boxes and five points for three
    or five strides (9 or 15 outputs); a recogniser takes 112 x 112 and gives
    one row of at least 64 numbers, so that a classifier of that size is none.
    """
    sides = told.picture_sides
    if sides is None or not all(one.sides for one in told.outputs):
        return None
    widths = [one.sides[-1] for one in told.outputs]
    if len(widths) in (9, 15):
        due = [width for width in (1, 4, 10) for _ in range(len(widths) // 3)]
        return DETECTOR if all(width in (None, one) for width, one in zip(widths, due, strict=True)) else None
    if len(widths) != 1:
        return None
    if sides == (RECOGNISER_PX, RECOGNISER_PX):
        return EMBEDDER if (widths[0] or 0) >= LEAST_NUMBERS else None
    return UNUSED if sides[0] == sides[1] and sides[0] in UNUSED_PX else None


def _folder(slot: str, path: Path) -> Path:
    """The folder that holds the ONNX files: itself, or the only folder in it, as some archives unpack."""
    if not path.is_dir():
        raise SetupError("model_needs_folder", slot=slot, path=str(path))
    if _onnx_files(path):
        return path
    inner = [one for one in sorted(path.iterdir()) if one.is_dir()]
    if len(inner) == 1 and _onnx_files(inner[0]):
        return inner[0]
    raise SetupError("model_folder_empty", folder=str(path))


def _onnx_files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.suffix.lower() == ".onnx" and one.is_file())


def _read(path: Path) -> tuple[str, OnnxFile]:
    content = content_of(path)
    return hashlib.sha256(content).hexdigest(), read_onnx(content, path.name)


_FITS: dict[str, Callable[[Path], Fitted]] = {"insightface_pack": _pack, "minifasnet": _minifasnet, "yunet": _yunet}
SLOTS = tuple(sorted(_FITS))
