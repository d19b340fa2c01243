"""The key frames of a finding as small previews, each traceable to its place in the exhibit."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping

import numpy as np

from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.frames import as_jpeg
from toolkit.records import Frame, Image
from toolkit.report.blocks import Still, Strip
from toolkit.report.writer import Facts, Writer, at

Stills = Callable[[Collection[tuple[str, float]]], Mapping[tuple[str, float], Frame]]

MOST_STILLS = 8
MOST_FETCHED = 60  # whole frames in memory at once
WIDEST_PX = 960
JPEG_QUALITY = 82
SURROUNDINGS = 1.6  # reach of a cut-out from the middle of a face, in sides of its box
FACE_SIDE_PX = 360


def key_frames(finding: Facts, facts: Facts, write: Writer, still: Callable[[str, float], Frame]) -> Strip:
    """The frames that the finding names, in the order of time; a frame that cannot be read says so.

    Raises
    ------
    ExhibitChanged
        The footage is not what was taken in; nothing is shown from it.
    """
    chosen = _chosen(finding["frames"])
    hashes = {one["exhibit_id"]: one["sha256"] for one in facts["exhibits"]}
    stills = tuple(_still(moment, hashes, write, still) for moment in chosen)
    left = len(finding["frames"]) - len(chosen)
    caption = write("cap_strip") if stills else write("cap_strip_none")
    return Strip(stills, write.told([caption, write("cap_strip_left", count=left)]) if left else caption)


def _chosen(moments: list[Facts]) -> list[Facts]:
    """All moments, or where they are too many the weakest and others spread over the visit."""
    if len(moments) <= MOST_STILLS:
        return moments
    weakest = [one for one in moments if one["role"] == "weakest"][:1]
    rest = [one for one in moments if one not in weakest]
    spread = np.linspace(0, len(rest) - 1, MOST_STILLS - len(weakest)).round().astype(int)
    return sorted([*weakest, *(rest[k] for k in spread)], key=lambda one: (one["media_s"], one["role"]))


def _still(moment: Facts, hashes: dict[str, str], write: Writer, still: Callable[[str, float], Frame]) -> Still:
    exhibit_id, media_s = moment["exhibit_id"], moment["media_s"]
    title = write.code("role", moment["role"], {"id": moment.get("employee_id")})
    alt = write("alt_frame", role=title, ref=at(exhibit_id, media_s))
    return _shown(exhibit_id, media_s, title, alt, hashes, write, still, preview)


def face_still(
    one: Facts, exhibit_id: str, hashes: dict[str, str], write: Writer, still: Callable[[str, float], Frame]
) -> Still:
    """A presentation's face with its surroundings, in the frame in which it was seen best."""
    title = f"{one['presentation_id']} · {one['visit_id']}"
    alt = write("alt_face", id=one["presentation_id"], ref=at(exhibit_id, one["best"]["media_s"]))
    box = one["best"]["box_px"]
    return _shown(
        exhibit_id, one["best"]["media_s"], title, alt, hashes, write, still, lambda image: cut_out(image, box)
    )


def _shown(
    exhibit_id: str,
    media_s: float,
    title: str,
    alt: str,
    hashes: dict[str, str],
    write: Writer,
    still: Callable[[str, float], Frame],
    prepared: Callable[[Image], Image],
) -> Still:
    try:
        frame = still(exhibit_id, media_s)
    except (CannotMeasure, ReadingError) as missing:
        return Still(None, alt, title, f"{at(exhibit_id, media_s)} {write('no_still')} {missing.what(write.language)}")
    if frame.image is None:
        return Still(None, alt, title, f"{at(exhibit_id, media_s)} {write('no_still')}")
    source = "data:image/jpeg;base64," + base64.b64encode(as_jpeg(prepared(frame.image), JPEG_QUALITY)).decode()
    caption = write(
        "cap_frame",
        ref=at(exhibit_id, frame.media_s),
        hash=hashes.get(exhibit_id, "")[:12],
        pts=frame.pts,
        media=f"{frame.media_s:.3f}",
    )
    return Still(source, alt, title, caption)


def at_once(
    compose: Callable[[Callable[[str, float], Frame]], object], still: Callable[[str, float], Frame], stills: Stills
) -> Callable[[str, float], Frame]:
    """``still`` with what a report will ask for fetched before: a first pass without pictures tells what that is."""
    asked: dict[tuple[str, float], None] = {}

    def note(exhibit_id: str, media_s: float) -> Frame:
        asked[exhibit_id, media_s] = None
        raise CannotMeasure("no_frame_here", at=media_s)

    compose(note)
    fetched = stills(list(asked)[:MOST_FETCHED])
    return lambda exhibit_id, media_s: fetched.get((exhibit_id, media_s)) or still(exhibit_id, media_s)


def cut_out(image: Image, box_px: list[float]) -> Image:
    """A face with its surroundings, each pixel repeated a whole number of times; nothing is smoothed or filled in."""
    left, top, right, bottom = box_px
    reach = SURROUNDINGS * max(right - left, bottom - top)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    high, wide = image.shape[:2]
    x0, x1 = max(0, int(middle_x - reach)), min(wide, int(middle_x + reach) + 1)
    y0, y1 = max(0, int(middle_y - reach)), min(high, int(middle_y + reach) + 1)
    shown = image[y0:y1, x0:x1]
    times = max(1, FACE_SIDE_PX // max(shown.shape[:2]))
    return preview(np.ascontiguousarray(shown.repeat(times, axis=0).repeat(times, axis=1)))


def preview(image: Image) -> Image:
    """The picture at most 960 px wide, by averaging whole blocks of pixels; a preview, never evidence."""
    factor = -(-image.shape[1] // WIDEST_PX)
    if factor == 1:
        return image
    high, wide = (side // factor * factor for side in image.shape[:2])
    blocks = image[:high, :wide].reshape(high // factor, factor, wide // factor, factor, 3)
    return np.asarray(blocks.mean(axis=(1, 3)).round(), dtype=np.uint8)
