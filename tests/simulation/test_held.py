"""Sheets in the room: corners where they are projected, width on the arc, holes, and two sides."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.simulation.acting import tilted
from toolkit.simulation.camera import Camera, look_through
from toolkit.simulation.held import BACK, Placed, draw_sheet
from toolkit.simulation.sheets import Sheet
from toolkit.simulation.solids import Cone, draw_cones
from toolkit.simulation.tracing import FAR, Canvas, Light

SIZE = (0.20, 0.28)
CORNERS = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)


def _canvas(pitch: float = 0.0, lens: str = "pinhole") -> Canvas:
    view = look_through(Camera(width_px=360, height_px=360, px_per_m=500, pitch_deg=pitch, lens=lens))
    return Canvas(view, np.zeros((360, 360, 3), np.float32), Light())


def _sheet(tone: float = 0.8, **other: object) -> Sheet:
    alpha = np.ones((140, 100), np.float32)
    made = {"texture": np.full((140, 100, 3), tone, np.float32), "alpha": alpha, "px_per_m": 500.0}
    return Sheet(**{**made, "width_m": SIZE[0], "height_m": SIZE[1], "gloss": 0.0, **other})  # type: ignore[arg-type]


def _placed(facing: float = 0.0, back: float = 0.0, sheet: Sheet | None = None, bend: float = np.inf) -> Placed:
    return Placed(
        sheet=sheet or _sheet(), middle=np.array([0.02, -0.1, 1.58], np.float32), axes=tilted(facing, back), bend_m=bend
    )


@pytest.mark.parametrize("lens", ("pinhole", "fisheye"))
@pytest.mark.parametrize(("pitch", "facing", "back"), ((0, 0, 0), (0, 0.6, 0), (35, -0.4, 0.5), (70, 0.2, 1.0)))
def test_the_corners_of_a_plane_sheet_land_where_they_are_projected(
    lens: str, pitch: float, facing: float, back: float
) -> None:
    canvas, placed = _canvas(pitch, lens), _placed(facing, back)
    draw_sheet(canvas, placed, 1)
    corners, _ = canvas.view.project(placed.point(CORNERS))
    ys, xs = np.nonzero(canvas.owner == 1)
    drawn = np.stack([xs, ys], axis=1)
    for corner in corners:
        assert np.linalg.norm(drawn - corner, axis=1).min() < 1.6
    assert np.abs(drawn.min(axis=0) - corners.min(axis=0)).max() < 1.6
    assert np.abs(drawn.max(axis=0) - corners.max(axis=0)).max() < 1.6


def test_a_plane_sheet_covers_the_area_of_its_projected_corners() -> None:
    canvas, placed = _canvas(30), _placed(0.5, 0.3)
    draw_sheet(canvas, placed, 1)
    (x, y), _ = (lambda p: (p[0].T, p[1]))(canvas.view.project(placed.point(CORNERS)))
    area = 0.5 * abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))
    assert (canvas.owner == 1).sum() == pytest.approx(area, rel=0.01)


@pytest.mark.parametrize("bend", (0.34, 0.075, -0.2))
def test_a_bent_sheet_has_its_width_on_the_arc(bend: float) -> None:
    placed = _placed(bend=bend)
    edge = placed.point(np.stack([np.linspace(0, 1, 400), np.full(400, 0.5)], axis=1).astype(np.float32))
    steps = np.linalg.norm(np.diff(edge, axis=0), axis=1)
    assert steps.sum() == pytest.approx(SIZE[0], rel=1e-3)
    assert np.ptp(steps) < 1e-4
    chord = 2 * abs(bend) * np.sin(SIZE[0] / abs(bend) / 2)
    assert np.linalg.norm(edge[-1] - edge[0]) == pytest.approx(chord, rel=1e-3)


@pytest.mark.parametrize("bend", (0.34, 0.14))
def test_what_is_drawn_of_a_bent_sheet_lies_on_its_cylinder(bend: float) -> None:
    canvas, placed = _canvas(20), _placed(0.3, 0.1, bend=bend)
    draw_sheet(canvas, placed, 1)
    there = canvas.owner == 1
    points = canvas.view.position + canvas.view.rays[there] * canvas.depth[there][:, None]
    local = (points - placed.middle) @ placed.axes.T
    assert np.allclose(np.hypot(local[:, 0], local[:, 2] + bend), bend, atol=1e-3)
    # and its marks are drawn where the truth puts them
    pixels, _ = canvas.view.project(placed.point(np.array([[0.5, 0.5]], np.float32)))
    x, y = np.round(pixels[0]).astype(int)
    assert np.linalg.norm(canvas.view.position + canvas.view.rays[y, x] * canvas.depth[y, x] - placed.middle) < 0.003


def test_marks_on_the_texture_are_drawn_where_the_truth_projects_them() -> None:
    texture = np.full((280, 200, 3), 0.7, np.float32)
    texture[70:84, 140:154] = 0.0  # a dark square around (0.735, 0.275)
    sheet = _sheet(texture=texture, alpha=np.ones((280, 200), np.float32), px_per_m=1000.0)
    for bend in (np.inf, 0.15):
        canvas, placed = _canvas(25), _placed(0.3, 0.2, sheet, bend)
        draw_sheet(canvas, placed, 1)
        dark = (canvas.owner == 1) & (canvas.image.sum(axis=2) < 0.5)
        ys, xs = np.nonzero(dark)
        spot, _ = canvas.view.project(placed.point(np.array([[0.735, 0.275]], np.float32)))
        assert np.hypot(xs.mean() - spot[0, 0], ys.mean() - spot[0, 1]) < 0.7


def test_eye_holes_show_the_wearer() -> None:
    alpha = np.ones((140, 100), np.float32)
    alpha[45:60, 20:40] = alpha[45:60, 60:80] = 0
    canvas, placed = _canvas(), _placed(sheet=_sheet(alpha=alpha))
    behind = placed.middle - 0.12 * placed.axes[2]
    draw_cones(canvas, [Cone(start=behind, end=behind, radii=(0.09, 0.09), colour=(0.9, 0.1, 0.1))], 0)
    draw_sheet(canvas, placed, 1)
    holes, _ = canvas.view.project(placed.point(np.array([[0.3, 0.375], [0.7, 0.375], [0.5, 0.375]], np.float32)))
    left, right, between = (canvas.owner[round(y), round(x)] for x, y in holes)
    assert (left, right, between) == (0, 0, 1)


def test_the_back_of_a_sheet_is_plain_paper() -> None:
    canvas = _canvas()
    draw_sheet(canvas, _placed(facing=np.pi, sheet=_sheet(tone=0.02)), 1)
    seen = canvas.image[canvas.owner == 1].mean(axis=0)
    assert seen.min() > 0.3 * min(BACK)


def test_a_curled_sheet_hides_its_own_far_side() -> None:
    canvas, placed = _canvas(), _placed(bend=0.04)  # more than once around would be 0.251 m: this one nearly closes
    draw_sheet(canvas, placed, 1)
    there = canvas.owner == 1
    nearest = canvas.depth[there].min()
    middle = canvas.depth[there][np.abs(canvas.depth[there] - nearest) < 0.005]
    assert len(middle) > 100
    assert (canvas.depth[there] < FAR).all()


def test_a_glossy_sheet_shines_where_it_mirrors_the_lamp() -> None:
    bright = {}
    for gloss in (0.0, 0.5):
        canvas = _canvas()
        lamp = np.array(canvas.light.direction) / np.linalg.norm(canvas.light.direction)
        sight = canvas.view.position - np.array([0.02, -0.1, 1.58])
        half = lamp + sight / np.linalg.norm(sight)
        up = np.array([0, 0, 1.0])
        right = np.cross(half, up)
        axes = np.stack([-right, np.cross(right, half), half])
        axes /= np.linalg.norm(axes, axis=1, keepdims=True)
        placed = Placed(
            sheet=_sheet(gloss=gloss), middle=np.array([0.02, -0.1, 1.58], np.float32), axes=axes.astype(np.float32)
        )
        draw_sheet(canvas, placed, 1)
        bright[gloss] = float(canvas.image[canvas.owner == 1].max())
    assert bright[0.5] > bright[0.0] + 0.3
