"""Prints: a picture as ink on a sheet of paper, in linear light.

The dots are laid at 20,000 texels a metre, strip by strip, and kept as area
means at the scale asked for; a camera of 125-1,000 px/m needs 4,000. What a
scene's light makes of the sheet is the renderer's work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.cutting import cut_out, eye_holes, trimmed
from toolkit.simulation.inks import Paper, Press, separate, transmittances
from toolkit.simulation.phones import phone_screen
from toolkit.simulation.screens import ClusteredScreen, StochasticScreen
from toolkit.simulation.sheets import Plane, Sheet, reduced

__all__ = [
    "PAPERS", "PRESSES", "PX_PER_M", "SCENE_PX_PER_M", "Recipe", "Sheet",
    "cut_out", "eye_holes", "phone_screen", "print_picture", "recipe", "reduced",
]  # fmt: skip

PX_PER_M = 20_000  # at which dots are laid: 150 lpi is 3.4 texels
SCENE_PX_PER_M = 4_000.0  # kept by default: four times the closest camera
STRIP_ROWS = 160
HALO = 4  # rows beside a strip that light reaches inside the paper
SIZES_M = {"A5": (0.148, 0.210), "A4": (0.210, 0.297), "A3": (0.297, 0.420)}
GRAIN_SIZE = 512
Rng = np.random.Generator

USUAL = (15.0, 75.0, 0.0, 45.0)
PRESSES = (
    Press("colour laser, coarse", 106.0, USUAL, 0.20, 0.18, (1.0, 1.0, 1.0, 1.0), 0.75, 6e-5, 0.012),
    Press("colour laser, fine", 141.0, (18.0, 72.0, 0.0, 45.0), 0.22, 0.20, (1.05, 1.0, 0.95, 1.1), 0.6, 5e-5, 0.008),
    Press("black laser", 85.0, USUAL, 0.18, 0.16, (1.0, 1.0, 1.0, 1.0), 1.0, 0.0, 0.015, monochrome=True),
    Press("office inkjet", None, USUAL, 0.24, 0.20, (0.88, 0.9, 0.9, 0.8), 0.45, 4e-5, 0.022),
    Press("photo inkjet", None, USUAL, 0.16, 0.15, (1.1, 1.1, 1.0, 1.05), 0.25, 2e-5, 0.006),
    Press("offset", 150.0, USUAL, 0.16, 0.15, (1.05, 1.05, 1.0, 1.0), 0.5, 5e-5, 0.004),
)
PAPERS = (
    Paper("copy paper", (0.855, 0.850, 0.835), 0.010, 0.04, 0.020, 5.0e-5),
    Paper("recycled", (0.815, 0.805, 0.770), 0.016, 0.02, 0.024, 5.5e-5),
    Paper("coated", (0.870, 0.868, 0.850), 0.006, 0.30, 0.014, 3.5e-5),
    Paper("photo gloss", (0.880, 0.878, 0.868), 0.003, 0.70, 0.009, 3.0e-5),
    Paper("card", (0.840, 0.830, 0.800), 0.012, 0.08, 0.020, 4.5e-5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one print is made: ``sheet`` is a key of SIZES_M or "strip", cut by hand around the picture."""

    press: Press
    paper: Paper
    sheet: str
    border_m: float
    wobble_m: float
    exposure: float = 1.0

    @property
    def name(self) -> str:
        """Press, paper and sheet in words."""
        return f"{self.press.name}, {self.paper.name}, {self.sheet}"


def recipe(
    rng: Rng, *, presses: tuple[Press, ...] = PRESSES, papers: tuple[Paper, ...] = PAPERS, sheet: str | None = None
) -> Recipe:
    """A print's making by chance: a press, a paper, and how far both are off their aim.

    Notes
    -----
    Pass two presses and two papers for a small campaign made on the machines
    of one office; each call still draws its own toner level and gain.
    """
    press, paper = presses[rng.integers(len(presses))], papers[rng.integers(len(papers))]
    strength = tuple(float(s * rng.uniform(0.9, 1.1)) for s in press.strength)
    worn = replace(
        press,
        gain=float(np.clip(press.gain + rng.normal(0, 0.025), 0.08, 0.30)),
        strength=(strength[0], strength[1], strength[2], strength[3]),
    )
    tone = float(rng.uniform(0.975, 1.01))
    white = tuple(float(min(0.88, w * tone)) for w in paper.white)
    kinds = ("A4", "A4", "A5", "strip", "strip")
    return Recipe(
        press=worn,
        paper=replace(paper, white=(white[0], white[1], white[2])),
        sheet=sheet or kinds[rng.integers(len(kinds))],
        border_m=float(rng.uniform(0.003, 0.014)),
        wobble_m=float(rng.uniform(0.0004, 0.0016)),
        exposure=float(rng.uniform(0.88, 1.1)),
    )


