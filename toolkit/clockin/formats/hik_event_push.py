"""Hikvision event push: ``EventNotificationAlert`` as XML or JSON, alone, in series, or in parts with a picture.

A terminal sends each event to a listening server; a capture of what arrived
holds one message or many. The namespace of the XML varies between builds or is
missing. In a body of several parts the picture follows its event; it is put to
the event before it only where that one says that a picture was taken.

Rows are numbered by message, or by part of a multipart body. Beats of the
connection are no records; other messages (motion, tampering) are events of the
device. A push that did not arrive left nothing here, so that a missing event
says little.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from toolkit.clockin.files.decoding import decode
from toolkit.clockin.files.http_messages import BOUNDARY, Part, parts_of
from toolkit.clockin.files.json_lists import documents, field
from toolkit.clockin.files.safe_xml import DECLARATION, as_mapping, series
from toolkit.clockin.formats import EVENT, NON_RECORD, PHOTO, REFUSED, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.hikvision import event_row
from toolkit.errors import ReadingError

INNER, ALERT = "AccessControllerEvent", "EventNotificationAlert"
BEATS = frozenset({"heartbeat", "videoloss"})
JSON_ALERT = re.compile(rf'"(?:{INNER}|{ALERT})"\s*:\s*\{{')
PUSHED = re.compile(rf'<(?:[\w.-]+:)?{ALERT}\b|"(?:{INNER}|{ALERT})"\s*:'.encode())


@dataclass(frozen=True, slots=True)
class _Message:
    """One message: its number, its text and what it says; ``alert`` is None where the file ends within it."""

    row: int
    sub: int
    raw: str
    alert: Mapping[str, Any] | None


@punch_format("hik_event_push")
class HikEventPush:
    """Messages of an access terminal to a listening server."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()

    def sniff(self, head: Head) -> bool:
        """A message in XML or JSON, or a body of parts that holds one."""
        if BOUNDARY.search(head.content) is not None:
            return PUSHED.search(head.content) is not None
        text = DECLARATION.sub("", head.text, count=1).lstrip()
        if text.startswith("<"):
            return re.match(rf"<(?:[\w.-]+:)?{ALERT}\b", text) is not None
        return text.startswith(("{", "[")) and JSON_ALERT.search(text) is not None and '"AcsEvent"' not in text

    def facts(self, source: Source) -> FileFacts:
        """Whether the file ends within a message or a picture, and whether pictures are in it."""
        parts = source.once(_parts)
        cut = any(not part.whole for part in parts) or any(one.alert is None for one in source.once(_messages))
        pictured = any(part.is_picture for part in parts)
        return FileFacts(truncated="cut_line" if cut else "", lacks=() if pictured else ("photos",))

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row a message, and one a picture."""
        parts = source.once(_parts)
        pictures = {part.number: part for part in parts if part.is_picture}
        told: list[RawRow] = []
        for message in source.once(_messages):
            told.append(_row(message, _picture_of(message, pictures)))
        before = {row.row: row for row in told}
        for part in pictures.values():
            told.append(_photo(part, _owner(part.number, before, pictures)))
        yield from sorted(told, key=lambda row: (row.row, row.sub))


def _parts(source: Source) -> list[Part]:
    return list(parts_of(source.content))


def _messages(source: Source) -> list[_Message]:
    return list(_message_by_message(source, source.once(_parts)))


def _message_by_message(source: Source, parts: list[Part]) -> Iterator[_Message]:
    if not parts:
        for number, (raw, alert) in enumerate(_alerts(source.text, source.name), 1):
            yield _Message(number, 0, raw, alert)
    for part in parts:
        if part.is_picture:
            continue
        if not part.content.strip():
            yield _Message(part.number, 0, "", {} if part.whole else None)
            continue
        for sub, (raw, alert) in enumerate(_alerts(decode(part.content, source.name).text, source.name)):
            yield _Message(part.number, sub, raw, alert)


def _alerts(text: str, file: str) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    body = DECLARATION.sub("", text, count=1).lstrip()
    if body.startswith("<"):
        yield from _xml_alerts(body, file)
        return
    whole, cut = documents(text, file)
    for document in whole:
        value = document.value
        listed = value if isinstance(value, list) else [value]
        for one in listed:
            if not isinstance(one, Mapping):
                raise ReadingError("records_json_broken", file=file, row=1)
            whole = one.get(ALERT, one)
            raw = document.text if one is value else json.dumps(one, ensure_ascii=False)
            yield raw, whole if isinstance(whole, Mapping) else {}
    if cut:
        yield cut, None


def _xml_alerts(text: str, file: str) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """Each message of a series; what stands between them is nothing, or a message that is not whole."""
    for part, element in series(text, ALERT, file):
        yield part, None if element is None else as_mapping(element)


def _row(message: _Message, picture: Part | None) -> RawRow:
    alert = message.alert
    if alert is None:
        return RawRow(kind=REFUSED, row=message.row, sub=message.sub, raw=message.raw, why="cut_row")
    inner, kind = alert.get(INNER), field(alert, "eventType")
    if not isinstance(inner, Mapping):
        beat = kind.lower() in BEATS or not alert
        details = {} if beat else {"code": kind, "what": field(alert, "eventDescription") or "unknown"}
        return RawRow(
            kind=NON_RECORD if beat else EVENT, row=message.row, sub=message.sub, raw=message.raw,
            time_text=field(alert, "dateTime"), terminal_id=field(alert, "macAddress") or None, details=details,
        )  # fmt: skip
    event = {**inner, "dateTime": field(alert, "dateTime") or field(inner, "dateTime", "time")}
    if picture is not None and not field(event, "pictureURL"):
        event["pictureURL"] = _file_of(picture)
    return replace(event_row(event, message.row, message.raw, alert), sub=message.sub)


def _picture_of(message: _Message, pictures: Mapping[int, Part]) -> Part | None:
    """The picture in the next part, where the event says that one was taken."""
    inner = (message.alert or {}).get(INNER)
    if not isinstance(inner, Mapping) or field(inner, "picturesNumber") in ("", "0"):
        return None
    return pictures.get(message.row + 1)


def _owner(number: int, rows: Mapping[int, RawRow], pictures: Mapping[int, Part]) -> RawRow | None:
    """The event that a picture was put to."""
    row = rows.get(number - 1)
    return row if row is not None and row.details.get("photo_ref") == _file_of(pictures[number]) else None


def _photo(part: Part, owner: RawRow | None) -> RawRow:
    return RawRow(
        kind=PHOTO,
        row=part.number,
        raw="\n".join(f"{name}: {value}" for name, value in part.headers.items()),
        employee_id="" if owner is None else owner.employee_id,
        time_text="" if owner is None else owner.time_text,
        terminal_id=None if owner is None else owner.terminal_id,
        details={
            "file": _file_of(part),
            "content": part.content,
            "of_row": "" if owner is None else owner.row,
            "whole": part.whole,
        },
    )


def _file_of(part: Part) -> str:
    """The name of a picture in the case; devices give all pictures one name."""
    return f"part {part.number} {part.file or 'picture.jpg'}"
