"""ZKTeco push: requests of a terminal to its server, written down as they went over the line.

``POST /iclock/cdata?SN=...&table=...`` with rows below. ATTLOG rows are clock-ins:
employee number, local time, state, verify code, work code and up to seven more
columns that depend on the firmware. OPERLOG rows tell what was done to the
terminal (``OPLOG``) and who is enrolled (``USER``). ATTPHOTO brings pictures. A
terminal that lost touch sends old rows again: the same clock-in may stand there
twice, and both rows are kept.

Templates of fingers and faces are passed over: they can be compared with
nothing here, and whoever holds them could misuse them.

A row behind which the file breaks off is refused: a code of two digits cut to
one would be another code. Columns 8 and 9 are named only in rows of ten or more,
since terminals that read identity cards put the card's number there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolkit.clockin.files.http_messages import Line, Message, is_push, lines_from, read_capture
from toolkit.clockin.files.tabular import clean_cell
from toolkit.clockin.formats import (
    EVENT,
    NON_RECORD,
    PERSON,
    PUNCH,
    REFUSED,
    FileFacts,
    Head,
    RawRow,
    Source,
    punch_format,
)
from toolkit.clockin.vendors.zk_codes import PUSH_TABLE, credential_of, direction_of, operation_of, reset_flags
from toolkit.clockin.vendors.zk_names import NameReader, name_reader, person_details
from toolkit.clockin.vendors.zk_photos import photo_rows, read_picture

TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
LEAST, LEAST_OPLOG, MASKED = 4, 3, 10
COLUMNS = ("workcode", "reserved_1", "reserved_2", "mask_flag", "temperature", "converted_temperature")
UNNAMED_FROM = 8  # counted from 1, in rows shorter than ten columns
CLOCK_INS, PICTURES = "ATTLOG", "ATTPHOTO"
OPERATED = frozenset({"OPERLOG", "USERINFO", "USER"})
# Settings of the terminal, and copies of templates and portraits.
PASSED_OVER = frozenset(
    {"OPTIONS", "RTSTATE", "BIODATA", "BIOPHOTO", "USERPIC", "FINGERTMP", "FACE", "FVEIN", "TEMPLATEV10"}
)
TEMPLATES = frozenset({"FP", "FACE", "FVEIN", "PALM", "BIODATA", "BIOPHOTO", "USERPIC"})
USER = b"USER "


@punch_format("zkteco_adms")
class ZktecoAdms:
    """A written-down exchange between a terminal and its server."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()

    def sniff(self, head: Head) -> bool:
        """A request to the path that all terminals of this make call."""
        return is_push(head.content)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row a line, save that a picture is one row by itself; lines of the exchange are no records."""
        capture = read_capture(source.content)
        names = _names(capture.messages, source)
        for line in capture.before:
            yield _other(line) if not line.content.strip() else _refused(line, "unknown_table")
        for message in capture.messages:
            yield from map(_other, message.head)
            yield from _body(message, names)

    def facts(self, source: Source) -> FileFacts:
        """The terminal's serial number, whether the last request is whole, and which kinds of rows are not there."""
        messages = read_capture(source.content).messages
        serials = {serial for one in messages if (serial := one.query.get("sn"))}
        tables = {_table(one) for one in messages}
        lacks = [] if PICTURES in tables else ["photos"]
        lacks += [] if tables & {PICTURES, *OPERATED} else ["failures"]
        return FileFacts(
            device=", ".join(sorted(serials)),
            truncated="cut_line" if any(one.missing for one in messages) else "",
            lacks=tuple(lacks),
        )


def _brings_rows(message: Message) -> bool:
    """Answers of the server, and requests for orders or with settings, bring none."""
    return message.path.lower().rpartition("/")[2].startswith(("cdata", "fdata"))


def _names(messages: tuple[Message, ...], source: Source) -> NameReader:
    rows = (line.content for one in messages if _table(one) in OPERATED for line in one.lines())
    names = (_entries(row).get(b"name", b"") for row in rows if row.startswith(USER))
    return name_reader(names, 0, source)


def _entries(row: bytes) -> dict[bytes, bytes]:
    """Entries of a ``USER`` row by lower-case name."""
    parts = (part.partition(b"=") for part in row.removeprefix(USER).split(b"\t"))
    return {name.strip().lower(): value.strip() for name, _, value in parts}


def _table(message: Message) -> str:
    return message.query.get("table", "").upper() if message.path else ""


def _other(line: Line) -> RawRow:
    return RawRow(kind=NON_RECORD, row=line.row, raw=_text(line.content))