def print_picture(
    picture: NDArray[np.uint8],
    *,
    width_m: float,
    recipe: Recipe,
    rng: Rng,
    landmarks_px: NDArray[np.floating] | None = None,
    kept_px_per_m: float = SCENE_PX_PER_M,
) -> Sheet:
    """A picture printed on paper.

    Parameters
    ----------
    picture : uint8, shape (h, w, 3)
        sRGB-coded RGB.
    width_m : float
        Width of the printed picture; a life-size head picture is 0.15-0.25.
    recipe : Recipe
    rng : numpy Generator
        Registration, grain, banding and scissors; the same state, the same print.
    landmarks_px : shape (5, 2), optional
        Landmarks in the picture, pixel centres at whole numbers.
    kept_px_per_m : float
        Scale of the texture that comes back: PX_PER_M divided by a whole
        number. Dots are always laid at PX_PER_M.

    Returns
    -------
    Sheet
        Reflectance never below the paper's surface light nor above its white
        (grain apart). The picture lies in ``picture_box``.

    Notes
    -----
    Ink is treated as equally dark in near infrared; real dye inks are not, so
    nothing about prints under infrared lamps follows from this model.
    """
    factor = max(1, round(PX_PER_M / kept_px_per_m))
    picture = _exposed(picture, recipe.exposure)
    box, size = _layout(picture.shape[1] / picture.shape[0], width_m, recipe, factor)
    # The texture in whole kept texels: its size in metres is that of the texels.
    texture = np.empty((size[1] // factor, size[0] // factor, 3), np.float32)
    grain = _grain(rng, recipe.paper.grain)
    inking = _Inking(picture, box, recipe, rng)
    rows = STRIP_ROWS // factor * factor or factor
    for first in range(0, size[1], rows):
        last = min(first + rows, size[1])
        strip = _strip(inking, grain, recipe.paper, first, last, size[0])
        for channel, plane in enumerate(strip):
            texture[first // factor : last // factor, :, channel] = cv2.resize(
                plane, (size[0] // factor, (last - first) // factor), interpolation=cv2.INTER_AREA
            )
    corners = np.array(box, float).reshape(2, 2) / size
    marks = None
    if landmarks_px is not None:
        share = (np.asarray(landmarks_px, float) + 0.5) / (picture.shape[1], picture.shape[0])
        marks = corners[0] + share * (corners[1] - corners[0])
    sheet = Sheet(
        texture=texture,
        alpha=np.ones(texture.shape[:2], np.float32),
        px_per_m=PX_PER_M / factor,
        width_m=size[0] / PX_PER_M,
        height_m=size[1] / PX_PER_M,
        gloss=recipe.paper.gloss,
        picture_box=(float(corners[0, 0]), float(corners[0, 1]), float(corners[1, 0]), float(corners[1, 1])),
        landmarks=marks,
        white=recipe.paper.white,
    )
    return trimmed(sheet, rng, recipe.wobble_m) if recipe.sheet == "strip" else sheet


def _exposed(picture: NDArray[np.uint8], exposure: float) -> NDArray[np.uint8]:
    """The person who prints turns the brightness knob; code values raised to 1/exposure."""
    curve = np.round(255 * (np.arange(256) / 255) ** (1 / exposure)).astype(np.uint8)
    return np.asarray(curve[picture])


def _layout(
    aspect: float, width_m: float, recipe: Recipe, factor: int
) -> tuple[tuple[int, int, int, int], tuple[int, int]]:
    """Where the picture lies (x0, y0, x1, y1) and the sheet's (width, height), in texels of PX_PER_M."""
    wide, high = width_m, width_m / aspect
    sheet = (wide + 2 * recipe.border_m, high + 2 * recipe.border_m)
    if recipe.sheet in SIZES_M:
        larger = sorted(size for size in SIZES_M.values() if size >= SIZES_M[recipe.sheet])
        tried = [turned for size in larger for turned in (size, size[::-1])]
        margin = 2 * min(recipe.border_m, 0.005)
        sheet = next((one for one in tried if wide + margin <= one[0] and high + margin <= one[1]), sheet)
    size = (round(sheet[0] * PX_PER_M) // factor * factor, round(sheet[1] * PX_PER_M) // factor * factor)
    picture = (round(wide * PX_PER_M), round(high * PX_PER_M))
    left, top = (size[0] - picture[0]) // 2, (size[1] - picture[1]) // 2
    if recipe.sheet in SIZES_M:
        top = min(top, round(0.02 * PX_PER_M))  # word processors put a picture at the top of the page
    return (left, top, left + picture[0], top + picture[1]), size


def _grain(rng: Rng, strength: float) -> Plane:
    """A tile of paper unevenness around 1: fibres of some tenths of a millimetre, clouds of some millimetres."""
    tile = np.zeros((GRAIN_SIZE, GRAIN_SIZE), np.float32)
    for sigma, share in ((1.2, 0.8), (5.0, 0.5), (24.0, 0.35)):
        noise = rng.standard_normal((GRAIN_SIZE, GRAIN_SIZE), np.float32)
        wrapped = cv2.copyMakeBorder(noise, 64, 64, 64, 64, cv2.BORDER_WRAP)
        smooth = cv2.GaussianBlur(wrapped, (0, 0), sigma)[64:-64, 64:-64]
        tile += share * smooth / max(1e-9, float(smooth.std()))
    return np.asarray(1 + strength * tile, np.float32)


class _Inking:
    """The four inks of one print, strip by strip."""

    def __init__(self, picture: NDArray[np.uint8], box: tuple[int, int, int, int], recipe: Recipe, rng: Rng) -> None:
        self.box = box
        self.scatter_px = recipe.paper.scatter_m * PX_PER_M
        cover = separate(picture, recipe.press, recipe.paper)
        coded = np.round(np.clip(cover, 0, 1) * 255).astype(np.uint8)
        # Enlarged smoothly to a quarter of the dots' scale, from there on straight lines do.
        size = (max(coded.shape[1], (box[2] - box[0]) // 4), max(coded.shape[0], (box[3] - box[1]) // 4))
        self._cover = [
            np.ascontiguousarray(cv2.resize(coded[..., ink], size, interpolation=cv2.INTER_CUBIC)) for ink in range(4)
        ]
        self._pass = transmittances(recipe.press)
        width = box[2] - box[0]
        press = recipe.press
        self._shift = rng.normal(0, press.misregister_m * PX_PER_M + 1e-9, (4, 2))
        self._shift[3] = 0
        rough = rng.standard_normal((GRAIN_SIZE, GRAIN_SIZE), np.float32)
        self._rough = cv2.GaussianBlur(rough, (0, 0), 1.0) * np.float32(0.9)
        slow = cv2.GaussianBlur(rng.standard_normal((box[3] - box[1] + 2 * HALO, 1), np.float32), (1, 0), 0, sigmaY=40)
        self._bands = 1 + press.banding * slow[:, 0] / max(1e-9, float(slow.std()))
        self._screens: list[ClusteredScreen | StochasticScreen] = []
        for ink in range(4):
            if press.lpi is None:
                self._screens.append(StochasticScreen(rng, box[3] - box[1], width))
            else:
                start = rng.uniform(0, 256, 2)
                where = (float(self._shift[ink, 0] + start[0]), float(self._shift[ink, 1] + start[1]))
                self._screens.append(ClusteredScreen(press.lpi / 0.0254, press.angles_deg[ink], PX_PER_M, where, width))
        self._inks = (3,) if press.monochrome else (0, 1, 2, 3)

    def passing(self, first: int, last: int) -> list[Plane]:
        """One-way transmittance of the inks in R, G, B over rows of the picture, (rows, width) each."""
        width = self.box[2] - self.box[0]
        planes = [np.ones((last - first, width), np.float32) for _ in range(3)]
        rough = self._rough[np.arange(first, last) % GRAIN_SIZE]
        rough = np.ascontiguousarray(np.tile(rough, (1, -(-width // GRAIN_SIZE)))[:, :width])
        for ink in self._inks:
            dots = self._screens[ink].inked(self._wanted(ink, first, last), first, rough)
            for channel in range(3):
                dimmed = cv2.addWeighted(dots, float(self._pass[ink, channel]) - 1, dots, 0.0, 1.0)
                cv2.multiply(planes[channel], dimmed, dst=planes[channel])
        return planes

    def _wanted(self, ink: int, first: int, last: int) -> NDArray[np.uint8]:
        """Coverage of one ink over rows of the picture, bands included, (rows, width)."""
        cover = self._cover[ink]
        size = (self.box[2] - self.box[0], last - first)
        step = (cover.shape[1] / size[0], cover.shape[0] / (self.box[3] - self.box[1]))
        dx, dy = self._shift[ink]
        back = np.array(
            [[step[0], 0, (0.5 + dx) * step[0] - 0.5], [0, step[1], (first + 0.5 + dy) * step[1] - 0.5]], np.float64
        )
        wanted = cv2.warpAffine(
            cover, back, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
        bands = self._bands[np.clip(np.arange(first, last) + HALO, 0, len(self._bands) - 1)].astype(np.float32)
        return np.asarray(cv2.convertScaleAbs(wanted * bands[:, None]))


def _strip(inking: _Inking, grain: Plane, paper: Paper, first: int, last: int, width: int) -> list[Plane]:
    """Reflectance of rows ``first`` to ``last`` of the sheet at PX_PER_M, one plane a channel."""
    fibre = np.tile(grain[np.arange(first, last) % GRAIN_SIZE], (1, -(-width // GRAIN_SIZE)))[:, :width]
    strip = [np.asarray(fibre * np.float32(w * (1 - paper.surface)) + np.float32(paper.surface)) for w in paper.white]
    x0, y0, x1, y1 = inking.box
    top, bottom = max(first, y0), min(last, y1)
    if top >= bottom:
        return strip
    above, below = max(y0, top - HALO), min(y1, bottom + HALO)
    for channel, once in enumerate(inking.passing(above - y0, below - y0)):
        spread = cv2.GaussianBlur(once, (2 * HALO + 1, 2 * HALO + 1), max(0.3, inking.scatter_px))
        twice = cv2.multiply(once, spread)[top - above : top - above + bottom - top]
        area = strip[channel][top - first : bottom - first, x0:x1]
        area -= np.float32(paper.surface)
        area *= twice
        area += np.float32(paper.surface)
    return strip
