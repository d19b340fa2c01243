"""Pictures drawn from the tables: the timeline of a clip. The only place that draws charts.

Drawn as SVG with letters as paths, without dates, so that the same facts give
the same bytes and no font of the reader is needed. Labels are ids and numbers;
words stand in the caption, in the reader's language.
"""

from __future__ import annotations

import base64
import io
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

INK, SOFT, BAND = "#1d2733", "#8b97a5", "#c9d3de"
VISIT, MARKED, NOBODY, OUTSIDE = "#3f6f9f", "#b4632a", "#ffffff", "#6b4a8f"
ROW_VISIT, ROW_CAMERA = 1.0, 0.0
LABEL_GAP_SHARE = 0.045
MOST_LEVELS = 4


def timeline(facts: dict[str, Any], exhibit_id: str) -> str:
    """The timeline of one clip as a ``data:`` address.

    Camera below (dark: decoded, light: keyframes only), visits above it,
    punches on top with the band of the clock. Filled mark: best in a visit;
    hollow: best explained with nobody seen.
    """
    clip = next(one for one in facts["clips"] if one["exhibit_id"] == exhibit_id)
    with mpl.rc_context({"svg.hashsalt": "papermask", "svg.fonttype": "path", "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(11, 3.4), layout="constrained")
        axes = figure.add_subplot()
        _camera(axes, clip)
        _visits(axes, facts, exhibit_id)
        levels = _punches(axes, facts, exhibit_id, clip["duration_s"])
        _dress(axes, clip["duration_s"], levels)
        sink = io.BytesIO()
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(sink.getvalue()).decode()


def _camera(axes: Axes, clip: dict[str, Any]) -> None:
    axes.add_patch(Rectangle((0, ROW_CAMERA), clip["duration_s"], 0.5, facecolor="white", edgecolor=SOFT, lw=0.8))
    for part in clip["intervals"]:
        colour = SOFT if part["how"] == "decoded" else BAND
        width = part["to_s"] - part["from_s"]
        axes.add_patch(Rectangle((part["from_s"], ROW_CAMERA), width, 0.5, facecolor=colour, edgecolor="none"))
    for gap in clip["gaps"]:
        width = gap["to_s"] - gap["from_s"]
        axes.add_patch(
            Rectangle((gap["from_s"], ROW_CAMERA), width, 0.5, facecolor="white", edgecolor=INK, hatch="////", lw=0.8)
        )


def _visits(axes: Axes, facts: dict[str, Any], exhibit_id: str) -> None:
    marked = {visit for finding in facts["findings"] for visit in finding["visit_ids"]}
    for visit in facts["visits"]:
        if visit["exhibit_id"] != exhibit_id:
            continue
        colour = MARKED if visit["visit_id"] in marked else VISIT
        width = visit["to_s"] - visit["from_s"]
        axes.add_patch(Rectangle((visit["from_s"], ROW_VISIT), width, 0.75, facecolor=colour, edgecolor=INK, lw=0.6))
        middle = (visit["from_s"] + visit["to_s"]) / 2
        axes.text(middle, ROW_VISIT + 0.37, visit["visit_id"], ha="center", va="center", color="white", fontsize=8)


def _punches(axes: Axes, facts: dict[str, Any], exhibit_id: str, duration: float) -> int:
    clock = next(
        (one for one in facts["clock"]["each"] if one["exhibit_id"] == exhibit_id and one["determinable"]), None
    )
    if clock is None:
        return 0
    half = 1.96 * float(clock["uncertainty_sd_s"])
    last_at = [-1e9] * MOST_LEVELS
    highest = 0
    for punch in facts["associations"]:
        at = punch["media_s"]
        if at is None or not -0.02 * duration <= at <= 1.02 * duration:
            continue
        level = next((k for k in range(MOST_LEVELS) if at - last_at[k] > LABEL_GAP_SHARE * duration), MOST_LEVELS - 1)
        last_at[level], highest = at, max(highest, level)
        y = 2.15 + 0.42 * level
        axes.plot([at, at], [ROW_VISIT + 0.75, y], color=SOFT, lw=0.7, zorder=1)
        axes.plot([at - half, at + half], [y, y], color=INK, lw=1.4, zorder=2)
        face = NOBODY if punch["best"] == "nobody seen" else OUTSIDE if punch["best"] == "outside coverage" else INK
        axes.plot([at], [y], marker="o", ms=6, mfc=face, mec=INK, mew=1.1, zorder=3)
        axes.text(at, y + 0.13, punch["employee_id"], ha="center", va="bottom", fontsize=7.5, color=INK)
    return highest + 1


def _dress(axes: Axes, duration: float, levels: int) -> None:
    axes.set_xlim(-0.02 * duration, 1.02 * duration)
    axes.set_ylim(-0.2, 2.5 + 0.42 * max(1, levels))
    axes.set_yticks([])
    axes.tick_params(axis="x", colors=INK, labelsize=8)
    axes.set_xlabel("s", fontsize=9, color=INK)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
