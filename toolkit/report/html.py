"""The content model as one HTML page that needs nothing from outside."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from toolkit.report.blocks import Report

TEMPLATES = Path(__file__).parent / "templates"
INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


def to_html(report: Report) -> str:
    """The page; every text is escaped, and characters that turn the order of letters are taken out."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    page = environment.get_template("report.html.j2").render(report=report)
    return page.translate(INVISIBLE)
