"""Models that a person added by path: what was added, when, under which licence, and whether it is still that file.

The list lies outside every case, in the user's own data folder. Files are not
copied; each is used from where it lies as long as its SHA-256 is the one that
was written down when it was added. What is hashed is what is run: a file is
read once, compared, and handed on as bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from toolkit.errors import ReadingError, SetupError
from toolkit.vision.fitting import Part, content_of, fitted

SCHEMA = "papermask-models-1"
STORE = "models.json"
# The files this version was tried with, by slot. Another file that fits is taken and listed as not tested.
TESTED: dict[str, frozenset[str]] = {
    "yunet": frozenset({"25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e31"}),
    "minifasnet": frozenset(
        {
            "80220fb410ff8b3ddc2be085e276ad4367655e903f7664796845b2d03e0b14d1",
            "ea863d82ce0da6539b3335a88a82196047264cb478f1dc29e7a033562b7c71cb",
        }
    ),
    "insightface_pack": frozenset(
        {
            "5e4447f50245bbd7966bd6c0fa52938c61474a04ec7def48753668a9d8b4ea3a",
            "b7120c095d60094f28a4a54ba6a8bf51b297a6273fb40ef6350dfec1f63d9507",
        }
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a person added to a slot.

    ``sha256`` is the file's, or for a folder that of its parts' names and
    hashes. ``licence`` is what the person wrote, None where nothing was said:
    nobody else's word stands in its place. ``recorded_at`` in UTC. ``tested``:
    all parts are the files that this version was tried with.
    """

    slot: str
    path: str
    sha256: str
    licence: str | None
    recorded_at: str
    allowed_use: str
    parts: tuple[Part, ...]

    @property
    def tested(self) -> bool:
        """Whether every part is a file that this version was tried with."""
        return {one.sha256 for one in self.parts} <= TESTED[self.slot]

    def file(self, part: Part) -> Path:
        """Where a part lies."""
        return Path(self.path) / part.name if part.name else Path(self.path)


def store_folder() -> Path:
    """The user's data folder of this program; ``PAPERMASK_MODELS`` names another."""
    stated = os.environ.get("PAPERMASK_MODELS")
    if stated:
        return Path(stated)
    if sys.platform == "win32":  # pragma: no cover
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "papermask"
    if sys.platform == "darwin":  # pragma: no cover
        return Path("~/Library/Application Support/papermask").expanduser()
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "papermask"


def added() -> dict[str, Added]:
    """Slot to what was added to it.

    Raises
    ------
    SetupError
        The list cannot be read as what this program wrote.
    """
    store = store_folder() / STORE
    try:
        told = json.loads(store.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as broken:
        raise SetupError("model_list_broken", file=str(store)) from broken
    try:
        if told["schema"] != SCHEMA:
            raise ValueError(told["schema"])
        return {one["slot"]: _from_json(one) for one in told["models"]}
    except (KeyError, TypeError, ValueError) as broken:
        raise SetupError("model_list_broken", file=str(store)) from broken


def add(slot: str, path: Path, *, allowed_use: str, licence: str | None = None) -> Added:
    """Write down a file or folder for a slot, in place of what the slot held before.

    Parameters
    ----------
    licence : str, optional
        As the person read it, in their words.
    allowed_use : str
        What the slot's description says of it.

    Raises
    ------
    SetupError, ReadingError
        As :func:`toolkit.vision.fitting.fitted`; nothing is written down then.
    """
    fits = fitted(slot, path)
    record = Added(
        slot=slot,
        path=str(fits.path),
        sha256=_whole(fits.parts),
        licence=(licence or "").strip() or None,
        recorded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        allowed_use=allowed_use,
        parts=fits.parts,
    )
    _write({**added(), slot: record})
    return record


def record_of(slot: str) -> Added:
    """What was added to a slot.

    Raises
    ------
    SetupError
        Nothing was: whatever asked for it was *not run*.
    """
    held = added()
    if slot not in held:
        raise SetupError("model_not_added", slot=slot)
    return held[slot]


def contents(record: Added, *wanted: str) -> dict[str, bytes]:
    """Part to the bytes of its file, each compared with the hash written down when it was added.

    Parameters
    ----------
    *wanted : str
        Parts to read; all when none is named.

    Raises
    ------
    SetupError
        A file is gone or is another one now: whatever asked for it was *not run*.
    """
    return {one.part: _checked(record, one) for one in record.parts if not wanted or one.part in wanted}


def intact(record: Added) -> bool:
    """Whether every part is still the file that was added."""
    try:
        return bool(contents(record))
    except SetupError:
        return False


def fingerprint() -> bytes:
    """What tells one set of added models from another; empty where none is added or the list cannot be read."""
    with contextlib.suppress(SetupError):
        return "".join(f"{slot} {one.sha256}\n" for slot, one in sorted(added().items())).encode("utf-8")
    return b""


def _checked(record: Added, part: Part) -> bytes:
    file = record.file(part)
    try:
        content = content_of(file)
    except ReadingError as gone:
        raise SetupError("model_gone", slot=record.slot, file=str(file)) from gone
    found = hashlib.sha256(content).hexdigest()
    if found != part.sha256:
        raise SetupError("model_changed", slot=record.slot, file=str(file), found=found[:16], expected=part.sha256[:16])
    return content


def _whole(parts: tuple[Part, ...]) -> str:
    if len(parts) == 1 and not parts[0].name:
        return parts[0].sha256
    lines = "".join(f"{one.sha256}  {one.name}\n" for one in parts)
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def _from_json(told: dict[str, Any]) -> Added:
    if told["slot"] not in TESTED:
        raise ValueError(told["slot"])
    return Added(**{**told, "parts": tuple(Part(**one) for one in told["parts"])})


def _write(held: dict[str, Added]) -> None:
    """The list holds either what it held before or all of this, at every moment."""
    folder = store_folder()
    document = {"schema": SCHEMA, "models": [asdict(one) for _, one in sorted(held.items())]}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_with(folder / STORE, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))
    except OSError as refused:
        raise SetupError("no_folder", folder=str(folder)) from refused


def replace_with(final: Path, content: bytes) -> None:
    """Put a whole file in its place: written beside it, brought to disk, renamed; on failure nothing is left."""
    descriptor, waiting = tempfile.mkstemp(prefix=f".{final.name}.", suffix=".tmp", dir=final.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(waiting).replace(final)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(waiting).unlink()
        raise
