"""Custody: is the file in the case the file that was handed over, and is it still?

The source is only read, and hashed. The copy is read again from disk, hashed,
compared, made read-only and given a neutral name; original names tell on people.
An intake is three steps, a row that says what is coming, the file, and a row
that says it is done; a crash between them leaves an orphan, whole or a
beginning, that the same file adopts when it is added again, and that a person is
shown until then.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit import tables
from toolkit.casebook import folder
from toolkit.casebook.commitments import canonical_bytes
from toolkit.casebook.copying import INCOMING, Progress, copy_in, hash_source
from toolkit.errors import ExhibitChanged, ExhibitError
from toolkit.records import Exhibit

if TYPE_CHECKING:
    from toolkit.casebook.journal import Journal, Row
    from toolkit.casebook.shelf import Shelf

COLUMNS = ("camera_id", "terminal_id", "starts_at", "timezone", "frame_rate")
PROVENANCE = ("obtained_from", "obtained_at", "made_by", "form")
UNKNOWN = "unknown"
EXPORTED = ("program", "filters", "spreadsheet")  # asked of an export of records besides
FORMATS = """
    mp4 m4v mov mkv webm avi ts m2ts mts ps mpg mpeg vob asf wmv dav flv 3gp h264 h265 264 265 hevc gif jpg jpeg png
    webp bmp tif tiff heic csv tsv txt dat log xls xlsx xlsm et ods json jsonl xml html htm zip pdf doc docx eml msg
    db yaml mp3 wav m4a
