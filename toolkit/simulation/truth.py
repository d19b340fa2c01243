"""The truth of a simulated case: one document, and one line a frame.

``docs/truth-schema.json`` is made from these dataclasses. Media seconds count
from the first frame of their clip; ``_at`` is the camera's clock, ISO 8601 with
its offset. ``visit_id`` and ``presentation_id`` are names of this document and
not those of a case: a case is compared by times. The truth says what was drawn;
what an examination can see of it is another question.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from toolkit.simulation.told import entry, schema_of

SCHEMA: Final = "papermask-truth-1"
TOLERANCE_S = 0.6  # of the ends of a visit, as bodies grow into the zone and shrink out of it

Answer = str  # a visit_id, NOBODY_SEEN or OUTSIDE_COVERAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTruth:
    """A person and the face that this seed gave to the person."""

    person: str = entry("Id in the scenario.")
    employee_id: str | None = entry("Id at the terminal; null for a stranger.")
    face: str = entry("Name of the face.")
    clothes: str = entry("own or uniform.")
    photo: str | None = entry("File of the roster photograph.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipTruth:
    """A clip as written."""

    clip: str = entry("Id in the scenario.")
    file: str = entry("File, relative to the folder of the case.")
    sha256: str = entry("Its SHA-256.", pattern="[0-9a-f]{64}")
    camera: str = entry("Id of the camera.")
    control: Literal["none", "live", "print"] = entry("Whether the site recorded it as a control.")
    starts_at: str = entry("The camera's clock at the first frame.")
    duration_s: float = entry("Media time of the last frame.")
    frames: int = entry("Number of frames.", least=1)
    frame_truth: str = entry("File with one line for each frame.")
    image_size_px: tuple[int, int] = entry("Width and height.")
    zone_px: tuple[tuple[int, int], ...] = entry("Corners of the terminal's zone.")
    empty_s: tuple[tuple[float, float], ...] = entry("Stretches without any body in the zone.")
    lost_spans: tuple[tuple[float, float], ...] = entry("Stretches without frames.")
    beeps_s: tuple[float, ...] | None = entry("When the terminal is heard; null where no sound is recorded.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTruth:
    """One body in the terminal's zone."""

    visit_id: str = entry("Name within this document; numbered by clip and time.")
    clip: str = entry("Clip.")
    act: int = entry("Number of the act within the clip, from 0.", least=0)
    person: str = entry("Whose body.")
    role: Literal["presenter", "beside", "behind", "passer-by"] = entry("What the body does there.")
    from_s: float = entry("When it fills half of its usual share of the zone for the first time.")
    to_s: float = entry("When it does so for the last time.")
    tolerance_s: float = entry("How far another definition of the ends may differ.")
    basis: Literal["picture", "plan"] = entry("Ends measured on the drawn bodies, or planned where none was drawn.")
    stands_s: tuple[float, float] = entry("From when to when the person is meant to stand still at the place.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationTruth:
    """Something offered to the terminal."""

    presentation_id: str = entry("Name within this document.")
    clip: str = entry("Clip.")
    visit_id: str | None = entry("Visit of the bearer; null where the bearer was never in the zone.")
    bearer: str = entry("Person who holds or wears it, or whose own face it is.")
    from_s: float = entry("Begin.")
    to_s: float = entry("End.")
    medium: Literal["live", "print", "phone", "badge", "notice"] = entry("What it is.")
    geometry: Literal["own head", "held", "worn", "stacked", "badge"] = entry("Where it is.")
    shape: str | None = entry("Shape of a print.")
    print_id: str | None = entry("Which sheet; the same id is the same sheet on whatever day.")
    shows: str | None = entry("Person whose face it shows; null for a notice.")
    employee_id: str | None = entry("Employee id of that person.")
    motion: str = entry("How it moves.")
    accepted_s: float | None = entry("When the terminal accepted it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PunchTruth:
    """A row of the records and what really happened."""

    row: int | None = entry("Physical line in the file; null for what is not in the file.")
    employee_id: str = entry("Employee id as written.")
    stamped_at: str | None = entry("Time as written.")
    accepted: bool = entry("Whether the terminal accepted.")
    happened_at: str | None = entry("When it happened; null for a row that a person invented.")
    happened_as: str | None = entry("Employee id under which it happened; null for an invented row.")
    clip: str | None = entry("Clip that was being recorded then.")
    media_s: float | None = entry("Media second in that clip.")
    answer: str | None = entry("Right association: a visit_id, 'nobody seen' or 'outside coverage'; null: no event.")
    visit_id: str | None = entry("Visit that caused it, in the picture or not.")
    presentation_id: str | None = entry("Presentation that caused it.")
    presenter: str | None = entry("Person who presented.")
    medium: str | None = entry("Medium that was presented.")
    shows: str | None = entry("Person whose face was presented.")
    edited: bool = entry("Whether a person changed or made the row.")
    changes: tuple[str, ...] = entry("Everything by which the row differs from what the device wrote at the moment.")
    why_missing: str | None = entry("Why it is not in the file.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTruth:
    """A stretch in which the terminal's clock ran evenly."""

    from_at: str = entry("Begin.")
    to_at: str = entry("End.")
    terminal_minus_camera_s: float = entry("Lead of the terminal at the begin; positive: it is ahead.")
    at_end_s: float = entry("Lead at the end.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyTruth:
    """One body under whose visit several different employee ids were accepted."""

    visit_id: str = entry("The visit.")
    person: str = entry("Whose body.")
    employee_ids: tuple[str, ...] = entry("The ids, sorted.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenTruth:
    """An employee with rows on a day on which no live face or body of the employee is in the footage."""

    employee_id: str = entry("The employee.")
    day: str = entry("The day, by the camera's clock.")
    really: tuple[str, ...] = entry("Where the employee really was: see 'elsewhere' of a scenario; may be empty.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingTruth:
    """A finding that a right examination reaches."""

    code: str = entry("Code of the finding.")
    presenter: str | None = entry("Person who presented.")
    employee_ids: tuple[str, ...] = entry("Employee ids concerned.")
    clips: tuple[str, ...] = entry("Clips.")
    says: str = entry("The finding in one sentence.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTruth:
    """What is true of a simulated case."""

    schema: Literal["papermask-truth-1"] = entry("Version of this description.")
    scenario: str = entry("Name of the scenario.")
    about: str = entry("What happens.")
    settles: str = entry("What may be concluded.")
    seed: int = entry("Seed.", least=0)
    timezone: str = entry("Zone in which the terminal writes.")
    precision_s: Literal[1, 60] = entry("Precision of the records.")
    records: str = entry("File of the records.")
    people: tuple[PersonTruth, ...] = entry("Everybody.")
    clips: tuple[ClipTruth, ...] = entry("The footage.")
    visits: tuple[VisitTruth, ...] = entry("Bodies in the zone.")
    presentations: tuple[PresentationTruth, ...] = entry("What was offered.")
    punches: tuple[PunchTruth, ...] = entry("Rows, in the order of the file, then what is not in the file.")
    clock: tuple[ClockTruth, ...] = entry("The terminal's clock against the camera's.")
    one_body_several_clock_ins: tuple[BodyTruth, ...] = entry("Bodies with several ids.")
    clocked_not_seen: tuple[UnseenTruth, ...] = entry("Employees with rows who are not in the footage of the day.")
    expected: tuple[FindingTruth, ...] = entry("Findings that a right examination reaches.")
    must_not: tuple[str, ...] = entry("What must not be concluded.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceLine:
    """A face in a frame, drawn or printed."""

    bearer: str = entry("Person who bears it, or 'wall'.")
    visit_id: str | None = entry("Visit of the bearer.")
    presentation_id: str | None = entry("Presentation in progress; null for a face that is merely there.")
    shows: str = entry("Name of the face.")
    employee_id: str | None = entry("Employee id of the person shown.")
    medium: str = entry("live, print, phone, cloth or badge.")
    geometry: str = entry("own head, held, worn, stacked, wall or badge.")
    box_px: tuple[float, float, float, float] = entry("x0, y0, x1, y1.")
    landmarks_px: tuple[tuple[float, float], ...] | None = entry("Eyes, nose tip, corners of the mouth.")
    turn_deg: float = entry("How far it is turned away from the camera.")
    px_per_m: float = entry("Scale at the face.")
    visible: float = entry("Share that is not covered.", least=0, most=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLine:
    """A body in a frame."""

    act: int = entry("Number of the act.", least=0)
    person: str = entry("Whose body.")
    visit_id: str | None = entry("Visit.")
    box_px: tuple[int, int, int, int] = entry("x0, y0, x1, y1 of its visible pixels.")
    zone_share: float = entry("Share of the zone that it fills.", least=0, most=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameLine:
    """One line of a clip's frame truth."""

    media_s: float = entry("Time of the frame.")
    at: str = entry("The camera's clock.")
    faces: tuple[FaceLine, ...] = entry("Faces.")
    bodies: tuple[BodyLine, ...] = entry("Bodies.")


def truth_schema() -> dict[str, Any]:
    """The JSON Schema that ``docs/truth-schema.json`` publishes; ``$defs.frame`` is a line of the frame truth."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": f"papermask truth, schema {SCHEMA}",
        **schema_of(CaseTruth),
        "$defs": {"frame": schema_of(FrameLine)},
    }


def document_bytes(truth: CaseTruth) -> bytes:
    """Canonical JSON: sorted keys, one blank of indent, UTF-8; the same truth gives the same bytes."""
    return (json.dumps(asdict(truth), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def frame_bytes(line: FrameLine) -> bytes:
    """One line of canonical JSON."""
    return (json.dumps(asdict(line), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode("utf-8")
