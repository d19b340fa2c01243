"""Charts of error rates: how well a cue parts kinds of attack from live faces, and its ROC curves.

Drawn as the timeline is: SVG, letters as paths, no dates. Labels are ids,
numbers and the standard's terms; words stand in the captions. Intervals are
always drawn; "?" marks what is untested, a dash what could not be assessed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from toolkit.report.figures import INK, SOFT, VISIT, blank, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHANCE = "#c9d1d9"
LINES: dict[str, dict[str, Any]] = {
    "natural": {"ls": (0, (3, 2)), "color": SOFT},
    "turn": {"ls": "-", "color": VISIT},
}
OTHER_LINE: dict[str, Any] = {"ls": ":", "color": INK}
PANEL_IN, ROW_IN, ACROSS = 2.5, 0.24, 3
UNTESTED, NOT_ASSESSABLE = "?", "–"

Row = Mapping[str, Any]


def areas_chart(rows: Sequence[Row], kinds: Sequence[str], panels: Sequence[tuple[str, str]]) -> str:
    """Area under the ROC curve with its interval: a panel a geometry, a line a kind; SVG text.

    Parameters
    ----------
    rows : sequence of mappings
        With ``geometry``, ``kind``, ``area`` (None: not assessable) and
        ``interval``; what has no row is untested.
    kinds : sequence of str
        Ids, in the order drawn.
    panels : sequence of (geometry, label)
    """
    with styled():
        figure, axes = _grid(len(panels), 1.5, 0.9 + ROW_IN * len(kinds))
        for place, (geometry, label) in zip(axes, panels, strict=True):
            told = {row["kind"]: row for row in rows if row["geometry"] == geometry}
            place.axvline(0.5, color=CHANCE, lw=1.2, zorder=0)
            for level, kind in enumerate(reversed(kinds)):
                _area(place, level, told.get(kind))
            dress(place, label)
            place.set_xlim(-0.02, 1.02)
            place.set_ylim(-0.6, len(kinds) - 0.4)
            place.set_yticks(range(len(kinds)), list(reversed(kinds)), fontsize=8)
        return svg(figure)


def _grid(panels: int, beside_in: float, row_in: float) -> tuple[Figure, list[Axes]]:
    """A figure with room for so many panels, at most three side by side so that they can be read on a page."""
    across, down = min(panels, ACROSS), -(-panels // ACROSS)
    figure = blank(beside_in + PANEL_IN * across, row_in * down)
    every = figure.subplots(down, across, sharey=True, squeeze=False).ravel().tolist()
    for spare in every[panels:]:
        spare.set_axis_off()
    return figure, every[:panels]


def _area(axes: Axes, level: int, row: Row | None) -> None:
    if row is None or row["area"] is None:
        _mark(axes, 0.5, level, UNTESTED if row is None or 0 in row["presentations"] else NOT_ASSESSABLE)
        return
    low, high = row["interval"]
    axes.plot([low, high], [level, level], color=INK, lw=1.3, solid_capstyle="butt")
    axes.plot([row["area"]], [level], marker="o", ms=5, mfc=VISIT, mec=INK, mew=0.8)


def _mark(axes: Axes, x: float, y: float, sign: str) -> None:
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}  # or the sign would vanish on the line of chance
    axes.text(x, y, sign, ha="center", va="center", fontsize=11, color=INK, bbox=ground)


def roc_chart(curves: Sequence[Row], panels: Sequence[tuple[str, str]]) -> str:
    """ROC curves: a panel a geometry, a line a movement; SVG text.

    Parameters
    ----------
    curves : sequence of mappings
        With ``geometry``, ``motion`` and ``points`` (live taken for artefacts,
        artefacts taken for live).
    panels : sequence of (geometry, label)
    """
    with styled():
        figure, axes = _grid(len(panels), 0.6, 2.9)
        for place, (geometry, label) in zip(axes, panels, strict=True):
            place.plot([0, 1], [1, 0], color=CHANCE, lw=1.0, zorder=0)
            drawn = [curve for curve in curves if curve["geometry"] == geometry and curve["points"]]
            for curve in drawn:
                xs, ys = zip(*curve["points"], strict=True)
                place.step(xs, ys, where="pre", lw=1.5, **LINES.get(curve["motion"], OTHER_LINE))
            if not drawn:
                _mark(place, 0.5, 0.56, NOT_ASSESSABLE)
            dress(place, label)
            place.set_xlim(-0.02, 1.02)
            place.set_ylim(-0.02, 1.02)
            place.set_xlabel("BPCER", fontsize=8, color=INK)
        for place in axes[::ACROSS]:
            place.set_ylabel("APCER", fontsize=8, color=INK)
        return svg(figure)


def dress(axes: Axes, title: str) -> None:
    """A title, and axes that stand back."""
    axes.set_title(title, fontsize=8.5, color=INK)
    axes.tick_params(colors=INK, labelsize=7.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(SOFT)


def svg(figure: Figure) -> str:
    """The figure as SVG text without dates; the same figure gives the same bytes."""
    sink = io.StringIO()
    figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in sink.getvalue().splitlines()) + "\n"
