"""Coded pictures as they lie in the file, and decoding that tells which one each frame came from.

A packet holds one coded picture. Its number in the file (and its stamp) travels
through the decoder with it, so that a frame is never placed in time by counting
the frames that happened to come out before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from toolkit.media import avi
from toolkit.media.opening import open_clip
from toolkit.media.slices import Picture, PictureReader, picture_reader, units

ZEROS = bytes(64)
# A stream whose own counting is broken all through says nothing about losses.
MOST_LOSSES = 0.5


@dataclass(slots=True)
class Coded:
    """One coded picture, not decoded: where it lies, what the container stamps it with.

    ``damaged`` is set where the container says so or the bytes cannot be a
    picture (zeros, lengths that do not add up, no marker of its format).
    ``follows_loss``: the stream's own counting shows that pictures before it
    are missing; ``drawn_wrong``: it is damaged or needs pictures that are
    missing or damaged. ``read_pts`` is the stamp as the demuxer gives it, ``pts`` as
    the file's own index has it where there is one (AVI). ``beyond_end``: listed
    by a cut file, whose data end before it. ``numbered`` is False where a
    container that stamps by count (AVI) lost the count.
    """

    number: int
    read_pts: int | None
    pts: int | None
    dts: int | None
    key: bool
    cut: bool
    damaged: bool
    picture: Picture | None
    follows_loss: bool = False
    drawn_wrong: bool = False
    numbered: bool = True
    beyond_end: bool = False


@dataclass(slots=True)
class Packets:
    """All coded pictures of a clip in the order of the file.

    ``stated`` frames by the container's header, ``listed`` stamps by its index
    (AVI only), lost pictures among them.
    """

    container: str
    coded: list[Coded]
    time_base: float
    broke_off: bool
    stated: int | None
    listed: list[int]


def read_packets(path: str) -> Packets:
    """Read through a clip without decoding it."""
    container, stream = open_clip(path)
    coded: list[Coded] = []
    with container:
        context = stream.codec_context
        extradata = bytes(context.extradata or b"")
        pictures = picture_reader(context.name, extradata)
        in_index = avi.indexed(container, stream)
        where: list[tuple[int, int]] = []
        broke_off = False
        try:
            for packet in container.demux(stream):
                if packet.size:
                    coded.append(_coded(len(coded), packet, context.name, pictures))
                    where.append((packet.pos or 0, packet.size))
        except av.error.FFmpegError:
            broke_off = True
        base, stated = float(stream.time_base or 1), stream.frames or None
    if container.format.name == "avi":
        _number(coded, avi.numbers(path, where, in_index))
    _mark_losses(coded)
    return Packets(
        container=container.format.name,
        coded=coded,
        time_base=base,
        broke_off=broke_off,
        stated=stated,
        listed=sorted(in_index.values()),
    )


def _number(coded: list[Coded], numbers: list[int | None]) -> None:
    for one, number in zip(coded, numbers, strict=True):
        one.numbered = number is not None
        if number is not None:
            one.pts = None if one.pts is None else number
            one.dts = number


def _coded(number: int, packet: Packet[Any], codec: str, pictures: PictureReader | None) -> Coded:
    data = bytes(packet)
    picture = pictures.read(data) if pictures else None
    return Coded(
        number=number,
        read_pts=packet.pts,
        pts=packet.pts,
        dts=packet.dts,
        key=bool(packet.is_keyframe),
        cut=bool(packet.is_corrupt),
        damaged=bool(packet.is_corrupt) or _overwritten(data, codec, pictures),
        picture=picture,
    )


def _overwritten(data: bytes, codec: str, pictures: PictureReader | None) -> bool:
    if codec == "mjpeg":
        padded = data.endswith(ZEROS) and not data.rstrip(b"\0").endswith(b"\xff\xd9")
        return data[:2] != b"\xff\xd8" or padded
    if pictures is None:
        return not data.strip(b"\0")
    # Coded H.264 and HEVC never hold three zero bytes in a row; padding between units is short.
    return ZEROS in data or not units(data, pictures.length_bytes)


def _mark_losses(coded: list[Coded]) -> None:
    """Mark pictures after a loss, and those drawn from them up to the next that needs no other."""
    told = sum(one.picture is not None and one.picture.follows_loss for one in coded)
    believed = told <= max(2, MOST_LOSSES * len(coded))
    wrong = False
    for one in coded:
        one.follows_loss = believed and one.picture is not None and one.picture.follows_loss
        wrong = one.damaged or ((wrong or one.follows_loss) and not one.key)
        one.drawn_wrong = wrong


def decoded(
    container: InputContainer, stream: VideoStream, failed: Callable[[], None]
) -> Iterator[tuple[int, int | None, VideoFrame]]:
    """Frames in the order shown, each with the number and the stamp of its packet.

    A decoding error calls ``failed`` and leaves out what follows up to the next
    keyframe. The number counts packets from where reading began.
    """
    stream.codec_context.copy_opaque = True
    waiting_for_key = False
    number = -1
    for packet in until_broken(container, stream):
        if packet.size:
            number += 1
        if waiting_for_key and not packet.is_keyframe:
            if packet.size:
                continue
            return  # the end: what a broken decoder still holds refers to lost pictures
        packet.opaque = (number, packet.pts)
        try:
            for frame in packet.decode():
                if isinstance(frame, VideoFrame) and isinstance(frame.opaque, tuple):
                    yield frame.opaque[0], frame.opaque[1], frame
            waiting_for_key = False
        except av.error.FFmpegError:
            failed()
            stream.codec_context.flush_buffers()
            waiting_for_key = True


def until_broken(container: InputContainer, stream: VideoStream) -> Iterator[Any]:
    """Packets up to the end, or to where the container itself cannot be read on."""
    try:
        yield from container.demux(stream)
    except av.error.FFmpegError:
        return  # what comes after a break in the container is missing, not guessed
