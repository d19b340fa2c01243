"""WeCom (企业微信) workbook: days in a row (概况统计与打卡明细) and single clock-ins (打卡详情).

Headings take two rows, and leaves such as 最早 stand under two groups: columns
are found by path, because their numbers differ from one customer to the next.
The title states the zone, ``(UTC+8)``, and a period without a year. Times are
minutes; ``--`` stands for nothing.

A row of days lists all clock-ins in one cell (打卡时间记录; raw events, because
the middle ones stand in it too) and repeats some of
them under 上班1, 下班1, 最早 and 最晚. Each time of the list is an assertion;
what stands elsewhere in the row is one more only where the list lacks it. The
list is compared with the number of clock-ins that the row states. A make-up
that was applied for (假勤申请 ``补卡03/03 17:35``) is an assertion of its own,
because what a person adds must be seen beside what a terminal wrote: also where
the slot stays empty, as in the sample. Only its own day and the next are read;
what else stands there is kept as text.

References
----------
Headings of the first sheet from public code that reads such reports; those of
打卡详情 are reconstructed in part.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from toolkit.clockin.fields.day_rows import DayRow, no_records
from toolkit.clockin.fields.day_times import (
    Day,
    UnusableDay,
    clock_texts,
    on_day,
    on_day_or_dated,
    read_day,
    read_period,
)
from toolkit.clockin.fields.sheet_headings import Headed, headed
from toolkit.clockin.files.sheets import Sheet
from toolkit.clockin.files.tabular import clean_cell
from toolkit.clockin.formats import FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_words import (
    Verdict,
    device_details,
    direction,
    is_phone,
    missed,
    terminal_of,
    verdict,
)
from toolkit.errors import ReadingError

DAYS, DAYS_GROUPS, SINGLE = ("时间", "姓名", "账号"), ("考勤概况",), ("日期", "姓名", "账号", "实际打卡时间")
LIST, COUNT = ("打卡时间记录",), ("考勤概况", "打卡次数(次)")
ENDS, AFIELD = (("考勤概况", "最早"), ("考勤概况", "最晚")), (("外出打卡", "最早"), ("外出打卡", "最晚"))
SHIFT = re.compile(r"(?:上班|下班)\d")
ZONE = re.compile(r"\((?:UTC|GMT)(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<min>\d{2}))?\)")
PERIOD, MADE = (
    re.compile(r"统计时间:(.*?)(?:制表时间|$)", re.MULTILINE),
    re.compile(r"制表时间:\s*([\d/-]+)(\s+[\d:]+)?"),
)
KEPT_DAYS = ("打卡详情",)
KEPT_SINGLE = ("部门", "规则名称", "打卡类型", "打卡状态", "打卡地点", "备注")
ASKED = (("考勤概况", "假勤申请"), ("假勤申请",))
MADE_UP = re.compile(r"补卡\s*(\d{1,2})[/-](\d{1,2})\s+(\d{1,2}:\d{2})(?![\d:])")
COUNT_DIFFERS = "count_differs"
ISLANDS_H = 14


@dataclass(frozen=True, slots=True)
class _Told:
    """A time of a row of days as written, the column that it stands in, and what the row says of it."""

    text: str
    column: str
    words: str = ""
    direction: str = ""
    kind: str = "daily_slot"
    # What is taken of it where the row says nothing: a list of clock-ins holds accepted ones.
    otherwise: str = "正常"


@punch_format("wecom_xlsx")
class WecomXlsx:
    """Sheets of one workbook; a sheet with other headings holds no records."""

    mapping_keys: frozenset[str] = frozenset()
    minutes_only = True
    lacks: frozenset[str] = frozenset({"failures", "credential"})

    def sniff(self, head: Head) -> bool:
        """A sheet has the headings of one of the two tables."""
        return any(_headed(sheet) is not None for sheet in head.sheets)

    def facts(self, source: Source) -> FileFacts:
        """Zone, period and time of making from the titles.

        The zone is told only where all titles agree. The year of the period is that of the time of making, or the one
        before.
        """
        heads = [head for sheet in source.sheets if (head := _headed(sheet)) is not None]
        titles = "\n".join(head.title() for head in heads)
        zones = {_offset(match) for match in ZONE.finditer(titles)}
        made, period = MADE.search(titles), PERIOD.search(titles)
        days = read_period(period[1], _day(made)) if period else None
        single = [head for head in heads if _is_single(head)]
        named = any(
            terminal_of(head.told(cells, "打卡设备")) for head in single for cells in head.sheet.rows[head.last :]
        )
        return FileFacts(
            timezone=next(iter(zones)) if len(zones) == 1 else None,
            period="" if days is None else str(days),
            made_at="" if made is None else made[0].partition(":")[2].strip(),
            lacks=(*(() if named else ("device",)), *(() if single else ("photos",))),
        )

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Every row of every sheet; titles, headings and rows in which nobody clocked in are no records.

        Raises
        ------
        ReadingError
            No sheet has the headings, or a column stands twice.
        """
        if not self.sniff(Head(sheets=source.sheets)):
            raise ReadingError("records_no_rows", file=source.name)
        for sheet in source.sheets:
            head = _headed(sheet)
            if head is None:
                yield from no_records(sheet)
                continue
            for number, cells in enumerate(sheet.rows, 1):
                row = DayRow(head, number, cells, head.column("账号"), "日期" if _is_single(head) else "时间")
                yield from [row.no_record()] if head.is_heading(number, cells) else _row(row)


