"""The words of a scenario file: who comes, what is shown, how it is recorded, and what may be concluded.

One dataclass a table of the file; ``docs/scenario-schema.json`` is made from
them. Times named ``_s`` are seconds since the first frame of their clip, times
named ``_at`` are the camera's clock with its offset from UTC. The camera's
clock is taken as the true one: only its difference from the terminal's can be
measured. People are named by a short id; everything else refers to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from toolkit.simulation.told import entry

SCHEMA: Final = "papermask-scenario-1"
ID = r"[0-9A-Za-z][0-9A-Za-z_-]{0,30}"
EMPLOYEE_ID = r"[0-9A-Za-z_-]{1,24}"
NAME = r"[a-z][a-z0-9_]{0,40}"
DAY = r"\d{4}-\d\d-\d\d"
STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"

Side = Literal["left", "right"]
Medium = Literal["own_face", "print", "phone", "badge", "notice"]
Code = Literal["FD1", "FD2", "FD3", "FD4", "FD5", "FD6", "FD7", "FD8", "FD9", "FD10"]
Worn = Literal[
    "surgical_mask", "scarf", "knitted_scarf", "phone_at_ear", "badge", "glasses", "cap", "face_on_shirt",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How the recorder stores what its camera sees."""

    container: Literal["mp4", "ts", "avi", "mkv"] = entry("Kind of file.", "mp4")
    codec: Literal["h264", "hevc", "mpeg4", "mjpeg"] = entry("How the pictures are compressed.", "h264")
    crf: int = entry("Strength of compression of h264 and hevc; a recorder's is about 23 to 32.", 28, least=0, most=51)
    gop: int = entry("Frames from one complete picture to the next.", 24, least=1, most=600)
    b_frames: int = entry("Frames in a row that are stored after later ones.", 0, least=0, most=8)
    variable_rate: bool = entry("Whether the time between two frames varies, as in re-sent or mobile video.", False)
    overlay_clock: Literal["none", "year_first", "day_first", "month_first", "chinese"] = entry(
        "Order of the clock written into the picture; chinese has the weekday in Chinese.", "none"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera above or beside the terminal."""

    camera: str = entry("Short id of the camera.", pattern=ID)
    px_per_m: float = entry("Pixels that a metre at the presenter's head covers.", 250.0, least=40, most=2000)
    pitch_deg: float = entry("How far it looks down: 0 level, 85 nearly straight from above.", 25.0, least=0, most=85)
    lens: Literal["pinhole", "fisheye"] = entry("Kind of lens.", "pinhole")
    width_px: int = entry("Width of the picture in pixels, even.", 960, least=160, most=3840)
    height_px: int = entry("Height of the picture in pixels, even.", 540, least=120, most=2160)
    fps: float = entry("Frames a second.", 12.0, least=1, most=60)
    encoding: Encoding = entry("How the recorder stores the pictures.", Encoding())


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody; with an employee id one of the staff, without one a stranger."""

    person: str = entry("Short id, used in all other tables.", pattern=ID)
    employee_id: str | None = entry("Id at the terminal, kept as written; none for a stranger.", None,
                                    pattern=EMPLOYEE_ID)  # fmt: skip
    name: str | None = entry("Name on the roster (invented); two people may bear one name.", None)
    on_roster: bool = entry("Whether the roster lists this employee.", True)
    photo: bool = entry("Whether the roster has a photograph of this employee.", True)
    identity: int | None = entry("Number of the face to be used; none: chosen by the seed.", None, least=0, most=999)
    clothes: Literal["own", "uniform"] = entry("Own clothes, or those that all in uniform share.", "own")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightChange:
    """The light of the place changes."""

    at_s: float = entry("When it begins.", least=0)
    to: Literal["day", "night", "brighter", "darker"] = entry("What it becomes; night is the camera's infra-red mode.")
    over_s: float = entry("How long it takes.", 0.5, least=0, most=600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presenting:
    """Something is offered to the terminal."""

    at_s: float = entry("When it begins.", least=0)
    seconds: float = entry("How long it is shown.", least=0.2, most=600)
    what: Medium = entry("What is shown; a notice is a sheet without a face.", "own_face")
    of: str | None = entry("Person whose face the print, phone or badge shows.", None, pattern=ID)
    how: Literal["held", "worn", "stacked"] = entry("Held in a hand, worn before the face, or top of a stack.", "held")
    shape: Literal["flat", "curled", "cylinder", "cut_out", "eye_holed"] = entry("Shape of a print.", "flat")
    print_id: str | None = entry("Id of the sheet; the same id is the very same sheet again.", None, pattern=ID)
    motion: Literal["natural", "still", "turn", "nod", "shift"] = entry(
        "How head or sheet move: as people do, not at all, turning, nodding, or along the picture only.", "natural"
    )
    turn_deg: float = entry("How far it turns or nods, from end to end.", 20.0, least=0, most=90)
    clocks_in: str | None = entry("Person under whose id the terminal accepts this; none: nothing is accepted.", None,
                                  pattern=ID)  # fmt: skip
    clocks_in_at_s: float | None = entry("When it is accepted; none: a second after it began, or half way.", None,
                                         least=0)  # fmt: skip
    refused_tries: int = entry("Attempts that the terminal refuses before.", 0, least=0, most=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One coming and going of one person."""

    person: str = entry("Who.", pattern=ID)
    arrives_s: float = entry("When the person stands at the place (or, passing by, is before the terminal).", least=0)
    leaves_s: float | None = entry("When the person goes; not needed for one who passes.", None, least=0)
    comes_from: Side = entry("Side of the picture from which the person comes.", "left")
    goes_to: Side = entry("Side to which the person goes.", "right")
    place: Literal["spot", "beside", "behind", "passes"] = entry(
        "At the terminal, beside or behind somebody who is there, or walking by.", "spot"
    )
    takes_over_in_contact: bool = entry("Whether the person touches the one before while taking over the place.", False)
    wears: tuple[Worn, ...] = entry("What else is worn or carried.", ())
    presents: tuple[Presenting, ...] = entry("What is offered to the terminal, in order.", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One file of footage: when, how long, in which light, and who comes."""

    clip: str = entry("Short id; also the name of the file.", pattern=ID)
    camera: str = entry("Id of the camera.", pattern=ID)
    starts_at: datetime = entry("The camera's clock at the first frame, with the offset from UTC.")
    duration_s: float = entry("Length.", least=2, most=3600)
    control: Literal["none", "live", "print"] = entry(
        "A recording that the site itself made and labelled: of live faces, or of prints and other rivals.", "none"
    )
    light: Literal["day", "night"] = entry("Light at the beginning; night is the camera's infra-red mode.", "day")
    light_changes: tuple[LightChange, ...] = entry("How the light changes.", ())
    lost_spans: tuple[tuple[float, float], ...] = entry("Stretches [from, to] without frames.", (), least=0)
    wall_portrait: str | None = entry("Person whose portrait hangs on the wall in view.", None, pattern=ID)
    acts: tuple[Act, ...] = entry("Who comes and goes; none: an empty place.", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """The terminal's clock is changed; either by so many seconds or to a time."""

    at: datetime = entry("When, by the camera's clock.")
    jump_s: float | None = entry("Seconds by which it goes forward (minus: back).", None, least=-4e9, most=4e9)
    set_to: str | None = entry("What it shows from then on, as 2000-01-01 00:00:00 after a dead battery.", None,
                               pattern=STAMP)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """The clock-in terminal and its clock."""

    terminal: str = entry("Id of the device.", "T-1", pattern=ID)
    ahead_s: float = entry("Seconds its clock is ahead of the camera's at the first frame of the first clip.", 0.0,
                           least=-4e9, most=4e9)  # fmt: skip
    drift_ppm: float = entry("Microseconds a second by which it gains.", 0.0, least=-1000, most=1000)
    resets: tuple[Reset, ...] = entry("Changes of its clock, in order.", ())
    precision_s: Literal[1, 60] = entry("Records are written to the second or to the minute.", 1)
    screen_flash: bool = entry("Whether its screen lights up in view when it accepts.", True)
    beep: bool = entry("Whether it sounds when it accepts, and the camera records sound.", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRow:
    """A clock-in that no presentation of the footage explains."""

    at: datetime = entry("When, by the camera's clock; it may lie outside all clips.")
    person: str = entry("Person under whose id.", pattern=ID)
    credential: Literal["face", "finger", "card", "password"] = entry("How.", "face")
    accepted: bool = entry("Whether it was accepted.", True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Somebody changes the records later."""

    change: Literal["moved", "deleted", "renamed", "added"] = entry("What is done to the row.")
    person: str = entry("Person under whose id the row is (for added: will be).", pattern=ID)
    clock_in: int = entry("Which accepted clock-in under this id, counted by time.", 1, least=1, most=1000)
    by_s: float | None = entry("moved: by how many seconds.", None, least=-1e6, most=1e6)
    to_person: str | None = entry("renamed: person under whose id it is written instead.", None, pattern=ID)
    stamped_at: str | None = entry("added: the time that is written, as 2026-03-03 08:29:00.", None, pattern=STAMP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A clock-in stands in the file twice."""

    person: str = entry("Person under whose id.", pattern=ID)
    clock_in: int = entry("Which accepted clock-in under this id, counted by time.", 1, least=1, most=1000)
    kind: Literal["same_row", "double_tap"] = entry("The row again, or the terminal accepted twice.", "same_row")
    after_s: float = entry("double_tap: seconds between the two.", 2.0, least=0.5, most=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buffered:
    """The terminal keeps its rows back and sends them later."""

    starts_at: datetime = entry("From when rows are kept back.")
    ends_at: datetime = entry("Until when.")
    sent_at: datetime = entry("When they are sent.")
    stamped: Literal["device_time", "upload_time"] = entry("Which time is written into them.", "device_time")
    sent_twice: bool = entry("Whether they had been sent in time as well and stand twice in the file.", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The file of clock-ins that the inquiry receives."""

    format: Literal["attlog", "csv"] = entry("attlog holds accepted clock-ins only; csv also refused ones.", "attlog")
    headings: Literal["en", "zh"] = entry("Language of the headings of a csv.", "zh")
    marks_edits: bool = entry("Whether a csv says of each row if a person changed it.", False)
    other_rows: tuple[OtherRow, ...] = entry("Rows with nobody in view, or outside the footage.", ())
    edits: tuple[Edit, ...] = entry("Later changes by a person, in order.", ())
    duplicates: tuple[Duplicate, ...] = entry("Rows that stand twice.", ())
    buffered: tuple[Buffered, ...] = entry("Rows that were sent later.", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Where somebody really was, out of the camera's sight."""

    person: str = entry("Who.", pattern=ID)
    starts_at: datetime = entry("From when.")
    ends_at: datetime = entry("Until when.")
    where: Literal["not_on_site", "in_by_side_entrance", "on_field_visit"] = entry("Where.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A row of the site's own papers: leave, duty, field visits, rules."""

    person: str | None = entry("Whom it concerns; none: everybody.", None, pattern=ID)
    kind: Literal["leave", "duty", "field_visit", "policy", "correspondence"] = entry("Kind of record.")
    first_day: str = entry("First day, as 2026-03-03.", pattern=DAY)
    last_day: str = entry("Last day.", pattern=DAY)
    note: str = entry("What it says.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """Moments at which the terminal's clock is read off the footage."""

    read_from: Literal["screen", "nothing"] = entry("Read when its screen lights up, or not at all.", "screen")
    uncertainty_s: float = entry("How far a reading may be off (one standard deviation).", 0.5, least=0.01, most=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A finding that a right examination reaches."""

    code: Code = entry("Code of the finding.")
    presenter: str | None = entry("Person who presented.", None, pattern=ID)
    employees: tuple[str, ...] = entry("Persons whose ids it concerns.", (), pattern=ID)
    clips: tuple[str, ...] = entry("Clips in which it is seen; none: all.", (), pattern=ID)
    says: str = entry("The finding in one sentence, with what it leaves open.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A case with its truth: footage, records, roster, papers, and what may be concluded from them."""

    schema: Literal["papermask-scenario-1"] = entry("Version of this description.")
    name: str = entry("Name in small letters.", pattern=NAME)
    about: str = entry("What happens, in a few sentences.")
    settles: str = entry("What may be concluded from the material.")
    timezone: str = entry("Time zone in which the terminal writes.", "Asia/Shanghai", pattern=r"[A-Za-z_+\-/0-9]{1,40}")
    cameras: tuple[Camera, ...] = entry("The cameras.", at_least=1)
    people: tuple[Person, ...] = entry("Everybody whose body or face occurs.", at_least=1)
    terminal: Terminal = entry("The terminal.", Terminal())
    clips: tuple[Clip, ...] = entry("The footage.", at_least=1)
    records: Records = entry("The clock-in records.", Records())
    anchors: Anchors = entry("Readings of the terminal's clock.", Anchors())
    elsewhere: tuple[Elsewhere, ...] = entry("Who was where, out of sight.", ())
    context: tuple[Context, ...] = entry("The site's own papers.", ())
    expected: tuple[Expected, ...] = entry("Findings that a right examination reaches.", ())
    must_not: tuple[str, ...] = entry("What must not be concluded.", ())

    def person(self, name: str) -> Person:
        """The person of this id (a known one)."""
        return next(one for one in self.people if one.person == name)

    def camera(self, name: str) -> Camera:
        """The camera of this id (a known one)."""
        return next(one for one in self.cameras if one.camera == name)
