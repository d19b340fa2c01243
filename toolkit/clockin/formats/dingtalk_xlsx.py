"""DingTalk (钉钉) workbook: daily slots (每日统计) and single records (原始记录), each sheet told by its headings.

Two title rows state the period and when the report was made; headings take one
or two rows. Days have two digits of a year and a weekday (``26-03-03 星期二``);
times are minutes and name no zone. In 原始记录 the column 考勤时间 is the time
of the schedule and 打卡时间 the clock-in. The two sheets state the same events:
both are kept, as two assertions. Employees are known by UserId, which the
platform gives, else by 工号; a mapping may name another column.

References
----------
Headings from public code that reads such reports; what the device column holds
(``智能考勤机 M2_<serial>``) is reconstructed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.clockin.fields.day_rows import DayRow, no_records
from toolkit.clockin.fields.day_times import (
    Day,
    Period,
    UnusableDay,
    clock_texts,
    on_day,
    on_day_or_dated,
    read_period,
)
from toolkit.clockin.fields.sheet_headings import Headed, cell_text, headed
from toolkit.clockin.files.sheets import Sheet
from toolkit.clockin.files.tabular import clean_cell
from toolkit.clockin.formats import FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_words import device_details, is_phone, missed, terminal_of, verdict
from toolkit.errors import ReadingError

# Newer reports put 打卡时间 under 上班1.
DAILY, DAILY_GROUPED = (("姓名", "日期", "上班1打卡时间"), ()), (("姓名", "日期"), ("上班1",))
SINGLE = ("姓名", "考勤日期", "考勤时间", "打卡时间")
IDS = ("UserId", "工号")
SLOT = re.compile(r"(?P<name>(?P<half>上班|下班)\d)打卡(?P<leaf>时间|结果)")
PERIOD, MADE = re.compile(r"统计日期:(.*)"), re.compile(r"报表生成时间:\s*(\d{4}\S+(?:\s+[\d:]+)?)")
PICTURES = ("打卡图片1", "打卡图片2")
KEPT_DAILY = ("部门", "考勤组", "班次", "workDate")
KEPT_SINGLE = ("部门", "打卡结果", "打卡地址", "打卡备注", "异常打卡原因",
               "管理员修改备注图片1", "管理员修改备注图片2", "管理员修改备注图片3")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Slot:
    """The columns of a shift's beginning or end; ``name`` as written, such as 下班1."""

    name: str
    direction: str
    time: int
    result: int | None


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet that holds records: daily slots, or single ones where it has no slots."""

    head: Headed
    slots: tuple[_Slot, ...]
    id_column: int | None
    period: Period | None


@punch_format("dingtalk_xlsx")
class DingtalkXlsx:
    """Sheets of one workbook; a sheet with other headings holds no records."""

    mapping_keys: frozenset[str] = frozenset({"employee_id"})
    minutes_only = True
    lacks: frozenset[str] = frozenset({"failures", "credential"})

    def sniff(self, head: Head) -> bool:
        """A sheet has the headings of one of the two tables."""
        return any(_headed(sheet) is not None for sheet in head.sheets)

    def facts(self, source: Source) -> FileFacts:
        """Period and time of making from the titles; a workbook of daily slots alone tells less."""
        tables = _tables(source)
        made = MADE.search("\n".join(table.head.title() for table in tables))
        return FileFacts(
            period=", ".join(sorted({str(table.period) for table in tables if table.period})),
            made_at=made[1] if made else "",
            lacks=("middle_punches", "device", "edits", "photos") if all(one.slots for one in tables) else (),
            questions=("which_employee_id",) if _other_ids(tables) else (),
        )

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Every row of every sheet; titles, headings and rows in which nothing was clocked in are no records.

        Raises
        ------
        ReadingError
            The sheets do not know their people by one column, or a column stands twice.
        """
        tables = {table.head.sheet.name: table for table in _tables(source)}
        for sheet in source.sheets:
            if sheet.name not in tables:
                yield from no_records(sheet)
                continue
            table = tables[sheet.name]
            for number, cells in enumerate(sheet.rows, 1):
                row = DayRow(table.head, number, cells, table.id_column, "日期" if table.slots else "考勤日期")
                told = () if table.head.is_heading(number, cells) else tuple(_told(table, row))
                yield from _row(table, row, told) if told else [row.no_record()]


def _headed(sheet: Sheet) -> Headed | None:
    """The sheet with its headings, where it is one of the two tables."""
    for needed, groups in (DAILY, DAILY_GROUPED):
        found = headed(sheet, needed, groups)
        if found is not None and _slots(found):
            return found
    return headed(sheet, SINGLE)


