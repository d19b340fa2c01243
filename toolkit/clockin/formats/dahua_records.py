"""Dahua access terminals: the text answer of ``recordFinder.cgi``, one ``records[i].Key=value`` a line.

Times are seconds since 1970. ``CreateTime`` is shifted to local time by some
firmware, so that ``CreateTimeRealUTC`` is read where it stands, and a row in
which the two differ is flagged ``create_time_differs``. A ``CreateTime`` alone
may be either: its number is told as a civil time without a zone and flagged
``epoch_base_unknown``. OEM builds write civil texts instead.

``Method`` has two tables. Which one holds depends on the kind of device, which
the answer does not tell: 15 stands in that of terminals only and is a face; all
other codes stay unknown unless a person states it in the mapping:
``{"format": "dahua_records", "device_kind": "vto"}`` ("asi" or "vto").

An empty ``UserID`` is a failed attempt. Where the file ends within a record, the
field itself is missing, which is no failed attempt; such a record is refused.

Some firmware ignores the filter of dates and answers with its oldest rows, so
that a day without rows may be a day that was not handed over. A row of a record
is the line on which the record begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from toolkit.clockin.fields.stamps import UTC_OFFSET, moment
from toolkit.clockin.files.tabular import clean_id, id_fault, physical_lines
from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, FileFacts, Head, RawRow, Source, punch_format
from toolkit.errors import ReadingError

RECORD = re.compile(r"records\[(?P<index>\d+)\]\.(?P<key>[\w.\[\]]+)=(?P<value>.*)", re.ASCII | re.DOTALL)
COUNT = re.compile(r"(?P<name>totalCount|found)=(?P<number>\d{1,12})", re.ASCII)
SECONDS = re.compile(r"\d{1,11}", re.ASCII)
SNIFFED_LINES = 20
METHODS = {"asi": {"15": "face"}, "vto": {"0": "password", "1": "card", "2": "finger", "3": "face"}}
RESULTS = {"1": "pass", "0": "fail"}
# Fields that are read; all others are kept as they stand.
USER = "UserID"
READ = frozenset({"CardName", "Method", "RecNo", "URL", USER})


@dataclass(slots=True)
class _Record:
    """Fields of one record, and the lines that they stand on; ``index`` is None for a line of no record."""

    row: int
    index: str | None
    fields: dict[str, str] = field(default_factory=dict)
    raw: str = ""

    def told(self, name: str) -> str:
        """A field, "" where it says nothing."""
        return self.fields.get(name, "").strip()


@punch_format("dahua_records")
class DahuaRecords:
    """Records of a Dahua terminal or door station, failed attempts among them."""

    mapping_keys: frozenset[str] = frozenset({"device_kind"})
    lacks: frozenset[str] = frozenset({"photos"})

    def sniff(self, head: Head) -> bool:
        """Most of the first lines are counts and fields of records, and one is a field."""
        lines = [line.strip() for line in physical_lines(head.text) if line.strip()][:SNIFFED_LINES]
        fields = sum(RECORD.fullmatch(line) is not None for line in lines)
        return fields > 0 and (fields + sum(COUNT.fullmatch(line) is not None for line in lines)) * 2 > len(lines)

    def facts(self, source: Source) -> FileFacts:
        """How many records the file counts, whether they are here, and what their times leave open."""
        told = source.once(_records)
        based = all("epoch_base_unknown" not in _moment(one)[1] for one in told if one.index is not None)
        questions = () if based else ("epoch_base",)
        counts = {
            match["name"]: int(match["number"])
            for one in told
            if one.index is None and (match := COUNT.fullmatch(one.raw.strip())) is not None
        }
        here = sum(one.index is not None for one in told)
        stated = counts.get("totalCount", counts.get("found"))
        if told and (_is_cut(told[-1]) or _cut_record(source, told) is not None):
            return FileFacts(truncated="cut_line", stated_total=stated, questions=questions)
        short = "count" if here < max(counts.values(), default=0) else ""
        return FileFacts(truncated=short, stated_total=stated, questions=questions)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row a record; counts and blank lines are no record, any other line is refused."""
        kind = source.mapping.get("device_kind")
        if kind is not None and kind not in METHODS:
            raise ReadingError("records_device_kind", file=source.name, kind=kind)
        told = source.once(_records)
        cut = _cut_record(source, told)
        for one in told:
            if one is cut:
                yield RawRow(kind=REFUSED, row=one.row, raw=one.raw, why="cut_row")
            elif one.index is not None:
                yield _row(one, kind)
            elif not one.raw.strip() or COUNT.fullmatch(one.raw.strip()) is not None:
                yield RawRow(kind=NON_RECORD, row=one.row, raw=one.raw)
            else:
                yield RawRow(
                    kind=REFUSED, row=one.row, raw=one.raw, why="cut_row" if _is_cut(one) else "too_few_fields"
                )


