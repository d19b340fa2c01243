"""Parts that every view uses: a progress bar with the time left, and a guard that shows errors in the page."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ipywidgets
from IPython.display import display

from toolkit.errors import ToolkitError
from toolkit.language import text
from toolkit.pipeline.progress import Advance


@contextmanager
def notebook_progress(step: str, total: float, done: float = 0.0) -> Iterator[Advance]:
    """A bar in the notebook, with the time left; for the ``progress`` argument of the steps."""
    bar = ipywidgets.FloatProgress(value=done, max=max(total, 1e-9), description=text(f"cli.step_{step}"))
    left = ipywidgets.Label()
    display(ipywidgets.HBox([bar, left]))  # type: ignore[no-untyped-call]
    started, begun = time.monotonic(), done

    def advance(amount: float) -> None:
        bar.value = min(bar.max, bar.value + amount)
        gone = bar.value - begun
        if gone > 0:
            rest = (bar.max - bar.value) * (time.monotonic() - started) / gone
            left.value = text("cli.time_left", seconds=round(rest))

    yield advance
    bar.value = bar.max
    left.value = ""


def guarded(action: Callable[[], Any]) -> Any:
    """The action's result; an error is shown in the page in plain words, with what to do."""
    try:
        return action()
    except ToolkitError as error:
        what, advice = html.escape(error.what()), html.escape(error.advice())
        display(ipywidgets.HTML(f'<div role="alert"><strong>{what}</strong><br>{advice}</div>'))  # type: ignore[no-untyped-call]
        return None


def show_report(path: Path) -> Any:
    """The report in a frame that runs no script."""
    page = html.escape(path.read_text(encoding="utf-8"), quote=True)
    return ipywidgets.HTML(f'<iframe sandbox srcdoc="{page}" width="100%" height="640" title="report"></iframe>')
