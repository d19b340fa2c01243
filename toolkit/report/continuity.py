"""How often continuity and the companion check were right where the truth is known: rows of report.json and a table.

Rates of drawn scenes, the same in every report of a version. Those of switches,
stays and companions enter the ratios of FD2; those of somebody hidden behind
the presenter never do: how people hide is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.analysis.bodies.companions import CHECK
from toolkit.analysis.rates import rate_of
from toolkit.report.blocks import Block, Grid, Paragraph
from toolkit.report.writer import Facts, Writer

Rates = Mapping[str, Any]
STAYS = ("stay", "stay_contact", "stay_crossing")
PAIRS = ("companion", "companion_behind")
CHECKED = (*PAIRS, "alone")  # counted with the companion check


def rate_rows(rates: Rates | None) -> list[dict[str, Any]]:
    """One row for each kind of scene and what was counted in it.

    Returns
    -------
    list of dict
        ``kind``; ``counted`` of "certified" (as one body), "flagged" (as not
        alone); ``hits`` of ``trials`` independent scenes (visits, for single
        visitors), and the exact 95 % ``interval``; ``earlier_check`` where an
        earlier version of the companion check was counted. Switches count where the
        zone was never seen empty between, because only those are traps.
    """
    if not rates:
        return []
    told = [
        _row(f"switch_{kind}", "certified", counts["certified"], counts.get("unbroken", counts["scenes"]))
        for kind, counts in sorted(rates.get("switch", {}).items())
    ]
    told += [
        _row(kind, "certified", rates[kind]["certified"], rates[kind]["scenes"]) for kind in STAYS if kind in rates
    ]
    told += [_row(kind, "flagged", rates[kind]["flagged"], rates[kind]["scenes"]) for kind in PAIRS if kind in rates]
    if "certified" in rates.get("companion_behind", {}):
        behind = rates["companion_behind"]
        told.append(_row("companion_behind", "certified", behind["certified"], behind["scenes"]))
    if rates.get("alone"):
        told.append(_row("alone", "flagged", rates["alone"]["flagged"], rates["alone"]["visits"]))
    earlier = rates.get("companion_check") != CHECK
    return [{**row, "earlier_check": earlier and row["kind"] in CHECKED} for row in told]


def _row(kind: str, counted: str, hits: int, trials: int) -> dict[str, Any]:
    rate = rate_of(hits, trials) if trials else None
    interval = None if rate is None else [round(edge, 4) for edge in rate.interval]
    return {"kind": kind, "counted": counted, "hits": hits, "trials": trials, "interval": interval}


def continuity_rates(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """The table of these rates; nothing where none were published."""
    told = facts.get("continuity_rates") or []
    if not told:
        return ()
    rows = tuple(
        (
            write(f"crate_{one['kind']}"),
            write(f"crate_{one['counted']}"),
            write("crate_of", hits=one["hits"], trials=one["trials"]),
            "–" if one["interval"] is None else _percent(one["interval"]),
        )
        for one in told
    )
    columns = tuple(write(f"col_crates_{k}") for k in range(1, 5))
    notes = ["crates_note", *(["crates_earlier"] if any(one["earlier_check"] for one in told) else [])]
    grid = Grid(write("cap_crates"), columns, rows, numeric=(2, 3))
    return (grid, *(Paragraph(write(name), "note") for name in notes))


def _percent(interval: list[float]) -> str:
    low, high = (100 * edge for edge in interval)
    return f"{low:.1f} – {high:.1f} %"
