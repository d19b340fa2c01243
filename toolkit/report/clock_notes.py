"""Below the table of clocks: where a clock holds, was set or is in question, and which anchors count once."""

from __future__ import annotations

from toolkit.report.blocks import Block, Paragraph, Points
from toolkit.report.writer import Facts, Writer, at, brief, refs

BLIND, DIFFERS, OTHER_DATE = "blind", "presence_differs", "presence_other_date"
WARNINGS = (DIFFERS, OTHER_DATE, "presence_date_differs")
PRESENCE_S = 3.0  # what the two ways may differ by, beside the width of the anchors' interval


def clock_notes(each: list[Facts], write: Writer) -> list[Block]:
    """Where an interval holds, which zone is not known, and which two names were taken for one clock."""
    known = [one for one in each if one["determinable"]]
    told: list[Block] = [
        Paragraph(
            write(
                "clock_holds",
                ref=at(one["exhibit_id"], one["holds_at_s"]),
                first=f"{one['half_widths_s'][0]:.1f}",
                last=f"{one['half_widths_s'][1]:.1f}",
            ),
            "note",
        )
        for one in known
        if one["half_widths_s"] is not None
    ]
    told += _steps(each, write) + _presence(each, write) + _repeats(each, write)
    if any(one["zone_basis"] not in (None, "stated") for one in known):
        told.append(Paragraph(write("clock_zone_unknown"), "note"))
    pairs = {(one["device_id"], one["terminal"]) for one in known if one["device_basis"] == "taken for one"}
    told += [Paragraph(write("clock_taken_for_one", device=a, terminal=b), "warning") for a, b in sorted(pairs)]
    return told


def _presence(each: list[Facts], write: Writer) -> list[Block]:
    """What presence alone says: the clock itself, a check of the anchors, or nothing; once for clips that share it."""
    clips: dict[tuple[str, str], list[str]] = {}
    for one in each:
        told = _of_presence(one, write)
        if told is not None:
            clips.setdefault(told, []).append(str(one["exhibit_id"]))
    return [
        Paragraph(f"{refs(names)} {sentence}", "warning" if key in WARNINGS else "note")
        for (key, sentence), names in clips.items()
    ]


def _steps(each: list[Facts], write: Writer) -> list[Block]:
    """Where the clock was set, and days whose clock-ins do not go with it; once for clips that share it."""
    clips: dict[tuple[str, str], list[str]] = {}
    for one in each:
        for step in one["steps"]:
            clips.setdefault(_of_step(step, write), []).append(str(one["exhibit_id"]))
    return [Paragraph(f"{refs(names)} {sentence}", "warning") for (_, sentence), names in clips.items()]


def _of_step(step: Facts, write: Writer) -> tuple[str, str]:
    """Key and sentence of one step, with what the records themselves say of it."""
    facts = {name: step[name].replace("T", " ")[:19] for name in ("after", "before")} | {"between": step["between"]}
    if step["size_s"] is None:
        return "clock_days_apart", write("clock_days_apart", **facts)
    key = f"clock_step_{step['basis']}"
    hints = [
        write("clock_step_hint", ref=f"{at(one['exhibit_id'])} / {one['row']}", what=write.code("hint", one["what"]))
        for one in step["hints"]
    ]
    told = [write(key, size=f"{step['size_s']:+.0f}", **facts), *(hints or [write("clock_step_no_hint")])]
    return key, write.told(told)


def _repeats(each: list[Facts], write: Writer) -> list[Block]:
    """Anchors that counted once because they repeat another."""
    told = {
        write(
            "anchor_repeats",
            row=f"{at(one['exhibit_id'])} / {one['row']}" if one["exhibit_id"] else one["row"],
            other=one["repeats_row"],
            why=write.code("repeat", one["why"]),
        )
        for clock_of in each
        for one in clock_of["repeats"]
    }
    return [Points(tuple(sorted(told)), write("anchors_repeat"))] if told else []


def _other_date(each: Facts, told: Facts, facts: Facts, write: Writer) -> tuple[str, str]:
    """Records that fit under another date only: a question, or borne out by an anchor, or against the anchors."""
    days = int(told["days_off"])
    facts |= {"days": abs(days), "searched": told["days_searched"]}
    facts["way"] = write("date_behind" if days < 0 else "date_ahead")
    if not each["determinable"]:
        return OTHER_DATE, write(OTHER_DATE, **facts)
    key = "presence_date_borne_out" if each["method"] == BLIND else "presence_date_differs"
    return key, write(key, **facts)


def _of_presence(each: Facts, write: Writer) -> tuple[str, str] | None:
    """Key and sentence of one clip."""
    told = each["presence"]
    if told is None or (told["p"] is None and each["determinable"]):
        return None
    facts = {"clock_ins": told["clock_ins"], "visits": told["visits"]}
    if told["p"] is None:
        return "presence_too_few", write("presence_too_few", **facts)
    facts["chance"] = brief(float(told["p"]))
    if told["days_off"]:
        return _other_date(each, told, facts, write)
    if not told["found"]:
        key = "presence_no_check" if each["determinable"] else "presence_nothing"
    elif each["method"] == BLIND:
        key = "presence_found"
    else:
        apart = float(told["minus_anchors_s"])
        spread = float(each["half_widths_s"][0]) if each["half_widths_s"] else 0.0
        key = "presence_agrees" if abs(apart) <= spread + PRESENCE_S else DIFFERS
        facts["apart"] = f"{apart:+.1f}"
    return key, write(key, **facts)
