"""Picture order read from slice headers, against the order a decoder shows."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from toolkit.media.slices import Bits, Picture, picture_reader, units


def read_all(path: Path, left_out: tuple[int, ...] = ()) -> list[Picture | None]:
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        reader = picture_reader(context.name, bytes(context.extradata or b""))
        assert reader is not None
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    return [reader.read(data) for number, data in enumerate(packets) if number not in left_out]


def test_exponential_golomb_numbers_are_those_of_the_standard() -> None:
    bits = Bits(bytes([0b10100110, 0b01000010, 0b10000000]))
    assert [bits.ue() for _ in range(5)] == [0, 1, 2, 3, 4]
    assert Bits(bytes([0b00100000])).se() == 2


def test_units_are_found_behind_start_codes_and_lengths() -> None:
    assert units(b"\0\0\0\1\x65\1\0\0\1\x41") == [(4, 6), (9, 10)]
    assert units(b"\0\0\0\2\x65\1\0\0\0\1\x41", 4) == [(4, 6), (10, 11)]
    assert units(bytes(16), 4) == []


@pytest.mark.parametrize("name", ["obo_14s.mp4", "obo.ts", "obo_raw.h264", "obo_vfr.mp4"])
def test_the_order_read_is_the_order_the_decoder_shows(name: str, shared: Path) -> None:
    path = shared / "data/derived" / name
    keys: list[tuple[int, int]] = []
    group = -1
    for picture in read_all(path):
        assert picture is not None
        assert not picture.follows_loss
        group += picture.starts
        keys.append((group, picture.order))
    shown = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.copy_opaque = True
        number = -1
        for packet in container.demux(stream):
            number += bool(packet.size)
            packet.opaque = number
            shown += [frame.opaque for frame in packet.decode()]
    assert shown == sorted(range(len(keys)), key=lambda k: keys[k])


def test_a_missing_reference_and_a_missing_start_are_noticed(shared: Path) -> None:
    path = shared / "data/derived/obo_raw.h264"
    for left_out in ((41,), tuple(range(60, 70))):
        lost = [picture for picture in read_all(path, left_out) if picture is None or picture.follows_loss]
        assert len(lost) == 1


def test_bytes_that_are_no_picture_give_none() -> None:
    reader = picture_reader("h264")
    assert reader is not None
    assert reader.read(bytes(100)) is None
    assert reader.read(b"\0\0\1\x65") is None
    assert picture_reader("mjpeg") is None
