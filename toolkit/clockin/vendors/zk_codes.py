"""What the codes of ZKTeco terminals and of their programs mean; kept beside the code, never instead of it.

A code is named only where the tables in use agree. What a code names is what
the terminal says it accepted: it does not prove that the finger or the face
was that of the person whose number the row bears.

References
----------
Verify codes: ZKTeco push protocol, appendix 7. Older software has 0 for
password and 2 for card where the appendix has "any" and "PIN", and 9 has been
noted as face where the appendix has finger and password; codes 5 to 7 allow two
ways and do not tell which was used. These are handed on as "unknown (code)".
Operations: the same document; numbers 9, 21 and 35 could not be read in the
copy at hand and follow from their place in the list.
"""

from __future__ import annotations

import re

PUSH_TABLE, WORD_TABLE = "zk.push.app7", "text"
CREDENTIALS = {
    "1": "finger",
    "3": "password",
    "4": "card",
    "10": "finger+card",
    "11": "card+password",
    "15": "face",
    "16": "face+finger",
    "17": "face+password",
    "18": "face+card",
    "19": "face+finger+card",
    "20": "face+finger+password",
    "21": "vein",
    "25": "palm",
}
# 255 is stated for "none": the key for coming or going was not pressed.
STATES = {"0": "in", "1": "out", "2": "break_out", "3": "break_in", "4": "ot_in", "5": "ot_out", "255": ""}
OPERATIONS = {
    "0": "power_on",
    "2": "verification_failed",
    "4": "menu_entered",
    "5": "setting_changed",
    "9": "user_deleted",
    "13": "data_cleared",
    "21": "clock_set",
    "23": "records_deleted",
    "35": "photo_deleted",
    "41": "records_copied",
    "43": "records_deleted_after_copy",
    "101": "face_enrolled",
    "106": "face_deleted",
}
# Years to which a terminal's clock falls back when its battery is empty.
CLOCK_RESET_YEARS = ("1970", "2000")
_YEARS = "|".join(CLOCK_RESET_YEARS)
RESET_DATE = re.compile(rf"\s*(?:(?:{_YEARS})[-/.]|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:{_YEARS})(?!\d))", re.ASCII)


def credential_of(code: str) -> str:
    """What a verify code of the push protocol names; "unknown (code)" where the tables in use differ."""
    if not code:
        return "unknown"
    return CREDENTIALS.get(code, f"unknown ({code})")


def direction_of(code: str) -> str:
    """Coming or going by a status code: "" where none is stated, "unknown" for a code that is not in the table."""
    return STATES.get(code, "unknown") if code else ""


def operation_of(code: str) -> str:
    """What was done to the terminal; "unknown" for a number that is not in the list at hand."""
    return OPERATIONS.get(code, "unknown")


def reset_flags(time_text: str) -> list[str]:
    """``["clock_reset"]`` for a date to which a clock falls back; that it did is likely, not certain."""
    return ["clock_reset"] if RESET_DATE.match(time_text) else []
