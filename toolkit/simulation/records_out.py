"""What the terminal writes, what happens to it on the way, and the file that the inquiry receives.

The device writes a row for each thing it did, by its own clock. Rows may be
held back and sent later, stand twice, or be changed by a person. Each row keeps
what really happened beside what is written, so that the truth can be told row
by row.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from toolkit.errors import ReadingError
from toolkit.simulation.plan import Event, Plan
from toolkit.simulation.scenario import Duplicate, Edit, Scenario
from toolkit.simulation.scenario_file import staff_of
from toolkit.simulation.terminal import DeviceClock

VERIFY = {"face": 15, "finger": 1, "card": 4, "password": 3}
SENDING_S = 0.2  # between two rows that were held back and are sent together
HEADINGS = {
    "zh": ("工号", "姓名", "打卡时间", "设备", "验证方式", "打卡结果"),
    "en": ("Employee ID", "Name", "Punch Time", "Device", "Verification Method", "Result"),
}
MARK = {"zh": "数据来源", "en": "Data Source"}
WORDS = {
    "zh": {"face": "人脸", "finger": "指纹", "card": "刷卡", "password": "密码", True: "成功", False: "失败",
           "machine": "原始记录", "person": "手工修改"},
    "en": {"face": "Face", "finger": "Fingerprint", "card": "Card", "password": "Password", True: "Success",
           False: "Failed", "machine": "Original Records", "person": "Manual"},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it stands in the file, and what it comes from.

    ``stamp`` is the written time (naive, the terminal's civil time). ``event``
    is None for a row that a person invented. ``changes`` lists what made the
    row differ from what the device wrote at the moment: "moved", "renamed",
    "added", "same_row", "double_tap", "held_back", "upload_time".
    """

    employee_id: str
    stamp: datetime
    credential: str
    accepted: bool
    arrives: datetime
    event: Event | None
    changes: tuple[str, ...] = ()
    line: int = 0

    @property
    def edited(self) -> bool:
        """Whether a person changed or made it."""
        return bool({"moved", "renamed", "added"}.intersection(self.changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsFile:
    """The file, the rows in it with their physical lines, and rows that are not in it, with why.

    ``mapping`` is the content of a mapping file for the reader (None: not needed).
    """

    name: str
    content: bytes
    rows: tuple[Row, ...]
    not_written: tuple[tuple[Row, str], ...]
    mapping: bytes | None = None


def make_records(plan: Plan, file: str) -> RecordsFile:
    """The clock-in file of a plan.

    Parameters
    ----------
    file : str
        Name of the scenario's file, for errors.

    Raises
    ------
    ReadingError
        An edit or a duplicate names a clock-in that there is not.
    """
    scenario = plan.scenario
    rows = _as_the_device_wrote(plan)
    rows = _doubled(rows, plan, file)
    rows = _sent_late(rows, scenario, plan.clock)
    rows.sort(key=lambda row: row.arrives)
    rows, deleted = _edited(rows, plan, file)
    not_written = [(row, "deleted") for row in deleted]
    if scenario.records.format == "attlog":
        not_written += [(row, "attlog holds accepted clock-ins only") for row in rows if not row.accepted]
        kept = _numbered([row for row in rows if row.accepted], first_line=1)
        content = attlog_bytes(kept)
        return RecordsFile(name="1_attlog.dat", content=content, rows=kept, not_written=tuple(not_written))
    kept = _numbered(rows, first_line=2)
    return RecordsFile(
        name="records.csv",
        content=csv_bytes(kept, scenario),
        rows=kept,
        not_written=tuple(not_written),
        mapping=_mapping(scenario),
    )


def attlog_bytes(rows: Sequence[Row], device: int = 1) -> bytes:
    """ZKTeco ``attlog.dat``: right-aligned number, tabs, CR LF, no headings."""
    lines = [
        f"{row.employee_id:>9}\t{row.stamp:%Y-%m-%d %H:%M:%S}\t{device}\t0\t{VERIFY[row.credential]}\t0\r\n"
        for row in rows
    ]
    return "".join(lines).encode("ascii")


def csv_bytes(rows: Sequence[Row], scenario: Scenario) -> bytes:
    """A table as a platform exports it: UTF-8 with a byte order mark, CR LF, headings in one of two languages."""
    records, language = scenario.records, scenario.records.headings
    words = WORDS[language]
    names = {one.employee_id: one.name or "" for one in staff_of(scenario)}
    pattern = "%Y-%m-%d %H:%M:%S" if scenario.terminal.precision_s == 1 else "%Y-%m-%d %H:%M"
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow([*HEADINGS[language], *([MARK[language]] if records.marks_edits else [])])
    for row in rows:
        cells = [row.employee_id, names.get(row.employee_id, ""), row.stamp.strftime(pattern)]
        cells += [scenario.terminal.terminal, words[row.credential], words[row.accepted]]
        writer.writerow([*cells, *([words["person" if row.edited else "machine"]] if records.marks_edits else [])])
    return table.getvalue().encode("utf-8-sig")


def _mapping(scenario: Scenario) -> bytes:
    headings = HEADINGS[scenario.records.headings]
    named = dict(zip(("employee_id", "time", "terminal_id", "credential", "result"),
                     (headings[0], *headings[2:]), strict=True))  # fmt: skip
    told = {"format": "declared_csv", **named, "date_order": "ymd"}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _as_the_device_wrote(plan: Plan) -> list[Row]:
    precision_s = plan.scenario.terminal.precision_s
    return [
        Row(
            employee_id=event.employee_id,
            stamp=plan.clock.shown(event.at, precision_s),
            credential=event.credential,
            accepted=event.accepted,
            arrives=event.at,
            event=event,
        )
        for event in plan.events
    ]


def _doubled(rows: list[Row], plan: Plan, file: str) -> list[Row]:
    """Add the rows that stand twice."""
    for k, twice in enumerate(plan.scenario.records.duplicates):
        original = _find(rows, plan, twice, file, f"records.duplicates[{k}]")
        copy = replace(original, changes=(*original.changes, twice.kind))
        if twice.kind == "double_tap" and original.event is not None:
            at = original.event.at + timedelta(seconds=twice.after_s)
            event = replace(original.event, at=at)
            stamp = plan.clock.shown(at, plan.scenario.terminal.precision_s)
            copy = replace(copy, stamp=stamp, arrives=at, event=event)
        rows.insert(rows.index(original) + 1, copy)
    return rows


def _sent_late(rows: list[Row], scenario: Scenario, clock: DeviceClock) -> list[Row]:
    """Rows that were held back arrive together later; in the file they stand after those sent in time."""
    for held in scenario.records.buffered:
        kept: list[Row] = []
        late: list[Row] = []
        for row in rows:
            if not held.starts_at <= row.arrives < held.ends_at:
                kept.append(row)
                continue
            arrives = held.sent_at + timedelta(seconds=SENDING_S * len(late))
            changes = (*row.changes, "held_back")
            stamp = row.stamp
            if held.stamped == "upload_time":
                changes = (*changes, "upload_time")
                stamp = clock.shown(arrives, scenario.terminal.precision_s)
            late.append(replace(row, arrives=arrives, stamp=stamp, changes=changes))
            if held.sent_twice:
                kept.append(row)
        rows = kept + late
    return rows


def _edited(rows: list[Row], plan: Plan, file: str) -> tuple[list[Row], list[Row]]:
    """The rows after a person's changes, and those that he took out; a changed row keeps its place in the file."""
    deleted: list[Row] = []
    for k, edit in enumerate(plan.scenario.records.edits):
        if edit.change == "added":
            rows = _inserted(rows, edit, plan)
            continue
        row = _find(rows, plan, edit, file, f"records.edits[{k}]")
        at = rows.index(row)
        if edit.change == "deleted":
            deleted.append(rows.pop(at))
        elif edit.change == "moved":
            moved = row.stamp + timedelta(seconds=edit.by_s or 0.0)
            rows[at] = replace(row, stamp=moved.replace(microsecond=0), changes=(*row.changes, "moved"))
        else:
            renamed = plan.scenario.person(edit.to_person or edit.person).employee_id or ""
            rows[at] = replace(row, employee_id=renamed, changes=(*row.changes, "renamed"))
    return rows, deleted


def _inserted(rows: list[Row], edit: Edit, plan: Plan) -> list[Row]:
    """A row that nothing stands behind, put where its time belongs."""
    stamp = datetime.fromisoformat(edit.stamped_at or "")
    at = next((k for k, row in enumerate(rows) if row.stamp > stamp), len(rows))
    invented = Row(
        employee_id=plan.scenario.person(edit.person).employee_id or "",
        stamp=stamp,
        credential="face",
        accepted=True,
        arrives=rows[min(at, len(rows) - 1)].arrives if rows else plan.clock.set_at,
        event=None,
        changes=("added",),
    )
    return [*rows[:at], invented, *rows[at:]]


def _find(rows: Iterable[Row], plan: Plan, wanted: Edit | Duplicate, file: str, place: str) -> Row:
    """The n-th accepted clock-in that the device wrote under this person's id."""
    whose = plan.scenario.person(wanted.person).employee_id
    found = [
        row
        for row in rows
        if row.event is not None
        and row.event.employee_id == whose
        and row.accepted
        and not {"same_row", "double_tap"}.intersection(row.changes)
    ]
    found.sort(key=lambda row: row.event.at if row.event else row.arrives)
    if len(found) < wanted.clock_in:
        raise ReadingError(
            "scenario_no_such_clock_in",
            named=wanted.person,
            number=wanted.clock_in,
            count=len(found),
            file=file,
            line=1,
            place=place,
        )
    return found[wanted.clock_in - 1]


def _numbered(rows: Sequence[Row], first_line: int) -> tuple[Row, ...]:
    return tuple(replace(row, line=first_line + k) for k, row in enumerate(rows))
