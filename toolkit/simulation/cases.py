"""A whole case from a scenario: footage, records, roster, papers, controls, and the truth of all of it.

The same scenario, seed and renderer give the same truth and the same decoded
frames; the same bytes of the clips too, under one version of the encoders.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2

from toolkit.errors import SetupError
from toolkit.records import Image
from toolkit.simulation.answers import several_ids, tell_punches, unseen_employees
from toolkit.simulation.filming import Advance, Studio, Zone, film_all, zone_of
from toolkit.simulation.plan import ClipPlan, Plan, make_plan
from toolkit.simulation.records_out import RecordsFile, make_records
from toolkit.simulation.scenario import Scenario
from toolkit.simulation.scenario_file import staff_of
from toolkit.simulation.truth import (
    SCHEMA,
    CaseTruth,
    ClipTruth,
    ClockTruth,
    FindingTruth,
    PersonTruth,
    PresentationTruth,
    VisitTruth,
    document_bytes,
    frame_bytes,
)
from toolkit.simulation.watching import Watched, empty_spans, frame_lines, visits_of

CONTROL_TIMES = "controls/times.csv"
CLAIM = "simulation.txt"  # which scenario and seed a folder holds


@dataclass(slots=True)
class _Written:
    """Truth gathered while clips are written."""

    clips: list[ClipTruth]
    visits: list[VisitTruth]
    presentations: list[PresentationTruth]
    places: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)  # of faces shown in controls


def write_case(
    scenario: Scenario, out: Path, seed: int, studio: Studio, *, workers: int = 1, advance: Advance | None = None
) -> CaseTruth:
    """Write a case into a folder.

    Parameters
    ----------
    scenario : Scenario
        From :func:`toolkit.simulation.scenario_file.load_scenario`.
    out : Path
        A folder; made when missing. Holds ``footage/``, ``zones/`` (one JSON a
        clip), ``1_attlog.dat`` or ``records.csv`` with ``mapping.json``,
        ``roster.csv``, ``photos/``, ``anchors.csv``, ``context.csv``,
        ``controls/``, ``truth.json`` and ``frames/``, as far as the scenario
        has them.
    seed : int
        Not negative.
    workers, advance
        As in :func:`toolkit.simulation.filming.film_all`.

    Raises
    ------
    ReadingError
        More people than faces, or an edit of a clock-in that there is not.
    SetupError
        The folder holds something else.
    """
    _claim(out, scenario, seed)
    plan = make_plan(scenario, seed, studio.faces())
    records = make_records(plan, f"{scenario.name}.yaml")
    done = _Written([], [], [])
    for clip, kept in zip(plan.clips, film_all(plan, out, studio, workers=workers, advance=advance), strict=True):
        _tell_clip(plan, clip, out, zone_of(studio, clip), kept, done)
    people = _write_roster(plan, out, studio)
    (out / records.name).write_bytes(records.content)
    if records.mapping is not None:
        (out / "mapping.json").write_bytes(records.mapping)
    _write_anchors(plan, records, out, done.clips)
    _write_context(scenario, out)
    _write_control_times(plan, done.places, out)
    truth = _truth(plan, records, done, people)
    (out / "truth.json").write_bytes(document_bytes(truth))
    return truth


def _claim(out: Path, scenario: Scenario, seed: int) -> None:
    """Take a folder for this case: a new or an empty one, or one of the same scenario and seed.

    Left-overs of another case would be read as part of this one.
    """
    mine = f"{scenario.name} {seed} {hashlib.sha256(repr(scenario).encode()).hexdigest()}\n"
    note = out / CLAIM
    out.mkdir(parents=True, exist_ok=True)
    told = note.read_text(encoding="utf-8") if note.is_file() else None
    if told != mine and any(out.iterdir()):
        raise SetupError("folder_holds_other", folder=str(out))
    note.write_text(mine, encoding="utf-8", newline="\n")


def _tell_clip(plan: Plan, clip: ClipPlan, out: Path, zone: Zone, kept: Watched, done: _Written) -> None:
    """The truth of a clip that was filmed: its frames, visits and presentations, and the zone's file."""
    file = out / clip.file
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    visits = visits_of(clip, kept, len(done.visits))
    frames = Path("frames") / f"{clip.clip.clip}.jsonl"
    (out / frames).parent.mkdir(exist_ok=True)
    (out / frames).write_bytes(b"".join(frame_bytes(line) for line in frame_lines(clip, kept, visits)))
    told = ClipTruth(
        clip=clip.clip.clip,
        file=clip.file,
        sha256=sha256,
        camera=clip.camera.camera,
        control=clip.clip.control,
        starts_at=clip.clip.starts_at.isoformat(),
        duration_s=clip.times_s[-1],
        frames=len(clip.times_s),
        frame_truth=frames.as_posix(),
        image_size_px=(clip.camera.width_px, clip.camera.height_px),
        zone_px=zone,
        empty_s=empty_spans(clip, kept),
        lost_spans=clip.clip.lost_spans,
        beeps_s=None if clip.beeps_s is None else tuple(at for at in clip.beeps_s if clip.covers(clip.at(at))),
    )
    done.clips.append(told)
    done.visits.extend(visits)
    done.presentations.extend(_presentations(plan, clip, visits))
    if clip.clip.control != "none":
        done.places.update(_places(clip, kept))
    _write_zone(told, out)


