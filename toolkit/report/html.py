"""The content model as one HTML page that needs nothing from outside."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from toolkit.report.blocks import Report
from toolkit.report.wording import plain

TEMPLATES = Path(__file__).parent / "templates"
# Characters that turn the order of letters, hide, or are no text at all.
INVISIBLE = dict.fromkeys(
    [
        *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, *range(0x200B, 0x2010),
        *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080),
    ]
)  # fmt: skip
# Cells that are one figure, one time or a word or two are not broken over lines.
SHORT = re.compile(r"[\d+\-−<>].{0,26}|.{0,16}")
REFERENCE = re.compile(r"\[E-\d+(?: @ -?\d+(?:\.\d+)? s)?\]")


def to_html(report: Report) -> str:
    """The page; every text is escaped, and characters that turn the order of letters are taken out."""
    return _environment().get_template("report.html.j2").render(report=report)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    environment.tests["short"] = lambda cell: bool(SHORT.fullmatch(plain(cell)))
    environment.filters["shown"] = shown
    environment.filters["spoken"] = spoken
    return environment


def spoken(text: str) -> str:
    """Text for an attribute: nothing hidden, no marks; escaped by the template."""
    return plain(text).translate(INVISIBLE)


def shown(text: str) -> Markup:
    """Text of the page, escaped, with references to exhibits kept on one line."""
    escaped = str(escape(spoken(text)))
    return Markup(REFERENCE.sub(lambda found: f'<span class="ref">{found.group(0)}</span>', escaped))
