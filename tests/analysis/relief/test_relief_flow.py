"""Fields of flow whose truth is a formula: what a plane and a rolled sheet do is taken out, a head is left over."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.turning import Height, head, plane, rolled
from toolkit.analysis.relief.mean_head import NOSE_OVER_EYES, NOSE_Y, height, height_seen
from toolkit.analysis.relief.relief_agreement import agreement, relief_picture
from toolkit.analysis.relief.relief_flow import CORE, ReliefFlow, end_to_end, energy, gains, left_over, most_frontal

SINES = 0.2 * np.sin(np.arange(40) * 0.2)


def flow_of(surface: Height, sines: np.ndarray = SINES, *, more: np.ndarray | None = None, noise: float = 0.0):
    """The field of a surface that turns, seen from far away, with eyes and mouth laid over one another only roughly."""
    axis = np.linspace(-0.4, 0.4, 29)
    places = np.array([(x, y) for y in axis for x in axis if (x / CORE[0]) ** 2 + (y / CORE[1]) ** 2 < 1])
    x, y = places.T
    rng = np.random.default_rng(8)
    moved = np.stack([np.stack([surface(x, y) * sine, 0 * x], axis=1) for sine in sines])
    moved = moved + (0 if more is None else more) + rng.normal(0, noise, moved.shape)
    return ReliefFlow(
        fields=moved, places=places, plane=places, expected=height(x, y), weights=np.ones(len(places)),
        across=np.array([1.0, 0.0]), along=np.array([0.0, 1.0]), lengths=np.ones((len(sines), 2)),
        offsets=0.5 * sines, width_px=80.0,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_no_homography_leaves_anything_over(seed: int) -> None:
    """To first order; with it in the field, the gain of a head stays as it is."""
    clean = flow_of(head)
    x, y = clean.places.T
    a, b, c, d, e, f, g, h = np.random.default_rng(seed).uniform(-0.2, 0.2, 8)
    motion = np.stack([a + b * x + c * y + g * x * x + h * x * y, d + e * x + f * y + g * x * y + h * y * y], axis=1)
    wave = np.linspace(-1, 1, len(SINES))[:, None, None]
    spoiled = flow_of(head, more=wave * motion)
    for space in ("plane", "bent sheet"):
        assert left_over(flow_of(plane, more=wave * motion), space)[0] == pytest.approx(0, abs=1e-9)
        assert gains(spoiled, space) == pytest.approx(gains(clean, space), abs=1e-9)


def test_the_mean_head_itself_reads_its_own_turn() -> None:
    assert gains(flow_of(height), "plane")[:, 0] == pytest.approx(SINES, abs=1e-9)
    assert gains(flow_of(height), "bent sheet")[:, 0] == pytest.approx(SINES, abs=1e-9)
    assert end_to_end(gains(flow_of(height), "plane")[:, 0]) == pytest.approx(0.4, rel=0.1)


@pytest.mark.parametrize("radius", [0.5, 0.79, 2.0])
def test_a_rolled_sheet_has_a_relief_that_the_wider_space_removes(radius: float) -> None:
    flow = flow_of(lambda x, y: rolled(x, y, radius))
    before, after = (np.linalg.norm(left_over(flow, space)[0]) for space in ("plane", "bent sheet"))
    assert end_to_end(gains(flow, "plane")[:, 0]) > 0.02 / radius
    assert after < 0.01 * before


def test_another_head_is_found_in_both_spaces_and_has_the_shape_of_one() -> None:
    flow = flow_of(head, noise=0.004)
    assert end_to_end(gains(flow, "plane")[:, 0]) > 0.25
    told = agreement(flow, "bent sheet")
    assert told.gain > 0
    assert told.together > 0.9
    assert told.shape > 0.5
    assert told.better <= 3


def test_a_nose_in_the_wrong_place_is_no_head() -> None:
    wrong = agreement(flow_of(lambda x, y: head(x - 0.15, y + 0.2), noise=0.004), "bent sheet")
    assert wrong.shape < 0.5
    assert wrong.better > 3


def test_noise_that_nobody_shares_has_no_energy() -> None:
    rng = np.random.default_rng(1)
    found = [energy(rng.normal(0, 1, 60)) for _ in range(300)]
    assert abs(np.mean(found)) < 0.06  # the mean that is taken off costs a sixtieth; a plain variance would be 1
    course = np.sin(np.arange(60) * 0.2)
    noisy = [energy(course + rng.normal(0, 0.5, 60)) for _ in range(300)]
    assert np.mean(noisy) == pytest.approx(np.var(course), abs=0.04)
    assert end_to_end(0.2 * course) == pytest.approx(0.4, rel=0.08)


def test_flow_noise_alone_is_no_relief() -> None:
    flow = flow_of(plane, noise=0.01)
    assert abs(end_to_end(gains(flow, "plane")[:, 0])) < 0.05
    assert abs(agreement(flow, "bent sheet").shape) < 0.3


def test_the_relief_picture_stands_out_at_the_nose() -> None:
    flow = flow_of(head)
    picture = relief_picture(flow, "plane")
    x, y = flow.places[int(np.argmax(picture))]
    assert abs(x) < 0.06
    assert abs(y - 0.06) < 0.08


def test_the_most_frontal_frame_is_one_of_the_usual_poses() -> None:
    assert most_frontal(np.array([-0.2, -0.1, 0.01, 0.1, 0.2])) == 2
    offsets = np.array([0.0, *np.linspace(0.2, 0.3, 9)])  # one frame looks ahead: no picture of a face that is aside
    assert most_frontal(offsets) in (1, 2, 3)


def test_a_face_that_leans_shows_its_nose_shifted() -> None:
    grid = np.linspace(-0.3, 0.3, 61)
    x, y = np.meshgrid(grid, grid)
    ahead, leaning = height_seen(x, y, (0.0, NOSE_Y)), height_seen(x, y, (0.1, NOSE_Y))
    assert ahead == pytest.approx(height(x, y), abs=1e-12)
    tips = [x.ravel()[int(np.argmax(one))] for one in (ahead, leaning)]
    assert tips[0] == pytest.approx(0, abs=0.02)
    assert 0.05 < tips[1] < 0.15
    assert 0.15 < NOSE_OVER_EYES < 0.25  # 22 to 36 mm of a face of 145 mm
