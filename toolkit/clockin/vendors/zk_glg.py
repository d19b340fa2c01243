"""Where the columns of ``GLG_001.TXT`` and ``AGL_001.TXT`` are: by the words of the heading, never by position alone.

At least six headings are in use, with the columns in different orders, some
with tabs doubled in the heading but not in the rows. A row is taken as its
``DateTime`` cell fits: counting all tabs, or those between filled headings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLUMNS = {
    "no": "number",
    "mchn": "machine",
    "tmno": "machine",
    "enno": "employee_id",
    "name": "person_name",
    "mode": "mode",
    "vm": "vm",
    "iomd": "state",
    "inout": "state",
    "daigong": "proxy_work",
    "proxywork": "proxy_work",
    "datetime": "time",
}
NEEDED = frozenset({"employee_id", "time"})
# The heading of ZKTeco's own firmware. Others number states and ways of checking in a way that is not known.
OWN_FIRMWARE = "mchn"
FIRST = ("number", "machine", "employee_id", "person_name")  # in every heading seen, so also where there is none
DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})"
TIME = re.compile(rf"{DATE} +\d{{1,2}}:\d{{2}}:\d{{2}}", re.ASCII)
BEGINS_AS_DATE = re.compile(DATE, re.ASCII)
BARE_ROW = re.compile(rf" *\d+ *\t *\d+ *\t[^\t]+\t[^\t]*(?:\t[^\t]*){{1,7}}?\t *{TIME.pattern} *(?:\t.*)?", re.ASCII)
BLANK_LETTERS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns by the two ways of counting tabs; ``own_firmware`` says whether ZKTeco's code tables hold.

    ``stated`` is false where the file has no heading: then only the first four
    columns and the time are known.
    """

    filled: Mapping[str, int]
    counted: Mapping[str, int]
    own_firmware: bool
    stated: bool = True

    def cells(self, fields: Sequence[str]) -> dict[str, str]:
        """Cells by column; empty where the time stands in neither place."""
        for places in (self.filled, self.counted):
            if places["time"] < len(fields) and BEGINS_AS_DATE.match(fields[places["time"]]):
                return {name: fields[place] for name, place in places.items() if place < len(fields)}
        return {}

    @property
    def least(self) -> int:
        """How many fields a row has at least."""
        return self.filled["time"] + 1


def fields_of(line: str) -> list[str]:
    """Cells of a line, without the blanks that fill names up."""
    return [part.strip() for part in line.split("\t")]


def heading_layout(line: str) -> Layout | None:
    """Where a heading puts the columns; None for any other line."""
    words = [BLANK_LETTERS.sub("", part.lower()) for part in line.split("\t")]
    named = [COLUMNS.get(word, word) for word in words]
    if not NEEDED.issubset(named) or not {"number", "machine"}.intersection(named):
        return None
    return Layout(
        filled=_places([name for name in named if name]),
        counted=_places(named),
        own_firmware=OWN_FIRMWARE in words,
    )


def bare_layout(line: str) -> Layout | None:
    """Where the columns are in a file without a heading, by one of its rows; None where the line is no such row."""
    if BARE_ROW.fullmatch(line) is None:
        return None
    fields = fields_of(line)
    time = next(place for place, cell in enumerate(fields) if place >= len(FIRST) and TIME.fullmatch(cell))
    named = [*FIRST, *(f"column_{place + 1}" for place in range(len(FIRST), len(fields)))]
    named[time] = "time"
    places = _places(named)
    return Layout(filled=places, counted=places, own_firmware=False, stated=False)


def _places(named: Sequence[str]) -> dict[str, int]:
    """The place of each column; of two with one name the second is told apart by its place."""
    places: dict[str, int] = {}
    for place, name in enumerate(named):
        if name:
            places[name if name not in places else f"{name}_{place + 1}"] = place
    return places
