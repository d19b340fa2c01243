"""Work in pieces: each piece is put down when it is done, so that an interrupted step goes on where it was."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.pipeline.progress import Progress
from toolkit.runners import Runner

Work = TypeVar("Work")
Rows = list[dict[str, Any]]

AT_ONCE = 8  # pieces handed to a distant runner together: what an interruption can lose


def in_pieces(
    case: Case,
    step: str,
    works: Sequence[Work],
    one: Callable[[Work], Rows],
    *,
    key: Callable[[Work], str],
    run: Runner,
    progress: Progress,
    size: Callable[[Work], float] = lambda _: 1.0,
) -> list[Rows]:
    """Rows of each piece of work, in order; pieces that are in the scratch folder already are taken from there.

    Parameters
    ----------
    one : callable
        Work to rows that JSON can hold; runs wherever the runner runs it.
    key : callable
        A name for a piece that changes with everything its rows depend on.
    size : callable
        How much of the step's progress a piece is.
    """
    names = [f"{step}/{key(work)}.json" for work in works]
    kept = [case.kept(name) for name in names]
    told: list[Rows | None] = [None if piece is None else json.loads(piece) for piece in kept]
    missing = [k for k, rows in enumerate(told) if rows is None]
    total = sum(size(work) for work in works)
    done = total - sum(size(works[k]) for k in missing)
    with progress(step, total, done) as advance:

        def put_down(k: int, rows: Rows) -> None:
            case.keep(names[k], tables.canonical(rows).encode())
            told[k] = rows
            advance(size(works[k]))

        if getattr(run, "in_process", False):
            _as_they_end(run, one, works, sorted(missing, key=lambda k: -size(works[k])), put_down)
        else:
            for first in range(0, len(missing), AT_ONCE):
                batch = missing[first : first + AT_ONCE]
                for k, rows in zip(batch, run(one, [works[k] for k in batch]), strict=True):
                    put_down(k, rows)
    return [rows for rows in told if rows is not None]


def _as_they_end(
    run: Runner,
    one: Callable[[Work], Rows],
    works: Sequence[Work],
    order: Sequence[int],
    put_down: Callable[[int, Rows], None],
) -> None:
    """Threads of this process: each piece is put down when it ends, and no thread waits for a long one."""
    lock = threading.Lock()

    def work_on(k: int) -> None:
        rows = one(works[k])
        with lock:
            put_down(k, rows)

    run(work_on, order)
