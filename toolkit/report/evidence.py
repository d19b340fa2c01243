"""What the report rests on: purpose, exhibits and their custody, footage and its coverage, record files."""

from __future__ import annotations

from toolkit.language import text
from toolkit.report import hours
from toolkit.report.blocks import Block, Grid, Paragraph, Points
from toolkit.report.summary import one_body
from toolkit.report.writer import Facts, Writer, at, brief, refs, seconds

MINUTE_S = 60.0
MOST_LISTED = 40


def mandate(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Purpose, basis, question, and who reviewed."""
    return (
        Paragraph(write("mandate_purpose", purpose=facts["purpose"] or "–")),
        Paragraph(write("mandate_basis", basis=facts["stated_basis"] or "–")),
        Paragraph(write("mandate_question")),
        Paragraph(_reviewers(facts, write), "note"),
    )


def _reviewers(facts: Facts, write: Writer) -> str:
    people = dict.fromkeys(one["by"] for one in facts["decisions"])
    return write("mandate_reviewers_decided", people=", ".join(people)) if people else write("mandate_reviewers")


def exhibits(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Exhibits with their hashes, what is known of where they come from, and the journal."""
    if not facts["exhibits"]:
        return (Paragraph(write("no_exhibits"), "warning"),)
    names = ("exhibit", "kind", "size", "received", "provenance", "sha256")
    rows = tuple(
        (
            one["exhibit_id"],
            write.code("kind", one["kind"]),
            f"{one['size_bytes']:,}",
            _clock_time(one["received_at"]),
            _provenance(one["provenance"], write),
            one["sha256"],
        )
        for one in facts["exhibits"]
    )
    grid = Grid(write("cap_exhibits"), _columns(write, names), rows, mono=(5,), numeric=(2,))
    custody = facts["custody"]
    return (
        grid,
        Paragraph(write("custody_line", rows=custody["journal_rows"], head=custody["journal_head"])),
        Paragraph(write("custody_limit"), "note"),
        Paragraph(write("odd_lead" if facts["integrity"] else "odd_none", count=len(facts["integrity"]))),
    )


def _clock_time(text: str) -> str:
    """A time in UTC without the letters between date and time; its column says UTC."""
    return text.replace("T", " ").removesuffix("+00:00").removesuffix("Z")


def _columns(write: Writer, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(write(f"col_{name}") for name in names)


def _provenance(told: dict[str, str], write: Writer) -> str:
    known = sum(value == "known" for value in told.values())
    withheld = sum(value == "withheld" for value in told.values())
    return write("provenance_state", known=known, all=len(told), withheld=withheld)


def footage(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Clips: what they hold, what of them was examined, their gaps, and the zone."""
    if not facts["clips"]:
        return (Paragraph(write("no_footage"), "note"), *_footage_to_ask_for(facts, write))
    names = ("exhibit", "format", "picture", "starts", "duration", "frames", "decoded", "probed", "skipped", "gaps")
    rows = tuple(_clip_row(clip, write) for clip in facts["clips"])
    blocks: list[Block] = [
        Grid(write("cap_footage"), _columns(write, names), rows, numeric=(4, 5, 6, 7, 8, 9)),
        Paragraph(write("footage_words")),
        *_unexamined(facts, write),
        *_gaps(facts, write),
        *_lost(facts, write),
    ]
    for clip in facts["clips"]:
        if clip["examined"]["probed_s"] > 0:
            shortest = seconds(clip["keyframe_interval_s"])
            blocks.append(Paragraph(write("guarantee", exhibit=clip["exhibit_id"], shortest=shortest)))
    for zone in facts["zones"]:
        blocks += _zone(zone, write)
    blocks.append(Paragraph(write("selection", refs=refs(clip["exhibit_id"] for clip in facts["clips"])), "note"))
    return tuple(blocks)


def _clip_row(clip: Facts, write: Writer) -> tuple[str, ...]:
    stated = clip["frames_stated"]
    mode, _, rate = clip["rate_mode"].partition(" ")
    return (
        clip["exhibit_id"],
        f"{clip['container']} / {clip['codec']}, {write.code('rate', mode, {'rate': rate})}",
        f"{clip['width_px']} x {clip['height_px']}",
        (clip["starts_at"] or write("not_stated")).replace("T", " "),
        f"{clip['duration_s']:.1f} s",
        f"{clip['frames_present']:,}" + (f" / {stated:,}" if stated is not None else ""),
        *(f"{clip['examined'][how]:.1f} s" for how in ("decoded_s", "probed_s")),
        _skipped(clip, write),
        str(len(clip["gaps"])),
    )


def _skipped(clip: Facts, write: Writer) -> str:
    """What was not examined, and how much of it because the frames are lost."""
    skipped = f"{clip['examined']['skipped_s']:.1f}"
    if not clip["lost_s"]:
        return f"{skipped} s"
    return write("skipped_lost", skipped=skipped, lost=f"{clip['lost_s']:.1f}")


def _gaps(facts: Facts, write: Writer) -> list[Block]:
    gaps = [(clip["exhibit_id"], gap) for clip in facts["clips"] for gap in clip["gaps"]]
    if not gaps:
        return [Paragraph(write("gaps_none", refs=refs(clip["exhibit_id"] for clip in facts["clips"])))]
    return [_stretches("cap_gaps", gaps, write)]


def _lost(facts: Facts, write: Writer) -> list[Block]:
    """Stretches whose frames are damaged or cannot be decoded."""
    lost = [(clip["exhibit_id"], one) for clip in facts["clips"] for one in clip["intervals"] if one["how"] == "lost"]
    return [_stretches("cap_lost", lost, write), Paragraph(write("lost_words"), "warning")] if lost else []


def _stretches(caption: str, found: list[tuple[str, Facts]], write: Writer) -> Grid:
    rows = tuple(
        (at(exhibit, one["from_s"]), seconds(one["from_s"]), seconds(one["to_s"]), seconds(one["to_s"] - one["from_s"]))
        for exhibit, one in found[:MOST_LISTED]
    )
    told = write(caption, shown=len(rows), count=len(found))
    return Grid(told, _columns(write, ("reference", "from", "to", "length")), rows, numeric=(1, 2, 3))


def _unexamined(facts: Facts, write: Writer) -> list[Block]:
    """Clips in which nobody was looked for."""
    return [
        Paragraph(write("clip_unexamined", exhibit=clip["exhibit_id"]), "warning")
        for clip in facts["clips"]
        if not clip["examined"]["decoded_s"] + clip["examined"]["probed_s"]
    ]


def _zone(zone: Facts, write: Writer) -> list[Block]:
    proposed = zone["basis"] == "proposed"
    empty = ", ".join(f"{a:.1f}–{b:.1f} s" for a, b in zone["empty_media_s"]) or "–"
    told = write("zone_proposed" if proposed else "zone_stated", exhibit=zone["exhibit_id"], empty=empty)
    blocks: list[Block] = [Paragraph(told, "warning" if proposed else "plain")]
    if not zone["terminal_fully_in_view"]:
        blocks.append(Paragraph(write("zone_view_open", exhibit=zone["exhibit_id"]), "note"))
    return blocks


def _period(one: Facts) -> str:
    """First and last clock-in; the day is said once where both are of one."""
    first, last = one["first_text"], one["last_text"]
    if first is None:
        return "–"
    return f"{first} – {last.partition(' ')[2] if last[:10] == first[:10] else last}"


def _footage_to_ask_for(facts: Facts, write: Writer) -> list[Block]:
    """With records alone: which recordings would be worth asking for."""
    told = [
        write("ask_footage_span", first=one["first_text"], last=one["last_text"], ref=at(one["exhibit_id"]))
        for one in facts["records"]
        if one["first_text"]
    ]
    if not facts["records"]:
        return []
    return [Points((*told, write("ask_footage_form"), write("ask_footage_clock")), write("ask_footage"))]


def records(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Record files: every row parsed, refused or no record; their precision; what is missing."""
    if not facts["records"]:
        told = (write("ask_records_form"), write("ask_records_span"), write("ask_records_log"))
        asked: tuple[Block, ...] = (Points(told, write("ask_records")),) if facts["clips"] else ()
        return (Paragraph(write("no_records"), "note"), *asked)
    names = ("exhibit", "format", "rows", "parsed", "rejected", "non_record", "assigned", "employees", "precision",
             "period")  # fmt: skip
    rows = tuple(
        (
            one["exhibit_id"], f"{one['format']}, {one['encoding']}", str(one["rows_source"]), str(one["rows_parsed"]),
            str(one["rows_rejected"]), str(one["rows_non_record"]), str(one["assigned"]), str(one["employees"]),
            "–" if one["precision_s"] is None else f"{brief(float(one['precision_s']))} s",
            _period(one),
        )
        for one in facts["records"]
    )  # fmt: skip
    blocks: list[Block] = [
        Grid(write("cap_records"), _columns(write, names), rows, numeric=(2, 3, 4, 5, 6, 7, 8)),
        *_refused(facts, write),
        *hours.by_hour(facts, write),
    ]
    if any((one["precision_s"] or 0) >= MINUTE_S for one in facts["records"]):
        blocks.append(Paragraph(write("minute_records"), "warning"))
    blocks += _unanswered(facts, write)
    if not one_body(facts):
        blocks.append(Paragraph(write("records_pattern"), "note"))
    return tuple(blocks)


def _unanswered(facts: Facts, write: Writer) -> list[Block]:
    """What the records cannot answer, whatever is computed from them, and what to ask for instead."""
    codes = list(dict.fromkeys(code for one in facts["records"] for code in one["lacks"]))
    if not codes:
        return []
    names = {code: refs(one["exhibit_id"] for one in facts["records"] if code in one["lacks"]) for code in codes}
    lacks = tuple(f"{text(f'clockin.lack_{code}', write.language)} {names[code]}" for code in codes)
    asked = tuple(text(f"clockin.ask_{code}", write.language) for code in codes)
    return [Points(lacks, write("records_lack")), Points(asked, write("records_ask"))]


def _refused(facts: Facts, write: Writer) -> list[Block]:
    rows = tuple(
        (at(one["exhibit_id"]), str(row["row"]), write.code("refused", row["why"]))
        for one in facts["records"]
        for row in one["refused"]
    )
    if not rows:
        return []
    caption = write("cap_refused", shown=min(len(rows), MOST_LISTED), count=len(rows))
    return [Grid(caption, _columns(write, ("reference", "anchor_row", "why")), rows[:MOST_LISTED], numeric=(1,))]