def _slots(head: Headed) -> tuple[_Slot, ...]:
    columns = {match[0]: number for number, path in enumerate(head.paths) if (match := SLOT.fullmatch("".join(path)))}
    return tuple(
        _Slot(match["name"], "in" if match["half"] == "上班" else "out", head.column(*path) or 0,
              columns.get(f"{match['name']}打卡结果"))
        for path in head.paths
        if (match := SLOT.fullmatch("".join(path))) and match["leaf"] == "时间"
    )  # fmt: skip


def _tables(source: Source) -> list[_Table]:
    heads = [head for sheet in source.sheets if (head := _headed(sheet)) is not None]
    if not heads:
        raise ReadingError("records_no_rows", file=source.name)
    name = _id_heading(heads, source)
    periods = [PERIOD.search(head.title()) for head in heads]
    return [
        _Table(head, _slots(head), head.column(name), read_period(period[1]) if period else None)
        for head, period in zip(heads, periods, strict=True)
    ]


def _other_ids(tables: Sequence[_Table]) -> bool:
    """Whether people have a number in these sheets beside the one that they are known by here."""
    for table in tables:
        columns = {table.head.column(name) for name in IDS} - {None, table.id_column}
        rows = (
            cells for number, cells in enumerate(table.head.sheet.rows, 1) if not table.head.is_heading(number, cells)
        )
        if any(column is not None and cell_text(cells, column) for cells in rows for column in columns):
            return True
    return False


def _id_heading(heads: Sequence[Headed], source: Source) -> str:
    """The one heading by which all sheets know their people: two of them would make two people of one."""
    stated = source.mapping.get("employee_id")
    if stated is not None and not isinstance(stated, str):
        raise ReadingError("mapping_value", file=source.name, entry="employee_id", value=stated)
    for name in IDS if stated is None else ("".join(clean_cell(stated).split()),):
        if all(head.column(name) is not None for head in heads):
            return name
    found = ", ".join("/".join(path) for head in heads for path in head.paths if path)
    if stated is not None:
        raise ReadingError("mapping_heading", file=source.name, heading=stated, found=found)
    example = '{"format": "dingtalk_xlsx", "employee_id": "..."}'
    raise ReadingError("mapping_needed", file=source.name, found=found, example=example)


def _told(table: _Table, row: DayRow) -> Iterator[tuple[str, _Slot | None]]:
    """Every time of the row as written, with its slot; several in one cell apart."""
    for slot in table.slots:
        for text in clock_texts(row.time(slot.time)):
            if not missed(text):
                yield text, slot
    if not table.slots:
        text = row.time(table.head.column("打卡时间"))
        if text and not missed(text):
            yield text, None


def _row(table: _Table, row: DayRow, told: Sequence[tuple[str, _Slot | None]]) -> Iterator[RawRow]:
    try:
        day = row.day(table.period, two_digits=True)
    except UnusableDay as unusable:
        yield row.refused(unusable.why, f"{row.day_text} {' '.join(text for text, _ in told)}".strip())
        return
    for sub, (text, slot) in enumerate(told):
        yield _single(row, day, text) if slot is None else _slot(row, day, sub, text, slot)


def _slot(row: DayRow, day: Day, sub: int, text: str, slot: _Slot) -> RawRow:
    words = "" if slot.result is None or slot.result >= len(row.cells) else clean_cell(row.cells[slot.result].text)
    told = verdict(words, "daily_slot")
    approval = row.told("关联的审批单")
    made_up = told.record_kind in ("makeup", "approval")
    details = {
        **row.shared(day, (), KEPT_DAILY),
        "direction": slot.direction,
        "slot": slot.name,
        "打卡结果": words,
        "approval_id" if made_up else "关联的审批单": approval,
    }
    return row.punch(sub, f"{row.day_text} {text}", on_day(day.on, text), told, details)


def _single(row: DayRow, day: Day, text: str) -> RawRow:
    edited, device, planned = row.told("管理员修改备注"), row.told("打卡设备"), row.told("考勤时间")
    told = verdict(row.told("打卡结果"), "raw_event", edited)
    if told.credential == "unknown" and is_phone(device):
        told = replace(told, credential="remote")
    details = {
        **row.shared(day, (), KEPT_SINGLE),
        **device_details(device),
        "terminal_id": terminal_of(device),
        "scheduled": f"{day.on.isoformat()} {planned}" if on_day(day.on, planned) else planned,
        "photo_ref": " ".join(picture for name in PICTURES if (picture := row.told(name))),
        "edit_reason": edited,
    }
    return row.punch(0, text, on_day_or_dated(day.on, text), told, details)
