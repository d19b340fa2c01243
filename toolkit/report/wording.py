"""Words that accuse or claim more than evidence carries never leave the program.

Every sentence of the content model is looked at before anything is written.
Text that somebody else wrote (purpose, ids, device names) is quoted, not
said: it is marked where it enters (:func:`mark_foreign`), left out of the check,
and the marks are taken away when the page is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from toolkit.errors import CaseError

BANNED_EN = (
    "identified as", "is the person", "98% sure", "certain", "proves", "proven", "confirms guilt",
    "impossible to be anyone else", "fraudster", "fraud", "accomplice", "no doubt", "beyond doubt", "without doubt",
    "ai-verified", "guilty", "culprit", "cheater", "cheating", "beneficiary", "proxy relation",
)  # fmt: skip
BANNED_ZH = (
    "确认为", "认定为", "就是本人", "系本人", "证明了", "足以证明", "毫无疑问", "确凿无疑", "百分之百", "同一人",
    "造假者", "骗子", "同伙", "共犯", "作弊者", "作弊", "AI 鉴定", "AI鉴定", "不可能是他人",
)  # fmt: skip
PATTERNS = (
    # Without a word that limits it, "match" claims an identity.
    re.compile(r"\bmatch(?:es|ed|ing)?\b", re.IGNORECASE),
    # A share of likeness or of sureness, in either order of words; a 95 % interval is another thing.
    re.compile(r"\d+(?:\.\d+)?\s*%\s*(?:similar|likeness|match|sure|相似|把握|确定)", re.IGNORECASE),
    re.compile(r"(?:similarity|likeness|相似度)\D{0,12}\d+(?:\.\d+)?\s*%", re.IGNORECASE),
)
OPEN, CLOSE = "\ue000", "\ue001"  # private use: no exhibit text can hold them, mark() takes them out
_FOREIGN = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}")
FOREIGN_KEYS = frozenset(
    {
        "purpose", "stated_basis", "access", "retain_until", "employee_id", "employees", "device_id", "camera_id",
        "stamped_text", "how_read", "device_time", "first_text", "last_text", "excluded_by", "container", "codec",
        "encoding", "format", "terminal", "codecs", "by", "note",
    }
)  # fmt: skip


def check(sentences: Iterable[str]) -> None:
    """Look at every sentence.

    Raises
    ------
    CaseError
        ``wording``, with the phrase and the sentence.
    """
    for sentence in sentences:
        phrase = banned_phrase(_FOREIGN.sub(" ", sentence))
        if phrase is not None:
            raise CaseError("wording", phrase=phrase, sentence=plain(sentence)[:200])


def banned_phrase(sentence: str) -> str | None:
    """The first banned phrase of a sentence, None when there is none."""
    lower = sentence.lower()
    for phrase in BANNED_EN:
        if re.search(rf"(?<![a-z]){re.escape(phrase)}(?![a-z])", lower):
            return phrase
    for phrase in BANNED_ZH:
        if phrase.lower() in lower:
            return phrase
    for pattern in PATTERNS:
        found = pattern.search(sentence)
        if found:
            return found.group(0)
    return None


def mark(text: str) -> str:
    """Text that somebody else wrote, marked as such."""
    return f"{OPEN}{plain(text)}{CLOSE}"


def plain(text: str) -> str:
    """Text without the marks."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def mark_foreign(value: Any, key: str = "") -> Any:
    """The facts with every string that somebody else wrote marked."""
    if isinstance(value, dict):
        inner = {name: mark_foreign(one, key if key == "facts" else name) for name, one in value.items()}
        return {mark(name): one for name, one in inner.items()} if key == "leave_one_out" else inner
    if isinstance(value, list):
        return [mark_foreign(one, key) for one in value]
    if isinstance(value, str) and (key in FOREIGN_KEYS or key == "facts"):
        return mark(value)
    return value
