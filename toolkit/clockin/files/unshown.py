"""Rows of a packed workbook that a spreadsheet does not show: hidden by hand or left out by a filter.

Whoever passes on a workbook may have hidden rows and sees a list without them;
the reader takes all rows. Workbooks of Excel 2007 and later say it in the sheet
itself. What an ``.xls``, ``.xlsb`` or ``.ods`` says of it is not read.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as ElementTree
from defusedxml import DefusedXmlException

from toolkit.clockin.files.safe_xml import local_name

WORKBOOK, LINKS, FOLDER = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/"
LARGEST_PART_BYTES = 8 * 2**20
ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
HIDDEN = re.compile(rb"""\s(?:hidden\s*=\s*["'](?:1|true)|ht\s*=\s*["']0(?:\.0*)?)["']""")
CHUNK_BYTES, LONGEST_TAG_BYTES = 2**20, 4096
FAULTS = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, LookupError, ParseError,
    DefusedXmlException,
)  # fmt: skip


def hidden_rows(content: bytes) -> dict[str, tuple[int, ...]]:
    """Rows that are not shown, by the name of their sheet; nothing for a sheet that hides none.

    {} too where the workbook does not say which part belongs to which sheet:
    it was read by then, so that this is no reason to refuse it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            found = {}
            for name, part in _parts(packed):
                with packed.open(part) as sheet:
                    rows = tuple(_hidden(sheet))
                if rows:
                    found[name] = rows
            return found
    except FAULTS:
        return {}


def _parts(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the part of the package that holds it."""
    targets = {link.get("Id"): str(link.get("Target", "")) for link in _tree(packed, LINKS)}
    for sheet in _tree(packed, WORKBOOK).iter():
        if local_name(sheet.tag) != "sheet":
            continue
        link = next((value for name, value in sheet.attrib.items() if local_name(name) == "id" and name != "id"), None)
        target = targets.get(link, "")
        part = target.removeprefix("/") if target.startswith("/") else FOLDER + target
        if target and part in packed.namelist():
            yield str(sheet.get("name", "")), part


def _tree(packed: zipfile.ZipFile, name: str) -> Element:
    if packed.getinfo(name).file_size > LARGEST_PART_BYTES:
        raise ValueError(name)
    tree: Element = ElementTree.fromstring(packed.read(name), forbid_dtd=True)
    return tree


def _hidden(sheet: IO[bytes]) -> Iterator[int]:
    """Numbers of hidden rows; one without a number stands behind the row before it."""
    number, rest = 0, b""
    while chunk := sheet.read(CHUNK_BYTES):
        text = rest + chunk
        end = 0
        for match in ROW.finditer(text):
            stated = NUMBER.search(match[1])
            number = int(stated[1]) if stated else number + 1
            if HIDDEN.search(match[1]):
                yield number
            end = match.end()
        # A tag may go on in the next piece.
        rest = text[max(end, len(text) - LONGEST_TAG_BYTES) :]