def _refused(line: Line, why: str, employee_id: str = "", time_text: str = "") -> RawRow:
    return RawRow(
        kind=REFUSED, row=line.row, raw=_text(line.content), why=why, employee_id=employee_id, time_text=time_text
    )


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="backslashreplace")


def _body(message: Message, names: NameReader) -> Iterator[RawRow]:
    table = _table(message)
    if table == PICTURES:
        yield from _picture(message)
        return
    lines = message.lines()
    last = max((line.row for line in lines if line.content.strip()), default=0) if message.missing else 0
    for line in lines:
        if not line.content.strip() or table in PASSED_OVER or not _brings_rows(message):
            yield _other(line)
        elif line.row == last:
            yield _refused(line, "cut_row")
        elif table == CLOCK_INS:
            yield _clock_in(line, message)
        elif table in OPERATED:
            yield _operation(line, message, names)
        else:
            yield _refused(line, "unknown_table")


def _picture(message: Message) -> Iterator[RawRow]:
    picture = read_picture(message.body)
    if picture is not None:
        yield from photo_rows(picture, message.body_row, message.query.get("sn", ""))
    elif message.body.strip():
        yield _refused(lines_from(message.body, message.body_row)[0], "no_picture")


def _clock_in(line: Line, message: Message) -> RawRow:
    fields = [part.strip() for part in _text(line.content).split("\t")]
    employee_id = clean_cell(fields[0])
    if len(fields) < LEAST:
        return _refused(line, "too_few_fields", employee_id)
    if not employee_id:
        return _refused(line, "no_employee")
    if not TIME.fullmatch(fields[1]):
        return _refused(line, "unreadable_time", employee_id, fields[1])
    serial = message.query.get("sn") or None
    return RawRow(
        kind=PUNCH,
        row=line.row,
        raw=_text(line.content),
        employee_id=employee_id,
        time_text=fields[1],
        terminal_id=serial,
        credential=credential_of(fields[3]),
        result="pass",
        details={
            "direction": direction_of(fields[2]),
            "credential_code": fields[3],
            "code_table": PUSH_TABLE,
            "device_serial": serial,
            "uploaded_at": message.headers.get("date"),
            "flags": reset_flags(fields[1]),
            "status": fields[2],
            **_more(fields[LEAST:]),
        },
    )


def _more(fields: list[str]) -> dict[str, str]:
    """Columns from the fifth on by name, or by number where the name depends on the firmware."""
    named = COLUMNS if len(fields) + LEAST >= MASKED else COLUMNS[: UNNAMED_FROM - LEAST - 1]
    numbered = (f"column_{number}" for number in range(LEAST + 1 + len(named), LEAST + 1 + len(fields)))
    return dict(zip((*named[: len(fields)], *numbered), fields, strict=True))


def _operation(line: Line, message: Message, names: NameReader) -> RawRow:
    if line.content.startswith(USER):
        return _person(line, names)
    word, _, rest = _text(line.content).partition(" ")
    if word.upper() in TEMPLATES:
        return RawRow(kind=NON_RECORD, row=line.row, raw=word)
    fields = [part.strip() for part in rest.split("\t")]
    serial = message.query.get("sn") or None
    if word.upper() != "OPLOG":
        return RawRow(
            kind=EVENT,
            row=line.row,
            raw=_text(line.content),
            terminal_id=serial,
            details={"code": word, "what": "unknown"},
        )
    if len(fields) < LEAST_OPLOG:
        return _refused(line, "too_few_fields")
    return RawRow(
        kind=EVENT,
        row=line.row,
        raw=_text(line.content),
        time_text=fields[2],
        terminal_id=serial,
        details={"code": fields[0], "what": operation_of(fields[0]), "operator": fields[1]},
    )


def _person(line: Line, names: NameReader) -> RawRow:
    told = _entries(line.content)
    plain = {name.decode("latin-1"): _text(value) for name, value in told.items()}
    employee_id = clean_cell(plain.get("pin", ""))
    if not employee_id:
        return _refused(line, "no_employee")
    name, flags = names.read(told.get(b"name", b""))
    others = {
        "privilege": plain.get("pri", ""),
        "card": plain.get("card", ""),
        "group": plain.get("grp", ""),
        "password_set": "yes" if plain.get("passwd") else "no",
    }
    return RawRow(
        kind=PERSON,
        row=line.row,
        raw=line.content.decode(names.encoding, errors="backslashreplace"),
        employee_id=employee_id,
        details=person_details(name, flags, others),
    )
