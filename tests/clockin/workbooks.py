"""Workbooks in the making: the few parts that a spreadsheet program needs, with cells as they are written there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DATE_TIME, DATE, CLOCK = 1, 2, 3  # styles of cells


@dataclass(frozen=True)
class As:
    """A number in a style, by which a spreadsheet shows it as a date."""

    number: float
    style: int


@dataclass(frozen=True)
class Formula:
    """A formula with the value that it had when the workbook was saved."""

    text: str
    value: str


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    since_1904: bool = False,
    merged: Sequence[str] = (),
    extra: Mapping[str, str] | None = None,
) -> bytes:
    """A workbook of packed XML; ``merged`` ranges such as A1:C1 are those of every sheet."""
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    ranges = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(since_1904)}"/>'
        "<sheets>"
        + "".join(f'<sheet name="{escape(name)}" sheetId="{k}" r:id="rId{k}"/>' for k, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{k}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{k}.xml"/>'
            for k in range(1, len(sheets) + 1)
        )
        + f'<Relationship Id="styles" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="4">'
        + "".join(f'<xf numFmtId="{code}"/>' for code in (0, 22, 14, 21))
        + "</cellXfs></styleSheet>",
    }
    for k, rows in enumerate(sheets.values(), 1):
        body = "".join(
            f'<row r="{r}">{"".join(_cell(value, r, c) for c, value in enumerate(row))}</row>'
            for r, row in enumerate(rows, 1)
        )
        parts[f"xl/worksheets/sheet{k}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{ranges}</worksheet>'
        )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in {**parts, **(extra or {})}.items():
            out.writestr(name, text if text.startswith("<?xml") else f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return packed.getvalue()


def _cell(value: Any, row: int, column: int) -> str:
    letters = (chr(ord("A") + column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)
    place = f'r="{letters}{row}"'
    if value is None or value == "":
        return ""
    if isinstance(value, As):
        return f'<c {place} s="{value.style}"><v>{value.number!r}</v></c>'
    if isinstance(value, Formula):
        return f'<c {place} t="str"><f>{escape(value.text)}</f><v>{escape(value.value)}</v></c>'
    if isinstance(value, bool):
        return f'<c {place} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c {place}><v>{value!r}</v></c>"
    return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
