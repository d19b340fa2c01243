"""A contact sheet: what the simulator draws, side by side, of people who may be shown to anybody.

Looked at beside real footage it tells whether heads pass for heads and prints
for prints; it proves nothing about rates.
"""

from __future__ import annotations

import struct
import sys
import zlib
from dataclasses import dataclass, replace
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
COLUMNS = ("live", "held", "curled", "cut-out", "eye-holed")
PITCHES = (0, 35, 70)
CLOSER = (("live", 125), ("live", 500), ("held", 500), ("cylinder", 500), ("phone", 500))
CLOSER_PITCH = 20
BEARERS = ((2, 13, 7, 5, 10), (11, 4, 15, 8, 3), (5, 14, 12, 2, 9), (12, 15, 6, 10, 4))  # drawn ones
SHOWN = ((0, 6, 0, 11, 1), (0, 1, 8, 13, 14), (0, 0, 5, 1, 11), (0, 0, 7, 13, 0))
TILE_PX, BAR_PX = 240, 20
# What a tile shows of the world, in height; from steep above there is more to be seen.
SHOWN_M = {"live": 0.66, "held": 0.98, "curled": 0.98, "cylinder": 0.98, "phone": 0.98}
WORN_M, ABOVE_M = 0.52, 0.95
STEEP_DEG = 60
LEAST_SIDE_PX = 160  # of a camera's picture; a tile may be the middle of one
SETTLED = 4  # frames until exposure and noise reduction have settled
MOST_BYTES, COLOURS = 400_000, (160, 128, 96, 72, 56)
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
    """Kinds by pitch at 250 px/m, and below them a few from farther off and closer by.

    Parameters
    ----------
    purpose : str
        Whose faces; only those of "published" may be shown to others.
    seed : int
        Chooses clothes, paper, printers and cameras; people go in order.

    Returns
    -------
    uint8, shape (960, 1200, 3)
    """
    asked = [(kind, pitch, 250) for pitch in PITCHES for kind in COLUMNS]
    asked += [(kind, CLOSER_PITCH, scale) for kind, scale in CLOSER]
    people, tiles = len(identities(purpose)), []
    for k, (kind, pitch, scale) in enumerate(asked):
        row, column = divmod(k, len(COLUMNS))
        tile = Tile(
            kind=kind, pitch_deg=pitch, px_per_m=scale, bearer=BEARERS[row][column] % people,
            shown=SHOWN[row][column] % people, seed=seed + 10 * row + column,
        )  # fmt: skip
        tiles.append(draw_tile(purpose, tile))
    wide = len(COLUMNS)
    return np.asarray(np.vstack([np.hstack(tiles[k : k + wide]) for k in range(0, len(tiles), wide)]), np.uint8)


def draw_tile(purpose: str, tile: Tile) -> Image:
    """One tile, uint8 (240, 240, 3), with what it shows written below."""
    shown_m = ABOVE_M if tile.pitch_deg >= STEEP_DEG else SHOWN_M.get(tile.kind, WORN_M)
    side = round(shown_m * tile.px_per_m)
    presents = ", ".join(f"{key}: {value}" for key, value in KINDS[tile.kind].items())
    of = "" if tile.kind == "live" else ", of: Q"
    told = SCENARIO.format(
        px_per_m=tile.px_per_m, pitch=tile.pitch_deg, side=max(side, LEAST_SIDE_PX) // 2 * 2, bearer=tile.bearer,
        shown=tile.shown, presents=presents + of,
    )  # fmt: skip
    scenario = read_scenario(told, "contact.yaml")
    faces = {one.name: one for one in identities(purpose)}
    plan: Plan = make_plan(scenario, tile.seed, list(faces))
    take = Company(plan, faces).take(plan.clips[0])
    rng = np.random.default_rng(tile.seed)
    recorder = Recorder(replace(day_sensor(rng), exposure_target=0.52), rng)
    image: Any = None
    for shot in shoot(take, [4.0 + k / 12 for k in range(SETTLED)], recorder):
        image = shot.image
    edge = max(0, (image.shape[0] - side) // 2)
    image = image[edge : image.shape[0] - edge, edge : image.shape[1] - edge]
    way = cv2.INTER_AREA if side > TILE_PX else cv2.INTER_CUBIC
    fitted = cv2.resize(image, (TILE_PX, TILE_PX), interpolation=way)
    fitted[-BAR_PX:] = 24
    label = f"{tile.kind}, {tile.pitch_deg} deg, {tile.px_per_m} px/m"
    cv2.putText(fitted, label, (6, TILE_PX - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(fitted, np.uint8)


def write_sheet(path: Path) -> None:
    """The sheet as a PNG of at most 400 kB, in as many colours of its own as that allows.

    Raises
    ------
    ValueError
        Even the fewest colours make a larger file.
    """
    sheet = contact_sheet()
    for colours in COLOURS:
        packed = _palette_png(sheet, colours)
        if len(packed) <= MOST_BYTES:
            path.write_bytes(packed)
            return
    raise ValueError(f"{len(packed)} bytes")


def _palette_png(image: Image, colours: int) -> bytes:
    """A PNG whose pixels are numbers of its own few colours, chosen by k-means; without dither, which is noise."""
    pixels = image.reshape(-1, 3).astype(np.float32)
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    palette = cv2.kmeans(pixels[::23], colours, None, criteria, 1, cv2.KMEANS_PP_CENTERS)[2]  # type: ignore[call-overload]
    lifted = (palette**2).sum(axis=1) / 2
    parts = [np.argmin(lifted - part @ palette.T, axis=1) for part in np.array_split(pixels, 32)]
    rows = np.concatenate(parts).astype(np.uint8).reshape(image.shape[:2])
    filtered = np.insert(rows, 0, 0, axis=1).tobytes()  # each row begins with the number of its filter, none
    head = struct.pack(">IIBBBBB", image.shape[1], image.shape[0], 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", np.round(palette).astype(np.uint8).tobytes()),
              (b"IDAT", zlib.compress(filtered, 9)), (b"IEND", b""))  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


if __name__ == "__main__":
    write_sheet(Path(sys.argv[1]))
