"""The terminal zone of a clip: read from a person's file, or proposed and marked as a proposal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit import tables
from toolkit.analysis import presence
from toolkit.analysis.bodies.proposal import MOST_FRAMES, THUMB_WIDTH_PX, propose
from toolkit.casebook.case import Case
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.frames import read_frames
from toolkit.media.probe import probe
from toolkit.pipeline.files import read_json
from toolkit.pipeline.zone_file import named_clip, parse_zone
from toolkit.records import Zone

END_SLACK_S = 0.5
LEAST_STEP_S = 0.1


def set_zone(case: Case, clip: str, file: Path) -> Zone:
    """Take a zone from a JSON file as a person stated it.

    Parameters
    ----------
    clip : str
        Exhibit id, SHA-256, or the name the clip was added under.
    file : Path
        ``zone_px`` (corners), ``image_size_px``, ``empty_media_s``,
        ``terminal_fully_in_view``, ``stated_by``, ``note``, ``clip_sha256``.

    Raises
    ------
    ReadingError
        No file, not JSON, an entry of the wrong shape, a corner outside the
        picture, edges that cross, an empty stretch outside the clip, a picture
        size or a clip hash that is not this clip's.
    """
    exhibit_id = _footage(case, clip)
    try:
        told = read_json(file)
    except ReadingError as refused:
        if refused.code == "json_unreadable":
            raise ReadingError("zone_not_json", file=file.name) from refused
        raise
    zone = parse_zone(told, file.name)
    row = case.read("exhibits").set_index("exhibit_id").loc[exhibit_id]
    named = named_clip(told, file.name)
    if named is not None and named != row["sha256"]:
        raise ReadingError("zone_other_clip", file=file.name, named=named[:16], clip=exhibit_id)
    facts = _facts(case, exhibit_id)
    if zone.image_size_px != (facts.width_px, facts.height_px):
        raise ReadingError(
            "zone_other_size",
            file=file.name,
            stated="{} x {}".format(*zone.image_size_px),
            real=f"{facts.width_px} x {facts.height_px}",
        )
    for start, stop in zone.empty_media_s:
        if not 0 <= start < stop <= facts.duration_s + END_SLACK_S:
            raise ReadingError(
                "zone_stretch", file=file.name, start=start, stop=stop, duration=round(facts.duration_s, 3)
            )
    _record(case, exhibit_id, zone)
    return zone


def empty_place(path: Path, zone: Zone, frame_rate: float | None) -> presence.Plate:
    """The plate from the stretches confirmed (or proposed) to be empty.

    Raises
    ------
    CannotMeasure
        ``no_empty_place``: no stretch was named; else as :func:`toolkit.analysis.presence.make_plate`.
    """
    if not zone.empty_media_s:
        raise CannotMeasure("no_empty_place")
    spans = sorted(zone.empty_media_s)
    with read_frames(path, spans, frame_rate=frame_rate, width_px=presence.WIDTH_PX) as frames:
        return presence.make_plate(frames, zone)


def propose_zone(case: Case, clip: str) -> Zone:
    """Propose a zone and empty stretches from the clip itself; recorded with the basis "proposed".

    Raises
    ------
    CannotMeasure
        The clip does not show clearly where people stand and when nobody does;
        the advice says what to mark by hand. Nothing is recorded.
    """
    exhibit_id = _footage(case, clip)
    facts = _facts(case, exhibit_id)
    rate = declared_rate(case, exhibit_id)
    step = max(facts.duration_s / MOST_FRAMES, LEAST_STEP_S)
    path = case.exhibit_path(exhibit_id)
    with read_frames(path, frame_rate=rate, width_px=THUMB_WIDTH_PX, every_s=step) as frames:
        sound = [(frame.media_s, frame.image) for frame in frames if not frame.corrupt]
    proposal = propose(np.array([at for at, _ in sound]), np.stack([image for _, image in sound if image is not None]))
    zone = Zone(
        polygon_px=tuple((round(x * facts.width_px, 1), round(y * facts.height_px, 1)) for x, y in proposal.polygon),
        image_size_px=(facts.width_px, facts.height_px),
        empty_media_s=proposal.empty_media_s,
        terminal_fully_in_view=None,
        stated_by=None,
        basis="proposed",
    )
    _record(case, exhibit_id, zone)
    return zone


def zone_of(zones: pd.DataFrame, exhibit_id: str) -> Zone | None:
    """The zone recorded for a clip, None when there is none."""
    rows = zones[zones["exhibit_id"] == exhibit_id].to_dict("records")
    if not rows:
        return None
    row: Mapping[Any, Any] = rows[0]
    return Zone(
        polygon_px=tuple((x, y) for x, y in json.loads(row["polygon_px"])),
        image_size_px=(int(row["image_width_px"]), int(row["image_height_px"])),
        empty_media_s=tuple((a, b) for a, b in json.loads(row["empty_media_s"])),
        terminal_fully_in_view=_or_none(row["terminal_fully_in_view"]),
        stated_by=_or_none(row["stated_by"]),
        basis=str(row["basis"]),
        note=str(row["note"]),
        px_per_m=_or_none(row["px_per_m"]),
    )


def zones_of_camera(case: Case, zones: pd.DataFrame, exhibit_id: str) -> list[Zone]:
    """Zones drawn for this recording, then for others of the same named camera and picture size."""
    own = zone_of(zones, exhibit_id)
    kept = [] if own is None else [own]
    cameras = case.read("exhibits").set_index("exhibit_id")["camera_id"]
    camera = cameras.get(exhibit_id)
    others = [] if pd.isna(camera) else [str(one) for one in zones["exhibit_id"] if cameras.get(one) == camera]
    if not others:
        return kept
    clip = probe(case.exhibit_path(exhibit_id), frame_rate=declared_rate(case, exhibit_id))
    found = [zone_of(zones, one) for one in others if one != exhibit_id]
    size = (clip.width_px, clip.height_px)
    return [*kept, *(one for one in found if one is not None and one.image_size_px == size)]


def stated_scale(case: Case, zones: pd.DataFrame, exhibit_id: str) -> float | None:
    """Pixels per metre at a head, stated for this recording or for another of the same camera and picture size."""
    return next((one.px_per_m for one in zones_of_camera(case, zones, exhibit_id) if one.px_per_m is not None), None)


def _or_none(value: Any) -> Any:
    return None if pd.isna(value) else value


def _footage(case: Case, clip: str) -> str:
    exhibit_id = case.find_exhibit(clip)
    kinds = case.read("exhibits").set_index("exhibit_id")["kind"]
    if kinds[exhibit_id] != "footage":
        raise ReadingError("zone_not_footage", exhibit=exhibit_id, kind=kinds[exhibit_id])
    return exhibit_id


def _facts(case: Case, exhibit_id: str) -> Any:
    return probe(case.exhibit_path(exhibit_id), frame_rate=declared_rate(case, exhibit_id))


def declared_rate(case: Case, exhibit_id: str) -> float | None:
    """Frames per second that a person stated for a clip without stamps."""
    rate = case.read("exhibits").set_index("exhibit_id").loc[exhibit_id, "frame_rate"]
    return None if pd.isna(rate) else float(rate)  # type: ignore[arg-type]


def _record(case: Case, exhibit_id: str, zone: Zone) -> None:
    rows = case.read("zones").to_dict("records") if case.has("zones") else []
    kept = [{str(key): value for key, value in row.items()} for row in rows if row["exhibit_id"] != exhibit_id]
    fresh = {
        "exhibit_id": exhibit_id,
        "polygon_px": [list(corner) for corner in zone.polygon_px],
        "image_width_px": zone.image_size_px[0],
        "image_height_px": zone.image_size_px[1],
        "empty_media_s": [list(stretch) for stretch in zone.empty_media_s],
        "terminal_fully_in_view": zone.terminal_fully_in_view,
        "stated_by": zone.stated_by,
        "basis": zone.basis,
        "note": zone.note,
        "px_per_m": zone.px_per_m,
    }
    for row in kept:
        row["polygon_px"] = json.loads(row["polygon_px"])
        row["empty_media_s"] = json.loads(row["empty_media_s"])
    case.record("zones", tables.build("zones", [*kept, fresh]), inputs=["exhibits"])
