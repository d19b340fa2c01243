"""DingTalk (钉钉) clock-ins as its interface answers them (``attendance/list``, ``attendance/listRecord``), JSON.

``userCheckTime`` is milliseconds since 1970 and therefore a moment, whatever
zone the terminal is in; in all public examples its milliseconds are zeros, so
that a time without any is taken for a whole second. ``sourceType`` tells where
the row comes from: a terminal, a phone, a manager, an approved make-up, the
system. ``timeResult`` NotSigned is a row about a clock-in that was not made.

References
----------
The codes of ``sourceType`` and ``timeResult`` are those of public code that
reads them; which keys only ``listRecord`` answers with is from memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.clockin.fields.stamps import moment
from toolkit.clockin.files.json_lists import Listing, field, listing, names_keys
from toolkit.clockin.formats import NON_RECORD, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_items import Claim, any_tells, claim, others
from toolkit.clockin.vendors.platform_words import elsewhere

LIST, TABLE = "recordresult", "dingtalk.sourceType"
# Kind of record and credential by source.
SOURCES = {
    "ATM": ("raw_event", "unknown"),
    "DING_ATM": ("raw_event", "unknown"),
    "BEACON": ("raw_event", "unknown"),
    "USER": ("raw_event", "remote"),
    "BOSS": ("manual_edit", "manual"),
    "APPROVE": ("makeup", "manual"),
    "SYSTEM": ("auto", "manual"),
    "AUTO_CHECK": ("auto", "remote"),
}
ACCEPTED = frozenset({"Normal", "Early", "Late", "SeriousLate", "Absenteeism"})
NOT_SIGNED = "NotSigned"
DIRECTIONS = {"OnDuty": "in", "OffDuty": "out"}
DEVICE = ("deviceSN", "deviceId", "deviceName")
# Entries of single records; an answer without any of them lists one result for each end of a shift.
OF_SINGLE_RECORDS = ("isLegal", "locationMethod", "userAddress", *DEVICE)
READ = frozenset({"userId", "userCheckTime", "baseCheckTime", "checkType", "sourceType", "approveId", "procInstId",
                  "deviceSN", "deviceName", "photoUrl"})  # fmt: skip
MS_A_SECOND = 1000


@punch_format("dingtalk_api")
class DingtalkApi:
    """Items of ``recordresult``."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "credential", "photos"})

    def sniff(self, head: Head) -> bool:
        """JSON with the keys of an attendance record."""
        return names_keys(head.text, ("userCheckTime", "userId", "checkType"))

    def facts(self, source: Source) -> FileFacts:
        """Whether more would follow, and what this kind of answer leaves out."""
        told = source.once(_listing)
        more = field(told.around, "hasMore").lower() == "true"
        single, device = any_tells(told.items, *OF_SINGLE_RECORDS), any_tells(told.items, *DEVICE)
        return FileFacts(
            truncated=told.truncated or ("more" if more else ""),
            lacks=(*(() if single else ("middle_punches",)), *(() if device else ("device",))),
        )

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row an item, counted from 1; what was not signed is no record."""
        for number, raw, item in source.once(_listing).records():
            yield item if isinstance(item, RawRow) else _row(number, raw, item)


def _listing(source: Source) -> Listing:
    return listing(source.text, LIST, source.name)


def _row(number: int, raw: str, item: Mapping[str, Any]) -> RawRow:
    if field(item, "timeResult") == NOT_SIGNED:
        return RawRow(kind=NON_RECORD, row=number, raw=raw)
    told = claim(number, raw, item, ("userId",), "userCheckTime", MS_A_SECOND)
    if not isinstance(told, Claim):
        return told
    code = field(item, "sourceType")
    kind, credential = SOURCES.get(code, ("raw_event", f"unknown ({code})" if code else "unknown"))
    return told.punch(
        terminal_id=field(item, *DEVICE) or elsewhere(credential, kind),
        credential=credential,
        result=_result(item, kind),
        record_kind=kind,
        details=_details(item, code),
    )


def _result(item: Mapping[str, Any], kind: str) -> str:
    if field(item, "isLegal") == "N" or kind != "raw_event":
        return "unknown"
    return "pass" if field(item, "timeResult") in ACCEPTED else "unknown"


def _details(item: Mapping[str, Any], code: str) -> dict[str, Any]:
    planned = moment(item.get("baseCheckTime"), MS_A_SECOND)
    flags = [] if code in SOURCES else ["unknown_source"]
    flags += ["declared_invalid"] if field(item, "isLegal") == "N" else []
    return {
        **others(item, READ),
        "direction": DIRECTIONS.get(field(item, "checkType"), "unknown"),
        "scheduled": planned.isoformat() if planned else "",
        "credential_code": code,
        "code_table": TABLE if code else "",
        "approval_id": field(item, "procInstId", "approveId"),
        "device_serial": field(item, "deviceSN"),
        "device_name": field(item, "deviceName"),
        "photo_ref": field(item, "photoUrl"),
        "flags": flags,
    }