def _headed(sheet: Sheet) -> Headed | None:
    """The sheet with its headings, where it is one of the two tables."""
    found = headed(sheet, DAYS, DAYS_GROUPS)
    if found is not None and (LIST in found.paths or ENDS[0] in found.paths):
        return found
    return headed(sheet, SINGLE)


def _is_single(head: Headed) -> bool:
    return ("实际打卡时间",) in head.paths


def _offset(match: re.Match[str]) -> str | None:
    hours, minutes = int(match["h"]), int(match["min"] or 0)
    return f"{match['sign']}{hours:02d}:{minutes:02d}" if hours <= ISLANDS_H and minutes < 60 else None


def _day(made: re.Match[str] | None) -> date | None:
    """The day on which the report was made."""
    if made is None:
        return None
    try:
        return read_day(made[1]).on
    except UnusableDay:
        return None


def _row(row: DayRow) -> Iterator[RawRow]:
    told = list(_single_time(row)) if _is_single(row.head) else list(_times(row))
    asked = "" if _is_single(row.head) else _asked(row)
    if not told and not MADE_UP.search(asked):
        yield row.no_record()
        return
    try:
        day = row.day(None)
    except UnusableDay as unusable:
        yield row.refused(unusable.why, f"{row.day_text} {' '.join(one.text for one in told)}".strip())
        return
    told += _made_up(asked, day.on, told)
    if not told:
        yield row.no_record()
        return
    flags = [] if _is_single(row.head) else _count_flag(row, told)
    for sub, one in enumerate(told):
        yield _single(row, day, one) if _is_single(row.head) else _of_day(row, day, sub, one, flags)


def _times(row: DayRow) -> Iterator[_Told]:
    """The times of the list in their order, then those of the shifts, of first and last and of outings."""
    shifts = [_shift(row, path) for path in row.head.paths if _is_shift_time(path)]
    listed = [text for text in clock_texts(row.time(row.head.column(*LIST))) if not missed(text)]
    told = [text for shift in shifts for text in clock_texts(shift.text) if not missed(text)]
    for text in listed:
        mine = [shift for shift in shifts if shift.text == text]
        # What the row says of a shift belongs to a time of the list only where no other could be meant.
        sure = len(mine) == 1 and listed.count(text) == 1
        words, way = (mine[0].words, mine[0].direction) if sure else ("", "")
        yield _Told(text, "/".join(LIST), words, way, "raw_event")
    for shift in shifts:
        for text in clock_texts(shift.text):
            if not missed(text) and text not in listed:
                yield replace(shift, text=text)
    for path in ENDS:
        for text in clock_texts(row.time(row.head.column(*path))):
            if not missed(text) and text not in listed and text not in told:
                yield _Told(text, "/".join(path))
    for path in AFIELD:
        for text in clock_texts(row.time(row.head.column(*path))):
            yield _Told(text, "/".join(path), otherwise="外勤")


