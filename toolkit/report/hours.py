"""Clock-ins by hour of the day for each records file: a wrong time zone or a shifted clock shows at a glance."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from toolkit.report.blocks import Block, Paragraph, Picture
from toolkit.report.figures import INK, SOFT, VISIT, styled
from toolkit.report.rate_figures import dress, svg
from toolkit.report.writer import Facts, Writer, at

SIZE_IN = (6.6, 1.7)


def by_hour(facts: Facts, write: Writer) -> list[Block]:
    """A picture for each file that holds clock-ins, and under it the question that its hours raise, if any."""
    blocks: list[Block] = []
    for one in facts["records"]:
        if not sum(one["hours"]):
            continue
        told = {"ref": at(one["exhibit_id"]), "count": sum(one["hours"]), "hours": hours_told(one["hours"])}
        caption = write("cap_hours_repeats" if one["repeated"] else "cap_hours", **told, repeated=one["repeated"])
        blocks.append(Picture(chart(one["hours"]), write("alt_hours", **told), caption, small=True))
        if one["hours_question"] is not None:
            asked = write("hours_question", **told | question(one["hours_question"]))
            blocks.append(Paragraph(asked, "warning"))
    return blocks


def question(asked: Facts) -> Facts:
    """Shares in per cent and the shift with its sign, as the question tells them."""
    return {
        "shift": f"{asked['hours']:+d}",
        "share": f"{100 * asked['share']:.0f}",
        "after": f"{100 * asked['share_after']:.0f}",
    }


def hours_told(counts: Sequence[int]) -> str:
    """Hours that hold clock-ins with their counts, for who cannot see the picture."""
    return ", ".join(f"{hour:02d}: {count}" for hour, count in enumerate(counts) if count)


def chart(counts: Sequence[int]) -> str:
    """Bars of the 24 hours as a ``data:`` address; the same counts give the same bytes."""
    from matplotlib.figure import Figure  # read where it is drawn: every other command would wait for it
    from matplotlib.ticker import MaxNLocator

    with styled():
        figure = Figure(figsize=SIZE_IN, layout="constrained")
        axes = figure.add_subplot()
        axes.bar(range(24), counts, width=0.86, align="edge", color=VISIT, edgecolor=INK, lw=0.5)
        dress(axes, "")
        axes.set_xlim(0, 24)
        axes.set_xticks(range(0, 25, 2), [f"{hour:02d}" for hour in range(0, 25, 2)])
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.grid(axis="y", color=SOFT, lw=0.4, alpha=0.5)
        axes.set_axisbelow(True)
        return "data:image/svg+xml;base64," + base64.b64encode(svg(figure).encode()).decode()
