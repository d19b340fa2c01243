"""How the command line speaks: messages, JSON, progress with time left, errors on one screen."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from toolkit.errors import ReadingError, ToolkitError
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


def asked_password() -> str:
    """A password as somebody types it, not shown; never an option, which the shell would remember."""
    try:
        return str(typer.prompt(text("cli.password"), hide_input=True, err=True))
    except typer.Abort as nobody:
        raise ReadingError("password_not_typed") from nobody


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
    """Run a command; an error becomes two sentences, an interruption a promise that holds.

    With ``--json`` each of them is also the one document on standard output.
    """
    try:
        status = command()
        if status == INTERRUPTED:  # typer turns the interruption of a command into this answer
            raise KeyboardInterrupt
    except ToolkitError as error:
        return _end(error.code, error.what(), error.advice(), REFUSED)
    except (typer.Abort, KeyboardInterrupt):
        return _end("interrupted", text("cli.interrupted"), "", INTERRUPTED)
    except Misuse as misuse:
        _document("usage", text("cli.misuse", message=misuse.format_message()), text("cli.misuse_do"))
        misuse.show()
        return USAGE
    except BrokenPipeError:
        return REFUSED
    except Exception as fault:  # the person gets one screen, whatever it was
        return _end("unexpected", *_unexpected(fault), REFUSED)
    return status if isinstance(status, int) else 0


def _end(code: str, what: str, advice: str, status: int) -> int:
    _document(code, what, advice)
    console().print(f"{what}\n{advice}".rstrip(), markup=False)
    return status


def _document(code: str, what: str, advice: str) -> None:
    if "--json" in sys.argv:
        answer({"error": {"code": code, "what": what, "do": advice}})


def _unexpected(fault: Exception) -> tuple[str, str]:
    """Two sentences for a fault of the program: its kind and place, but not its words, which may hold names."""
    if os.environ.get("PAPERMASK_TRACE"):
        console().print("".join(traceback.format_exception(fault)), markup=False)
    package = Path(__file__).resolve().parents[1]
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).resolve().is_relative_to(package)]
    place = f"{Path(ours[-1].filename).resolve().relative_to(package).as_posix()}:{ours[-1].lineno}" if ours else "?"
    return text("cli.unexpected", kind=type(fault).__name__, place=place), text("cli.unexpected_do")
