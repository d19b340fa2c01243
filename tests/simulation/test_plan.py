"""The plan of a scenario: faces, frame times, presentations and what the terminal did."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.simulation.studio import small, small_scenario
from toolkit.errors import ReadingError
from toolkit.simulation.plan import cast_of, frame_times, make_plan
from toolkit.simulation.scenario_file import load_scenario, read_scenario, scenario_names

FACES = [f"face-{k}" for k in range(12)]


def test_nobody_gets_the_face_of_another_and_a_numbered_face_is_kept() -> None:
    scenario = load_scenario("b_four_held_prints")
    casts = [cast_of(scenario, seed, FACES) for seed in range(20)]
    assert all(len(set(cast.values())) == len(scenario.people) for cast in casts)
    assert len({tuple(cast.items()) for cast in casts}) > 10


def test_a_numbered_face_is_given_to_nobody_else() -> None:
    scenario = read_scenario(small().replace("{person: X}", "{person: X, identity: 4}"), "small.yaml")
    for seed in range(20):
        cast = cast_of(scenario, seed, FACES)
        assert cast["X"] == "face-4"
        assert list(cast.values()).count("face-4") == 1


def test_more_people_than_faces_are_refused() -> None:
    with pytest.raises(ReadingError) as refusal:
        cast_of(load_scenario("demo"), 1, FACES[:5])
    assert refusal.value.code == "scenario_too_few_faces"
    assert refusal.value.what("zh")


@pytest.mark.parametrize("name", scenario_names())
def test_the_scenarios_of_the_program_need_at_most_twelve_faces(name: str) -> None:
    assert make_plan(load_scenario(name), 3, FACES).cast


def test_frames_come_at_the_rate_and_none_in_a_lost_span() -> None:
    scenario = small_scenario(clip="    lost_spans: [[5, 7]]\n")
    clip, camera = scenario.clips[0], scenario.cameras[0]
    times = frame_times(clip, camera, 1)
    assert times[:3] == (0.0, 0.125, 0.25)
    assert len(times) == 20 * 8 - 2 * 8
    assert not any(5 <= t < 7 for t in times)


def test_a_variable_rate_varies_and_is_the_same_for_the_same_seed() -> None:
    scenario = small_scenario(camera=", encoding: {variable_rate: true, container: mkv}")
    clip, camera = scenario.clips[0], scenario.cameras[0]
    times = frame_times(clip, camera, 1)
    steps = [round(b - a, 6) for a, b in pairwise(times)]
    assert times[0] == 0
    assert 0.07 < min(steps) < 0.1 < 0.18 < max(steps) < 0.22
    assert times == frame_times(clip, camera, 1) != frame_times(clip, camera, 2)
    assert all(abs(t * 1000 - round(t * 1000)) < 1e-6 for t in times)


def test_the_terminal_accepts_a_second_after_the_begin_and_refuses_before() -> None:
    plan = make_plan(small_scenario(), 1, FACES)
    told = [(event.employee_id, event.accepted, event.at.isoformat()[17:21]) for event in plan.events]
    assert told == [("007", True, "04.5"), ("1002", False, "10+0"), ("1002", True, "10.5"), ("1003", True, "13+0")]
    assert plan.clips[0].flashes_s == (4.5, 10.5, 13.0)


def test_a_control_leaves_no_row_in_the_records() -> None:
    assert {event.clip for event in make_plan(load_scenario("demo"), 1, FACES).events} == {"day1", "day2"}
