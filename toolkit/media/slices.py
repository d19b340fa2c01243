"""In which order coded pictures are shown, read from their slice headers without decoding.

Each coded H.264 or HEVC picture carries a picture order count; a loss leaves a
hole in it, or in the count of reference frames. Sources: ITU-T H.264 clauses
7.3.2.1, 7.3.3, 8.2.1 and ITU-T H.265 clauses 7.3.2.2, 7.3.6.1, 8.3.1. Pictures
coded as single fields are not read.

What it does not prove: a loss of exactly whole groups of pictures leaves no
trace here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

HEAD_BYTES = 96
PARAMETER_BYTES = 4096
STARTS_LEAST = 4
HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One coded picture: whether counting starts anew, its order, whether one was lost before it."""

    starts: bool
    order: int
    follows_loss: bool


class PictureReader(Protocol):
    """Reads one packet; None where no whole picture's header can be read."""

    length_bytes: int

    def read(self, data: bytes) -> Picture | None:
        """The picture in the bytes of this packet."""

    def read_sets(self, sets: Sequence[bytes]) -> None:
        """Take in parameter sets that lie beside the stream."""


def picture_reader(codec: str, extradata: bytes = b"") -> PictureReader | None:
    """A reader for this codec, or None where picture order is not read.

    Parameters
    ----------
    codec : str
        ``h264`` or ``hevc``.
    extradata : bytes
        Parameter sets beside the stream: start codes, or the configuration
        record of ISO/IEC 14496-15, whose packets bear lengths instead.
    """
    if codec not in ("h264", "hevc"):
        return None
    boxed = extradata[:1] == b"\1"
    avc, at = codec == "h264", 4 if codec == "h264" else 21
    length_bytes = (extradata[at] & 3) + 1 if boxed and len(extradata) > at else 0
    reader: PictureReader = H264Pictures(length_bytes) if avc else HevcPictures(length_bytes)
    if extradata:
        reader.read_sets(_sets_of_record(extradata, avc) if boxed else [extradata[a:b] for a, b in units(extradata)])
    return reader


def _sets_of_record(record: bytes, avc: bool) -> list[bytes]:
    """Parameter sets of an AVC or HEVC configuration record (ISO/IEC 14496-15)."""
    found: list[bytes] = []
    at = 5 if avc else 23
    for _ in range(2 if avc else record[22] if len(record) > 22 else 0):
        if at + 3 > len(record):
            break
        count = record[at] & 31 if avc and not found else record[at] if avc else int.from_bytes(record[at + 1 : at + 3])
        at += 1 if avc else 3
        for _ in range(count):
            length = int.from_bytes(record[at : at + 2])
            found.append(record[at + 2 : at + 2 + length])
            at += 2 + length
    return found


class Bits:
    """Bits of a coded unit, emulation prevention taken out; IndexError at its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data.replace(b"\0\0\3", b"\0\0")
        self._at = 0

    def take(self, count: int) -> int:
        """The next ``count`` bits as a number."""
        value = 0
        for _ in range(count):
            value = value << 1 | (self._data[self._at >> 3] >> (7 - (self._at & 7)) & 1)
            self._at += 1
        return value

    def ue(self) -> int:
        """An unsigned Exp-Golomb number."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb number."""
        value = self.ue()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def units(data: bytes, length_bytes: int = 0) -> list[tuple[int, int]]:
    """Where the coded units lie: (first byte, end), behind start codes or lengths."""
    if length_bytes:
        return _units_by_length(data, length_bytes)
    starts = []
    at = data.find(b"\0\0\1")
    while at >= 0:
        starts.append(at + 3)
        at = data.find(b"\0\0\1", at + 3)
    return [(start, following - 3) for start, following in pairwise([*starts, len(data) + 3])]


def _units_by_length(data: bytes, length_bytes: int) -> list[tuple[int, int]]:
    found = []
    at = 0
    while at + length_bytes < len(data):
        start = at + length_bytes
        at = start + int.from_bytes(data[at:start])
        if at == start or at > len(data):
            break  # lengths that do not add up: overwritten
        found.append((start, at))
    return found


