"""What an export cannot answer, whatever is computed from it, and how to ask for what can.

Told at once, when a file is shown or taken in: an investigator who learns in the
end that minutes name nobody has lost the time in which the device still held its
seconds. Codes are those of the catalogue ``clockin``: ``lack_CODE`` says what is
missing, ``ask_CODE`` what to ask for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from toolkit.clockin.formats import FileFacts
from toolkit.language import text

MINUTE_S = 60.0
# In the order in which they matter to a case.
CODES = (
    "seconds", "truncated", "time_zone", "middle_punches", "failures", "credential", "device", "edits", "photos",
)  # fmt: skip
NOBODY_NAMED = "seconds"


def lacking(
    punches: Iterable[Mapping[str, Any]], facts: FileFacts, never: Collection[str], zone_stated: bool
) -> tuple[str, ...]:
    """Codes of what this file cannot answer, the gravest first.

    Parameters
    ----------
    punches : iterable of mapping
        ``precision_s``, ``zone``, ``credential``, ``terminal_id``, ``result`` of each.
    never : collection of str
        What no export of this format tells.
    zone_stated : bool
        A person stated the time zone.
    """
    rows = list(punches)
    found = {*never, *facts.lacks}
    if any(row["precision_s"] >= MINUTE_S for row in rows):
        found.add("seconds")
    if facts.truncated:
        found.add("truncated")
    if not zone_stated and facts.timezone is None and any(row["zone"] is None for row in rows):
        found.add("time_zone")
    if rows and all(str(row["credential"]).startswith("unknown") for row in rows):
        found.add("credential")
    if any(row["result"] == "fail" for row in rows):
        found.discard("failures")
    unknown = found.difference(CODES)
    if unknown:
        raise ValueError(f"no such lack: {sorted(unknown)}")
    return tuple(code for code in CODES if code in found)


def told(codes: Iterable[str], language: str) -> list[str]:
    """One sentence for each code: what cannot be answered."""
    return [text(f"clockin.lack_{code}", language) for code in codes]


def letter(codes: Iterable[str], language: str, **facts: str) -> str:
    """A letter to whoever keeps the terminal, asking for what the export lacks; "" where nothing is to be asked.

    ``facts`` may hold ``period`` and ``device`` as the file tells them.
    """
    asked = [text(f"clockin.ask_{code}", language) for code in codes]
    if not asked:
        return ""
    known = {name: facts.get(name) or text("clockin.letter_blank", language) for name in ("period", "device")}
    lines = "\n".join(f"- {one}" for one in asked)
    return text("clockin.letter", language, asked=lines, **known)
