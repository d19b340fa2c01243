"""Words that exports of all makes use: ways of checking, what came of it, which way, and headings of employees.

English, Chinese and a few others, as met so far. A word that is not here stays
unknown and is kept: a guess would make a password of a face. What one make alone
means by a word (BioStar's "PIN" is the secret number) is told by that make.
A result is what the device or the platform says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

CREDENTIALS = {
    "face": ("face", "face id", "人脸", "面部", "刷脸", "rostro"),
    "finger": ("finger", "fingerprint", "fp", "指纹", "dedo", "huella", "huella dactilar"),
    "card": ("card", "刷卡", "卡", "tarjeta"),
    "password": ("password", "pw", "pwd", "密码"),
    "palm": ("palm", "掌纹", "掌静脉"),
}
CREDENTIAL_OF = {word: credential for credential, words in CREDENTIALS.items() for word in words}
# Late and early are said of accepted clock-ins.
PASSED = frozenset({"pass", "passed", "ok", "success", "successful", "succeeded", "normal", "late", "early", "成功",
                    "通过", "正常", "迟到", "早退", "严重迟到", "exitosa"})  # fmt: skip
FAILED = frozenset({"fail", "failed", "failure", "denied", "rejected", "失败", "拒绝", "未通过", "fallida"})
DIRECTIONS = {
    "in": ("duty on", "check in", "上班签到", "签到"),
    "out": ("duty off", "check out", "départ", "下班签退", "签退"),
    "break_out": ("break out",),
    "break_in": ("break in",),
    "ot_in": ("overtime in",),
    "ot_out": ("overtime out",),
}
# One word is written as check in, Check-in, check_in and checkIn.
JOINTS = re.compile(r"[-_\s]+")
DIRECTION_OF = {JOINTS.sub("", word): code for code, words in DIRECTIONS.items() for word in words}
# Headings, in lower case, under which nothing but the id of an employee stands.
EMPLOYEE_HEADINGS = (
    "employee_id", "employee id", "employee no", "employee no.", "person id", "工号", "员工编号", "人员编号", "员工号",
    "考勤号码",
)  # fmt: skip


def credential_of_word(word: str, own: Mapping[str, str] | None = None) -> str:
    """What a text such as ``FACE`` or 指纹 names, several joined by "+"; "unknown (word)" where one is not certain.

    Parameters
    ----------
    own : mapping, optional
        Words in lower case that the make uses in a way of its own.
    """
    if not word:
        return "unknown"
    known = CREDENTIAL_OF if own is None else {**CREDENTIAL_OF, **own}
    told = [known.get(one.strip().lower()) for one in word.split("+")]
    return f"unknown ({word})" if None in told else "+".join(one for one in told if one)


def result_of_word(word: str | None, passed: Collection[str] = PASSED, failed: Collection[str] = FAILED) -> str:
    """What a word of a result column says: "pass", "fail", or "unknown" for any that is not known, never a pass."""
    told = (word or "").lower()
    return "pass" if told in passed else "fail" if told in failed else "unknown"


def stated_direction(word: str) -> str | None:
    """Coming or going by a text: in, out, break_out, break_in, ot_in, ot_out; None where it says neither."""
    return DIRECTION_OF.get(JOINTS.sub("", word.lower()))


def direction_of_word(word: str) -> str:
    """As :func:`stated_direction`; "unknown" for a word that is not known, "" where there is none."""
    return stated_direction(word) or "unknown" if word else ""
