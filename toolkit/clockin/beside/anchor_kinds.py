"""How a moment was tied to a device's clock: the kinds of anchors, their words, and how far each may be off.

The column ``how`` of an anchors file is free text in which one of these kinds
must be named, in English or Chinese; the first word that is found counts, and
"read" or "by hand" only where nothing else is named. The
uncertainties stand where a row states none. They are judgements, not
measurements: a person who knows better writes the number into the row.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of anchor: the words that name it, and its uncertainty (standard deviation, seconds)."""

    words: tuple[str, ...]
    uncertainty_s: float


KINDS: dict[str, Kind] = {
    # Digits on the terminal's own screen, read by a person on a frame.
    "manual": Kind(words=("screen", "display", "屏幕", "显示屏"), uncertainty_s=1.0),
    # Digits that a recorder burnt into the picture.
    "overlay": Kind(words=("overlay", "osd", "burned-in", "burnt-in", "叠加", "字幕", "水印时间"), uncertainty_s=0.5),
    "beep": Kind(words=("beep", "tone", "buzzer", "蜂鸣", "提示音", "嘀声", "滴声"), uncertainty_s=0.5),
    # Longer than a tone, and spoken after the row was written.
    "voice": Kind(words=("voice", "speech", "spoken", "语音", "播报", "人声"), uncertainty_s=1.5),
    "flash": Kind(words=("flash", "lamp", "light", "led", "闪光", "闪灯", "指示灯", "灯光"), uncertainty_s=0.5),
    # A lock releases at once, a door is pushed later.
    "door": Kind(words=("door", "lock", "gate", "门", "闸机"), uncertainty_s=2.0),
    # A photograph that the terminal took, found again on the footage.
    "photo": Kind(words=("photo", "snapshot", "picture", "抓拍", "照片", "快照"), uncertainty_s=2.0),
    # Both clocks beside a known time, photographed or noted.
    "reference": Kind(words=("reference", "time signal", "基准", "参考", "对时", "标准时间"), uncertainty_s=1.0),
}  # fmt: skip
BY_HAND = ("manual", "by hand", "read", "人工", "读取", "目视")  # says that a person read it, not what
SIGNALS = ("beep", "voice", "flash")  # may be noted without a time: somebody stood there then


def kind_of(how: str) -> str | None:
    """The kind that a text names first; None where it names none.

    Parameters
    ----------
    how : str
        For example "terminal screen lit as read by the examiner", "beep", "蜂鸣声".
    """
    text = unicodedata.normalize("NFKC", how).casefold()
    found = [(place, name) for name, kind in KINDS.items() for word in kind.words if (place := _place(word, text)) >= 0]
    if found:
        return min(found)[1]
    return "manual" if any(_place(word, text) >= 0 for word in BY_HAND) else None


def _place(word: str, text: str) -> int:
    """Where a word stands in a text; Latin words begin a word, so that "gate" is not found in "investigate"."""
    pattern = rf"\b{re.escape(word)}" if word.isascii() else re.escape(word)
    match = re.search(pattern, text)
    return -1 if match is None else match.start()
