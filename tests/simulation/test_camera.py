"""The camera: the scale is what it says where heads are, and pixels and rays agree."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.simulation.camera import HEAD, Camera, View, look_through

PITCHES = range(0, 86, 5)
LENSES = ("pinhole", "fisheye")
SCALES = (125.0, 250.0, 500.0, 1000.0)


def _view(lens: str = "pinhole", **told: float) -> View:
    return look_through(Camera(width_px=480, height_px=270, lens=lens, **told))  # type: ignore[arg-type]


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("pitch", PITCHES)
def test_the_scale_is_stated_at_head_height(lens: str, pitch: int) -> None:
    for scale in SCALES:
        view = _view(lens, pitch_deg=float(pitch), px_per_m=scale)
        assert view.scale_at(HEAD) == pytest.approx(scale, rel=1e-4)
        # Two points a centimetre apart across the line of sight, along the picture's upright: the truth of that number.
        away = np.array(HEAD) - view.position
        across = np.cross(away / np.linalg.norm(away), [1.0, 0, 0]) if lens == "fisheye" else view.axes[1]
        pixels, _ = view.project([np.array(HEAD) - 0.005 * across, np.array(HEAD) + 0.005 * across])
        assert np.linalg.norm(pixels[1] - pixels[0]) / 0.01 == pytest.approx(scale, rel=2e-3)


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("pitch", PITCHES)
def test_what_a_ray_hits_is_projected_onto_its_pixel(lens: str, pitch: int) -> None:
    view = _view(lens, pitch_deg=float(pitch), px_per_m=125.0)
    rng = np.random.default_rng(pitch)
    y, x = rng.integers(0, 270, 300), rng.integers(0, 480, 300)
    hit = view.position + view.rays[y, x] * rng.uniform(0.5, 6.0, (300, 1))
    pixels, depth = view.project(hit)
    assert np.abs(pixels - np.stack([x, y], axis=1)).max() < 0.02
    assert (depth > 0).all()


@pytest.mark.parametrize("pitch", (0, 30, 60, 85))
@pytest.mark.parametrize("scale", SCALES)
def test_the_head_of_a_tall_or_short_person_is_in_the_picture(scale: float, pitch: int) -> None:
    view = look_through(Camera(width_px=960, height_px=540, px_per_m=scale, pitch_deg=float(pitch)))
    for height in (0.94, 1.06):
        middle = np.array([0.0, -0.01, 1.62 * height])
        pixels, _ = view.project(middle + np.array([[0, 0, 0.12], [0, -0.08, -0.10], [-0.08, 0, 0], [0.08, 0, 0]]))
        assert pixels.min() >= 0
        assert (pixels < [960, 540]).all()


def test_a_fisheye_bends_what_a_pinhole_keeps_straight() -> None:
    line = [(x, 0.5, 1.0) for x in np.linspace(-1.5, 1.5, 7)]
    off = {}
    for lens in LENSES:
        pixels, _ = _view(lens, pitch_deg=45.0, px_per_m=125.0).project(line)
        off[lens] = float(np.abs(np.polyval(np.polyfit(*pixels.T, 1), pixels[:, 0]) - pixels[:, 1]).max())
    assert off["pinhole"] < 1e-3
    assert off["fisheye"] > 1.0


def test_rays_have_unit_length_and_go_forward() -> None:
    for lens in LENSES:
        view = _view(lens, pitch_deg=60.0, px_per_m=250.0)
        assert np.allclose(np.linalg.norm(view.rays, axis=2), 1, atol=1e-5)
        assert (view.rays @ view.axes[2] > 0).all()
