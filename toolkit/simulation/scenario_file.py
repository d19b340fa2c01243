"""A scenario file: found by name, read, and checked for what no single value can show.

A person twice in two places, a print of somebody who is not in the file, a
container that cannot hold the codec: each is refused with its place, before
anything is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from toolkit.errors import ReadingError, SetupError
from toolkit.simulation.scenario import SCHEMA, Act, Clip, Edit, Person, Presenting, Scenario
from toolkit.simulation.told import Told, parse_yaml, read_as, schema_of

FOLDER = Path(__file__).parent / "scenario_files"
CONTACT_S = 3.0  # longest time two bodies share the place in a handover
# What a container cannot hold, or only without times of its own for each frame.
IMPOSSIBLE = {("ts", "mjpeg"): "codec", ("avi", "hevc"): "codec"}
NEEDED = {"moved": "by_s", "renamed": "to_person", "added": "stamped_at"}


def scenario_names() -> tuple[str, ...]:
    """Names of the scenarios that come with the program."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def load_scenario(source: str | Path) -> Scenario:
    """A scenario by its name, or from a file.

    Parameters
    ----------
    source : str or Path
        A name as :func:`scenario_names` lists, or the path of a YAML file.

    Raises
    ------
    SetupError
        There is neither a scenario nor a file of this name.
    ReadingError
        The file is wrong; the sentence names line and place.
    """
    path = Path(source)
    if str(source) in scenario_names():
        path = FOLDER / f"{source}.yaml"
    elif not path.is_file():
        raise SetupError("name_unknown", kind="scenario", name=str(source), known=", ".join(scenario_names()))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise ReadingError("file_unreadable", file=path.name) from wrong
    return read_scenario(text, path.name)


def read_scenario(text: str, file: str) -> Scenario:
    """A checked scenario from the text of a file; see :func:`load_scenario`."""
    told = parse_yaml(text, file)
    scenario = read_as(Scenario, told, file)
    _Check(scenario, told, file).all()
    return scenario


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema that ``docs/scenario-schema.json`` publishes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": f"papermask scenario, schema {SCHEMA}",
        **schema_of(Scenario),
    }


