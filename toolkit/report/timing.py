"""When: the terminal's clock, who stood there, and which clock-in fell into which visit."""

from __future__ import annotations

from typing import Any

from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE
from toolkit.report import figures
from toolkit.report.blocks import Block, Grid, Paragraph, Picture, Points
from toolkit.report.clock_notes import BLIND, clock_notes
from toolkit.report.summary import clock_line, direct, events, examined
from toolkit.report.writer import Facts, Writer, at, brief, probability, refs, seconds

MOST_ROWS = 400
MOST_OUTSIDE = 20
BY_KIND = "kind"  # the uncertainty of an anchor whose row states none
SIGNS = ("decoded", "probed", "lost", "gap", "visit", "named", "seen", "nobody", "outside", "band")


def clock(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Offset with interval, anchors with what is left over; or why there is none and what would help."""
    told = facts["clock"]
    anchors = [one["exhibit_id"] for one in facts["exhibits"] if one["kind"] == "anchors"]
    line = f"{clock_line(facts, write)} {refs(anchors)}".rstrip()
    blocks: list[Block] = [Paragraph(line, "plain" if told["determinable"] else "warning")]
    if told["each"]:
        names = ("device", "exhibit", "offset", "interval", "drift", "anchors_used", "why")
        rows = tuple(_clock_row(each, write) for each in told["each"])
        blocks.append(Grid(write("cap_clocks"), _columns(write, names), rows, numeric=(2, 3, 4, 5)))
    blocks += _anchors(told["each"], write)
    if told["determinable"]:
        blocks.append(Paragraph(write("clock_written"), "note"))
    blocks += clock_notes(told["each"], write)
    if not all(each["determinable"] for each in told["each"]) or not told["each"]:
        helps = tuple(write(f"clock_help_{k}") for k in range(1, 4))
        blocks.append(Points(helps, write("clock_help")))
    return tuple(blocks)


def _columns(write: Writer, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(write(f"col_{name}") for name in names)


def _clock_row(each: Facts, write: Writer) -> tuple[str, ...]:
    offset, interval = each["terminal_minus_camera_s"], each["interval_s"]
    if not each["determinable"]:
        why = write.code("reason", each["reason"] or "nothing_to_align")
    else:
        fitted = "clock_by_presence" if each["method"] == BLIND else "clock_fitted"
        why = write(direct("clock_direct", each)) if offset is None else write(fitted)
    return (
        each["device_id"],
        at(each["exhibit_id"]),
        "–" if offset is None else f"{offset:+.1f} s",
        "–" if interval is None else f"{interval[0]:+.1f} … {interval[1]:+.1f} s",
        "–" if each["drift_ppm"] is None else f"{each['drift_ppm']:+.1f} ppm",
        str(each["anchors_used"]),
        why,
    )


def _anchors(each: list[Facts], write: Writer) -> list[Block]:
    told = (
        (
            clock_of["device_id"],
            at(one["clip_exhibit_id"] or clock_of["exhibit_id"], one["media_s"]),
            f"{at(one['exhibit_id'])} / {one['row']}" if one["exhibit_id"] else str(one["row"]),
            one["device_time"] or "–",
            f"{one['residual_s']:+.2f} s",
            f"{one['sd_s']:.2f} s" + (" *" if one["uncertainty_basis"] == BY_KIND else ""),
            one["how_read"] or "–",
        )
        for clock_of in each
        for one in clock_of["anchors"]
    )
    rows = tuple(dict.fromkeys(told))  # clips of one camera share their anchors
    if not rows:
        return []
    names = ("device", "reference", "row", "device_time", "residual", "uncertainty", "how")
    blocks: list[Block] = [Grid(write("cap_anchors"), _columns(write, names), rows, numeric=(4, 5))]
    if any(one["uncertainty_basis"] == BY_KIND for clock_of in each for one in clock_of["anchors"]):
        blocks.append(Paragraph(write("anchors_by_kind"), "note"))
    return blocks


def visits(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """The timeline of every clip that was examined, and the table of visits."""
    pictures = [_timeline(facts, clip, write) for clip in facts["clips"] if clip["intervals"]]
    if not facts["visits"]:
        why = "no_visits_seen" if examined(facts) else "no_footage" if not facts["clips"] else "no_visits_examined"
        told = write(why, refs=refs(clip["exhibit_id"] for clip in facts["clips"]))
        return (*pictures, Paragraph(told, "note"))
    presenters = {visit: one for one in facts["presenters"] for visit in one["visit_ids"]}
    names = ("visit", "presenter", "reference", "from", "to", "length", "companion", "risk", "weakest")
    rows = tuple(_visit_row(one, presenters.get(one["visit_id"]), write) for one in facts["visits"])
    return (
        *pictures,
        Grid(write("cap_visits"), _columns(write, names), rows, numeric=(3, 4, 5, 7, 8)),
        Paragraph(write("visits_limit"), "note"),
    )


def _timeline(facts: Facts, clip: Facts, write: Writer) -> Picture:
    return Picture(
        figures.timeline(facts, clip["exhibit_id"]),
        write("alt_timeline", exhibit=clip["exhibit_id"]),
        write("cap_timeline", exhibit=at(clip["exhibit_id"])),
        legend(facts, clip, write),
    )


def legend(facts: Facts, clip: Facts, write: Writer) -> tuple[tuple[str, str], ...]:
    """The signs that this clip's timeline bears, and what they stand for."""
    mine = {visit["visit_id"] for visit in facts["visits"] if visit["exhibit_id"] == clip["exhibit_id"]}
    named = {visit for finding in facts["findings"] for visit in finding["visit_ids"]}
    drawn = {part["how"] for part in clip["intervals"]} | ({"gap"} if clip["gaps"] else set())
    drawn |= ({"visit"} if mine - named else set()) | ({"named"} if mine & named else set())
    for _, punch in figures.shown_punches(facts, clip["exhibit_id"], (0.0, clip["duration_s"])):
        drawn |= {"band", {NOBODY_SEEN: "nobody", OUTSIDE_COVERAGE: "outside"}.get(punch["best"], "seen")}
    return tuple((sign, write(f"sign_{sign}")) for sign in SIGNS if sign in drawn)


def _visit_row(visit: Facts, presenter: Any, write: Writer) -> tuple[str, ...]:
    told = presenter or {}
    risk = told.get("continuity_risk")
    return (
        visit["visit_id"],
        visit["presenter_id"],
        at(visit["exhibit_id"], visit["from_s"]),
        seconds(visit["from_s"]) + (" *" if visit["open_start"] else ""),
        seconds(visit["to_s"]) + (" *" if visit["open_end"] else ""),
        seconds(visit["to_s"] - visit["from_s"]),
        write.code("companion", visit["companion"] or "not_assessed"),
        "–" if risk is None else str(brief(float(risk))),
        seconds(told.get("weakest_s")),
    )


def clockins(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """For every clock-in the most probable explanation, the second, and the two that name no visit."""
    if not facts["associations"]:
        return (Paragraph(write("no_associations" if facts["records"] else "no_records"), "note"),)
    inside = [one for one in events(facts) if one["best"] != OUTSIDE_COVERAGE]
    outside = [one for one in events(facts) if one["best"] == OUTSIDE_COVERAGE]
    shown = inside[:MOST_ROWS] + outside[:MOST_OUTSIDE]
    names = ("employee", "stamped", "row", "reference", "best", "p", "second", "p_nobody", "p_outside")
    clips = {visit["visit_id"]: visit["exhibit_id"] for visit in facts["visits"]}
    only = facts["clips"][0]["exhibit_id"] if len(facts["clips"]) == 1 else None
    also: dict[str, list[Facts]] = {}
    for one in facts["associations"]:
        also.setdefault(one["same_as"] or one["punch_id"], []).append(one)
    rows = tuple(_clockin_row(one, also[one["punch_id"]], clips, only, write) for one in shown)
    blocks: list[Block] = [
        Paragraph(write("clockins_lead", refs=refs(one["exhibit_id"] for one in facts["records"]))),
        Grid(write("cap_clockins"), _columns(write, names), rows, numeric=(5, 7, 8)),
    ]
    if len(shown) < len(events(facts)):
        left = len(events(facts)) - len(shown)
        blocks.append(Paragraph(write("clockins_left_out", count=left, outside=len(outside))))
    return (*blocks, Paragraph(write("clockins_limit"), "note"))


def _clockin_row(
    one: Facts, told: list[Facts], clips: dict[str, str], only: str | None, write: Writer
) -> tuple[str, ...]:
    shares = one["probabilities"]
    rest = sorted(((p, name) for name, p in shares.items() if name != one["best"]), reverse=True)
    second = f"{_outcome(rest[0][1], write)} {probability(rest[0][0])}" if rest and rest[0][0] >= 0.0005 else "–"
    near = next((clips[name] for _, name in sorted(((-p, n) for n, p in shares.items())) if name in clips), only)
    return (
        one["employee_id"],
        one["stamped_text"],
        ", ".join(f"{at(row['exhibit_id'])} / {row['row']}" for row in told),
        at(near, one["media_s"]) if near is not None and one["media_s"] is not None else "–",
        _outcome(one["best"], write),
        probability(shares[one["best"]]),
        second,
        probability(shares.get(NOBODY_SEEN, 0.0)),
        probability(shares.get(OUTSIDE_COVERAGE, 0.0)),
    )


def _outcome(name: str, write: Writer) -> str:
    words = {NOBODY_SEEN: "nobody_seen", OUTSIDE_COVERAGE: "outside_coverage"}
    return write(words[name]) if name in words else name
