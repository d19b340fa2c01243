"""What a page is made of: sections of paragraphs, lists, tables, figures and finding cards.

All text is already in the reader's language. A block knows nothing of HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or a few; ``tone`` "plain", "note", "warning" or "lead"."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """Questions, each with the sentences that answer it."""

    items: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: caption, column headings, rows of cells.

    ``mono`` and ``numeric`` are column numbers: hashes, and figures to be set
    flush right.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mono: tuple[int, ...] = ()
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as ``data:`` address, with a caption that stands alone and a text for who cannot see it.

    ``legend``: pairs of the name of a sign (a class of the style sheet) and
    what it stands for. ``small``: a chart that needs no whole page width.
    """

    source: str
    alt: str
    caption: str
    legend: tuple[tuple[str, str], ...] = ()
    small: bool = False


@dataclass(frozen=True, slots=True)
class Ramp:
    """The colours of a map from its lower to its upper bound, each with its unit."""

    source: str
    lower: str
    upper: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A scale bar: its length in per cent of the width of the picture, and what it stands for."""

    percent: float
    text: str


@dataclass(frozen=True, slots=True)
class Still:
    """A key frame or a map; without ``source`` it could not be shown and the caption says why.

    ``pixels``: shown with each pixel repeated, nothing smoothed.
    """

    source: str | None
    alt: str
    title: str
    caption: str
    ramp: Ramp | None = None
    bar: Bar | None = None
    pixels: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """Key frames side by side, or, ``large``, maps under a title."""

    stills: tuple[Still, ...]
    caption: str
    title: str = ""
    large: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A finding: head line, state, strength in words, and blocks."""

    anchor: str
    title: str
    badge: str
    blocks: tuple[Block, ...]


Block = Paragraph | Points | Answers | Grid | Picture | Strip | Card


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the report."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The content model: cover and sections, the same for every form of output."""

    language: str
    title: str
    subtitle: str
    mark: str
    gates_title: str
    gates: tuple[str, ...]
    cover: tuple[tuple[str, str], ...]
    contents_title: str
    skip: str
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    running: str


def sentences(report: Report) -> Iterator[str]:
    """Every text of the report, for the wording guard."""
    yield from (report.title, report.subtitle, report.mark, report.gates_title, *report.gates, *report.footer)
    yield from (report.contents_title, report.skip, report.running)
    for name, value in report.cover:
        yield f"{name}: {value}"
    for section in report.sections:
        yield section.title
        for block in section.blocks:
            yield from texts(block)


def texts(block: Block) -> Iterator[str]:
    """Every text of one block."""
    if isinstance(block, Card):
        yield from (block.title, block.badge)
        for inner in block.blocks:
            yield from texts(inner)
        return
    yield from _own_texts(block)


def _own_texts(block: Paragraph | Points | Answers | Grid | Picture | Strip) -> Iterator[str]:
    match block:
        case Paragraph():
            yield block.text
        case Points():
            yield from (block.title, *block.items)
        case Answers():
            yield from (sentence for question, told in block.items for sentence in (question, *told))
        case Grid():
            yield from (block.caption, *block.columns, *(cell for row in block.rows for cell in row))
        case Picture():
            yield from (block.alt, block.caption, *(name for _, name in block.legend))
        case Strip():
            yield from (block.title, block.caption)
            yield from (text for one in block.stills for text in _still_texts(one))


def _still_texts(one: Still) -> Iterator[str]:
    yield from (one.alt, one.title, one.caption)
    if one.bar is not None:
        yield one.bar.text
    if one.ramp is not None:
        yield from (one.ramp.lower, one.ramp.upper)