class _Check:
    """Everything that concerns more than one value; faults name their place in the file."""

    def __init__(self, scenario: Scenario, told: Told, file: str) -> None:
        self.scenario = scenario
        self.told = told
        self.file = file
        self.persons = {one.person: one for one in scenario.people}

    def all(self) -> None:
        """Check; the first fault is raised."""
        self._unique()
        self._people()
        self._cameras()
        self._prints()
        for k, clip in enumerate(self.scenario.clips):
            self._clip(clip, f"clips[{k}]")
        self._one_file_a_time()
        self._terminal()
        self._records()
        self._papers()

    def facts(self, path: str) -> dict[str, Any]:
        """File, place and line of ``clips[2].acts[0].person``, as far as it is in the file."""
        told = self.told
        for key, number in re.findall(r"([A-Za-z_]+)|\[(\d+)\]", path):
            content: Any = told.content
            try:
                told = content[key] if key else content[int(number)]
            except (KeyError, IndexError, TypeError):
                break
        return {"file": self.file, "place": path, "line": told.line}

    def _unique(self) -> None:
        scenario = self.scenario
        lists: dict[str, Iterable[tuple[str, str | None]]] = {
            "person": ((f"people[{k}].person", one.person) for k, one in enumerate(scenario.people)),
            "employee_id": ((f"people[{k}].employee_id", one.employee_id) for k, one in enumerate(scenario.people)),
            "camera": ((f"cameras[{k}].camera", one.camera) for k, one in enumerate(scenario.cameras)),
            "identity": (
                (f"people[{k}].identity", None if one.identity is None else str(one.identity))
                for k, one in enumerate(scenario.people)
            ),
            "clip": ((f"clips[{k}].clip", one.clip.lower()) for k, one in enumerate(scenario.clips)),
        }
        for what, named in lists.items():
            seen: set[str] = set()
            for path, name in named:
                if name is not None and name in seen:
                    raise ReadingError("scenario_twice", what=what, named=name, **self.facts(path))
                seen.add(name or "")

    def _people(self) -> None:
        for k, one in enumerate(self.scenario.people):
            if one.employee_id is not None and one.on_roster and one.name is None:
                raise ReadingError("scenario_no_name", named=one.person, **self.facts(f"people[{k}]"))

    def _known(self, name: str | None, path: str, *, staff: bool = False) -> None:
        """The person is in the file (and has an id at the terminal, where one is needed)."""
        known = {key: one for key, one in self.persons.items() if one.employee_id is not None or not staff}
        if name is not None and name not in known:
            raise ReadingError("scenario_reference", named=name, known=", ".join(known), **self.facts(path))

    def _cameras(self) -> None:
        for k, camera in enumerate(self.scenario.cameras):
            coding, path = camera.encoding, f"cameras[{k}].encoding"
            wrong = IMPOSSIBLE.get((coding.container, coding.codec), "")
            if coding.container == "avi" and not wrong:
                wrong = "b_frames" if coding.b_frames else "variable_rate" if coding.variable_rate else ""
            if coding.codec == "mjpeg" and coding.b_frames:
                wrong = "b_frames"
            if wrong:
                raise ReadingError(
                    "scenario_encoding",
                    container=coding.container,
                    codec=coding.codec,
                    wrong=wrong,
                    **self.facts(f"{path}.{wrong}"),
                )
            for side in ("width_px", "height_px"):
                if getattr(camera, side) % 2:
                    raise ReadingError("scenario_odd_size", **self.facts(f"cameras[{k}].{side}"))

    def _prints(self) -> None:
        """One sheet shows one face and keeps its shape, on whatever day."""
        seen: dict[str, tuple[str | None, str]] = {}
        for path, one in _presentings(self.scenario):
            told = (one.of, one.shape)
            if one.print_id is not None and seen.setdefault(one.print_id, told) != told:
                raise ReadingError("scenario_print_differs", named=one.print_id, **self.facts(f"{path}.print_id"))

    def _clip(self, clip: Clip, path: str) -> None:
        cameras = [one.camera for one in self.scenario.cameras]
        if clip.camera not in cameras:
            known = ", ".join(cameras)
            raise ReadingError("scenario_reference", named=clip.camera, known=known, **self.facts(f"{path}.camera"))
        self._known(clip.wall_portrait, f"{path}.wall_portrait")
        for k, span in enumerate(clip.lost_spans):
            self._inside(span, clip, f"{path}.lost_spans[{k}]")
        container = self.scenario.camera(clip.camera).encoding.container
        if clip.lost_spans and container == "avi":
            # An AVI knows whole frames only, and H.264 around a gap is read one frame off.
            raise ReadingError("scenario_avi_gap", **self.facts(f"{path}.lost_spans"))
        for one, two in pairwise(clip.lost_spans):
            if two[0] <= one[1]:
                raise ReadingError("scenario_order", **self.facts(f"{path}.lost_spans"))
        for k, change in enumerate(clip.light_changes):
            self._inside((change.at_s, change.at_s + 0.001), clip, f"{path}.light_changes[{k}]")
        for k, act in enumerate(clip.acts):
            self._act(act, clip, f"{path}.acts[{k}]")
        self._bodies(clip, path)

    def _inside(self, span: tuple[float, float], clip: Clip, path: str) -> None:
        if not 0 <= span[0] < span[1] <= clip.duration_s or (span[0] == 0 and ".lost_spans" in path):
            raise ReadingError(
                "scenario_span", start=span[0], stop=span[1], duration=clip.duration_s, **self.facts(path)
            )

    def _act(self, act: Act, clip: Clip, path: str) -> None:
        self._known(act.person, f"{path}.person")
        if act.place == "passes":
            if act.presents:
                raise ReadingError("scenario_passer_presents", **self.facts(f"{path}.presents"))
            self._inside((act.arrives_s, act.arrives_s + 0.001), clip, f"{path}.arrives_s")
            return
        if act.leaves_s is None:
            raise ReadingError("scenario_key_missing", key="leaves_s", **self.facts(path))
        self._inside((act.arrives_s, act.leaves_s), clip, path)
        last = act.arrives_s
        for k, one in enumerate(act.presents):
            here = f"{path}.presents[{k}]"
            if not last <= one.at_s <= one.at_s + one.seconds <= act.leaves_s:
                raise ReadingError(
                    "scenario_presenting_time",
                    start=one.at_s,
                    stop=round(one.at_s + one.seconds, 3),
                    earliest=last,
                    latest=act.leaves_s,
                    **self.facts(here),
                )
            last = one.at_s + one.seconds
            self._presenting(one, clip, here)

    def _presenting(self, one: Presenting, clip: Clip, path: str) -> None:
        self._known(one.of, f"{path}.of")
        self._known(one.clocks_in, f"{path}.clocks_in", staff=True)
        pictured = one.what in ("print", "phone", "badge")
        if pictured != (one.of is not None):
            raise ReadingError("scenario_of", what=one.what, **self.facts(f"{path}.of"))
        if one.what != "print" and (one.shape != "flat" or one.how != "held" or one.print_id):
            raise ReadingError("scenario_print_only", what=one.what, **self.facts(path))
        if clip.control == "live" and one.what != "own_face":
            raise ReadingError("scenario_control_live", what=one.what, **self.facts(f"{path}.what"))
        moment = one.clocks_in_at_s
        if moment is not None and not one.at_s <= moment <= one.at_s + one.seconds:
            raise ReadingError(
                "scenario_presenting_time",
                start=moment,
                stop=moment,
                earliest=one.at_s,
                latest=round(one.at_s + one.seconds, 3),
                **self.facts(f"{path}.clocks_in_at_s"),
            )

    def _bodies(self, clip: Clip, path: str) -> None:
        """Nobody is twice in a clip at once, and one body stands at the spot, handovers in contact apart."""
        staying = [(k, act) for k, act in enumerate(clip.acts) if act.leaves_s is not None]
        for (_, a), (k, b) in combinations(sorted(staying, key=lambda one: one[1].arrives_s), 2):
            shared = min(a.leaves_s or 0.0, b.leaves_s or 0.0) - b.arrives_s
            if shared <= 0:
                continue
            if a.person == b.person:
                raise ReadingError("scenario_two_places", named=a.person, **self.facts(f"{path}.acts[{k}]"))
            allowed = CONTACT_S if b.takes_over_in_contact else 0.0
            if a.place == b.place == "spot" and shared > allowed:
                raise ReadingError(
                    "scenario_two_at_spot", first=a.person, second=b.person, **self.facts(f"{path}.acts[{k}]")
                )

    def _one_file_a_time(self) -> None:
        clips = sorted(enumerate(self.scenario.clips), key=lambda one: (one[1].camera, one[1].starts_at))
        for (_, a), (k, b) in pairwise(clips):
            if a.camera == b.camera and (b.starts_at - a.starts_at).total_seconds() < a.duration_s:
                raise ReadingError("scenario_clips_overlap", first=a.clip, second=b.clip, **self.facts(f"clips[{k}]"))

    def _terminal(self) -> None:
        try:
            ZoneInfo(self.scenario.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
            raise ReadingError("timezone_unknown", name=self.scenario.timezone) from wrong
        resets = self.scenario.terminal.resets
        for k, one in enumerate(resets):
            if (one.jump_s is None) == (one.set_to is None):
                raise ReadingError("scenario_reset", **self.facts(f"terminal.resets[{k}]"))
        if any(b.at <= a.at for a, b in pairwise(resets)):
            raise ReadingError("scenario_order", **self.facts("terminal.resets"))

    def _records(self) -> None:
        records = self.scenario.records
        for k, row in enumerate(records.other_rows):
            self._known(row.person, f"records.other_rows[{k}].person", staff=True)
        for k, twice in enumerate(records.duplicates):
            self._known(twice.person, f"records.duplicates[{k}].person", staff=True)
        for k, edit in enumerate(records.edits):
            self._edit(edit, f"records.edits[{k}]")
        for k, held in enumerate(records.buffered):
            if not held.starts_at < held.ends_at <= held.sent_at:
                raise ReadingError("scenario_order", **self.facts(f"records.buffered[{k}]"))
        if records.format == "attlog" and self.scenario.terminal.precision_s != 1:
            raise ReadingError("scenario_attlog_minutes", **self.facts("terminal.precision_s"))
        if records.marks_edits and records.format != "csv":
            raise ReadingError("scenario_csv_only", **self.facts("records.marks_edits"))

    def _edit(self, edit: Edit, path: str) -> None:
        self._known(edit.person, f"{path}.person", staff=True)
        self._known(edit.to_person, f"{path}.to_person", staff=True)
        needed = NEEDED.get(edit.change)
        if needed is not None and getattr(edit, needed) is None:
            raise ReadingError("scenario_key_missing", key=needed, **self.facts(path))

    def _papers(self) -> None:
        scenario = self.scenario
        named: list[tuple[str, str | None, bool]] = [
            *((f"elsewhere[{k}].person", one.person, False) for k, one in enumerate(scenario.elsewhere)),
            *((f"context[{k}].person", one.person, True) for k, one in enumerate(scenario.context)),
            *((f"expected[{k}].presenter", one.presenter, False) for k, one in enumerate(scenario.expected)),
        ]
        for k, wanted in enumerate(scenario.expected):
            named += [(f"expected[{k}].employees[{n}]", who, True) for n, who in enumerate(wanted.employees)]
            known = [clip.clip for clip in scenario.clips]
            for n, clip in enumerate(wanted.clips):
                if clip not in known:
                    place = self.facts(f"expected[{k}].clips[{n}]")
                    raise ReadingError("scenario_reference", named=clip, known=", ".join(known), **place)
        for path, name, staff in named:
            self._known(name, path, staff=staff)


def _presentings(scenario: Scenario) -> Iterator[tuple[str, Presenting]]:
    for c, clip in enumerate(scenario.clips):
        for a, act in enumerate(clip.acts):
            for k, one in enumerate(act.presents):
                yield f"clips[{c}].acts[{a}].presents[{k}]", one


def staff_of(scenario: Scenario) -> tuple[Person, ...]:
    """People with an id at the terminal."""
    return tuple(one for one in scenario.people if one.employee_id is not None)
