"""``GLG_001.TXT`` (new records) and ``AGL_001.TXT`` (all records) of ZKTeco terminals and their clones.

Lines of tab-separated fields, mostly under a heading, see
:mod:`toolkit.clockin.vendors.zk_glg`; lines that begin with ``#`` tell of the terminal.
Dates are written in three orders: the rows decide, or a person states it.

``DaiGong`` (代工, elsewhere ``ProxyWork``) looks like a mark of the terminal for
work on behalf of somebody else. What sets it is not documented: it is kept as a
flag and proves nothing by itself.

Codes are named where the heading is that of ZKTeco's own firmware. Clones have
tables of their own, and without a heading two columns cannot be told apart;
there the codes are kept and not named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from toolkit.clockin.details import spare
from toolkit.clockin.fields.text_headings import order_of
from toolkit.clockin.fields.words import credential_of_word, direction_of_word
from toolkit.clockin.files.tabular import CUT_ROW, ID_FAULTS, clean_id, id_fault, is_unended, physical_lines
from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.zk_codes import PUSH_TABLE, WORD_TABLE, credential_of, direction_of, reset_flags
from toolkit.clockin.vendors.zk_glg import TIME, Layout, bare_layout, fields_of, heading_layout

SNIFFED_LINES = 20
REMARK = "#"
DEVICE = re.compile(r"#\s*DeviceModel\s*=\s*(?P<model>.*\S)", re.IGNORECASE)
CODE, NUMBER = re.compile(r"\d+", re.ASCII), re.compile(r"\d{1,18}", re.ASCII)
TOLD = ("employee_id", "time", "person_name", "number")
Numbered = tuple[int, str, Layout | None]


@punch_format("zkteco_glg")
class ZktecoGlg:
    """Text records of black-and-white terminals and clones."""

    mapping_keys: frozenset[str] = frozenset({"date_order"})
    lacks: frozenset[str] = frozenset({"failures", "photos"})

    def sniff(self, head: Head) -> bool:
        """A heading with its words, or mostly rows of its shape."""
        lines = [line.rstrip("\r\n") for line in physical_lines(head.text) if _tells(line)][:SNIFFED_LINES]
        if any(heading_layout(line) is not None for line in lines):
            return True
        return sum(bare_layout(line) is not None for line in lines) * 2 > len(lines)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row a line; headings, remarks and blank lines are no records."""
        lines, unended = list(_lines(source.text)), is_unended(physical_lines(source.text))
        times = ((number, _cells(line, layout).get("time", "")) for number, line, layout in lines if layout)
        order = order_of(source, times)
        machines = {_cells(line, layout).get("machine", "") for _, line, layout in lines if layout} - {""}
        several = len(machines) > 1
        for number, line, layout in lines:
            if layout is None:
                yield RawRow(kind=NON_RECORD, row=number, raw=line)
            else:
                yield _row(number, line, layout, order, several=several, last=unended and number == len(lines))

    def facts(self, source: Source) -> FileFacts:
        """The model of the terminal, where a remark states it."""
        found = (DEVICE.match(line) for line in physical_lines(source.text) if line.startswith(REMARK))
        return FileFacts(device=next((match["model"] for match in found if match), ""))


def _tells(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(REMARK)


def _lines(text: str) -> Iterator[Numbered]:
    """Each line with its number and the layout that holds for it; None for what is no record."""
    layout: Layout | None = None
    lines = [line.rstrip("\r\n") for line in physical_lines(text)]
    headed = any(heading_layout(line) for line in lines)
    if not headed:
        layout = next((found for line in lines if (found := bare_layout(line))), None)
    for number, line in enumerate(lines, 1):
        heading = heading_layout(line) if _tells(line) else None
        layout = heading or layout
        yield number, line, None if heading or not _tells(line) else layout or bare_layout(line)


def _cells(line: str, layout: Layout) -> dict[str, str]:
    return layout.cells(fields_of(line))


def _row(number: int, line: str, layout: Layout, order: str, *, several: bool, last: bool) -> RawRow:
    cells = _cells(line, layout)
    employee_id = clean_id(cells.get("employee_id", ""))
    why = _fault(line, layout, cells, employee_id)
    if why:
        why = CUT_ROW if last and why not in ID_FAULTS else why
        return RawRow(
            kind=REFUSED, row=number, raw=line, why=why, employee_id=employee_id, time_text=cells.get("time", "")
        )
    credential, details = _checked(cells, layout)
    proxy = cells.get("proxy_work", "") not in ("", "0")
    return RawRow(
        kind=PUNCH,
        row=number,
        raw=line,
        employee_id=employee_id,
        time_text=cells["time"],
        date_order=order,
        # Every terminal is number 1 until somebody changes it: the number tells something only beside another one.
        terminal_id=cells.get("machine") or None if several else None,
        credential=credential,
        result="pass",
        details={
            **spare(cells, TOLD),
            "name": cells.get("person_name"),
            "seq": cells["number"] if NUMBER.fullmatch(cells.get("number", "")) else None,
            "flags": [*reset_flags(cells["time"]), *(["proxy_work_flag"] if proxy else [])],
            **details,
        },
    )


def _fault(line: str, layout: Layout, cells: Mapping[str, str], employee_id: str) -> str:
    """Why a row cannot be taken; a time without seconds is one whose end was lost."""
    if not cells:
        return "too_few_fields" if len(fields_of(line)) < layout.least else "unreadable_time"
    if not TIME.fullmatch(cells["time"]):
        return "unreadable_time"
    return id_fault(employee_id)


def _checked(cells: Mapping[str, str], layout: Layout) -> tuple[str, dict[str, str]]:
    """The credential, and direction and code as details."""
    if not layout.stated:
        return "unknown", {}
    code, state = cells.get("vm") or cells.get("mode", ""), cells.get("state", "")
    details = {"credential_code": code}
    if CODE.fullmatch(code):
        credential = credential_of(code) if layout.own_firmware else f"unknown ({code})"
        details["code_table"] = PUSH_TABLE if layout.own_firmware else ""
    else:
        credential = credential_of_word(code)
        details["code_table"] = WORD_TABLE if code else ""
    if CODE.fullmatch(state):
        details["direction"] = direction_of(state) if layout.own_firmware else "unknown"
    else:
        details["direction"] = direction_of_word(state)
    return credential, details
