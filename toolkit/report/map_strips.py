"""Evidence maps on the card of a mask finding: where each cue saw what its number tells, and why others saw nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np

from toolkit.analysis.evidence import EvidenceMap, drawn_over
from toolkit.analysis.sheets.visit_evidence import times_of
from toolkit.media.frames import as_png
from toolkit.report.blocks import Bar, Block, Paragraph, Points, Ramp, Still, Strip
from toolkit.report.readings import NOT_RUN, why
from toolkit.report.writer import Facts, Writer, at, brief

PLAIN = "plain"
FIRST = ("sheet", "headroom", "cutout", PLAIN)  # what a reader looks at first; the others by name
SHARE_OF_WIDTH = 0.4  # of a picture, that a scale bar may take
SQUARES_PX = 240  # up to this width a page has room for each pixel; leaving some out would make patterns of its own
LENGTHS_M = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02)
RAMP_PX = (4, 64)

Pictures = Mapping[str, bytes]


def evidence_strips(finding: Facts, facts: Facts, write: Writer, pictures: Pictures) -> list[Block]:
    """The pictures of the finding's visit and of its presentation, and why further cues have none."""
    visit_id, shown = finding["visit_ids"][0], finding["sensitivity"]["presentation_id"]
    mine = [
        one
        for one in facts["evidence_maps"]
        if one["visit_id"] == visit_id and one["owner_id"] in ({visit_id, shown} if shown else {one["owner_id"]})
    ]
    if not mine:
        return [Paragraph(write("maps_none"), "note")]
    drawn = {one["owner_id"] for one in mine}
    owners = [*([visit_id] if visit_id in drawn else []), *sorted(drawn - {visit_id})]
    return [block for owner in owners for block in _of(owner, visit_id, mine, facts, write, pictures)]


def _of(
    owner: str, visit_id: str, mine: list[Facts], facts: Facts, write: Writer, pictures: Pictures
) -> Iterator[Block]:
    """The pictures of a visit or a presentation, and the cues that have none."""
    rows = sorted((one for one in mine if one["owner_id"] == owner), key=_place)
    readings = _readings(owner, facts)
    if rows:
        kind = "visit" if owner == visit_id else "presentation"
        stills = tuple(_still(row, readings.get(row["cue"]), facts, write, pictures) for row in rows)
        yield Strip(stills, write(f"cap_maps_{kind}"), write(f"maps_{kind}", id=owner), large=True)
    gaps = _gaps(rows, readings, write)
    if gaps:
        yield Points(gaps, write("maps_gaps", id=owner))


def _place(row: Facts) -> tuple[int, str]:
    cue = row["cue"]
    return (FIRST.index(cue) if cue in FIRST else len(FIRST), cue)


def _readings(owner: str, facts: Facts) -> dict[str, Facts]:
    """What each cue read of a presentation or a visit."""
    told = [one for one in facts["sheets"] if one["visit_id"] == owner]
    told += [
        reading for one in facts["presentations"] if one["presentation_id"] == owner for reading in one["readings"]
    ]
    return {one["cue"]: one for one in told}


def _gaps(rows: list[Facts], readings: dict[str, Facts], write: Writer) -> tuple[str, ...]:
    """Cues that are not shown: without a value, or with one that no map is made of."""
    drawn = {row["cue"] for row in rows}
    told = []
    for cue, reading in sorted(readings.items()):
        name = write.code("cue", cue)
        if reading["value"] is None:
            answer = "maps_not_run" if reading["statement"] == NOT_RUN else "maps_not_assessable"
            told.append(write(answer, cue=name, why=why(reading, write)))
        elif cue not in drawn:
            told.append(write("maps_no_map", cue=name, value=_value(reading)))
    return tuple(told)