def _asked(row: DayRow) -> str:
    """What was applied for on the day."""
    return next((text for path in ASKED if (text := row.told(*path))), "")


def _made_up(asked: str, day: date, told: Sequence[_Told]) -> list[_Told]:
    """Make-ups of the day of work and of the night after it, where no slot of the row shows them as such already."""
    shown = {one.text for one in told if verdict(one.words, one.kind).record_kind == "makeup"}
    found: dict[str, None] = {}
    for month, number, text in MADE_UP.findall(asked):
        for marks, on in (("", day), ("次日 ", day + timedelta(days=1))):
            if (on.month, on.day) == (int(month), int(number)) and marks + text not in shown:
                found[marks + text] = None
    return [_Told(text, "假勤申请", "补卡") for text in found]


def _is_shift_time(path: Sequence[str]) -> bool:
    return len(path) == 2 and SHIFT.fullmatch(path[0]) is not None and path[1] == "打卡时间"


def _shift(row: DayRow, path: Sequence[str]) -> _Told:
    text = row.time(row.head.column(*path))
    return _Told(text, "/".join(path), row.told(path[0], "打卡状态"), direction(path[0]))


def _count_flag(row: DayRow, told: Sequence[_Told]) -> list[str]:
    """Whether the list holds another number of times than the row states; nothing where either is missing."""
    stated, listed = row.told(*COUNT), Counter(one.column for one in told)["/".join(LIST)]
    if not stated.isascii() or not stated.isdigit() or row.head.column(*LIST) is None:
        return []
    return [COUNT_DIFFERS] if int(stated) != listed else []


def _of_day(row: DayRow, day: Day, sub: int, one: _Told, flags: Sequence[str]) -> RawRow:
    told = verdict(one.words or one.otherwise, one.kind)
    made_up = told.record_kind == "makeup"
    details = {
        **row.shared(day, flags, KEPT_DAYS),
        **{name: words for name in ("部门", "职务") if (words := row.told("基础信息", name))},
        # Place and device are those of the clock-ins, which a make-up is none of.
        **({} if made_up else _place_and_device(row.told("打卡详情"))),
        "班次": row.told("考勤概况", "班次"),
        "direction": one.direction,
        "column": one.column,
        "打卡状态": one.words,
        "approval_id" if made_up else "假勤申请": _asked(row),
    }
    return row.punch(sub, f"{row.day_text} {one.text}", on_day(day.on, one.text), told, details)


def _place_and_device(text: str) -> dict[str, str | None]:
    """Device of ``place;device``, where the cell holds one pair; several cannot be told apart."""
    place, mark, device = text.partition(";")
    if not mark or not device or any(sign in text for sign in "\n,") or ";" in device:
        return {}
    return {**device_details(device), "terminal_id": terminal_of(device), "打卡地点": place}


def _single_time(row: DayRow) -> Iterator[_Told]:
    text = row.time(row.head.column("实际打卡时间"))
    if text and not missed(text):
        yield _Told(text, "实际打卡时间", row.told("打卡状态"), direction(row.told("打卡类型")), "raw_event")


def _single(row: DayRow, day: Day, one: _Told) -> RawRow:
    device, planned, way = row.told("打卡设备"), row.told("应打卡时间"), row.told("打卡类型")
    told = _afield(verdict(one.words, one.kind), way, device)
    due = on_day(day.on, planned)
    shown = one.text if one.text[:4].isdigit() else f"{row.day_text} {one.text}"
    details = {
        **row.shared(day, (), KEPT_SINGLE),
        **device_details(device),
        "terminal_id": terminal_of(device),
        "direction": one.direction,
        "scheduled": planned if due is None else due.at[:16].replace("T", " "),
        "photo_ref": row.told("图片"),
        "edit_reason": row.told("备注") if told.credential == "manual" else "",
    }
    return row.punch(0, shown, on_day_or_dated(day.on, one.text), told, details)


def _afield(told: Verdict, way: str, device: str) -> Verdict:
    """Clock-ins of outings and of phones are made elsewhere than at a terminal."""
    elsewhere = clean_cell(way).startswith("外出") or is_phone(device)
    return replace(told, credential="remote") if told.credential == "unknown" and elsewhere else told
