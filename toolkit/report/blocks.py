"""What a page is made of: sections of paragraphs, lists, tables, figures and finding cards.

All text is already in the reader's language. A block knows nothing of HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or a few; ``tone`` "plain", "note" or "warning"."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: caption, column headings, rows of cells."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mono: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as ``data:`` address, with a caption that stands alone and a text for who cannot see it."""

    source: str
    alt: str
    caption: str
    wide: bool = True


@dataclass(frozen=True, slots=True)
class Strip:
    """Key frames side by side."""

    pictures: tuple[Picture, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Card:
    """A finding: head line, strength in words, and blocks."""

    anchor: str
    title: str
    badge: str
    lead: str
    blocks: tuple[Block, ...]


Block = Paragraph | Points | Grid | Picture | Strip | Card


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the report."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The content model: cover and sections, the same for every form of output."""

    language: str
    title: str
    subtitle: str
    marks: tuple[str, ...]
    cover: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    footer: str
    labels: dict[str, str] = field(default_factory=dict)


def sentences(report: Report) -> Iterator[str]:
    """Every text of the report, for the wording guard."""
    yield from (report.title, report.subtitle, report.footer, *report.marks)
    for name, value in report.cover:
        yield f"{name}: {value}"
    for section in report.sections:
        yield section.title
        for block in section.blocks:
            yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Points):
        yield from block.items
    elif isinstance(block, Grid):
        yield from (block.caption, *block.columns, *(cell for row in block.rows for cell in row))
    elif isinstance(block, Picture):
        yield from (block.alt, block.caption)
    elif isinstance(block, Strip):
        yield block.caption
        for picture in block.pictures:
            yield from _texts(picture)
    else:
        yield from (block.title, block.badge, block.lead)
        for inner in block.blocks:
            yield from _texts(inner)