def _places(clip: ClipPlan, kept: Watched) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Where a face was shown that is not the bearer's own: two faces are in view then, and a site says which."""
    for one in clip.shown:
        boxes = [
            face.box_px
            for at, faces, _ in kept.frames
            for face in faces
            if one.from_s <= at <= one.to_s and face.bearer == one.person and face.medium == one.medium != "live"
        ]
        if boxes:
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            end = min(clip.camera.width_px, int(max(rights)) + 1), min(clip.camera.height_px, int(max(bottoms)) + 1)
            yield one.presentation_id, (max(0, int(min(lefts))), max(0, int(min(tops))), *end)


def _presentations(plan: Plan, clip: ClipPlan, visits: Sequence[VisitTruth]) -> Iterator[PresentationTruth]:
    by_act = {one.act: one.visit_id for one in visits}
    ids = {one.person: one.employee_id for one in plan.scenario.people}
    for one in clip.shown:
        medium: Any = one.medium
        geometry: Any = one.geometry
        yield PresentationTruth(
            presentation_id=one.presentation_id,
            clip=clip.clip.clip,
            visit_id=by_act.get(one.act),
            bearer=one.person,
            from_s=one.from_s,
            to_s=one.to_s,
            medium=medium,
            geometry=geometry,
            shape=one.told.shape if one.medium == "print" else None,
            print_id=one.told.print_id,
            shows=one.of,
            employee_id=ids.get(one.of or ""),
            motion=one.told.motion,
            accepted_s=one.accepted_s,
        )


def _write_zone(told: ClipTruth, out: Path) -> None:
    zone = {
        "clip_sha256": told.sha256,
        "image_size_px": list(told.image_size_px),
        "zone_px": [list(corner) for corner in told.zone_px],
        "empty_media_s": [list(span) for span in told.empty_s],
        "terminal_fully_in_view": True,
        "stated_by": "simulation",
        "note": "zone where a presenter's body stands; the stretches are empty by construction",
    }
    file = out / "zones" / f"{told.clip}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(zone, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def _write_roster(plan: Plan, out: Path, studio: Studio) -> tuple[PersonTruth, ...]:
    """The roster and its photographs; who is who."""
    listed = [one for one in staff_of(plan.scenario) if one.on_roster]
    if listed:
        rows = sorted((one.employee_id or "", one.name or "") for one in listed)
        _write_csv(out / "roster.csv", ("employee_id", "name"), rows)
    photos: dict[str, str] = {}
    for number, one in enumerate(listed):
        if one.photo:
            photos[one.person] = f"photos/{one.employee_id}.png"
            _write_png(out / photos[one.person], studio.photo(plan.cast[one.person], plan.seed + number))
    return tuple(
        PersonTruth(
            person=one.person,
            employee_id=one.employee_id,
            face=plan.cast[one.person],
            clothes=one.clothes,
            photo=photos.get(one.person),
        )
        for one in plan.scenario.people
    )


def _write_png(file: Path, image: Image) -> None:
    file.parent.mkdir(exist_ok=True)
    _, coded = cv2.imencode(".png", image[..., ::-1])
    file.write_bytes(coded.tobytes())


