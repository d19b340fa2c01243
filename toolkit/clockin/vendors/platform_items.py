"""Items of a platform's answer that name a person and a moment: DingTalk, WeCom and Feishu count since 1970.

Such a count is a moment, whatever zone the terminal is in. Who made it and by
what means is told by other entries, see :mod:`toolkit.clockin.vendors.platform_words`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toolkit.clockin.details import spare
from toolkit.clockin.fields.stamps import UTC_OFFSET, moment
from toolkit.clockin.files.json_lists import Document, field, scalar
from toolkit.clockin.files.tabular import clean_id, id_fault
from toolkit.clockin.formats import PUNCH, REFUSED, RawRow


@dataclass(frozen=True, slots=True)
class Claim:
    """An item that names a person and a moment in UTC; ``time_text`` is the count as written."""

    row: int
    raw: str
    employee_id: str
    time_text: str
    at: datetime

    def punch(self, **others: Any) -> RawRow:
        """The clock-in with what else the format knows of it.

        A count in milliseconds that ends in zeros is taken for a whole second, whose interval holds the moment
        either way.
        """
        return RawRow(
            kind=PUNCH, row=self.row, raw=self.raw, employee_id=self.employee_id, time_text=self.time_text,
            at=self.at.replace(tzinfo=None).isoformat(), precision_s=0.001 if self.at.microsecond else 1.0,
            zone=UTC_OFFSET, **others,
        )  # fmt: skip


def claim(
    number: int, raw: str, item: Mapping[str, Any], ids: Collection[str], time: str, units_a_second: int = 1
) -> Claim | RawRow:
    """The person and the moment of an item, or the refused row where one of them cannot be read.

    Parameters
    ----------
    ids : collection of str
        Entries that may name the person, the first that says something.
    time : str
        The entry of the count; of ``units_a_second`` 1 or 1000.
    """
    shown, employee_id = field(item, time), clean_id(field(item, *ids))
    at, why = moment(item.get(time), units_a_second), id_fault(employee_id)
    if at is None or why:
        return RawRow(
            kind=REFUSED, row=number, raw=raw, why=why or "unreadable_time", employee_id=employee_id, time_text=shown
        )
    return Claim(number, raw, employee_id, shown, at)


def others(item: Mapping[str, Any], read: Collection[str]) -> dict[str, str]:
    """Entries that the format does not read, as text by their names, see :func:`~toolkit.clockin.details.spare`."""
    return {name: told for name, value in spare(item, read).items() if (told := scalar(value))}


def joined(item: Mapping[str, Any], name: str) -> str:
    """Entries of a list (such as pictures) as one text, a blank between them."""
    value = item.get(name)
    return " ".join(map(scalar, value)) if isinstance(value, list) else scalar(value)


def any_tells(items: Iterable[Document], *names: str) -> bool:
    """Whether any item says something under one of these names."""
    return any(isinstance(value := item.value, dict) and bool(field(value, *names)) for item in items)
