"""The place and the camera: a wall, a floor, a terminal, bodies in front, and what a recorder makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Image, Mask
from toolkit.simulation.actors import HEIGHT_PX, PHASES, REACHING, STANDING, WIDTH_PX, Actor, Rng

HORIZON = 0.46  # where the wall meets the floor, share of the picture's height
FRONT_HEIGHT = 0.74  # of the picture's height: a body whose feet are at its lower edge
STEP_LENGTH = 0.11  # of the picture's width: one full gait
FLASH_S = 0.5


@dataclass(frozen=True, slots=True)
class Walk:
    """Where an actor is: way points (t_s, x, y), x and y in shares of the picture; y is where the feet stand."""

    actor: int
    points: tuple[tuple[float, float, float], ...]
    reaches: tuple[float, ...] = ()

    def at(self, t: float) -> tuple[float, float] | None:
        """Position at this time, None before and after."""
        times = [point[0] for point in self.points]
        if not times[0] <= t <= times[-1]:
            return None
        x = float(np.interp(t, times, [point[1] for point in self.points]))
        y = float(np.interp(t, times, [point[2] for point in self.points]))
        return x, y


@dataclass(frozen=True, slots=True)
class Scene:
    """A place with its actors; ``flashes`` are the moments at which the terminal's screen lights up."""

    width_px: int
    height_px: int
    fps: float
    duration_s: float
    plate: Image
    actors: tuple[Actor, ...]
    walks: tuple[Walk, ...]
    flashes: tuple[float, ...]
    terminal_px: tuple[int, int, int, int]
    noise: float
    seed: int


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame with its truth: which pixels belong to which walk."""

    t_s: float
    image: Image
    bodies: dict[int, Mask]


def make_plate(rng: Rng, width: int, height: int) -> tuple[Image, tuple[int, int, int, int]]:
    """The empty place and the box (x, y, w, h) of the terminal's screen."""
    horizon = round(height * HORIZON)
    plate = np.empty((height, width, 3), np.float32)
    wall = np.array([(206, 210, 216), (222, 214, 200), (190, 200, 196)][rng.integers(3)], np.float32)
    plate[:horizon] = wall * np.linspace(1.02, 0.94, horizon)[:, None, None]
    floor = np.array([(150, 112, 76), (128, 126, 122), (164, 150, 132)][rng.integers(3)], np.float32)
    plate[horizon:] = floor
    _planks(plate, rng, horizon)
    plate[horizon - max(2, height // 50) : horizon] = wall * 0.55
    door = round(width * rng.uniform(0.06, 0.14))
    cv2.rectangle(plate, (door, round(height * 0.04)), (door + width // 8, horizon), (wall * 0.72).tolist(), -1)
    cv2.rectangle(plate, (door, round(height * 0.04)), (door + width // 8, horizon), (wall * 0.5).tolist(), 2)
    grain = cv2.GaussianBlur(rng.normal(0, 9, (height, width, 1)).astype(np.float32), (0, 0), 1.4)
    plate += grain.reshape(height, width, 1)
    box = (round(width * 0.60), round(height * 0.15), max(12, width // 22), max(14, width // 17))
    x, y, w, h = box
    cv2.rectangle(plate, (x - 5, y - 5), (x + w + 5, y + h + 12), (38, 40, 44), -1, cv2.LINE_AA)
    cv2.rectangle(plate, (x, y), (x + w, y + h), (60, 84, 112), -1)
    cv2.circle(plate, (x + w // 2, y + h + 7), 2, (150, 152, 156), -1, cv2.LINE_AA)
    return np.clip(plate, 0, 255).astype(np.uint8), box


def _planks(plate: NDArray[np.float32], rng: Rng, horizon: int) -> None:
    height, width = plate.shape[:2]
    vanish = (width / 2, horizon - height * 0.5)
    for edge in np.linspace(-1.2, 2.2, 46):
        foot = (edge * width, height)
        lean = (height - horizon) / (height - vanish[1])
        top = (foot[0] + (vanish[0] - foot[0]) * lean, horizon)
        tone = float(rng.uniform(0.80, 0.95))
        colour = (plate[height - 1, width // 2] * tone).tolist()
        cv2.line(plate, (round(foot[0]), height), (round(top[0]), horizon), colour, 1, cv2.LINE_AA)


def shoot(scene: Scene) -> Iterator[Shot]:
    """Frames of the scene in order, with the truth of each."""
    rng = np.random.default_rng(scene.seed + 1)
    base = scene.plate.astype(np.float32)
    exposure = 1.0
    for k in range(round(scene.duration_s * scene.fps)):
        t = k / scene.fps
        image = base.copy()
        _light_screen(image, scene, t)
        bodies = _add_bodies(image, scene, t)
        # The camera brightens the picture when something dark fills it.
        wanted = float(base.mean()) / max(1.0, float(image.mean()))
        exposure += 0.25 * (1 + 0.35 * (wanted - 1) - exposure)
        image *= exposure
        noise = rng.normal(0, scene.noise, (*image.shape[:2], 1)).astype(np.float32)
        yield Shot(t, np.clip(image + noise, 0, 255).astype(np.uint8), bodies)


def _light_screen(image: NDArray[np.float32], scene: Scene, t: float) -> None:
    if any(flash <= t < flash + FLASH_S for flash in scene.flashes):
        x, y, w, h = scene.terminal_px
        image[y : y + h, x : x + w] = (120, 236, 150)


def _add_bodies(image: NDArray[np.float32], scene: Scene, t: float) -> dict[int, Mask]:
    there = [(number, walk, place) for number, walk in enumerate(scene.walks) if (place := walk.at(t)) is not None]
    bodies: dict[int, Mask] = {}
    for number, walk, (x, y) in sorted(there, key=lambda one: one[2][1]):
        sprite = _sprite(scene, walk, t)
        mask = _stamp(image, scene, walk, sprite, x, y, t)
        for other in bodies:
            bodies[other] &= ~mask
        bodies[number] = mask
    return bodies


def _sprite(scene: Scene, walk: Walk, t: float) -> NDArray[np.float32]:
    actor = scene.actors[walk.actor]
    before, after = walk.at(t - 0.08), walk.at(t + 0.08)
    if before is not None and after is not None and np.hypot(after[0] - before[0], after[1] - before[1]) > 0.002:
        travelled = sum(
            float(np.hypot(b[1] - a[1], b[2] - a[2])) * np.clip((t - a[0]) / max(1e-6, b[0] - a[0]), 0, 1)
            for a, b in zip(walk.points, walk.points[1:], strict=False)
        )
        return actor.sprites[int(travelled / STEP_LENGTH * PHASES) % PHASES]
    reaching = any(moment - 0.8 <= t <= moment + 0.4 for moment in walk.reaches)
    return actor.sprites[REACHING if reaching else STANDING]


def _stamp(
    image: NDArray[np.float32], scene: Scene, walk: Walk, sprite: NDArray[np.float32], x: float, y: float, t: float
) -> Mask:
    """Lay the sprite over the picture with a soft shadow; the body's pixels."""
    height, width = image.shape[:2]
    depth = (y - HORIZON) / (1 - HORIZON)
    scale = FRONT_HEIGHT * height * (0.55 + 0.45 * depth) * scene.actors[walk.actor].height / HEIGHT_PX
    sway = 0.9 * np.sin(1.3 * t + walk.actor) + 0.5 * np.sin(2.9 * t + 2 * walk.actor)
    lean = 0.012 * np.sin(0.7 * t + 3 * walk.actor)
    left = x * width - scale * WIDTH_PX / 2 + sway
    top = y * height - scale * HEIGHT_PX
    warp = np.array([[scale, lean * scale, left - lean * scale * HEIGHT_PX], [0.0, scale, top]], np.float32)
    shadow_at = (round(x * width + 0.05 * width), round(y * height))
    shadow = np.zeros((height, width), np.float32)
    cv2.ellipse(shadow, shadow_at, (round(scale * 70), round(scale * 16)), 0, 0, 360, 0.25, -1)
    image *= 1 - cv2.GaussianBlur(shadow, (0, 0), 4)[..., None]
    placed = cv2.warpAffine(sprite, warp, (width, height), flags=cv2.INTER_LINEAR)
    alpha = placed[..., 3:]
    image[:] = image * (1 - alpha) + placed[..., :3] * alpha
    return np.asarray(alpha[..., 0] > 0.5)


def zone_polygon(width: int, height: int) -> list[list[int]]:
    """Where a presenter's body stands, in pixels."""
    a, b, c, d = round(0.34 * width), round(0.72 * width), round(0.34 * height), round(0.92 * height)
    return [[a, c], [b, c], [b, d], [a, d]]


def body_in_zone(bodies: dict[int, Mask], polygon: Sequence[Sequence[int]]) -> dict[int, float]:
    """Share of the zone that each walk's body fills."""
    (a, c), _, (b, d), _ = polygon
    return {number: float(mask[c:d, a:b].mean()) for number, mask in bodies.items()}
