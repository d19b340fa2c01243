"""Clock-ins that came in one sending: a terminal takes no two faces within a second.

A terminal that was cut off keeps its clock-ins and sends them later, and some
servers stamp them with the moment of arrival. All ids of an hour then stand in
one or two seconds, and whoever is at the terminal by then would seem to have
clocked them all in. One after the other, people or prints, takes longer: what
is stamped closer than that is one sending and counts as one clock-in. A sending
that keeps the terminal's own times needs no rule: rows that repeat an event
are one event (:mod:`toolkit.analysis.placing.assertions`).
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.analysis.placing.likelihood import Array

LEAST_BETWEEN_S = 1.5  # written seconds: two in the same second or in neighbouring ones


def one_of_each(rows: Sequence[int], windows: Array) -> list[int]:
    """The punches without those that came in one sending with an earlier one of them.

    Parameters
    ----------
    rows : sequence of int
        Punches of one visit, indices into ``windows``, in the order of the clock.
    windows : float array, shape (n, 2)
        Media seconds between which each punch was made, by the clock.
    """
    kept: list[int] = []
    last = None
    for row in rows:
        begin = float(windows[row, 0])
        if last is None or begin - last >= LEAST_BETWEEN_S:
            kept.append(row)
        last = begin
    return kept