"""
SUFFIXES = frozenset(f".{one}" for one in FORMATS.split())
NEUTRAL = re.compile(r"E(\d{4,})-([0-9a-f]{8})(\.[a-z0-9]+)?")


class Evidence:
    """The exhibits of one case.

    Parameters
    ----------
    root : Path
        The case folder.
    journal, shelf
        Of the same case; the table ``exhibits`` lies on the shelf.
    """

    def __init__(self, root: Path, journal: Journal, shelf: Shelf) -> None:
        self._root, self._journal, self._shelf = root, journal, shelf
        self._folder = root / folder.EVIDENCE
        self._verified: dict[str, Path] = {}
        self._hashed: tuple[Any, tuple[str, int]] = (None, ("", 0))

    def add(
        self,
        source: Path,
        kind: str,
        declared: Mapping[str, Any],
        provenance: Mapping[str, Any] | None,
        progress: Progress | None,
    ) -> Exhibit:
        """Copy a file in, or recognise it by its hash; see :meth:`Case.add_exhibit`."""
        obtained = _provenance(provenance, kind, source)
        sha256, size = self._hash(source)
        self.finish_interrupted()
        rows = self._rows()
        known = next((row for row in rows if row["sha256"] == sha256), None)
        if known is not None:
            return self._seen_again(rows, known, kind, declared, provenance or {}, source)
        exhibit_id, name = self._free_name(rows, sha256, source)
        row = {
            "exhibit_id": exhibit_id,
            "kind": kind,
            "stored_as": name,
            "sha256": sha256,
            "size_bytes": size,
            "received_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **_columns(declared),
            "provenance": obtained,
        }
        # Built before anything is written: what the table cannot hold must not leave half an intake.
        table = tables.build("exhibits", [*rows, row])
        facts = {"exhibit": exhibit_id, "kind": kind, "sha256": sha256, "size_bytes": size, "stored_as": name}
        self._journal.append("intake", facts, {**_names(source), "provenance": obtained})
        with folder.writing(self._root):
            self._adopt_beginning(name, sha256)
            copy_in(source, self._folder, name, sha256, progress)
        self._shelf.record("exhibits", table)
        self._journal.append("intake done", {"exhibit": exhibit_id, "sha256": sha256})
        return _exhibit(row)

    def declared_of(self, source: Path, kind: str) -> dict[str, Any]:
        """See :meth:`Case.declared_of`."""
        sha256, _ = self._hash(source)
        known = next((row for row in self._rows() if row["sha256"] == sha256), None)
        if known is None:
            return {}
        if known["kind"] != kind:
            raise _other_kind(known, kind)
        told = {**known["declared"], **{name: known[name] for name in COLUMNS}}
        return {name: value for name, value in told.items() if not _missing(value)}

    def path(self, exhibit_id: str) -> Path:
        """Where a stored copy lies, hashed again once; see :meth:`Case.exhibit_path`."""
        row = next((one for one in self._rows() if one["exhibit_id"] == exhibit_id), None)
        if row is None:
            raise ExhibitError("exhibit_unknown", name=exhibit_id)
        if exhibit_id in self._verified:
            return self._verified[exhibit_id]
        path = self._folder / str(row["stored_as"])
        if path.is_symlink() or not path.is_file():
            raise ExhibitError("exhibit_missing", exhibit=exhibit_id, stored_as=row["stored_as"])
        try:
            found = folder.sha256_of(path)
        except OSError as refused:
            raise ExhibitError("exhibit_unreadable", exhibit=exhibit_id, stored_as=row["stored_as"]) from refused
        if path.stat().st_size != row["size_bytes"] or found != row["sha256"]:
            raise ExhibitChanged(
                "exhibit_changed",
                exhibit=exhibit_id,
                stored_as=row["stored_as"],
                journaled=row["sha256"],
                found=found,
            )
        self._verified[exhibit_id] = path
        return path

    def find(self, name: str) -> str:
        """The exhibit of this id, SHA-256, or a name it was added under."""
        rows = self._rows()
        for row in rows:
            if name == row["exhibit_id"] or name.lower() == row["sha256"]:
                return str(row["exhibit_id"])
        wanted = Path(name).name
        named = [row["exhibit_id"] for row in rows if wanted in self.names(row["exhibit_id"])]
        if len(named) != 1:
            raise ExhibitError("exhibit_unknown" if not named else "exhibit_ambiguous", name=name)
        return str(named[0])

    def names(self, exhibit_id: str) -> list[str]:
        """The names a file came under, oldest first, as far as the private facts are here."""
        first = self._journal.last("intake", exhibit=exhibit_id)
        again = [
            row
            for row in self._journal.rows
            if row["act"] == "intake again" and row["pub"].get("exhibit") == exhibit_id
        ]
        rows = again if first is None else [first, *again]
        return [str(name) for name in (self._revealed(row, "name") for row in rows) if name is not None]

    def orphans(self) -> list[Path]:
        """Evidence files that the table of exhibits does not name, and copies that were cut off."""
        known = {row["stored_as"] for row in self._rows()}
        return [path for path in self._files() if path.name not in known] + self._cut_off()

    def sweep(self) -> None:
        """Take away beginnings of copies that no open intake will go on with."""
        wanted = {row["pub"]["stored_as"] for row in self._journal.rows if row["act"] == "intake"}
        with contextlib.suppress(ExhibitChanged):  # told of when a step reads it; then all that was ever begun stays
            wanted -= {row["stored_as"] for row in self._rows()}
        for copy in self._cut_off():
            if copy.name.removeprefix(INCOMING) not in wanted:
                copy.unlink()

    def _cut_off(self) -> list[Path]:
        return sorted(one for one in self._folder.glob(f"{INCOMING}*") if not one.is_dir())

    def finish_interrupted(self) -> None:
        """Journal the end of an intake that a crash cut off after its exhibit was in the table."""
        open_ends = {row["pub"].get("exhibit") for row in self._journal.rows if row["act"] == "intake"}
        open_ends -= {row["pub"].get("exhibit") for row in self._journal.rows if row["act"] == "intake done"}
        if not open_ends:
            return
        # A table that was changed is told of when a step reads it; the case must open for that.
        with contextlib.suppress(ExhibitChanged):
            for row in self._rows():
                if row["exhibit_id"] in open_ends:
                    facts = {"exhibit": row["exhibit_id"], "sha256": row["sha256"]}
                    self._journal.append("intake done", facts)

    def _hash(self, source: Path) -> tuple[str, int]:
        """Hash and size; not reckoned twice of a file that looks untouched, since the copy's own hash decides."""
        mark = _looks(source)
        if mark is None or self._hashed[0] != mark:
            told = hash_source(source)
            self._hashed = (mark if mark == _looks(source) else None, told)
        return self._hashed[1]

    def _adopt_beginning(self, name: str, sha256: str) -> None:
        """Bring a beginning of the same file, left under another number, to where the copy will go on with it."""
        waiting = self._folder / f"{INCOMING}{name}"
        for copy in self._cut_off():
            mark = NEUTRAL.fullmatch(copy.name.removeprefix(INCOMING))
            if mark is not None and mark[2] == sha256[:8] and copy != waiting and not waiting.exists():
                folder.rename_durably(copy, waiting)

    def _seen_again(
        self,
        rows: list[dict[str, Any]],
        known: dict[str, Any],
        kind: str,
        declared: Mapping[str, Any],
        provenance: Mapping[str, Any],
        source: Path,
    ) -> Exhibit:
        exhibit_id = known["exhibit_id"]
        if kind != known["kind"]:
            raise _other_kind(known, kind)
        if source.name not in self.names(exhibit_id):
            self._journal.append("intake again", {"exhibit": exhibit_id}, _names(source))
        told = {key: value for key, value in _columns(declared).items() if value is not None}
        said = {name: value for name, value in _said(provenance, source).items() if value != UNKNOWN}
        merged = {"declared": told["declared"], "provenance": said}
        fresh = {**known, **told, **{name: {**known[name], **value} for name, value in merged.items()}}
        changed = [key for key in (*COLUMNS, *merged) if fresh[key] != known[key]]
        if changed:
            # The row comes first: a table that changed without a word is worse than a word too many.
            values, before = ({key: one[key] for key in changed} for one in (fresh, known))
            private = {"declared": values, "before": before}
            self._journal.append("redeclare", {"exhibit": exhibit_id, "fields": changed}, private)
            rest = [row for row in rows if row["exhibit_id"] != exhibit_id]
            self._shelf.record("exhibits", tables.build("exhibits", [*rest, fresh]))
        return _exhibit(fresh, already_there=True)

    def _free_name(self, rows: list[dict[str, Any]], sha256: str, source: Path) -> tuple[str, str]:
        """Number and name for a new exhibit; those of its orphan when a crash left one.

        A number that any other file in the evidence folder bears is not used
        again: two files of one number cannot be told apart in a report.
        """
        used = {int(row["exhibit_id"][2:]) for row in rows}
        for path in self._files():
            mark = NEUTRAL.fullmatch(path.name)
            if mark is None:
                continue
            number = int(mark[1])
            if number not in used and mark[2] == sha256[:8] and folder.sha256_of(path) == sha256:
                return f"E-{number:04d}", path.name
            used.add(number)
        exhibit_id = f"E-{max(used, default=0) + 1:04d}"
        return exhibit_id, neutral_name(exhibit_id, sha256, source)

    def _files(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(path for path in self._folder.iterdir() if not path.name.startswith("."))

    def _rows(self) -> list[dict[str, Any]]:
        if not self._shelf.has("exhibits"):
            return []
        return [
            {str(key): _plain(value) for key, value in row.items()}
            | {"declared": json.loads(row["declared"]), "provenance": json.loads(row["provenance"])}
            for row in self._shelf.read("exhibits").to_dict("records")
        ]

    def _revealed(self, row: Row, field: str) -> Any:
        return self._journal.private.value(row["op"], field, row["priv"].get(field, ""))


def _looks(source: Path) -> tuple[Any, ...] | None:
    try:
        told = source.stat()
    except OSError:
        return None
    return (source, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns)


def neutral_name(exhibit_id: str, sha256: str, source: Path) -> str:
    """``E0001-344a806b.mp4``: number, start of the hash, and the suffix of a known format."""
    suffix = source.suffix.lower()
    plain = suffix if suffix in SUFFIXES else ""
    return f"{exhibit_id.replace('-', '')}-{sha256[:8]}{plain}"


def _names(source: Path) -> dict[str, str]:
    return {"name": source.name, "path": str(source.resolve())}


def _provenance(told: Any, kind: str, source: Path) -> dict[str, str]:
    """How a file was obtained, and how an export was made: text by field name, "unknown" where nothing was said."""
    asked = (*PROVENANCE, *EXPORTED) if kind == "records" else PROVENANCE
    return dict.fromkeys(asked, UNKNOWN) | _said(told, source)


def _said(told: Any, source: Path) -> dict[str, str]:
    """The fields of a form; a blank one says nothing."""
    told = {} if told is None else told
    if not isinstance(told, Mapping):
        raise ExhibitError("provenance_shape", file=source.name)
    for name, value in told.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise ExhibitError("provenance_shape", file=source.name)
        if name not in (*PROVENANCE, *EXPORTED):  # a slip would leave the field it meant "unknown"
            known = ", ".join((*PROVENANCE, *EXPORTED))
            raise ExhibitError("provenance_field", file=source.name, field=name, known=known)
    return {str(name): str(value).strip() or UNKNOWN for name, value in told.items()}


def _columns(declared: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in declared.items() if key not in COLUMNS and value is not None}
    rest = json.loads(canonical_bytes(rest))  # as it will be read back, to compare the two
    return {name: declared.get(name) for name in COLUMNS} | {"declared": rest}


def _other_kind(known: Mapping[str, Any], wanted: str) -> ExhibitError:
    return ExhibitError("exhibit_other_kind", exhibit=known["exhibit_id"], kind=known["kind"], wanted=wanted)


def _missing(value: Any) -> bool:
    return value is None or value != value  # a number of a table that is not there


def _exhibit(row: Mapping[str, Any], *, already_there: bool = False) -> Exhibit:
    names = ("exhibit_id", "kind", "stored_as", "sha256", "size_bytes", "received_at")
    return Exhibit(**{name: row[name] for name in names}, already_there=already_there)


def _plain(value: Any) -> Any:
    return None if value is None or value is pd.NA or (isinstance(value, float) and value != value) else value
