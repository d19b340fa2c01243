"""How the command line speaks: messages, JSON, progress with time left, errors on one screen."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from toolkit.errors import ToolkitError
from toolkit.language import text
from toolkit.pipeline.progress import Advance

REFUSED, USAGE, INTERRUPTED = 1, 2, 130
# The base of all usage errors; typer gives it no public name of its own.
Misuse: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def new_app() -> typer.Typer:
    """The application without commands."""
    return typer.Typer(
        help=text("cli.help"),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def console() -> Console:
    """Standard error, for everything that is not the answer."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(key: str, **fields: Any) -> None:
    """A sentence to standard error."""
    console().print(text(f"cli.{key}", **fields), markup=False)


def answer(document: Any) -> None:
    """The one JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n")
    sys.stdout.flush()


@contextmanager
def bar(step: str, total: float, done: float = 0.0) -> Iterator[Advance]:
    """A progress bar with the time left, on standard error; lines only where no terminal watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(), transient=True) as shown:
        task = shown.add_task(text(f"cli.step_{step}"), total=max(total, 1e-9))
        shown.update(task, advance=done)
        yield lambda amount: shown.update(task, advance=amount)


def guard(command: Callable[[], Any]) -> int:
    """Run a command; an error becomes two sentences, an interruption a promise that holds."""
    wants_json = "--json" in sys.argv
    try:
        status = command()
    except ToolkitError as error:
        if wants_json:
            answer({"error": {"code": error.code, "what": error.what(), "do": error.advice()}})
        console().print(f"{error.what()}\n{error.advice()}", markup=False)
        return REFUSED
    except (typer.Abort, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except Misuse as misuse:
        misuse.show()
        return USAGE
    except BrokenPipeError:
        return REFUSED
    return status if isinstance(status, int) else 0
