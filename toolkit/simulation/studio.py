"""The studio: a scenario's plan played in a room, seen by its camera and kept by its recorder.

Heads, bodies and sheets are met by rays, so that every pitch and lens is the
same to them; what a recorder does to its picture comes after, then the clock.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from toolkit.records import Image
from toolkit.simulation.camera import look_through
from toolkit.simulation.casting import Company, geometry
from toolkit.simulation.faces import Identity, identities
from toolkit.simulation.osd import OverlayStyle, overlay_clock
from toolkit.simulation.plan import ClipPlan, Plan
from toolkit.simulation.sensor import Recorder, Sensor, day_sensor, night_sensor
from toolkit.simulation.shooting import Shot, shoot

# Left and top, right and bottom, before and behind: a body at the spot fills a quarter of it at every pitch, and one
# that stands beside does not.
ZONE_M = ((-0.36, 1.76), (0.36, 0.85), (-0.30, 0.15))


class RoomStudio:
    """Draws what a plan says; fulfils :class:`toolkit.simulation.cases.Studio`.

    Parameters
    ----------
    purpose : str
        Which people may appear: "published" for all that is shown to others,
        else "development", "calibration" or "measurement".
    advance : callable, optional
        Told of every second of footage drawn.
    """

    def __init__(self, purpose: str = "published", advance: Callable[[float], None] | None = None) -> None:
        self._advance = advance
        self._people: dict[str, Identity] = {one.name: one for one in identities(purpose)}
        self._company: Company | None = None

    def faces(self) -> Sequence[str]:
        """Names of the faces there are, in an order that never changes."""
        return list(self._people)

    def zone_px(self, clip: ClipPlan) -> Sequence[Sequence[int]]:
        """Corners of the terminal's zone: a frame around the body that stands at the spot."""
        view = look_through(geometry(clip.camera))
        (left, top), (right, bottom), depths = ZONE_M
        corners = [(x, y, z) for x in (left, right) for y in depths for z in (top, bottom)]
        pixels, _ = view.project(corners)
        limits = np.array([view.camera.width_px - 1, view.camera.height_px - 1])
        (a, c), (b, d) = np.clip(np.round([pixels.min(axis=0), pixels.max(axis=0)]), 0, limits).astype(int).tolist()
        return [[a, c], [b, c], [b, d], [a, d]]

    def shots(self, plan: Plan, clip: ClipPlan) -> Iterator[Shot]:
        """One shot for each of ``clip.times_s``, in order."""
        if self._company is None or self._company.plan is not plan:
            self._company = Company(plan, self._people)
        take = self._company.take(clip)
        recorder = Recorder(_sensor(plan, clip), np.random.default_rng([clip.seed, 1]))
        style = _overlay(clip)
        before = 0.0
        for shot in shoot(take, clip.times_s, recorder):
            if self._advance is not None:
                self._advance(shot.t_s - before)
            before = shot.t_s
            if style is not None:
                overlay_clock(shot.image, clip.at(shot.t_s), style)
            yield shot

    def photo(self, face: str, seed: int) -> Image:
        """A roster photograph of this face: its portrait, a little darker or brighter."""
        rng = np.random.default_rng([seed, zlib.crc32(face.encode("utf-8"))])
        portrait = self._people[face].picture.astype(np.float32) * float(rng.uniform(0.92, 1.06))
        return np.asarray(np.clip(portrait, 0, 255), np.uint8)


def _sensor(plan: Plan, clip: ClipPlan) -> Sensor:
    """One camera keeps its sensor through all clips of a case."""
    rng = np.random.default_rng([plan.seed, zlib.crc32(f"sensor {clip.camera.camera}".encode())])
    return night_sensor(rng) if clip.clip.light == "night" else day_sensor(rng)


def _overlay(clip: ClipPlan) -> OverlayStyle | None:
    name = clip.camera.encoding.overlay_clock
    return None if name == "none" else OverlayStyle(camera=clip.camera.camera.upper(), layout=name.replace("_", " "))
