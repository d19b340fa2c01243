"""How long work tells that it goes on, without knowing who watches.

A progress is a context: ``with progress("scan", total, done) as advance:`` and
``advance(amount)`` for each piece. The command line draws a bar with the time
left, a notebook a widget, a test nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Advance = Callable[[float], None]
Progress = Callable[[str, float, float], AbstractContextManager[Advance]]


@contextmanager
def quiet(step: str, total: float, done: float = 0.0) -> Iterator[Advance]:
    """Tell nobody."""
    yield lambda amount: None
