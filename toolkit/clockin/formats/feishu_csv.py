"""Feishu (飞书) clock-ins as a table, one row a clock-in, with seconds.

Ids stand in spreadsheet guards (``="1001"``). 打卡方式 tells whether a terminal, a
phone, a make-up or an administrator made the row. Rows of missed clock-ins hold
no time.

References
----------
The headings are a reconstruction: no public export was found. A table that has
other ones is left to a person's mapping.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from toolkit.clockin.fields.day_times import Day, Moment, UnusableDay, on_day_or_dated, plain, read_day
from toolkit.clockin.fields.text_headings import is_repeated
from toolkit.clockin.files.tabular import (
    Record,
    clean_cell,
    clean_id,
    first_line,
    guess_delimiter,
    id_fault,
    records,
    shape_fault,
    usual_cells,
)
from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_words import (
    Verdict,
    device_details,
    direction,
    elsewhere,
    is_phone,
    missed,
    terminal_of,
    verdict,
)
from toolkit.errors import ReadingError

NEEDED = ("姓名", "工号", "打卡日期", "打卡时间", "打卡类型", "打卡方式")
PLACE, REMARK, PICTURE = "打卡地点/设备", "备注", "照片"
KEPT = ("部门", "考勤组名称", "班次", "打卡结果", "打卡方式")
BY_ANOTHER_WAY = ("手机", "wi-fi", "wifi", "gps", "极速", "外勤", "电脑")
IMPORTED = "导入"


@dataclass(frozen=True, slots=True)
class _Line:
    """A record with its cells by heading."""

    record: Record
    told: Mapping[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.told.get(heading, "")


@punch_format("feishu_csv")
class FeishuCsv:
    """Rows under the headings of a clock-in table."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "credential"})

    def sniff(self, head: Head) -> bool:
        """The first line that is not blank holds the headings."""
        first = first_line(head.text)
        record = next(records(first, guess_delimiter(first), ""), None)
        return record is not None and _is_heading(record)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row a record; headings, blank rows and rows without a clock-in are no records.

        Raises
        ------
        ReadingError
            The headings are missing or stand there twice.
        """
        table = list(records(source.text, guess_delimiter(first_line(source.text)), source.name))
        heading = next((record for record in table if not record.blank), None)
        if heading is None or not _is_heading(heading):
            raise ReadingError("records_no_rows", file=source.name)
        headings, usual = [clean_cell(cell) for cell in heading.cells], usual_cells(table)
        _check(headings, source.name)
        for record in table:
            if record is heading or record.blank or is_repeated(record, headings):
                yield RawRow(kind=NON_RECORD, row=record.row, raw=record.raw)
            else:
                yield _row(record, headings, usual)


def _is_heading(record: Record) -> bool:
    return set(NEEDED) <= {clean_cell(cell) for cell in record.cells}


def _check(headings: list[str], file: str) -> None:
    twice = next((name for name in (*NEEDED, PLACE) if headings.count(name) > 1), None)
    if twice is not None:
        raise ReadingError("table_column_twice", file=file, column=twice, found=", ".join(headings))


def _row(record: Record, headings: list[str], usual: int) -> RawRow:
    why = shape_fault(record, max(headings.index(name) for name in NEEDED) + 1, len(headings), usual)
    if why:
        return RawRow(kind=REFUSED, row=record.row, raw=record.raw, why=why)
    line = _Line(record, {name: plain(clean_cell(cell)) for name, cell in zip(headings, record.cells, strict=False)})
    time = line["打卡时间"]
    if not time or missed(time):
        return RawRow(kind=NON_RECORD, row=record.row, raw=record.raw)
    employee_id, shown = clean_id(line["工号"]), f"{line['打卡日期']} {time}".strip()
    try:
        day, moment = _moment(line, employee_id)
    except UnusableDay as unusable:
        return RawRow(
            kind=REFUSED, row=record.row, raw=record.raw, why=unusable.why, employee_id=employee_id, time_text=shown
        )
    told, device = _verdict(line), line[PLACE]
    return RawRow(
        kind=PUNCH,
        row=record.row,
        raw=record.raw,
        employee_id=employee_id,
        time_text=shown,
        at=moment.at,
        precision_s=moment.precision_s,
        terminal_id=terminal_of(device) or elsewhere(told.credential, told.record_kind),
        credential=told.credential,
        result=told.result,
        record_kind=told.record_kind,
        details=_details(line, told, day, moment),
    )


def _moment(line: _Line, employee_id: str) -> tuple[Day, Moment]:
    """The day and the moment of a row; UnusableDay where the row cannot be taken, for this or another reason."""
    if why := id_fault(employee_id):
        raise UnusableDay(line["打卡日期"], why)
    day = read_day(line["打卡日期"])
    moment = on_day_or_dated(day.on, line["打卡时间"])
    if moment is None:
        raise UnusableDay(line["打卡时间"], "unreadable_time")
    return day, moment


def _verdict(line: _Line) -> Verdict:
    way = line["打卡方式"]
    told = verdict(line["打卡结果"], "raw_event")
    changed = verdict(f"{way} {line['打卡类型']}", "raw_event")
    if changed.credential == "manual":
        return changed
    if IMPORTED in way:
        return Verdict("unknown", "auto", "unknown", ("api_import",))
    remote = any(word in way.lower() for word in BY_ANOTHER_WAY) or is_phone(line[PLACE])
    return replace(told, credential="remote") if remote and told.credential == "unknown" else told


def _details(line: _Line, told: Verdict, day: Day, moment: Moment) -> dict[str, object]:
    at_terminal, changed = told.credential == "unknown", told.credential == "manual"
    return {
        **{name: line[name] for name in KEPT},
        **(device_details(line[PLACE]) if at_terminal else {PLACE: line[PLACE]}),
        "name": line["姓名"],
        "work_date": day.on.isoformat(),
        "direction": direction(line["打卡类型"]),
        "photo_ref": line[PICTURE],
        "edit_reason": line[REMARK] if changed else "",
        REMARK: "" if changed else line[REMARK],
        "flags": [*told.flags, *moment.flags],
    }
