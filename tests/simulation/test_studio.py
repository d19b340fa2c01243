"""The studio: a scenario's plan becomes frames with a clock on them, the same each time, in little memory."""

from __future__ import annotations

import tracemalloc
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from toolkit.errors import ReadingError
from toolkit.simulation.cases import write_case
from toolkit.simulation.osd import LAYOUTS, OverlayStyle, overlay_clock
from toolkit.simulation.plan import ClipPlan, Plan, make_plan
from toolkit.simulation.scenario import Scenario
from toolkit.simulation.scenario_file import read_scenario
from toolkit.simulation.studio import RoomStudio

pytestmark = pytest.mark.slow

TEXT = """\
schema: papermask-scenario-1
name: small
about: One comes; then somebody holds up a print.
settles: Nothing.
cameras:
  - {{camera: hall, px_per_m: 125, pitch_deg: {pitch}, width_px: 256, height_px: 192, fps: 4, lens: {lens},
     encoding: {{overlay_clock: {clock}}}}}
people:
  - {{person: A, employee_id: "1001", name: A}}
  - {{person: B, employee_id: "1002", name: B}}
  - {{person: X}}
clips:
  - clip: morning
    camera: hall
    starts_at: 2026-03-03T08:20:00+08:00
    duration_s: 8
    light: {light}
    wall_portrait: A
    acts:
      - person: X
        arrives_s: 2
        leaves_s: 6
        wears: [badge]
        presents:
          - {{at_s: 3, seconds: 2, what: print, of: B, print_id: one, clocks_in: B}}
"""


def _scenario(pitch: int = 20, lens: str = "pinhole", light: str = "day", clock: str = "none") -> Scenario:
    return read_scenario(TEXT.format(pitch=pitch, lens=lens, light=light, clock=clock), "small.yaml")


@pytest.fixture(scope="module")
def studio() -> RoomStudio:
    return RoomStudio("development")


def _plan(studio: RoomStudio, scenario: Scenario, seed: int = 7) -> tuple[Plan, ClipPlan]:
    plan = make_plan(scenario, seed, studio.faces())
    return plan, plan.clips[0]


def test_the_same_seed_gives_the_same_frames_and_truth(studio: RoomStudio) -> None:
    films = []
    for seed in (7, 7, 8):
        plan, clip = _plan(studio, _scenario(), seed)
        films.append(list(islice(studio.shots(plan, clip), 14)))  # to half a second after the print is raised
    first, again, other = films
    for one, two in zip(first, again, strict=True):
        assert np.array_equal(one.image, two.image)
        assert [f.landmarks_px.tolist() for f in one.faces] == [f.landmarks_px.tolist() for f in two.faces]
    assert any(not np.array_equal(one.image, two.image) for one, two in zip(first, other, strict=False))


def test_the_print_shows_the_employee_and_the_bearer_stays_a_stranger(studio: RoomStudio) -> None:
    plan, clip = _plan(studio, _scenario())
    shot = next(s for s in studio.shots(plan, clip) if s.t_s >= 4.0)
    told = {(face.medium, face.geometry): face for face in shot.faces}
    held, own, wall = told["print", "held"], told["live", "own head"], told["print", "wall"]
    assert (held.bearer, held.shows, held.employee_id) == ("X", plan.cast["B"], "1002")
    assert (own.bearer, own.shows, own.employee_id) == ("X", plan.cast["X"], None)
    assert (wall.bearer, wall.shows) == ("wall", plan.cast["A"])
    assert ("print", "badge") in told


def test_the_clock_is_burned_in_after_the_sensor(studio: RoomStudio) -> None:
    """What the sensor made of the scene, and on it the clock, untouched by noise, blur or sharpening."""
    clean, clocked = (_plan(studio, _scenario(clock=clock)) for clock in ("none", "year_first"))
    style = OverlayStyle(camera="HALL", layout="year first")
    pairs = zip(studio.shots(*clean), studio.shots(*clocked), strict=True)
    for _, (plain, shown) in zip(range(3), pairs, strict=False):
        burned = plain.image.copy()
        overlay_clock(burned, clocked[1].at(shown.t_s), style)
        assert np.array_equal(burned, shown.image)
        assert (burned != plain.image).any()


@pytest.mark.parametrize(
    ("pitch", "lens", "light"),
    [
        (45, "pinhole", "night"),
        pytest.param(0, "pinhole", "day", marks=pytest.mark.full),
        pytest.param(80, "fisheye", "day", marks=pytest.mark.full),
    ],
)
def test_every_pitch_lens_and_light_gives_pictures(studio: RoomStudio, pitch: int, lens: str, light: str) -> None:
    plan, clip = _plan(studio, _scenario(pitch, lens, light))
    shots = [shot for k, shot in enumerate(studio.shots(plan, clip)) if k in (0, 16)]
    empty, full = shots
    assert not empty.bodies
    assert full.bodies[0].sum() > 300
    assert 40 < full.image.mean() < 200
    grey = (np.ptp(full.image[60:].astype(int), axis=2) == 0).mean() > 0.95
    assert grey == (light == "night")


@pytest.mark.parametrize("pitch", [40, *(pytest.param(steep, marks=pytest.mark.full) for steep in (0, 85))])
def test_the_zone_lies_in_the_picture_around_the_body_at_the_spot(studio: RoomStudio, pitch: int) -> None:
    plan, clip = _plan(studio, _scenario(pitch))
    (a, c), _, (b, d), _ = studio.zone_px(clip)
    assert 0 <= a < b < 256
    assert 0 <= c < d < 192
    shot = next(s for s in studio.shots(plan, clip) if s.t_s >= 2.5)
    body = shot.bodies[0]
    assert body[c:d, a:b].sum() > 0.6 * body.sum()
    assert body[c:d, a:b].mean() > 0.22  # what a zone that counts as occupied is filled to


def test_a_photo_on_the_roster_is_the_face_a_little_otherwise_lit(studio: RoomStudio) -> None:
    face = studio.faces()[0]
    one, two = studio.photo(face, 1), studio.photo(face, 2)
    assert np.array_equal(one, studio.photo(face, 1))
    assert not np.array_equal(one, two)
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.99


@pytest.mark.full
def test_shots_are_made_one_by_one_and_do_not_pile_up(studio: RoomStudio) -> None:
    plan, clip = _plan(studio, _scenario())
    for _ in studio.shots(plan, clip):  # what is kept on purpose (heads, sheets) is there now
        pass
    tracemalloc.start()
    peaks = []
    for number, _ in enumerate(studio.shots(plan, clip)):
        if number in (15, 31):
            peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    frame = 256 * 192 * 3 * 4
    assert peaks[1] - peaks[0] < 4 * frame


def test_a_case_of_the_room_is_written_with_its_truth(tmp_path: Path, studio: RoomStudio) -> None:
    truth = write_case(_scenario(), tmp_path, 7, studio)
    assert len(truth.visits) == 1
    assert truth.visits[0].person == "X"
    assert (tmp_path / "footage/morning.mp4").stat().st_size > 1000
    assert len((tmp_path / "frames/morning.jsonl").read_bytes().splitlines()) == 32


def test_a_clock_of_a_style_that_there_is_not_is_refused() -> None:
    with pytest.raises(ReadingError):
        _scenario(clock="sundial")
    assert {"year first", "day first", "month first", "chinese"} <= set(LAYOUTS)