def _value(reading: Facts) -> str:
    return f"{brief(float(reading['value']))} {_unit(reading['unit'])}".rstrip()


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _still(row: Facts, reading: Facts | None, facts: Facts, write: Writer, pictures: Pictures) -> Still:
    """One picture with its scale, its colours and a caption that stands alone."""
    ref = at(row["exhibit_id"], row["media_s"])
    cue = row["cue"]
    title = write("map_plain") if cue == PLAIN else _title(cue, reading, write)
    alt = write("alt_map", what=title, id=row["owner_id"], ref=ref)
    hashes = {one["exhibit_id"]: one["sha256"] for one in facts["exhibits"]}
    place = write(
        "cap_frame", ref=ref, hash=hashes.get(row["exhibit_id"], "")[:12], media=f"{row['media_s']:.3f}",
        pts="–" if row["pts"] is None else row["pts"],
    )  # fmt: skip
    picture = pictures.get(row["picture_sha256"] or "")
    if picture is None:
        missing = why(row, write) if row["why_not"] is not None else write("no_still")
        return Still(None, alt, title, write("map_missing", place=place, why=missing))
    return Still(
        "data:image/png;base64," + base64.b64encode(picture).decode(),
        alt,
        title,
        write.told([*_words(row, reading, write), place]),
        None if row["lower"] is None else _ramp(row),
        _bar(row, facts, write),
        pixels=row["face_px"] is not None and row["crop_px"][2] - row["crop_px"][0] <= SQUARES_PX,
    )


def _title(cue: str, reading: Facts | None, write: Writer) -> str:
    short = write.code("cue_short", cue)
    return short if reading is None else write("map_title", short=short, value=_value(reading))


def _words(row: Facts, reading: Facts | None, write: Writer) -> list[str]:
    """What is drawn, what its ends mean, and what it does not show."""
    cue = row["cue"]
    if cue == PLAIN:
        return [write("map_on_plain")]
    told = [_known("map_on", cue, _of_visit(row, reading), write)]
    if row["lower"] is not None:
        told.append(write("map_bounds", share=f"{100 * row['measured']:.0f}"))
    else:
        left, top, right, bottom = row["crop_px"]
        told.append(write("map_repeated", times=times_of((bottom - top, right - left))))
    return [one for one in (*told, _known("map_not", cue, {}, write)) if one]


def _known(prefix: str, cue: str, facts: Facts, write: Writer) -> str:
    """The sentence for a cue; nothing for one that this version has no words for."""
    told = write.code(prefix, cue, facts)
    return "" if told.startswith(cue) else told


def _of_visit(row: Facts, reading: Facts | None) -> Facts:
    """Numbers of a visit's cue in the picture that is shown."""
    evidence = {} if reading is None else reading["facts"]
    entries = evidence.get("frames", []) if isinstance(evidence, dict) else []
    entry: Facts = min(entries, key=lambda one: abs(one["media_s"] - row["media_s"]), default={})
    told = {"of": len(entries), "threshold": evidence.get("threshold_m"), "here": entry.get("headroom_m")}
    if entry.get("face"):
        told["score"] = f"{entry['face']['score']:.2f}"
    if "rays_px" in entry:
        told |= {"rays": len(entry["rays_px"]), "crossed": sum(one > 0 for one in entry["rays_px"])}
    return told


def _bar(row: Facts, facts: Facts, write: Writer) -> Bar:
    """A length in metres where a scale is known, with what tells it; else a width of the face."""
    wide = float(row["crop_px"][2] - row["crop_px"][0])
    if row["px_per_m"] is None:
        return Bar(100 * float(row["face_px"]) / wide, write("bar_face", px=f"{row['face_px']:.0f}"))
    metre = float(row["px_per_m"])
    length = next((one for one in LENGTHS_M if one * metre <= SHARE_OF_WIDTH * wide), LENGTHS_M[-1])
    stated = row["face_px"] is not None or any(
        one.get("px_per_m") is not None for one in facts["zones"] if one["exhibit_id"] == row["exhibit_id"]
    )
    entry = "bar_metres" if stated else "bar_metres_by_face"
    return Bar(100 * length * metre / wide, write(entry, length=f"{length:g}", px=f"{length * metre:.0f}"))


def _ramp(row: Facts) -> Ramp:
    unit = _unit(row["unit"])
    lower, upper = (f"{row[name]:g} {unit}".rstrip() for name in ("lower", "upper"))
    return Ramp(_colours(), f"≤ {lower}", f"≥ {upper}")


@cache
def _colours() -> str:
    """The colours that maps are drawn in, over a middle grey."""
    values = np.tile(np.linspace(0, 1, RAMP_PX[1], dtype=np.float32), (RAMP_PX[0], 1))
    drawn = drawn_over(
        np.full((*RAMP_PX, 3), 128, np.uint8), EvidenceMap(values=values, lower=0.0, upper=1.0, unit="", frame=0)
    )
    return "data:image/png;base64," + base64.b64encode(as_png(drawn)).decode()
