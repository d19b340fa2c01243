"""Feishu (飞书, Lark) clock-ins as its interface answers them (``user_flows/query``), JSON.

``check_time`` is seconds since 1970, written as a text, and therefore a moment.
``type`` tells where a row comes from. The maker's page says that only valid rows
are answered with, so that failed attempts are never seen; and a program that
imports rows may claim types 0 and 1 for them, so that a type is what somebody
said, not what was measured.

References
----------
Open document of ``attendance-v1/user_flow/query``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.clockin.files.json_lists import Listing, field, listing, names_keys
from toolkit.clockin.formats import NON_RECORD, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_items import Claim, any_tells, claim, joined, others
from toolkit.clockin.vendors.platform_words import elsewhere

LIST, TABLE = "user_flow_results", "feishu.user_flow.type"
# Kind of record, credential and flags by type.
TYPES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "0": ("raw_event", "remote", ()),
    "1": ("manual_edit", "manual", ()),
    "2": ("makeup", "manual", ()),
    "3": ("auto", "manual", ()),
    "4": ("auto", "manual", ("no_punch_needed",)),
    "5": ("raw_event", "unknown", ()),
    "6": ("raw_event", "remote", ()),
    "7": ("auto", "unknown", ("api_import",)),
}
ACCEPTED = frozenset({"Normal", "Early", "Late", "SeriousLate"})
INVALID, LACK = "Invalid", "Lack"
READ = frozenset({"user_id", "employee_id", "check_time", "type", "photo_urls", "device_id", "creator_id"})


@punch_format("feishu_api")
class FeishuApi:
    """Items of ``user_flow_results``."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "credential", "edits"})

    def sniff(self, head: Head) -> bool:
        """JSON with the keys of a clock-in."""
        return names_keys(head.text, ("check_time", "user_id", "record_id"))

    def facts(self, source: Source) -> FileFacts:
        """Whether more would follow, and whether any row names a device."""
        told = source.once(_listing)
        device = any_tells(told.items, "device_id")
        more = told.around.get("has_more") is True
        return FileFacts(truncated=told.truncated or ("more" if more else ""), lacks=() if device else ("device",))

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row an item, counted from 1; a missed clock-in is no record."""
        for number, raw, item in source.once(_listing).records():
            yield item if isinstance(item, RawRow) else _row(number, raw, item)


def _listing(source: Source) -> Listing:
    return listing(source.text, LIST, source.name)


def _row(number: int, raw: str, item: Mapping[str, Any]) -> RawRow:
    if field(item, "check_result") == LACK and field(item, "check_time") in ("", "0"):
        return RawRow(kind=NON_RECORD, row=number, raw=raw)
    told = claim(number, raw, item, ("user_id", "employee_id"), "check_time")
    if not isinstance(told, Claim):
        return told
    code, result = field(item, "type"), field(item, "check_result")
    kind, credential, _ = TYPES.get(code, ("raw_event", f"unknown ({code})" if code else "unknown", ()))
    return told.punch(
        terminal_id=field(item, "device_id") or elsewhere(credential, kind),
        credential=credential,
        result="pass" if kind == "raw_event" and result in ACCEPTED else "unknown",
        record_kind=kind,
        details=_details(item, code),
    )


def _details(item: Mapping[str, Any], code: str) -> dict[str, Any]:
    """``comment`` is the reason where a row was made up or changed; whoever made it is named where it is another."""
    kind, _, flags = TYPES.get(code, ("raw_event", "", ("unknown_source",)))
    creator, comment = field(item, "creator_id"), field(item, "comment")
    changed = kind in ("manual_edit", "makeup")
    another = creator if creator != field(item, "user_id", "employee_id") else ""
    return {
        **others(item, READ),
        "comment": "" if changed else comment,
        "credential_code": code,
        "code_table": TABLE if code else "",
        "photo_ref": joined(item, "photo_urls"),
        "edited_by": creator if changed else another,
        "edit_reason": comment if changed else "",
        "flags": [*flags, *(("declared_invalid",) if field(item, "check_result") == INVALID else ())],
    }
