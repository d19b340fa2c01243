"""What was asked for: every scale at every pitch, nothing twice."""

from __future__ import annotations

from typing import Any

from toolkit.validation.asked import wanted
from toolkit.validation.running import items_of

ASKED: dict[str, Any] = {
    "px_per_m": "250", "pitch": "20", "crf": None, "codec": "h264", "lens": "pinhole", "kinds": "live", "cues": "",
    "count": 2, "real": None, "purpose": "development", "leak": "none",
}  # fmt: skip


def test_every_scale_is_seen_at_every_pitch() -> None:
    told = wanted(**ASKED | {"px_per_m": "125, 250", "pitch": "0,60", "lens": "pinhole,fisheye"})
    assert len({one.name for one in told.geometries}) == 8


def test_what_is_named_twice_is_filmed_once() -> None:
    told = wanted(**ASKED | {"px_per_m": "250,250.0", "kinds": "live,live", "cues": "nose_range,nose_range"})
    items = items_of(told)
    assert len({item.key for item in items}) == len(items) == 2 * (2 + 3)
    assert told.cues == ("nose_range",)


def test_a_run_that_is_stopped_has_a_little_of_everything() -> None:
    items = items_of(wanted(**ASKED | {"kinds": "live,phone", "pitch": "0,40", "count": 3}))
    first = items[: len(items) // 3]
    assert {(item.kind, item.geometry.name) for item in first} == {(item.kind, item.geometry.name) for item in items}


def test_codecs_without_a_crf_are_named_by_what_they_have() -> None:
    (geometry,) = wanted(**ASKED | {"codec": "mjpeg"}).geometries
    assert geometry.name.endswith("mjpeg, qscale 4")
