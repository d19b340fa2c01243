"""Pictures drawn from the tables: the timeline of a clip. The only place that draws charts.

Drawn as SVG with letters as paths, without dates, so that the same facts give
the same bytes and no font of the reader is needed. Labels are ids and numbers;
words stand in the caption and the legend, in the reader's language. Every sign
differs from the others in shape or hatching, not in colour alone.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from toolkit.analysis.timing.clock_models import sd_at
from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE
from toolkit.report.wording import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, BAND, PAPER = "#1d2733", "#8b97a5", "#dbe2e9", "#ffffff"
VISIT, NAMED, OUTSIDE = "#3d6b99", "#a5531f", "#6b4a8f"
STYLE: dict[str, object] = {
    "svg.hashsalt": "papermask", "svg.fonttype": "path", "font.family": "DejaVu Sans", "hatch.linewidth": 0.7,
    "path.simplify": False,
}  # fmt: skip
LOOKS: dict[str, dict[str, Any]] = {
    "decoded": {"facecolor": SOFT, "edgecolor": PAPER, "lw": 0.4},
    "probed": {"facecolor": BAND, "edgecolor": PAPER, "lw": 0.4, "hatch": "..."},
    "lost": {"facecolor": PAPER, "edgecolor": INK, "lw": 0.9, "hatch": "xxxx", "zorder": 3},
}
ROW_VISIT, VISIT_HIGH, ROW_CAMERA, CAMERA_HIGH = 1.0, 0.75, 0.3, 0.36
FIRST_LEVEL, LEVEL_HIGH, MOST_LEVELS = 2.15, 0.46, 5
LETTER_SHARE = 0.0075  # width of a letter of a label, as a share of the picture
MARGIN_S = 20.0
WIDTH_IN = 11.0


def styled() -> AbstractContextManager[None]:
    """Settings that hold while a chart is drawn.

    "default" first: a reader's own settings of the library must not change the picture.
    """
    import matplotlib.style  # read where it is drawn: every other command would wait for it

    return matplotlib.style.context(["default", STYLE])


def blank(width_in: float, high_in: float) -> Figure:
    """An empty chart of this size."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, high_in), layout="constrained")


def timeline(facts: dict[str, Any], exhibit_id: str, span: tuple[float, float] | None = None) -> str:
    """The timeline of one clip, or of a stretch of it, as a ``data:`` address.

    Parameters
    ----------
    span : tuple of float, optional
        Media seconds; the whole clip when not given.
    """
    clip = next(one for one in facts["clips"] if one["exhibit_id"] == exhibit_id)
    first, last = span or (0.0, float(clip["duration_s"]))
    with styled():
        axes = blank(WIDTH_IN, 3.4).add_subplot()
        _camera(axes, clip)
        _visits(axes, facts, exhibit_id, (first, last))
        levels = _punches(axes, facts, exhibit_id, (first, last))
        _dress(axes, (first, last), levels)
        sink = io.BytesIO()
        axes.figure.set_size_inches(WIDTH_IN, 2.1 + 0.28 * levels)  # type: ignore[union-attr]
        axes.figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})  # type: ignore[union-attr]
    return "data:image/svg+xml;base64," + base64.b64encode(sink.getvalue()).decode()


def around(clip: dict[str, Any], visit: dict[str, Any]) -> tuple[float, float]:
    """The stretch of a clip around a visit that its card shows."""
    return max(0.0, visit["from_s"] - MARGIN_S), min(float(clip["duration_s"]), visit["to_s"] + MARGIN_S)


def _block(axes: Axes, start: float, end: float, row: float, high: float, **look: Any) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((start, row), end - start, high, **look))


def _camera(axes: Axes, clip: dict[str, Any]) -> None:
    _block(axes, 0, clip["duration_s"], ROW_CAMERA, CAMERA_HIGH, facecolor=PAPER, edgecolor=SOFT, lw=0.8)
    for part in clip["intervals"]:
        _block(axes, part["from_s"], part["to_s"], ROW_CAMERA, CAMERA_HIGH, **LOOKS[part["how"]])
    for gap in clip["gaps"]:
        look = {"facecolor": PAPER, "edgecolor": INK, "hatch": "////", "lw": 0.9, "zorder": 3}
        _block(axes, gap["from_s"], gap["to_s"], ROW_CAMERA, CAMERA_HIGH, **look)


