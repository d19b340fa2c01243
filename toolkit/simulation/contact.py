"""A contact sheet: what the simulator draws, side by side, of people who may be shown to anybody.

Looked at beside real footage it tells whether heads pass for heads and prints
for prints; it proves nothing about rates.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from toolkit.records import Image
from toolkit.simulation.casting import Company
from toolkit.simulation.faces import identities
from toolkit.simulation.plan import Plan, make_plan
from toolkit.simulation.scenario_file import read_scenario
from toolkit.simulation.sensor import Recorder, day_sensor
from toolkit.simulation.shooting import shoot

KINDS: dict[str, dict[str, str]] = {
    "live": {"what": "own_face"},
    "held": {"what": "print"},
    "curled": {"what": "print", "shape": "curled"},
    "cylinder": {"what": "print", "shape": "cylinder"},
    "cut-out": {"what": "print", "how": "worn", "shape": "cut_out"},
    "eye-holed": {"what": "print", "how": "worn", "shape": "eye_holed"},
    "phone": {"what": "phone"},
}
PITCHES = (0, 30, 60, 80)
SCALES = (125, 250, 500, 1000)
TILE_PX = 190
SHOWN_M = 1.3  # what a tile shows of the world, in height
CLOSE_M = {"live": 0.6, "held": 0.9}  # and from 500 px/m on
SETTLED = 4  # frames until exposure and noise reduction have settled
SCENARIO = """\
schema: papermask-scenario-1
name: contact
about: One person presents something.
settles: Nothing.
cameras:
  - {{camera: one, px_per_m: {px_per_m}, pitch_deg: {pitch}, width_px: {side}, height_px: {side}, fps: 12}}
people:
  - {{person: P, identity: {bearer}}}
  - {{person: Q, employee_id: "1", name: Q, identity: {shown}}}
clips:
  - clip: one
    camera: one
    starts_at: 2026-03-03T08:20:00+08:00
    duration_s: 8
    acts:
      - person: P
        arrives_s: 1
        leaves_s: 7
        presents: [{{at_s: 2, seconds: 4, {presents}}}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One picture of the sheet: what is presented, from where, at which scale, by whom; ``seed`` chooses the rest."""

    kind: str
    pitch_deg: int
    px_per_m: int
    bearer: int
    shown: int
    seed: int


def contact_sheet(*, purpose: str = "published", seed: int = 1) -> Image:
    """Kinds by pitch at 250 px/m, and below live heads and held prints by scale.

    Parameters
    ----------
    purpose : str
        Whose faces; only those of "published" may be shown to others.
    seed : int
        Chooses clothes, paper, printers and cameras; people go in order.

    Returns
    -------
    uint8, shape (1140, 1330, 3)
    """
    people = len(identities(purpose))
    rows = []
    for row, pitch in enumerate(PITCHES):
        tiles = []
        for column, kind in enumerate(KINDS):
            bearer = (row * 3 + column) % people
            shown, chosen = (bearer + 5) % people, seed + 10 * row + column
            tile = Tile(kind=kind, pitch_deg=pitch, px_per_m=250, bearer=bearer, shown=shown, seed=chosen)
            tiles.append(draw_tile(purpose, tile))
        rows.append(np.hstack(tiles))
    for row, kind in enumerate(("live", "held")):
        tiles = []
        for column in range(len(KINDS)):
            scale, bearer = SCALES[column // 2], (column + 8 * row + 2) % people
            shown, chosen = (bearer + 3) % people, seed + 100 + 10 * row + column
            tile = Tile(kind=kind, pitch_deg=20, px_per_m=scale, bearer=bearer, shown=shown, seed=chosen)
            tiles.append(draw_tile(purpose, tile))
        rows.append(np.hstack(tiles))
    return np.asarray(np.vstack(rows), np.uint8)


def draw_tile(purpose: str, tile: Tile) -> Image:
    """One tile, uint8 (190, 190, 3), with what it shows written into its corner."""
    shown_m = CLOSE_M[tile.kind] if tile.px_per_m > SCALES[1] else SHOWN_M
    side = round(shown_m * tile.px_per_m)
    presents = ", ".join(f"{key}: {value}" for key, value in KINDS[tile.kind].items())
    of = "" if tile.kind == "live" else ", of: Q"
    scenario = read_scenario(
        SCENARIO.format(px_per_m=tile.px_per_m, pitch=tile.pitch_deg, side=max(side, 64) // 2 * 2, bearer=tile.bearer,
                        shown=tile.shown, presents=presents + of), "contact.yaml",
    )  # fmt: skip
    faces = {one.name: one for one in identities(purpose)}
    plan: Plan = make_plan(scenario, tile.seed, list(faces))
    take = Company(plan, faces).take(plan.clips[0])
    rng = np.random.default_rng(tile.seed)
    recorder = Recorder(day_sensor(rng), rng)
    image: Any = None
    for shot in shoot(take, [4.0 + k / 12 for k in range(SETTLED)], recorder):
        image = shot.image
    fitted = cv2.resize(image, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA if side > TILE_PX else cv2.INTER_LINEAR)
    label = f"{tile.kind}  {tile.pitch_deg} deg  {tile.px_per_m} px/m"
    fitted[-14:] //= 3  # one line of white on dark: an outline of its own would be of another width
    cv2.putText(fitted, label, (4, TILE_PX - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.32, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(fitted, np.uint8)


def write_sheet(path: Path) -> None:
    """The sheet as a PNG of a few hundred kilobytes, in few enough colours for that."""
    sheet = cv2.cvtColor(contact_sheet(), cv2.COLOR_RGB2BGR)
    coarse = (sheet // 12 * 12 + 6).astype(np.uint8)
    path.write_bytes(cv2.imencode(".png", coarse, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes())


if __name__ == "__main__":
    write_sheet(Path(sys.argv[1]))
