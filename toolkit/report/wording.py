"""Words that accuse or claim more than evidence carries never leave the program.

Every sentence of the content model is looked at before anything is written;
text that comes from exhibits (ids, purposes) is looked at like the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from toolkit.errors import CaseError

BANNED_EN = (
    "identified as", "is the person", "98% sure", "certain that", "proves", "confirms guilt",
    "impossible to be anyone else", "fraudster", "accomplice", "no doubt", "beyond doubt", "ai-verified", "guilty",
    "culprit", "cheater", "beneficiary", "proxy relation",
)  # fmt: skip
BANNED_ZH = (
    "确认为", "认定为", "就是本人", "系本人", "证明了", "足以证明", "毫无疑问", "确凿无疑", "百分之百", "造假者",
    "骗子", "同伙", "共犯", "作弊者", "AI 鉴定", "不可能是他人",
)  # fmt: skip
# "match" and "同一人" only without a word that limits them.
UNQUALIFIED = (re.compile(r"\bmatch(?:es|ed)?\b(?! (?:only|at most|candidates))", re.IGNORECASE),)
PERCENT_SIMILAR = re.compile(r"\d+\s*%\s*(?:similar|match|sure|相似)", re.IGNORECASE)


def check(sentences: Iterable[str]) -> None:
    """Look at every sentence.

    Raises
    ------
    CaseError
        ``wording``, with the phrase and the sentence.
    """
    for sentence in sentences:
        phrase = banned_phrase(sentence)
        if phrase is not None:
            raise CaseError("wording", phrase=phrase, sentence=sentence[:200])


def banned_phrase(sentence: str) -> str | None:
    """The first banned phrase of a sentence, None when there is none."""
    lower = sentence.lower()
    for phrase in (*BANNED_EN, *BANNED_ZH):
        if re.search(rf"(?<![a-z]){re.escape(phrase.lower())}(?![a-z])", lower):
            return phrase
    for pattern in (*UNQUALIFIED, PERCENT_SIMILAR):
        found = pattern.search(sentence)
        if found:
            return found.group(0)
    return None