def _is_cut(record: _Record) -> bool:
    """Whether a line is the beginning of a field and no whole one."""
    text = record.raw.strip()
    return record.index is None and text.startswith("rec") and "=" not in text


def _cut_record(source: Source, told: list[_Record]) -> _Record | None:
    """The last record, where the file breaks off in it.

    It does where it ends before the field that names its user and others have that field, and where its last line has
    no end: an id or a count of seconds that lost its last digits would be another one.
    """
    found = [one for one in told if one.index is not None]
    if found and found[-1] is told[-1] and not source.text.endswith(("\n", "\r")):
        return found[-1]
    if not found or USER in found[-1].fields or not any(USER in one.fields for one in found):
        return None
    return found[-1]


def _records(source: Source) -> list[_Record]:
    return list(_told_apart(source.text))


def _told_apart(whole: str) -> Iterator[_Record]:
    """Records and other lines in their order; a field that stands twice begins a new record, as an index does."""
    current: _Record | None = None
    lines: list[str] = []
    for number, line in enumerate(physical_lines(whole), 1):
        text = line.rstrip("\r\n")
        match = RECORD.fullmatch(text.strip())
        ends = match is None or current is None or current.index != match["index"] or match["key"] in current.fields
        if ends and current is not None:
            current.raw = "\n".join(lines)
            yield current
        if match is None:
            current = None
            yield _Record(number, None, raw=text)
            continue
        if ends or current is None:
            current, lines = _Record(number, match["index"]), []
        current.fields[intern(match["key"])] = match["value"]
        lines.append(text)
    if current is not None:
        current.raw = "\n".join(lines)
        yield current


def _row(record: _Record, kind: str | None) -> RawRow:
    employee_id = clean_id(record.told(USER))
    result = RESULTS.get(record.told("Status"), "unknown")
    flags: list[str] = []
    if not employee_id and result == "pass":
        # Nobody was recognised, though the device says that it went well: what happened is not known.
        result, flags = "unknown", ["pass_without_user"]
    common: dict[str, Any] = {"row": record.row, "raw": record.raw, "employee_id": employee_id}
    fault = id_fault(employee_id)
    if fault and (employee_id or (USER not in record.fields and result != "fail")):
        return RawRow(kind=REFUSED, **common, why=fault)
    moment, marks = _moment(record)
    if "why" in moment:
        return RawRow(kind=REFUSED, **common, **moment)
    return RawRow(
        kind=PUNCH,
        **common,
        **moment,
        credential=_credential(record.told("Method"), kind),
        result="fail" if not employee_id and result == "unknown" and not flags else result,
        record_kind="failed_attempt" if result == "fail" or not employee_id else "raw_event",
        details=_details(record, kind, [*flags, *marks]),
    )


def _moment(record: _Record) -> tuple[dict[str, Any], list[str]]:
    """The time of a record as fields of a row, and flags; ``why`` where it cannot be read."""
    real, written = record.told("CreateTimeRealUTC"), record.told("CreateTime")
    if SECONDS.fullmatch(real) and int(real) > 0:
        differs = SECONDS.fullmatch(written) is not None and int(written) != int(real)
        return {**_epoch(real), "zone": UTC_OFFSET}, ["create_time_differs"] if differs else []
    if SECONDS.fullmatch(written):
        return _epoch(written), ["epoch_base_unknown"]
    return {"time_text": written}, []


def _epoch(seconds: str) -> dict[str, Any]:
    at = moment(seconds)
    if at is None:
        return {"time_text": seconds, "why": "implausible_year"}
    return {"time_text": seconds, "at": at.replace(tzinfo=None).isoformat(), "precision_s": 1.0}


def _credential(method: str, kind: str | None) -> str:
    known = METHODS["asi"] if kind is None else METHODS[kind]
    return known.get(method, f"unknown ({method})" if method else "unknown")


def _details(record: _Record, kind: str | None, flags: list[str]) -> dict[str, Any]:
    number = record.told("RecNo")
    return {
        **{name: value for name, value in record.fields.items() if name not in READ},
        "name": record.told("CardName"),
        "seq": number if number.isascii() and number.isdigit() else None,
        "credential_code": record.told("Method"),
        "code_table": f"dahua.{kind or 'unstated'}",
        "photo_ref": record.told("URL"),
        "flags": flags,
    }
