"""XML from people nobody vouches for: no document type, no entities, nothing fetched.

A document of a few hundred bytes can claim entities that unpack to fill the
memory, or that name files of this machine. No clock-in file needs either, so a
document that has them is refused and not opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from toolkit.errors import ReadingError

DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
DECLARED = re.compile(r"<!(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)


def parse_xml(text: str, file: str) -> Element:
    """The root element of a document in decoded text; its declaration of an encoding is not asked.

    Raises
    ------
    ReadingError
        ``records_xml_entities``: it declares a document type or entities.
        ``records_xml_broken``: it is not well formed.
    """
    _refuse_declared(text, file)
    return _root(text, file)


def _root(text: str, file: str) -> Element:
    declaration = DECLARATION.match(text)
    try:
        root: Element = fromstring(text[declaration.end() :] if declaration else text, forbid_dtd=True)
    except DefusedXmlException as hostile:
        raise ReadingError("records_xml_entities", file=file) from hostile
    except ParseError as broken:
        line, _ = broken.position
        raise ReadingError("records_xml_broken", file=file, row=line) from broken
    return root


def series(text: str, name: str, file: str) -> Iterator[tuple[str, Element | None]]:
    """Documents one after another, each with its text, whose root is called ``name`` in any namespace.

    What stands between two of them and is not blank is told with None: a
    document that is not whole, such as the last one of a file that was cut.

    Raises
    ------
    ReadingError
        As :func:`parse_xml`.
    """
    _refuse_declared(text, file)
    tags = re.compile(rf"<(?P<end>/)?(?:[\w.-]+:)?{re.escape(name)}(?=[\s/>])[^>]*>")
    at, begun = 0, None
    for tag in tags.finditer(text):
        # One that begins again before it ended was cut: what stands before belongs to no whole document.
        if not tag["end"]:
            begun = tag.start()
        elif begun is not None:
            yield from _between(text[at:begun])
            yield text[begun : tag.end()], _root(text[begun : tag.end()], file)
            at, begun = tag.end(), None
    yield from _between(text[at:])


def _between(text: str) -> Iterator[tuple[str, None]]:
    if DECLARATION.sub("", text).strip():
        yield text, None


def _refuse_declared(text: str, file: str) -> None:
    if DECLARED.search(text):
        raise ReadingError("records_xml_entities", file=file)


def local_name(tag: str) -> str:
    """The name of an element without its namespace, which varies between builds of one device."""
    return tag.rpartition("}")[2]


def as_mapping(element: Element) -> dict[str, Any]:
    """Children by their local names: text, or a mapping where they have children; of namesakes the first."""
    told: dict[str, Any] = {}
    for child in element:
        told.setdefault(local_name(child.tag), as_mapping(child) if len(child) else (child.text or "").strip())
    return told
