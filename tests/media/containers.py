"""Damaged copies of one recording in many containers, and whether what is read from them is in its place."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from toolkit.media import decode
from toolkit.media.damage import Tally
from toolkit.media.frames import FrameReader
from toolkit.media.probe import facts

WIDTH_PX = 48
STEP_S = 0.1
SOUND = (
    "obo_14s.mp4", "obo.ts", "obo.asf", "obo.dav", "obo_ps_inside.mp4", "obo_imkh_header.mp4", "obo_mjpeg.avi",
    "obo_vfr.mp4", "obo_raw.h264", "obo_truncated_faststart.mp4",
)  # fmt: skip
WHOLE = ("obo_14s.mp4", "obo.ts", "obo_ps_inside.mp4", "obo.asf", "obo.dav", "obo_mjpeg.avi", "obo_raw.h264")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came out of one file: pictures float32 (n, h, w, 3) with their times."""

    clip: dict[str, Any]
    times_s: list[float]
    pictures: np.ndarray
    corrupt: list[bool]
    tally: Tally

    @property
    def sound(self) -> list[int]:
        return [k for k, corrupt in enumerate(self.corrupt) if not corrupt]

    @property
    def codes(self) -> set[str]:
        return {oddity["code"] for oddity in self.clip["oddities"]}


def read(path: Path, spans: Sequence[tuple[float, float]] = ((0.0, 1e12),)) -> Reading:
    """Read a clip as the limited child does, in this process (its start would take most of the time)."""
    rate = 10.0 if path.suffix == ".h264" else None
    sent = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(sent, write_through=True)) as wrapper:
        decode.serve(
            path=str(path), spans=[list(span) for span in spans], frame_rate=rate, width_px=WIDTH_PX, colour=True,
            luma=False, keyframes_only=False, every_s=0.0,
        )  # fmt: skip
    wrapper.detach()
    sent.seek(0)
    reader = FrameReader(sent, "sent")
    frames = [(frame.media_s, np.asarray(frame.image, np.float32), frame.corrupt) for frame in reader]
    return Reading(
        clip=facts(str(path), rate),
        times_s=[at for at, _, _ in frames],
        pictures=np.stack([image for _, image, _ in frames]),
        corrupt=[corrupt for _, _, corrupt in frames],
        tally=reader.tally,
    )


@cache
def truth_of(path: Path) -> Reading:
    """The recording all copies were made from."""
    return read(path)


def misplaced(reading: Reading, truth: Reading) -> list[tuple[float, float]]:
    """Sound frames that look more like another moment of the true recording: (their time, that moment)."""
    wrong = []
    for k in reading.sound:
        apart = np.abs(truth.pictures - reading.pictures[k]).mean(axis=(1, 2, 3))
        own = int(np.abs(np.array(truth.times_s) - reading.times_s[k]).argmin())
        if apart[own] > 1.05 * apart.min() + 0.5 or abs(truth.times_s[own] - reading.times_s[k]) > STEP_S / 2 + 0.01:
            wrong.append((reading.times_s[k], truth.times_s[int(apart.argmin())]))
    return wrong


def unaccounted(reading: Reading, truth: Reading) -> list[float]:
    """Moments of the true recording, up to the clip's end, neither read soundly nor said to be lost."""
    sound = [reading.times_s[k] for k in reading.sound]
    return [
        at
        for at in truth.times_s
        if at <= reading.clip["duration_s"] + 0.01
        and not any(abs(at - other) < STEP_S / 2 + 0.01 for other in sound)
        and not any(a - 0.01 <= at <= b + 0.01 for a, b in reading.tally.lost_spans)
    ]


def overwritten(source: Path, target: Path, share: tuple[float, float], noise: bool = False) -> Path:
    """A copy whose bytes between these shares of its length are zeros or noise."""
    content = bytearray(source.read_bytes())
    start, stop = (int(one * len(content)) for one in share)
    content[start:stop] = np.random.default_rng(1).bytes(stop - start) if noise else bytes(stop - start)
    target.write_bytes(bytes(content))
    return target


def packets_of(source: Path) -> list[tuple[int, int]]:
    """(position, size) of each coded picture in the file, in bytes."""
    with av.open(str(source)) as container:
        return [(packet.pos or 0, packet.size) for packet in container.demux(video=0) if packet.size]


def remuxed(source: Path, target: Path, change: Callable[[int, av.Packet], av.Packet | None]) -> Path:
    """A copy with each packet as ``change(number, packet)`` gives it; None leaves it out."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(one for one in old.demux(video=0) if one.size):
            changed = change(number, packet)
            if changed is not None:
                changed.stream = stream
                new.mux(changed)
    return target


def emptied(*numbers: int) -> Callable[[int, av.Packet], av.Packet]:
    """A change that fills these packets with zeros."""
    return lambda number, packet: refilled(packet, bytes(packet.size)) if number in numbers else packet


def refilled(packet: av.Packet, content: bytes) -> av.Packet:
    """A packet with the same stamps and other bytes."""
    other = av.Packet(content)
    other.pts, other.dts, other.time_base = packet.pts, packet.dts, packet.time_base
    other.duration, other.is_keyframe = packet.duration, packet.is_keyframe
    return other
