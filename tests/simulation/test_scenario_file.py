"""Scenario files: all of the program's are right, and what no single value shows is refused at its place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.simulation.studio import small
from toolkit.errors import ReadingError, SetupError
from toolkit.simulation.scenario_file import FOLDER, load_scenario, read_scenario, scenario_names, scenario_schema

DOCS = Path(__file__).resolve().parents[2] / "docs"
LETTERS = "abcdefghijkl"


class PlainLoader(yaml.SafeLoader):
    """As editors read YAML, but times stay texts."""


PlainLoader.yaml_implicit_resolvers = {
    key: [one for one in listed if one[0] != "tag:yaml.org,2002:timestamp"]
    for key, listed in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def plain(text: str) -> Any:
    return yaml.load(text, Loader=PlainLoader)


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_of_the_program_loads_under_its_own_name_and_fits_the_schema(name: str) -> None:
    assert load_scenario(name).name == name
    told = plain((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(scenario_schema()).validate(told)


def test_all_scenarios_of_the_domain_are_there_and_say_what_must_not_be_concluded() -> None:
    names = scenario_names()
    assert {name[0] for name in names if name[1] == "_" or name[1].isdigit()} == set(LETTERS)
    assert "demo" in names
    for name in names:
        assert load_scenario(name).must_not, name


def test_the_published_schema_is_the_one_in_the_code() -> None:
    published = json.loads((DOCS / "scenario-schema.json").read_text(encoding="utf-8"))
    assert published == scenario_schema(), "write docs/scenario-schema.json anew from scenario_schema()"
    jsonschema.Draft202012Validator.check_schema(published)


def test_a_file_of_ones_own_is_loaded_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(small(), encoding="utf-8-sig")
    assert load_scenario(file).person("A").employee_id == "007"


def test_neither_a_name_nor_a_file_lists_the_names(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="a_honest_queue"):
        load_scenario(tmp_path / "nothing.yaml")


def refused(text: str) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        read_scenario(text, "small.yaml")
    return caught.value


def changed(old: str, new: str) -> str:
    text = small()
    assert old in text
    return text.replace(old, new, 1)


FAULTS = {
    "an unknown person acts": ("{person: A, arr", "{person: Q, arr", "scenario_reference", "clips[0].acts[0].person"),
    "a print of nobody": ("of: B,", "of: Q,", "scenario_reference", "clips[0].acts[1].presents[0].of"),
    "a stranger clocks in": ("clocks_in: C}", "clocks_in: X}", "scenario_reference",
                             "clips[0].acts[1].presents[1].clocks_in"),
    "an unknown camera": ("camera: c1\n    st", "camera: c2\n    st", "scenario_reference", "clips[0].camera"),
    "an id twice": ('"1002"', '"007"', "scenario_twice", "people[1].employee_id"),
    "a person twice": ("{person: B, emp", "{person: A, emp", "scenario_twice", "people[1].person"),
    "no name on the roster": (", name: 李明}\n  - {person: B", "}\n  - {person: B", "scenario_no_name", "people[0]"),
    "leaving after the end": ("leaves_s: 15", "leaves_s: 25", "scenario_span", "clips[0].acts[1]"),
    "leaving before arriving": ("leaves_s: 6", "leaves_s: 2", "scenario_span", "clips[0].acts[0]"),
    "never leaving": ("leaves_s: 6, ", "", "scenario_key_missing", "clips[0].acts[0]"),
    "showing while away": ("at_s: 3.5", "at_s: 1", "scenario_presenting_time", "clips[0].acts[0].presents[0]"),
    "two sheets at once": ("{at_s: 12,", "{at_s: 10,", "scenario_presenting_time", "clips[0].acts[1].presents[1]"),
    "accepted before shown": ("clocks_in: A}", "clocks_in: A, clocks_in_at_s: 3}", "scenario_presenting_time",
                              "clips[0].acts[0].presents[0].clocks_in_at_s"),
    "a print without a face": ("of: B, ", "", "scenario_of", "clips[0].acts[1].presents[0].of"),
    "an own face of another": ("seconds: 2, clocks_in: A", "seconds: 2, of: B, clocks_in: A", "scenario_of",
                               "clips[0].acts[0].presents[0].of"),
    "a worn own face": ("seconds: 2, clocks_in: A", "seconds: 2, how: worn, clocks_in: A", "scenario_print_only",
                        "clips[0].acts[0].presents[0]"),
    "one sheet with two faces": ("print_id: s2", "print_id: s1", "scenario_print_differs",
                                 "clips[0].acts[1].presents[1].print_id"),
    "two on one spot": ("arrives_s: 9", "arrives_s: 5", "scenario_two_at_spot", "clips[0].acts[1]"),
    "one in two places": ("person: X\n        arrives_s: 9", "person: A\n        arrives_s: 5", "scenario_two_places",
                          "clips[0].acts[1]"),
    "a passer-by who presents": ("arrives_s: 9", "place: passes\n        arrives_s: 9", "scenario_passer_presents",
                                 "clips[0].acts[1].presents"),
    "a live control with prints": ("    duration_s: 20", "    control: live\n    duration_s: 20",
                                   "scenario_control_live", "clips[0].acts[1].presents[0].what"),
    "an odd width": ("width_px: 160", "width_px: 161", "scenario_odd_size", "cameras[0].width_px"),
    "hevc in avi": ("fps: 8", "fps: 8, encoding: {container: avi, codec: hevc}", "scenario_encoding",
                    "cameras[0].encoding.codec"),
    "b-frames in avi": ("fps: 8", "fps: 8, encoding: {container: avi, b_frames: 2}", "scenario_encoding",
                        "cameras[0].encoding.b_frames"),
    "uneven times in avi": ("fps: 8", "fps: 8, encoding: {container: avi, variable_rate: true}", "scenario_encoding",
                            "cameras[0].encoding.variable_rate"),
    "mjpeg in ts": ("fps: 8", "fps: 8, encoding: {container: ts, codec: mjpeg}", "scenario_encoding",
                    "cameras[0].encoding.codec"),
    "lost from the first frame": ("    duration_s: 20", "    lost_spans: [[0, 2]]\n    duration_s: 20",
                                  "scenario_span", "clips[0].lost_spans[0]"),
    "lost spans out of order": ("    duration_s: 20", "    lost_spans: [[7, 9], [3, 5]]\n    duration_s: 20",
                                "scenario_order", "clips[0].lost_spans"),
    "a reset to two times": ("ahead_s: 97.4", "ahead_s: 97.4, resets: [{at: 2026-03-03T08:20:05+08:00, jump_s: 1, "
                             "set_to: 2000-01-01 00:00:00}]", "scenario_reset", "terminal.resets[0]"),
    "an attlog of minutes": ("ahead_s: 97.4", "ahead_s: 97.4, precision_s: 60", "scenario_attlog_minutes",
                             "terminal.precision_s"),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTS)
def test_what_cannot_be_is_refused_at_its_place(what: str) -> None:
    old, new, code, place = FAULTS[what]
    fault = refused(changed(old, new))
    assert (fault.code, fault.facts["place"]) == (code, place)
    assert fault.what("zh") != fault.what("en")


@pytest.mark.parametrize(
    ("more", "code", "place"),
    [
        ("records: {marks_edits: true}", "scenario_csv_only", "records.marks_edits"),
        ("records: {edits: [{change: moved, person: A}]}", "scenario_key_missing", "records.edits[0]"),
        ("records: {duplicates: [{person: X}]}", "scenario_reference", "records.duplicates[0].person"),
        ("context: [{person: X, kind: leave, first_day: 2026-03-03, last_day: 2026-03-03, note: n}]",
         "scenario_reference", "context[0].person"),
        ("expected: [{code: FD1, clips: [evening], says: s}]", "scenario_reference", "expected[0].clips[0]"),
        ("expected: [{code: FD1, employees: [X], says: s}]", "scenario_reference", "expected[0].employees[0]"),
        ("records: {buffered: [{starts_at: 2026-03-03T08:20:09+08:00, ends_at: 2026-03-03T08:20:05+08:00, "
         "sent_at: 2026-03-03T08:30:00+08:00}]}", "scenario_order", "records.buffered[0]"),
    ],
)  # fmt: skip
def test_wrong_papers_and_records_are_refused_at_their_place(more: str, code: str, place: str) -> None:
    fault = refused(small(more=more))
    assert (fault.code, fault.facts["place"]) == (code, place)


def test_the_line_of_a_fault_between_values_is_that_of_its_place() -> None:
    text = changed("of: B,", "of: Q,")
    line = next(k for k, one in enumerate(text.splitlines(), 1) if "of: Q," in one)
    assert refused(text).facts["line"] == line


def test_a_place_is_not_a_time_zone() -> None:
    assert refused(changed("settles:", "timezone: Asia/Nowhere\nsettles:")).code == "timezone_unknown"


def test_a_handover_in_contact_may_share_the_spot_for_a_moment() -> None:
    text = changed("arrives_s: 9", "arrives_s: 5\n        takes_over_in_contact: true")
    assert read_scenario(text, "small.yaml").clips[0].acts[1].takes_over_in_contact


def test_whatever_a_value_is_replaced_by_the_file_is_read_or_refused_with_a_sentence() -> None:
    """No slip of the pen ends in anything but an error that names the file."""
    text = small()
    tried = read = 0
    for value in re.finditer(r"(?<=: )[^{}\[\],\n]+", text):
        for nonsense in ("", "[]", "{}", "-1", "1e999", "x", '"007"', "2026-03-03", "true", "null", ": :", "'"):
            tried += 1
            try:
                read_scenario(text[: value.start()] + nonsense + text[value.end() :], "small.yaml")
                read += 1
            except ReadingError as fault:
                assert fault.code == "timezone_unknown" or "small.yaml" in str(fault)
    assert 0 < read < tried / 2