def _unwrapped(low: int, bits: int, near: int) -> int:
    """The order whose low bits these are, nearest to that of the last reference."""
    span = 1 << bits
    return low + span * round((near - low) / span)


@dataclass(frozen=True, slots=True)
class _H264Set:
    frame_num_bits: int
    order_type: int
    order_bits: int
    frames_only: bool
    planes_apart: bool
    gaps_allowed: bool


class H264Pictures:
    """Picture order of an H.264 byte stream, packet after packet in decoding order."""

    def __init__(self, length_bytes: int = 0) -> None:
        self.length_bytes = length_bytes
        self._sets: dict[int, _H264Set] = {}
        self._set_of: dict[int, int] = {}
        self._reference_order = 0
        self._reference_num = 0
        self._counted = 0
        self._start_id = -1
        self._start_changes = self._start_rises = 0

    def read(self, data: bytes) -> Picture | None:
        """The picture of this packet: its first slice decides."""
        try:
            for start, end in units(data, self.length_bytes):
                kind = data[start] & 31
                if kind in (1, 5):
                    return self._slice(data[start], Bits(data[start + 1 : start + HEAD_BYTES]))
                if kind in (7, 8):
                    self.read_sets([data[start : min(end, start + PARAMETER_BYTES)]])
        except (IndexError, KeyError):
            return None
        return None

    def read_sets(self, sets: Sequence[bytes]) -> None:
        """Take in sequence and picture parameter sets."""
        for one in sets:
            try:
                if one[0] & 31 == 7:
                    self._take_set(Bits(one[1:]))
                elif one[0] & 31 == 8:
                    bits = Bits(one[1:HEAD_BYTES])
                    self._set_of[bits.ue()] = bits.ue()
            except IndexError:
                continue

    def _take_set(self, bits: Bits) -> None:
        profile = bits.take(24) >> 16
        number = bits.ue()
        apart = False
        if profile in HIGH_PROFILES:
            apart = _skip_chroma(bits)
        frame_num_bits = bits.ue() + 4
        order_type = bits.ue()
        order_bits = bits.ue() + 4 if order_type == 0 else 0
        if order_type == 1:
            bits.take(1), bits.se(), bits.se()
            for _ in range(bits.ue()):
                bits.se()
        bits.ue()
        gaps_allowed = bool(bits.take(1))
        bits.ue(), bits.ue()
        self._sets[number] = _H264Set(frame_num_bits, order_type, order_bits, bool(bits.take(1)), apart, gaps_allowed)

    def _slice(self, head: int, bits: Bits) -> Picture | None:
        bits.ue(), bits.ue()
        used = self._sets[self._set_of[bits.ue()]]
        if used.planes_apart:
            bits.take(2)
        number = bits.take(used.frame_num_bits)
        if not used.frames_only and bits.take(1):
            return None  # single fields
        lost_start = False
        starts, reference = head & 31 == 5, bool(head & 0x60)
        if starts:
            lost_start = self._start_missing(bits.ue())
            self._reference_order = self._counted = self._reference_num = 0
        expected = (self._reference_num + 1) % (1 << used.frame_num_bits)
        lost = lost_start if starts else not used.gaps_allowed and number != expected
        if used.order_type == 0:
            order = _unwrapped(bits.take(used.order_bits), used.order_bits, self._reference_order)
        elif used.order_type == 2:
            # Shown as decoded: a step for each picture.
            order = self._counted
            self._counted += 2
        else:
            return None
        if reference:
            self._reference_order, self._reference_num = order, number
        elif lost:
            self._reference_num = (number - 1) % (1 << used.frame_num_bits)
        return Picture(starts=starts, order=order, follows_loss=lost)

    def _start_missing(self, start_id: int) -> bool:
        """Neighbouring starts bear different ids (7.4.3), often rising by one; believed of encoders that keep to it."""
        step = start_id - self._start_id
        lost = (step == 0 and self._start_changes >= STARTS_LEAST) or (step > 1 and self._start_rises >= STARTS_LEAST)
        self._start_id = start_id
        self._start_changes = self._start_changes + 1 if step else 0
        self._start_rises = self._start_rises + 1 if step == 1 or lost else 0
        return lost


