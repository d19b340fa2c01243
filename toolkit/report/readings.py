"""What the cues read of each presentation: one row a presentation, the reasons for gaps told once each."""

from __future__ import annotations

from collections import Counter

from toolkit.errors import CannotMeasure
from toolkit.report.blocks import Block, Grid, Paragraph, Points
from toolkit.report.writer import Facts, Writer, brief

NOT_RUN = "not_run"
MARKS = {"artefact": " *", "live": " +"}  # a sentence in a cell would push the table out of the page
GAP = "–"

Read = tuple[str, Facts]


def readings(facts: Facts, write: Writer) -> list[Block]:
    """The table of readings, what its columns are, why there are gaps, and what was not run at all."""
    every = [(one["presentation_id"], reading) for one in facts["presentations"] for reading in one["readings"]]
    ran = sorted({reading["cue"] for _, reading in every if reading["statement"] != NOT_RUN})
    blocks: list[Block] = []
    if ran:
        filled = [cue for cue in ran if any(one["cue"] == cue and one["value"] is not None for _, one in every)]
        if filled:
            blocks += [
                _table(every, filled, write),
                *(Paragraph(told, "note") for told in _marks(every, write)),
                Points(_columns(every, filled, write), write("readings_columns")),
            ]
        gaps = _gaps([(name, one) for name, one in every if one["cue"] in ran], write)
        blocks += [Points(gaps, write("readings_gaps"))] if gaps else []
        remarks = _remarks(every, write)
        blocks += [Points(remarks, write("readings_remarks"))] if remarks else []
    blank = {reading["cue"]: why(reading, write) for _, reading in every if reading["cue"] not in ran}
    return [
        *blocks,
        *(
            Paragraph(write("cue_not_run", cue=write.code("cue", cue), why=told), "note")
            for cue, told in sorted(blank.items())
        ),
    ]


def _table(every: list[Read], ran: list[str], write: Writer) -> Grid:
    by_owner: dict[str, dict[str, Facts]] = {}
    for presentation_id, reading in every:
        by_owner.setdefault(presentation_id, {})[reading["cue"]] = reading
    rows = tuple(
        (presentation_id, *(_cell(mine.get(cue), write) for cue in ran)) for presentation_id, mine in by_owner.items()
    )
    columns = (write("col_presentation"), *(write.code("cue_short", cue) for cue in ran))
    return Grid(write("cap_readings"), columns, rows, numeric=tuple(range(1, len(columns))))


def _cell(reading: Facts | None, write: Writer) -> str:
    """The value, with what the cue states by its rule where it states anything."""
    if reading is None or reading["value"] is None:
        return GAP
    value = str(brief(reading["value"]))
    return value + MARKS.get(reading["statement"], "")


def _marks(every: list[Read], write: Writer) -> list[str]:
    """What the marks beside values mean, where there are any."""
    stated = {one["statement"] for _, one in every if one["value"] is not None}
    return [write(f"readings_mark_{statement}") for statement in MARKS if statement in stated]


def _columns(every: list[Read], ran: list[str], write: Writer) -> tuple[str, ...]:
    units = {reading["cue"]: (reading["unit"], reading["group"]) for _, reading in every}
    told = []
    for cue in ran:
        unit, group = units[cue]
        of = {"short": write.code("cue_short", cue), "cue": write.code("cue", cue), "group": write.code("group", group)}
        told.append(write("readings_column" if unit == "1" else "readings_column_unit", unit=unit, **of))
    return tuple(told)


def _gaps(every: list[Read], write: Writer) -> tuple[str, ...]:
    """Each reason once, with how often it was met; numbers in it are those of the first."""
    first: dict[tuple[str, str], Facts] = {}
    often: Counter[tuple[str, str]] = Counter()
    for _, reading in every:
        if reading["why_not"] is not None:
            key = (reading["cue"], reading["why_not"])
            first.setdefault(key, reading)
            often[key] += 1
    return tuple(
        write("readings_gap", short=write.code("cue_short", cue), count=often[cue, code], why=why(one, write))
        for (cue, code), one in sorted(first.items())
    )


def _remarks(every: list[Read], write: Writer) -> tuple[str, ...]:
    """What was seen that is less than a statement."""
    return tuple(
        f"{name}, {write.code('cue_short', one['cue'])}: {write.code('remark', one['facts']['remark'], one['facts'])}"
        for name, one in every
        if one["value"] is not None and "remark" in one["facts"]
    )


def why(reading: Facts, write: Writer) -> str:
    """The reason why a cue has no answer, in words."""
    if reading["why_not"] is None:
        return GAP
    return CannotMeasure(reading["why_not"], **reading["facts"]).what(write.language)
