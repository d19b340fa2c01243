"""Sentences by key in one language, and how numbers and references are written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from toolkit.language import topics

Facts = dict[str, Any]


class _Shown(dict[str, Any]):
    """Fields of a sentence; one that was not told is shown as a dash, never left to fail or made up."""

    def __missing__(self, key: str) -> str:
        return "–"


class Writer:
    """Sentences of one language, by key; unknown codes are shown as they are, with their facts."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._entries = topics(language)["report"]

    def __call__(self, key: str, /, **fields: Any) -> str:
        """The sentence ``report.<key>`` with its fields filled in."""
        return self._entries[key].format(**fields)

    def code(self, prefix: str, code: str, facts: Facts | None = None) -> str:
        """The sentence for a code; an unknown code is told with its facts rather than left out."""
        sentence = self._entries.get(f"{prefix}_{code}")
        shown = {key: brief(value) for key, value in (facts or {}).items() if value is not None}
        if sentence is None:
            told = ", ".join(f"{key} {value}" for key, value in sorted(shown.items()))
            return f"{code}: {told}" if told else code
        return sentence.format_map(_Shown(shown))

    def knows(self, key: str) -> bool:
        """Whether there is a sentence of this key."""
        return key in self._entries

    def names(self, prefix: str, codes: Iterable[str]) -> str:
        """The sentences of several codes, as one enumeration."""
        return self("and_so_on").join(self.code(prefix, code) for code in codes) or "–"

    def told(self, sentences: Iterable[str]) -> str:
        """Several sentences as one paragraph."""
        return self("between_sentences").join(sentences)


def brief(value: Any) -> Any:
    """A number with at most three decimals; what is smaller is said to be smaller."""
    if isinstance(value, bool) or not isinstance(value, float):
        return value
    if value and abs(value) < 0.001:
        return "< 0.001" if value > 0 else "> −0.001"
    return f"{value:.3f}".rstrip("0").rstrip(".")


def seconds(value: float | None, digits: int = 1) -> str:
    """A number of seconds, or a dash."""
    return "–" if value is None else f"{value:.{digits}f}"


def probability(value: float | None) -> str:
    """A probability with three decimals that never reads as impossible or as sure."""
    if value is None:
        return "–"
    if 0 < value < 0.0005:
        return "< 0.001"
    return "> 0.999" if 0.9995 <= value < 1 else f"{value:.3f}"


def ratio(log10: float | None) -> str:
    """A likelihood ratio from its log10."""
    if log10 is None:
        return "–"
    if log10 == float("-inf"):
        return "0"
    value = 10.0**log10
    if value >= 1e6:
        return f"10^{log10:.1f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 0.1 else f"{value:.2g}"


def at_least(log10: float | None) -> str:
    """A lower bound of a ratio, cut off and never rounded up."""
    if log10 is None or log10 == float("-inf"):
        return ratio(log10)
    value = 10.0**log10
    if value >= 1e6 or value < 0.1:
        return ratio(log10 - 0.05 if value >= 1e6 else log10)
    whole = value >= 100
    cut = math.floor(value * (1 if whole else 10) + 1e-9) / (1 if whole else 10)
    return f"{cut:,.0f}" if whole else f"{cut:.1f}"


def at(exhibit_id: str, media_s: float | None = None) -> str:
    """A reference to an exhibit, or to a moment of it."""
    return f"[{exhibit_id}]" if media_s is None else f"[{exhibit_id} @ {media_s:.1f} s]"


def refs(exhibit_ids: Iterable[str], most: int = 6) -> str:
    """References to several exhibits, the first few of them."""
    every = sorted(set(exhibit_ids))
    return " ".join([at(one) for one in every[:most]] + (["…"] if len(every) > most else []))