def _visits(axes: Axes, facts: dict[str, Any], exhibit_id: str, span: tuple[float, float]) -> None:
    named: dict[str, list[str]] = {}
    for one in facts["findings"]:
        for visit_id in one["visit_ids"]:
            named.setdefault(visit_id, []).append(one["finding_id"])
    for visit in facts["visits"]:
        if visit["exhibit_id"] != exhibit_id:
            continue
        findings = named.get(visit["visit_id"], [])
        finding = findings[0] + (f" +{len(findings) - 1}" if len(findings) > 1 else "") if findings else ""
        start, end = visit["from_s"], visit["to_s"]
        look = {"facecolor": NAMED if finding else VISIT, "edgecolor": INK, "lw": 1.8 if finding else 0.6}
        _block(axes, start, end, ROW_VISIT, VISIT_HIGH, **look)
        label = visit["visit_id"] + (f"\n{finding}" if finding else "")
        start, end = max(start, span[0]), min(end, span[1])
        if end - start > len(visit["visit_id"]) * LETTER_SHARE * (span[1] - span[0]):
            _letter(axes, (start + end) / 2, ROW_VISIT + VISIT_HIGH / 2, label, 8.0, PAPER, va="center")


def _letter(axes: Axes, x: float, y: float, text: str, size: float, colour: str, **look: Any) -> None:
    # clip_on: a label of a stretch that is not shown must not widen the picture.
    axes.text(
        x, y, plain(text), ha="center", fontsize=size, color=colour, clip_on=True, parse_math=False, linespacing=1.25,
        **look,
    )  # fmt: skip


def shown_punches(
    facts: dict[str, Any], exhibit_id: str, span: tuple[float, float]
) -> Iterator[tuple[float, dict[str, Any]]]:
    """Clock-ins of this clip and stretch, each with its media time."""
    mine = {visit["visit_id"] for visit in facts["visits"] if visit["exhibit_id"] == exhibit_id}
    only = len(facts["clips"]) == 1
    for punch in facts["associations"]:
        at = punch["media_s"]
        if punch["same_as"] is not None or at is None or not span[0] <= at <= span[1]:
            continue
        if only or mine & set(punch["probabilities"]):
            yield at, punch


def _punches(axes: Axes, facts: dict[str, Any], exhibit_id: str, span: tuple[float, float]) -> int:
    """Draw the clock-ins with the band of the clock; the number of rows they take."""
    clocks = [one for one in facts["clock"]["each"] if one["exhibit_id"] == exhibit_id and one["determinable"]]
    if not clocks:
        return 0
    spread, plain_sd = clocks[0]["spread"], float(clocks[0]["uncertainty_sd_s"] or 0.0)
    width = span[1] - span[0]
    taken = [-1e12] * MOST_LEVELS
    highest = 0
    for at, punch in shown_punches(facts, exhibit_id, span):
        half = 1.96 * (sd_at(spread, at) if spread else plain_sd)
        label = _drawable(punch["employee_id"])
        room = max(len(label) + 1, 3) * LETTER_SHARE * width
        level = next((k for k in range(MOST_LEVELS) if at - room / 2 > taken[k]), None)
        y = FIRST_LEVEL + LEVEL_HIGH * (MOST_LEVELS - 1 if level is None else level)
        highest = max(highest, MOST_LEVELS if level is None else level + 1)
        axes.plot([at, at], [ROW_VISIT + VISIT_HIGH, y], color=SOFT, lw=0.7, zorder=1)
        axes.plot([at - half, at + half], [y, y], color=INK, lw=1.4, zorder=2, solid_capstyle="butt")
        axes.plot([at], [y], mec=INK, mew=1.1, zorder=3, **_sign(punch["best"]))
        if level is not None:
            taken[level] = at + room / 2
            _letter(axes, at, y + 0.13, label, 7.5, INK, va="bottom")
    return highest


def _drawable(employee_id: str) -> str:
    """An id in letters that the picture's font has; the tables show it as it is."""
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in plain(employee_id)[:12])


def _sign(best: str) -> dict[str, Any]:
    if best == NOBODY_SEEN:
        return {"marker": "o", "ms": 6.5, "mfc": PAPER}
    if best == OUTSIDE_COVERAGE:
        return {"marker": "D", "ms": 5.5, "mfc": OUTSIDE}
    return {"marker": "o", "ms": 6, "mfc": INK}


def _dress(axes: Axes, span: tuple[float, float], levels: int) -> None:
    slack = 0.015 * (span[1] - span[0])
    axes.set_xlim(span[0] - slack, span[1] + slack)
    axes.set_ylim(0.12, FIRST_LEVEL + LEVEL_HIGH * levels + 0.05 if levels else ROW_VISIT + VISIT_HIGH + 0.2)
    axes.set_yticks([])
    axes.tick_params(axis="x", colors=INK, labelsize=8)
    axes.set_xlabel("s", fontsize=9, color=INK)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
