"""Every sentence a person may read, by key, in English and Chinese.

The sentences lie in ``locale/<language>/<topic>.json``, one flat dictionary a
topic; the key ``clock.offset_title`` is the entry ``offset_title`` of
``clock.json``. Both languages hold the same keys and the same ``{fields}``;
``tests/test_project.py`` holds them to that.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).parent / "locale"


def text(key: str, language: str | None = None, /, **fields: Any) -> str:
    """The sentence of this key, with its fields filled in.

    Parameters
    ----------
    key : str
        ``"topic.entry"``. An unknown key is a programming error (KeyError).
    language : {"en", "zh"}, optional
        The default is :func:`preferred_language`.
    **fields
        Values for the ``{fields}`` of the sentence.
    """
    topic, _, entry = key.partition(".")
    sentence = topics(language or preferred_language())[topic][entry]
    return sentence.format(**fields) if fields else sentence


def preferred_language() -> str:
    """``en`` or ``zh``, from ``PAPERMASK_LANGUAGE``; English when nothing is said.

    The locale of the machine is not asked: a report must not change its
    language because it was made on another computer.
    """
    wanted = os.environ.get("PAPERMASK_LANGUAGE", "en").lower()[:2]
    return wanted if wanted in LANGUAGES else "en"


@cache
def topics(language: str) -> dict[str, dict[str, str]]:
    """All topics of one language: {topic: {entry: sentence}}."""
    if language not in LANGUAGES:
        raise KeyError(f"no such language: {language}")
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / language).glob("*.json"))
    }
