"""Round cones against what is known in closed form: the ball, the cylinder, the ellipsoid; and what hides what."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.simulation.camera import Camera, View, look_through
from toolkit.simulation.solids import Cone, draw_cones, flattened
from toolkit.simulation.tracing import FAR, NOBODY, Canvas, Light

RED, BLUE = (0.8, 0.1, 0.1), (0.1, 0.1, 0.8)


def _canvas(lens: str = "pinhole", px_per_m: float = 500.0) -> Canvas:
    view = look_through(Camera(width_px=320, height_px=320, px_per_m=px_per_m, pitch_deg=0, lens=lens))
    return Canvas(view, np.zeros((320, 320, 3), np.float32), Light())


def _before(view: View, away_m: float, aside_m: float = 0.0) -> np.ndarray:
    """A point on the axis of the lens, so far from it."""
    return np.asarray(view.position + away_m * view.axes[2] + aside_m * view.axes[0], np.float32)


@pytest.mark.parametrize("lens", ("pinhole", "fisheye"))
def test_a_ball_covers_the_disc_that_its_angle_makes(lens: str) -> None:
    canvas, radius, away = _canvas(lens), 0.12, 2.5
    middle = _before(canvas.view, away)
    draw_cones(canvas, [Cone(start=middle, end=middle, radii=(radius, radius))], 3)
    angle = np.arcsin(radius / away)
    reach = canvas.view.focal_px * (angle if lens == "fisheye" else np.tan(angle))
    assert (canvas.owner == 3).sum() == pytest.approx(np.pi * reach**2, rel=0.01)
    assert canvas.depth[159:161, 159:161].mean() == pytest.approx(away - radius, abs=1e-4)


def test_every_point_of_a_ball_lies_on_it_and_is_lit_by_its_normal() -> None:
    canvas, radius = _canvas(), 0.2
    middle = _before(canvas.view, 2.4)
    draw_cones(canvas, [Cone(start=middle, end=middle, radii=(radius, radius), colour=(1, 1, 1))])
    there = canvas.depth < FAR
    outward = (canvas.view.position + canvas.view.rays[there] * canvas.depth[there][:, None] - middle) / radius
    assert np.allclose(np.linalg.norm(outward, axis=1), 1, atol=2e-3)
    lit = canvas.shade(np.ones((len(outward), 3), np.float32), outward.astype(np.float32))
    assert np.allclose(canvas.image[there], lit, atol=0.01)


def test_a_cylinder_is_as_wide_and_as_near_as_it_should_be() -> None:
    canvas, radius, away = _canvas(), 0.10, 2.2
    low, high = (_before(canvas.view, away) + np.array([0, 0, z], np.float32) for z in (-0.2, 0.2))
    draw_cones(canvas, [Cone(start=low, end=high, radii=(radius, radius))], 1)
    wide = 2 * canvas.view.focal_px * np.tan(np.arcsin(radius / away))
    rows = (canvas.owner == 1)[140:180].sum(axis=1)
    assert np.abs(rows - wide).max() <= 1.5
    assert canvas.depth[160, 159:161].mean() == pytest.approx(away - radius, abs=1e-3)


def test_a_cone_tapers_from_ball_to_ball() -> None:
    canvas, away = _canvas(), 2.2
    low, high = (_before(canvas.view, away) + np.array([0, 0, z], np.float32) for z in (-0.2, 0.2))
    draw_cones(canvas, [Cone(start=low, end=high, radii=(0.12, 0.04))], 1)
    # The flank of two balls 0.4 m apart leans by asin(0.08 / 0.4); half way its half width is the mean / cos(lean).
    half = 0.08 / np.cos(np.arcsin(0.08 / 0.4))
    wide = 2 * canvas.view.focal_px * half / away
    assert (canvas.owner == 1)[159:161].sum() / 2 == pytest.approx(wide, rel=0.02)


def test_a_flattened_ball_is_thin_along_its_axis_only() -> None:
    canvas, away, radius = _canvas(), 2.5, 0.2
    middle = _before(canvas.view, away)
    towards = flattened(canvas.view.axes[2], 0.5)
    draw_cones(canvas, [Cone(start=middle, end=middle, radii=(radius, radius), frame=towards)], 1)
    assert canvas.depth[159:161, 159:161].mean() == pytest.approx(away - radius / 2, abs=1e-3)
    sideways = _canvas()
    frame = flattened(canvas.view.axes[0], 0.5)
    draw_cones(sideways, [Cone(start=middle, end=middle, radii=(radius, radius), frame=frame)], 1)
    seen = sideways.owner == 1
    assert seen.any(axis=0).sum() / seen.any(axis=1).sum() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("order", ((0, 1), (1, 0)))
def test_the_nearer_hides_the_farther_whatever_is_drawn_first(order: tuple[int, int]) -> None:
    canvas = _canvas()
    balls = [
        Cone(start=_before(canvas.view, away), end=_before(canvas.view, away), radii=(0.1, 0.1), colour=colour)
        for away, colour in ((1.8, RED), (2.6, BLUE))
    ]
    for number in order:
        draw_cones(canvas, [balls[number]], number)
    assert canvas.owner[160, 160] == 0
    assert canvas.image[160, 160, 0] > canvas.image[160, 160, 2]
    assert (canvas.owner != 1).all()  # the farther ball is the smaller one, and quite behind


def test_what_is_behind_the_lens_is_not_drawn() -> None:
    canvas = _canvas()
    behind = _before(canvas.view, -1.0)
    draw_cones(canvas, [Cone(start=behind, end=behind, radii=(0.2, 0.2))], 1)
    assert (canvas.owner == NOBODY).all()


def test_cloth_hangs_in_its_own_measure_and_turns_with_the_body() -> None:
    cloth = np.zeros((160, 220, 3), np.float32)
    cloth[:, 110:] = 0.9  # bright on the right half of the body
    seen = {}
    for turn in (0.0, np.pi):
        canvas = _canvas()
        middle = _before(canvas.view, 2.4)
        draw_cones(
            canvas, [Cone(start=middle, end=middle, radii=(0.15, 0.15), cloth=cloth, origin=middle, turn_rad=turn)]
        )
        seen[turn] = canvas.image[160, 175].mean() - canvas.image[160, 145].mean()
    assert seen[0.0] > 0.2
    assert seen[np.pi] < -0.2
