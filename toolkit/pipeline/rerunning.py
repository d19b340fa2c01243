"""Computing a sealed package again: do the same exhibits give the same results on this machine?

The exhibits of a package are taken into a new case with what was declared of
them, the zones and decisions of people are laid beside them, every step is run,
and table by table the two are compared. What is told in words must be the same;
numbers may differ by a ten-thousandth. A word that differs where no number of
its row does lies on the line of a threshold, and is called so. That both agree
shows that the program gives the same answer again, not that the answer is true.
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.casebook.storage import from_parquet
from toolkit.casebook.verify import verify
from toolkit.clockin.beside.control_times import read_control_times
from toolkit.errors import ReadingError, SealError
from toolkit.pipeline import run_steps
from toolkit.pipeline.progress import Progress, quiet
from toolkit.runners import Runner

TOLERANCE = 1e-4
STATED = ("zones", "decisions")
NOT_COMPARED = frozenset({"exhibits", *STATED})
DECLARED = ("camera_id", "terminal_id", "starts_at", "timezone", "frame_rate")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value that came out otherwise; ``on_the_line`` where only a word differs and no number of its row does."""

    table: str
    key: str
    column: str
    was: str
    now: str
    on_the_line: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What was compared, the largest difference of a number, and all that is beyond what is allowed."""

    tables: int
    rows: int
    largest: float
    differences: tuple[Difference, ...]


def rerun(package: Path, folder: Path, *, run: Runner | None = None, progress: Progress = quiet) -> Rerun:
    """Compute a package's results anew in a folder, and compare.

    Parameters
    ----------
    folder : Path
        Where the new case is made; must not be there or be empty.

    Raises
    ------
    SealError
        ``package_changed``, or ``package_without_originals``.
    ReadingError, CaseError
        An exhibit cannot be read, the folder is taken, or the disk refused.
    """
    code, found, _ = verify(str(package))
    if code == 1:
        raise SealError("package_changed", folder=package.name, problems=len(found.problems))
    old = {
        path.stem: from_parquet(path.read_bytes())
        for path in sorted((package / "data/tables").glob("*.parquet"))
        if path.stem in tables.TABLES
    }
    if "exhibits" not in old:
        raise SealError("package_without_originals", folder=package.name)
    told = json.loads((package / "data/case.json").read_bytes())
    with Case.create(folder, purpose=str(told["purpose"]), basis=str(told["basis"])) as case:
        try:
            _take_in(case, package, old)
        except (KeyError, IndexError, ValueError, TypeError) as broken:  # tables of a package from anybody
            raise ReadingError("rerun_tables", file=package.name, fault=repr(broken)[:80]) from broken
        run_steps(case, run=run, progress=progress)
        made = compare(old, {name: case.read(name) for name in old if name not in NOT_COMPARED and case.has(name)})
        seal_sha256 = found.hashes["seal.json"]
        case.note("rerun", {"seal_sha256": seal_sha256, "tables": made.tables, "differences": len(made.differences)})
    return made


def _take_in(case: Case, package: Path, old: Mapping[str, pd.DataFrame]) -> None:
    """The exhibits in their order, and what people stated."""
    stored = {str(row["exhibit_id"]): package / "data/evidence" / _plain(row["stored_as"]) for row in _exhibits(old)}
    names = names_that_say(old, stored)
    with tempfile.TemporaryDirectory() as scene:
        for row in _exhibits(old):
            exhibit_id = _plain(row["exhibit_id"])
            source = stored[exhibit_id]
            if exhibit_id in names:
                (Path(scene) / exhibit_id).mkdir()
                source = Path(shutil.copy(source, Path(scene) / exhibit_id / names[exhibit_id]))
            declared = {name: row[name] for name in DECLARED if not pd.isna(row[name])}
            declared |= json.loads(str(row["declared"]))
            added = case.add_exhibit(source, str(row["kind"]), declared)
            if added.exhibit_id != row["exhibit_id"]:
                raise ReadingError("rerun_exhibit", file=source.name, was=row["exhibit_id"], now=added.exhibit_id)
    for name in STATED:
        if name in old:
            case.record(name, old[name])


def _exhibits(old: Mapping[str, pd.DataFrame]) -> list[Row]:
    """In the order in which they came in."""
    return sorted(old["exhibits"].to_dict("records"), key=lambda one: str(one["exhibit_id"]))  # type: ignore[arg-type]


def names_that_say(old: Mapping[str, pd.DataFrame], stored: Mapping[str, Path]) -> dict[str, str]:
    """Names that say something, by exhibit: whose photograph it is, and which recording a row of controls means.

    Names of files stay in the first case; what they said is in its tables.

    Raises
    ------
    ReadingError
        ``rerun_name``: a name leads out of its folder; or a table of control times cannot be read.
    """
    names = {
        str(one["exhibit_id"]): _plain(f"{one['employee_id']}{stored[str(one['exhibit_id'])].suffix}")
        for one in _told(old, "photographs")
        if not pd.isna(one["employee_id"])
    }
    read: dict[str, dict[int, str]] = {}
    for one in _told(old, "control_recordings"):
        table = str(one["table_exhibit_id"])
        if table not in read:
            read[table] = {time.row: PurePath(time.file).name for time in read_control_times(stored[table])}
        names[str(one["exhibit_id"])] = read[table][int(one["row"])]
    return names


def _plain(name: Any) -> str:
    """A name without a way in it: a package may come from anybody.

    Raises
    ------
    ReadingError
        It leads elsewhere.
    """
    text = str(name)
    if text != PurePath(text).name or "\\" in text or text in ("", ".", ".."):
        raise ReadingError("rerun_name", name=text)
    return text


def _told(old: Mapping[str, pd.DataFrame], name: str) -> list[Row]:
    return list(old[name].to_dict("records")) if name in old else []  # type: ignore[arg-type]


def compare(old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]) -> Rerun:
    """Two sets of tables, row by row of their keys."""
    found: list[Difference] = []
    largest, rows, compared = 0.0, 0, 0
    for name in sorted(set(old) - NOT_COMPARED):
        before = _rows(name, old[name])
        after = _rows(name, new[name]) if name in new else {}
        compared, rows = compared + 1, rows + len(before)
        for key in sorted(set(before) | set(after)):
            if key not in before or key not in after:
                was, now = ("-", "+") if key in after else ("+", "-")
                found.append(Difference(table=name, key=key, column="", was=was, now=now, on_the_line=False))
                continue
            apart = [
                one for column in before[key] for one in _apart(column, before[key][column], after[key].get(column))
            ]
            largest = max([largest, *(one[3] for one in apart if math.isfinite(one[3]))])
            beyond = [one for one in apart if one[3] > TOLERANCE]
            words = [one for one in beyond if math.isinf(one[3])]
            for column, was, now, _ in beyond:
                line = len(words) == len(beyond)
                found.append(Difference(table=name, key=key, column=column, was=was, now=now, on_the_line=line))
    return Rerun(tables=compared, rows=rows, largest=largest, differences=tuple(found))


def _rows(name: str, table: pd.DataFrame) -> dict[str, Row]:
    shape = tables.TABLES[name]
    return {
        " ".join(str(row[column]) for column in shape.key): row for row in tables.rows_of(name, table)
    }  # fmt: skip


def _apart(column: str, was: Any, now: Any) -> Iterator[tuple[str, str, str, float]]:
    """Column (with the way into it), both values, and by how much: a distance of numbers, infinite for all else."""
    if isinstance(was, Mapping) and isinstance(now, Mapping) and set(was) == set(now):
        for name in was:
            yield from _apart(f"{column}.{name}", was[name], now[name])
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for place, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _apart(f"{column}[{place}]", one, other)
    elif _is_number(was) and _is_number(now):
        if was != now and not (math.isnan(was) and math.isnan(now)):
            yield column, str(was), str(now), abs(was - now)
    elif was != now:
        yield column, str(was), str(now), math.inf


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
