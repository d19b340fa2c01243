"""The Tippett curves of a site's controls, and where each presentation stands; drawn as the charts of rates are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from toolkit.report.figures import INK, NAMED, SOFT, VISIT, blank, styled
from toolkit.report.rate_figures import CHANCE, dress, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LIVE_LINE: dict[str, Any] = {"color": SOFT, "ls": (0, (4, 2)), "lw": 1.6}
PRINT_LINE: dict[str, Any] = {"color": VISIT, "ls": "-", "lw": 2.0}

Place = tuple[str, float, float, float]

WIDTH_IN, CURVES_IN, ROW_IN, MOST_PLACES = 6.6, 2.5, 0.26, 20
SLACK = 0.15  # of a power of ten, beyond what is drawn


def tippett_chart(points: Sequence[Sequence[float]], places: Sequence[Place]) -> str:
    """Share of live and of printed controls at or above each log10 ratio, and the presentations below; SVG text.

    Parameters
    ----------
    points : sequence of (log10 ratio, share of live, share of prints)
        Rising; from curves that have not seen the control they judge.
    places : sequence of (id, lower bound, point, upper bound), log10
        The first twenty are drawn.
    """
    drawn = list(places)[:MOST_PLACES]
    spots = [one[0] for one in points] + [value for one in drawn for value in one[1:]] + [0.0]
    ends = min(spots) - SLACK, max(spots) + SLACK
    with styled():
        rows_in = ROW_IN * len(drawn) + 0.55
        figure = blank(WIDTH_IN, CURVES_IN + rows_in)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(CURVES_IN, rows_in))
        _curves(above, points, ends)
        _rows(below, drawn)
        for axes in (above, below):
            axes.axvline(0.0, color=CHANCE, lw=1.2, zorder=0)
            dress(axes, "")
            axes.set_xlim(*ends)
        below.set_xlabel("log10 LR", fontsize=8, color=INK)
        return svg(figure)


def _curves(axes: Axes, points: Sequence[Sequence[float]], ends: tuple[float, float]) -> None:
    at = [ends[0], *(one[0] for one in points), ends[1]]
    for column, look in ((1, LIVE_LINE), (2, PRINT_LINE)):
        shares = [1.0, *(one[column] for one in points), 0.0]
        axes.step(at, shares, where="pre", **look)
    axes.set_ylim(-0.02, 1.04)
    axes.set_yticks([0, 0.5, 1])


def _rows(axes: Axes, places: Sequence[Place]) -> None:
    for level, (_, lower, point, upper) in enumerate(reversed(places)):
        axes.plot([lower, upper], [level, level], color=INK, lw=1.3, solid_capstyle="butt")
        axes.plot([point], [level], marker="o", ms=5, mfc=NAMED, mec=INK, mew=0.8)
    axes.set_yticks(range(len(places)), [one[0] for one in reversed(places)], fontsize=8)
    axes.set_ylim(-0.7, len(places) - 0.3)