def _write_anchors(plan: Plan, records: RecordsFile, out: Path, clips: Sequence[ClipTruth]) -> None:
    """Readings of the terminal's screen at the first and last acceptance that each clip shows."""
    told = plan.scenario.anchors
    rows: list[tuple[str, ...]] = []
    for clip, written in zip(plan.clips, clips, strict=True):
        if told.read_from == "nothing" or clip.clip.control != "none":
            continue
        seen = sorted(at for at in clip.flashes_s if clip.covers(clip.at(at)))
        for media_s in dict.fromkeys([*seen[:1], *seen[-1:]]):
            shown = f"{plan.clock.shown(clip.at(media_s)):%Y-%m-%d %H:%M:%S}"
            how = "terminal screen lit as read"
            rows.append(("terminal", shown, written.sha256, f"{media_s:.2f}", f"{told.uncertainty_s:g}", how))
    if rows:
        headings = ("device", "device_time", "exhibit_sha256", "media_s", "uncertainty_s", "how")
        _write_csv(out / "anchors.csv", headings, rows)


def _write_context(scenario: Scenario, out: Path) -> None:
    ids = {one.person: one.employee_id or "" for one in scenario.people}
    rows = [
        (ids.get(one.person or "", ""), one.kind, one.first_day, one.last_day, one.note) for one in scenario.context
    ]
    if rows:
        _write_csv(out / "context.csv", ("employee_id", "kind", "first_day", "last_day", "note"), rows)


def _write_control_times(plan: Plan, places: Mapping[str, tuple[int, int, int, int]], out: Path) -> None:
    """What the site wrote down about its own recordings: who, what, when, and where two faces are in view."""
    rows = [
        (
            clip.file.removeprefix("controls/"),
            clip.clip.control,
            clip.clip.starts_at.date().isoformat(),
            one.person,
            one.medium,
            one.told.print_id or "",
            one.told.shape if one.medium == "print" else "",
            f"{one.from_s:g}",
            f"{one.to_s:g}",
            *(str(edge) for edge in places.get(one.presentation_id, ("", "", "", ""))),
        )
        for clip in plan.clips
        if clip.clip.control != "none"
        for one in clip.shown
    ]
    if rows:
        names = ("file", "kind", "day", "person", "medium", "print_id", "shape", "from_s", "to_s")
        headings = (*names, "left", "top", "right", "bottom")
        _write_csv(out / CONTROL_TIMES, headings, rows)


def _write_csv(file: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    file.write_bytes(table.getvalue().encode("utf-8"))


def _truth(plan: Plan, records: RecordsFile, done: _Written, people: tuple[PersonTruth, ...]) -> CaseTruth:
    scenario = plan.scenario
    ids = {one.person: one.employee_id or "" for one in scenario.people}
    punches = tell_punches(plan, records, done.presentations)
    real = [clip for clip in plan.clips if clip.clip.control == "none"] or list(plan.clips)
    moments = [event.at for event in plan.events]
    begin = min([clip.clip.starts_at for clip in real] + moments)
    end = max([clip.at(clip.clip.duration_s) for clip in real] + moments)
    return CaseTruth(
        schema=SCHEMA,
        scenario=scenario.name,
        about=scenario.about,
        settles=scenario.settles,
        seed=plan.seed,
        timezone=scenario.timezone,
        precision_s=scenario.terminal.precision_s,
        records=records.name,
        people=people,
        clips=tuple(done.clips),
        visits=tuple(done.visits),
        presentations=tuple(done.presentations),
        punches=punches,
        clock=tuple(
            ClockTruth(
                from_at=one.from_at.isoformat(),
                to_at=one.to_at.isoformat(),
                terminal_minus_camera_s=one.ahead_at_start_s,
                at_end_s=one.ahead_at_end_s,
            )
            for one in plan.clock.segments(begin, end)
        ),
        one_body_several_clock_ins=several_ids(punches, done.visits),
        clocked_not_seen=unseen_employees(plan, punches),
        expected=tuple(
            FindingTruth(
                code=one.code,
                presenter=one.presenter,
                employee_ids=tuple(ids[who] for who in one.employees),
                clips=one.clips,
                says=one.says,
            )
            for one in scenario.expected
        ),
        must_not=scenario.must_not,
    )
