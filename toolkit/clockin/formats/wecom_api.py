"""WeCom (企业微信) clock-ins as its interface answers them (``getcheckindata``), JSON.

``checkin_time`` is seconds since 1970 and therefore a moment. The scheduled time
is such a count too, or seconds of the day where it is below two days. The
exception 未打卡 marks a row about a clock-in that was not made. ``lat`` and
``lng`` are millionths of a degree in the Chinese map datum; they are kept as
told and turned into nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.clockin.fields.stamps import moment
from toolkit.clockin.files.json_lists import Listing, field, listing, names_keys
from toolkit.clockin.formats import NON_RECORD, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_items import Claim, any_tells, claim, joined, others
from toolkit.clockin.vendors.platform_words import direction, elsewhere, missed

LIST = "checkindata"
DAY_S, TWO_DAYS_S = 86400, 172800
AFIELD = "外出打卡"
# An exception says that a clock-in was late or elsewhere, not that it was refused.
ACCEPTED = frozenset({"时间异常", "地点异常", "wifi异常", "非常用设备"})
DEVICE = ("device_sn", "deviceid")
READ = frozenset({"userid", "checkin_time", "sch_checkin_time", "mediaids", "deviceid", "device_sn", "device_name"})


@punch_format("wecom_api")
class WecomApi:
    """Items of ``checkindata``."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "credential", "edits"})

    def sniff(self, head: Head) -> bool:
        """JSON with the keys of a clock-in."""
        return names_keys(head.text, ("checkin_time", "userid"))

    def facts(self, source: Source) -> FileFacts:
        """Whether the document was cut, and whether any row names a device."""
        told = source.once(_listing)
        device = any_tells(told.items, *DEVICE)
        return FileFacts(truncated=told.truncated, lacks=() if device else ("device",))

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row an item, counted from 1; a clock-in that was not made is no record."""
        for number, raw, item in source.once(_listing).records():
            yield item if isinstance(item, RawRow) else _row(number, raw, item)


def _listing(source: Source) -> Listing:
    return listing(source.text, LIST, source.name)


def _row(number: int, raw: str, item: Mapping[str, Any]) -> RawRow:
    if missed(field(item, "exception_type")):
        return RawRow(kind=NON_RECORD, row=number, raw=raw)
    told = claim(number, raw, item, ("userid",), "checkin_time")
    if not isinstance(told, Claim):
        return told
    credential = "remote" if AFIELD in field(item, "checkin_type") else "unknown"
    return told.punch(
        terminal_id=field(item, *DEVICE) or elsewhere(credential, "raw_event"),
        credential=credential,
        result="pass" if set(field(item, "exception_type").split(";")) - {""} <= ACCEPTED else "unknown",
        details=_details(item),
    )


def _details(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **others(item, READ),
        "direction": direction(field(item, "checkin_type")),
        "scheduled": _scheduled(item.get("sch_checkin_time")),
        "photo_ref": joined(item, "mediaids"),
        "device_serial": field(item, "device_sn"),
        "device_name": field(item, "device_name"),
    }


def _scheduled(value: Any) -> str:
    """The scheduled time: a moment in UTC, or a time of day where the count is below two days; "" for none."""
    at = moment(value)
    if at is None:
        return ""
    seconds = int(str(value))
    if seconds >= TWO_DAYS_S:
        return at.isoformat()
    day, rest = divmod(seconds, DAY_S)
    return f"{'次日 ' if day else ''}{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
