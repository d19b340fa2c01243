"""The parts of the report, written from the facts: what was taken in, seen, timed and assigned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from toolkit.language import topics
from toolkit.report import figures
from toolkit.report.blocks import Block, Grid, Paragraph, Picture, Points, Section

Facts = dict[str, Any]


class Writer:
    """Sentences of one language, by key; unknown codes are shown as they are, with their facts."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._entries = topics(language)

    def __call__(self, key: str, /, **fields: Any) -> str:
        """The sentence ``report.<key>`` with its fields filled in."""
        return self._entries["report"][key].format(**fields)

    def code(self, prefix: str, code: str, facts: Facts | None = None) -> str:
        """The sentence for a code; an unknown code is told with its facts rather than left out."""
        sentence = self._entries["report"].get(f"{prefix}_{code}")
        shown = {key: _plain(value) for key, value in (facts or {}).items()}
        if sentence is None:
            return f"{code}: {', '.join(f'{key} {value}' for key, value in shown.items())}".rstrip(": ")
        return sentence.format(**shown)


def _plain(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value


def seconds(value: float | None, digits: int = 1) -> str:
    """A number of seconds, or a dash."""
    return "–" if value is None else f"{value:.{digits}f}"


def at(exhibit_id: str, media_s: float | None = None) -> str:
    """A reference to a moment of an exhibit."""
    return f"[{exhibit_id}]" if media_s is None else f"[{exhibit_id} @ {media_s:.1f} s]"


def sections(facts: Facts, write: Writer, cards: Callable[[], Iterable[Block]]) -> tuple[Section, ...]:
    """All sections in order; those without matter say so."""
    parts = (
        ("summary", _summary(facts, write)),
        ("mandate", _mandate(facts, write)),
        ("exhibits", _exhibits(facts, write)),
        ("footage", _footage(facts, write)),
        ("time", _time(facts, write)),
        ("records", _records(facts, write)),
        ("visits", _visits(facts, write)),
        ("clockins", _clockins(facts, write)),
        ("findings", tuple(cards())),
        ("counts", _counts(facts, write)),
        ("alternatives", _alternatives(write)),
        ("cannot", _cannot(facts, write)),
        ("methods", _methods(facts, write)),
        ("statements", _statements(facts, write)),
        ("scale", _scale(write)),
    )
    return tuple(Section(anchor, write(f"title_{anchor}"), blocks) for anchor, blocks in parts)


def fd2(facts: Facts) -> list[Facts]:
    """The FD2 findings."""
    return [finding for finding in facts["findings"] if finding["code"] == "FD2"]


def ladder(facts: Facts) -> str:
    """Code of the summary line, chosen by rule."""
    if not facts["clips"] and not facts["records"]:
        return "ladder_nothing"
    if facts["clips"] and not facts["visits"] and not any(c["examined"]["decoded_s"] for c in facts["clips"]):
        return "ladder_unsuitable"
    return "ladder_continuity" if fd2(facts) else "ladder_none"


def summary_lines(facts: Facts, write: Writer) -> list[str]:
    """Five plain lines: footage, clock, clock-ins, findings, what is open."""
    seen = [one for one in facts["associations"] if one["best"] in {v["visit_id"] for v in facts["visits"]}]
    nobody = sum(one["best"] == "nobody seen" for one in facts["associations"])
    outside = sum(one["best"] == "outside coverage" for one in facts["associations"])
    hours = sum(clip["duration_s"] for clip in facts["clips"]) / 60
    lines = [write("line_footage", clips=len(facts["clips"]), minutes=f"{hours:.1f}", visits=len(facts["visits"]))]
    lines.append(_clock_line(facts, write))
    lines.append(write("line_clockins", all=_kept(facts), seen=len(seen), nobody=nobody, outside=outside))
    found = fd2(facts)
    told = "; ".join(f"{one['visit_ids'][0]} ({', '.join(one['employees'])})" for one in found)
    lines.append(write("line_fd2", count=len(found), told=told) if found else write("line_fd2_none"))
    lines.append(write("line_open"))
    return lines


def _kept(facts: Facts) -> int:
    return sum(int(one["kept"]) for one in facts["records"])


def _clock_line(facts: Facts, write: Writer) -> str:
    clock = facts["clock"]
    if not clock["determinable"]:
        return write("line_clock_none", why=write.code("reason", clock["reason"] or "nothing_to_align"))
    if clock["terminal_minus_camera_s"] is None:
        return write("line_clock_media")
    low, high = clock["interval_s"]
    return write(
        "line_clock", offset=f"{clock['terminal_minus_camera_s']:+.1f}", low=f"{low:+.1f}", high=f"{high:+.1f}"
    )


def _summary(facts: Facts, write: Writer) -> tuple[Block, ...]:
    found = fd2(facts)
    blocks: list[Block] = [Paragraph(write(ladder(facts)), "note"), Points(tuple(summary_lines(facts, write)))]
    for finding in found:
        blocks.append(
            Paragraph(
                write(
                    "summary_fd2",
                    finding=finding["finding_id"],
                    visit=finding["visit_ids"][0],
                    ids=", ".join(finding["employees"]),
                    words=write(f"words_{finding['headline']['words']}"),
                    rival=_rival_name(finding["headline"]["rival"], write),
                    ref=at(finding["frames"][0]["exhibit_id"], finding["frames"][0]["media_s"]),
                )
            )
        )
    blocks.append(Paragraph(write("summary_else")))
    blocks.append(Paragraph(write("summary_next")))
    return tuple(blocks)


def _rival_name(name: str | None, write: Writer) -> str:
    return "–" if name is None else write(f"rival_{name}")


def _mandate(facts: Facts, write: Writer) -> tuple[Block, ...]:
    return (
        Paragraph(write("mandate_purpose", purpose=facts["purpose"])),
        Paragraph(write("mandate_basis", basis=facts["basis"])),
        Paragraph(write("mandate_question")),
        Paragraph(write("mandate_reviewers"), "note"),
    )


def _exhibits(facts: Facts, write: Writer) -> tuple[Block, ...]:
    columns = tuple(write(f"col_{name}") for name in ("exhibit", "kind", "size", "received", "sha256"))
    rows = tuple(
        (one["exhibit_id"], write(f"kind_{one['kind']}"), f"{one['size_bytes']:,}", one["received_at"], one["sha256"])
        for one in facts["exhibits"]
    )
    custody = facts["custody"]
    blocks: list[Block] = [Grid(write("cap_exhibits"), columns, rows, mono=(4,))]
    blocks.append(Paragraph(write("custody_line", rows=custody["journal_rows"], head=custody["journal_head"])))
    blocks.append(Paragraph(write("custody_limit"), "note"))
    odd = [f"[{one['exhibit_id']}] {write.code('odd', one['code'], one['facts'])}" for one in facts["integrity"]]
    if odd:
        blocks.append(Paragraph(write("odd_lead")))
        blocks.append(Points(tuple(odd)))
    else:
        blocks.append(Paragraph(write("odd_none")))
    return tuple(blocks)


def _footage(facts: Facts, write: Writer) -> tuple[Block, ...]:
    if not facts["clips"]:
        return (Paragraph(write("no_footage"), "note"),)
    names = ("exhibit", "format", "picture", "duration", "frames", "decoded", "probed", "skipped", "gaps")
    rows = tuple(
        (
            clip["exhibit_id"],
            f"{clip['container']} / {clip['codec']}, {clip['rate_mode']}",
            f"{clip['width_px']} x {clip['height_px']}",
            f"{clip['duration_s']:.1f} s",
            f"{clip['frames_present']}" + (f" / {clip['frames_stated']}" if clip["frames_stated"] else ""),
            *(f"{clip['examined'][how]:.1f} s" for how in ("decoded_s", "probed_s", "skipped_s")),
            str(len(clip["gaps"])),
        )
        for clip in facts["clips"]
    )
    blocks: list[Block] = [Grid(write("cap_footage"), tuple(write(f"col_{name}") for name in names), rows)]
    for clip in facts["clips"]:
        if clip["examined"]["probed_s"] > 0:
            shortest = f"{clip['keyframe_interval_s']:.1f}"
            blocks.append(Paragraph(write("guarantee", exhibit=clip["exhibit_id"], shortest=shortest)))
    for zone in facts["zones"]:
        key = "zone_proposed" if zone["basis"] == "proposed" else "zone_stated"
        empty = ", ".join(f"{a:.1f}–{b:.1f} s" for a, b in zone["empty_media_s"])
        blocks.append(
            Paragraph(write(key, exhibit=zone["exhibit_id"], empty=empty), "warning" if "proposed" in key else "plain")
        )
        if not zone["terminal_fully_in_view"]:
            blocks.append(Paragraph(write("zone_view_open", exhibit=zone["exhibit_id"]), "note"))
    blocks.append(Paragraph(write("selection"), "note"))
    return tuple(blocks)


def _time(facts: Facts, write: Writer) -> tuple[Block, ...]:
    clock = facts["clock"]
    blocks: list[Block] = [Paragraph(_clock_line(facts, write), "plain" if clock["determinable"] else "warning")]
    rows = []
    for each in clock["each"]:
        for anchor in each["anchors"]:
            rows.append(
                (
                    each["device_id"],
                    each["exhibit_id"],
                    str(anchor["row"]),
                    f"{anchor['residual_s']:+.2f} s",
                    f"{anchor['sd_s']:.2f} s",
                )
            )
    if rows:
        columns = tuple(write(f"col_{name}") for name in ("device", "exhibit", "anchor_row", "residual", "uncertainty"))
        blocks.append(Grid(write("cap_anchors"), columns, tuple(rows)))
    if clock["determinable"]:
        blocks.append(Paragraph(write("clock_written"), "note"))
        if any(each["zone_basis"] not in (None, "stated") for each in clock["each"]):
            blocks.append(Paragraph(write("clock_zone_assumed"), "note"))
    else:
        blocks.append(Paragraph(write("clock_help")))
    return tuple(blocks)


def _records(facts: Facts, write: Writer) -> tuple[Block, ...]:
    if not facts["records"]:
        return (Paragraph(write("no_records"), "note"),)
    names = ("exhibit", "format", "encoding", "rows", "parsed", "rejected", "non_record", "precision")
    rows = tuple(
        (
            one["exhibit_id"], one["format"], one["encoding"], str(one["rows_source"]), str(one["rows_parsed"]),
            str(one["rows_rejected"]), str(one["rows_non_record"]), f"{one['precision_s']:g} s",
        )
        for one in facts["records"]
    )  # fmt: skip
    blocks: list[Block] = [Grid(write("cap_records"), tuple(write(f"col_{name}") for name in names), rows)]
    if any((one["precision_s"] or 0) >= 60 for one in facts["records"]):
        blocks.append(Paragraph(write("minute_records"), "warning"))
    return tuple(blocks)


def _visits(facts: Facts, write: Writer) -> tuple[Block, ...]:
    if not facts["visits"]:
        return (Paragraph(write("no_visits"), "note"),)
    risk = {visit: one["continuity_risk"] for one in facts["presenters"] for visit in one["visit_ids"]}
    blocks: list[Block] = []
    for clip in facts["clips"]:
        if any(visit["exhibit_id"] == clip["exhibit_id"] for visit in facts["visits"]):
            picture = figures.timeline(facts, clip["exhibit_id"])
            blocks.append(
                Picture(
                    picture,
                    write("alt_timeline", exhibit=clip["exhibit_id"]),
                    write("cap_timeline", exhibit=clip["exhibit_id"]),
                )
            )
    names = ("visit", "presenter", "reference", "from", "to", "length", "companion", "risk")
    rows = tuple(
        (
            one["visit_id"],
            one["presenter_id"],
            at(one["exhibit_id"], one["from_s"]),
            seconds(one["from_s"]) + (" *" if one["open_start"] else ""),
            seconds(one["to_s"]) + (" *" if one["open_end"] else ""),
            seconds(one["to_s"] - one["from_s"]),
            write(f"companion_{one['companion']}"),
            "–" if risk.get(one["visit_id"]) is None else f"{risk[one['visit_id']]:.3f}",
        )
        for one in facts["visits"]
    )
    blocks.append(Grid(write("cap_visits"), tuple(write(f"col_{name}") for name in names), rows))
    blocks.append(Paragraph(write("visits_limit"), "note"))
    return tuple(blocks)


def _clockins(facts: Facts, write: Writer) -> tuple[Block, ...]:
    if not facts["associations"]:
        return (Paragraph(write("no_associations"), "note"),)
    names = ("employee", "stamped", "row", "media", "best", "p", "second", "p_nobody", "p_outside")
    rows = []
    for one in facts["associations"]:
        shares = one["probabilities"]
        rest = sorted(((p, name) for name, p in shares.items() if name != one["best"]), reverse=True)
        second = f"{_outcome(rest[0][1], write)} {rest[0][0]:.3f}" if rest and rest[0][0] >= 0.0005 else "–"
        rows.append(
            (
                one["employee_id"],
                one["stamped_text"],
                f"{one['exhibit_id']} / {one['row']}",
                seconds(one["media_s"]),
                _outcome(one["best"], write),
                f"{shares[one['best']]:.3f}",
                second,
                f"{shares.get('nobody seen', 0.0):.3f}",
                f"{shares.get('outside coverage', 0.0):.3f}",
            )
        )
    grid = Grid(write("cap_clockins"), tuple(write(f"col_{name}") for name in names), tuple(rows))
    return (Paragraph(write("clockins_lead")), grid, Paragraph(write("clockins_limit"), "note"))


def _outcome(name: str, write: Writer) -> str:
    return (
        write("nobody_seen")
        if name == "nobody seen"
        else write("outside_coverage")
        if name == "outside coverage"
        else name
    )


def _counts(facts: Facts, write: Writer) -> tuple[Block, ...]:
    counts = facts["counts"]

    def span(one: Facts | None) -> str:
        if one is None:
            return write("count_unknown")
        high = write("count_no_upper") if one["high"] is None else str(one["high"])
        return write("count_span", low=one["low"], high=high)

    rows = (
        (write("count_identities"), span(counts["identities_used"]), write("count_identities_why")),
        (write("count_presenters"), span(counts["presenters"]), write("count_presenters_why")),
        (write("count_knowing"), write("count_not_determinable"), write("count_knowing_why")),
    )
    return (Grid(write("cap_counts"), tuple(write(f"col_{name}") for name in ("what", "bounds", "basis")), rows),)


def _alternatives(write: Writer) -> tuple[Block, ...]:
    return (Paragraph(write("alternatives_lead")), Points(tuple(write(f"alternative_{k}") for k in range(1, 11))))


def _cannot(facts: Facts, write: Writer) -> tuple[Block, ...]:
    told = []
    for one in facts["not_assessable"]:
        told.append(f"{write.code('what', one['what'])}: {write.code('why', one['why'], one['facts'])}")
    return (Points(tuple(told)),) if told else (Paragraph(write("cannot_none")),)


def _methods(facts: Facts, write: Writer) -> tuple[Block, ...]:
    return (
        Paragraph(write("method_version", version=facts["tool"]["version"])),
        Points(tuple(write(f"method_{k}") for k in range(1, 7))),
        Paragraph(write("method_errors")),
        Paragraph(write("method_processing"), "note"),
    )


def _statements(facts: Facts, write: Writer) -> tuple[Block, ...]:
    return (Points(tuple(write(f"statement_{k}") for k in range(1, 12))),)


def _scale(write: Writer) -> tuple[Block, ...]:
    levels = ("no_support", "weak", "moderate", "moderately_strong", "strong", "very_strong", "extremely_strong")
    rows = tuple((write(f"band_{name}"), write(f"words_{name}")) for name in levels)
    glossary = tuple(write(f"glossary_{k}") for k in range(1, 9))
    return (
        Paragraph(write("scale_lead")),
        Grid(write("cap_scale"), (write("col_ratio"), write("col_words")), rows),
        Points(glossary),
    )