def _skip_chroma(bits: Bits) -> bool:
    chroma = bits.ue()
    apart = chroma == 3 and bool(bits.take(1))
    bits.ue(), bits.ue(), bits.take(1)
    if bits.take(1):
        for k in range(8 if chroma != 3 else 12):
            if bits.take(1):
                _skip_scaling(bits, 16 if k < 6 else 64)
    return apart


def _skip_scaling(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


@dataclass(frozen=True, slots=True)
class _HevcSet:
    order_bits: int
    planes_apart: bool


class HevcPictures:
    """Picture order of an HEVC byte stream, packet after packet in decoding order."""

    def __init__(self, length_bytes: int = 0) -> None:
        self.length_bytes = length_bytes
        self._sets: dict[int, _HevcSet] = {}
        self._pps: dict[int, tuple[int, bool, int]] = {}
        self._reference_order = 0

    def read(self, data: bytes) -> Picture | None:
        """The picture of this packet: its first slice decides."""
        try:
            for start, end in units(data, self.length_bytes):
                kind = data[start] >> 1 & 63
                if kind < 22:
                    layer = (data[start + 1] & 7) - 1
                    return self._slice(kind, layer, Bits(data[start + 2 : start + HEAD_BYTES]))
                if kind in (33, 34):
                    self.read_sets([data[start : min(end, start + PARAMETER_BYTES)]])
        except (IndexError, KeyError):
            return None
        return None

    def read_sets(self, sets: Sequence[bytes]) -> None:
        """Take in sequence and picture parameter sets."""
        for one in sets:
            try:
                if one[0] >> 1 & 63 == 33:
                    self._take_set(Bits(one[2:]))
                elif one[0] >> 1 & 63 == 34:
                    self._take_pps(Bits(one[2:HEAD_BYTES]))
            except IndexError:
                continue

    def _take_set(self, bits: Bits) -> None:
        bits.take(4)
        layers = bits.take(3)
        bits.take(1 + 96)
        flags = [(bits.take(1), bits.take(1)) for _ in range(layers)]
        if layers:
            bits.take(2 * (8 - layers))
        for profile, level in flags:
            bits.take(88 * profile + 8 * level)
        number = bits.ue()
        apart = bits.ue() == 3 and bool(bits.take(1))
        bits.ue(), bits.ue()
        if bits.take(1):
            bits.ue(), bits.ue(), bits.ue(), bits.ue()
        bits.ue(), bits.ue()
        self._sets[number] = _HevcSet(bits.ue() + 4, apart)

    def _take_pps(self, bits: Bits) -> None:
        number, used = bits.ue(), bits.ue()
        bits.take(1)
        output_flag = bool(bits.take(1))
        self._pps[number] = (used, output_flag, bits.take(3))

    def _slice(self, kind: int, layer: int, bits: Bits) -> Picture | None:
        if not bits.take(1):
            return None  # the picture's first slice is missing
        if 16 <= kind <= 23:
            bits.take(1)
        number, output_flag, extra_bits = self._pps[bits.ue()]
        used = self._sets[number]
        bits.take(extra_bits)
        bits.ue()
        bits.take(int(output_flag) + 2 * int(used.planes_apart))
        starts = kind in (19, 20)
        order = 0 if starts else _unwrapped(bits.take(used.order_bits), used.order_bits, self._reference_order)
        if layer == 0 and (kind >= 16 or (kind % 2 == 1 and kind not in (7, 9))):
            self._reference_order = order
        return Picture(starts=starts, order=order, follows_loss=False)
