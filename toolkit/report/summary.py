"""The first page: what was asked and found, how strong it is, what else could explain it, what is open."""

from __future__ import annotations

from toolkit.analysis.statements.ladder import Material, rung
from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE
from toolkit.report.blocks import Answers, Block, Paragraph
from toolkit.report.writer import Facts, Writer, at, at_least, refs

# Gaps in the material that change what may be said, in the order in which they are told.
WEIGHTY = (
    "no_footage", "no_records", "no_zone", "no_empty_place", "plate_not_empty", "plate_needs_frames", "zone_is_empty",
    "clock_ins_not_examined", "clock_ins_frames_lost", "clock_ins_near_step", "offset_not_determinable",
    "minute_precision",
)  # fmt: skip

REJECTED, UNTOUCHED = "rejected", ("candidate", "lead", "information")
NO_PLACE = ("no_zone", "no_empty_place", "plate_not_empty", "plate_needs_frames", "zone_is_empty")
SURE = 0.9  # probability of a visit from which on a clock-in is counted as surely placed there
LEAST_UNSEEN_MIN = 0.05  # footage is told in tenths of a minute


def one_body(facts: Facts) -> list[Facts]:
    """The FD2 findings that nobody rejected."""
    return [one for one in facts["findings"] if one["code"] == "FD2" and one["state"] != REJECTED]


def rejected(facts: Facts) -> bool:
    """Whether people rejected all FD2 findings that there were."""
    return not one_body(facts) and any(one["code"] == "FD2" for one in facts["findings"])


def events(facts: Facts) -> list[Facts]:
    """Clock-ins without the rows of the records that repeat one."""
    return [one for one in facts["associations"] if one["same_as"] is None]


def examined(facts: Facts) -> bool:
    """Whether any footage was looked through."""
    return any(clip["examined"]["decoded_s"] + clip["examined"]["probed_s"] > 0 for clip in facts["clips"])


def ladder(facts: Facts) -> str:
    """Code of the decision line (:mod:`toolkit.analysis.statements.ladder`)."""
    identities, presenters = (facts["counts"][name] or {} for name in ("identities_used", "presenters"))
    material = Material(
        clips=bool(facts["clips"]),
        examined=examined(facts),
        records=bool(facts["records"]),
        associated=bool(facts["associations"]),
        visits=bool(facts["visits"]),
        identities=identities.get("low"),
        presenters=presenters.get("low"),
    )
    return rung(material, facts["findings"])


def _ladder_line(facts: Facts, write: Writer) -> str:
    identities, presenters = (facts["counts"][name] or {} for name in ("identities_used", "presenters"))
    return write(
        ladder(facts), count=len(one_body(facts)), ids=identities.get("low") or 0, bodies=presenters.get("low") or 1
    )


def summary_lines(facts: Facts, write: Writer) -> list[str]:
    """Five plain lines: footage, clock, clock-ins, findings, what is open."""
    return [_footage_line(facts, write), clock_line(facts, write), _clockins_line(facts, write),
            _found_line(facts, write), _open_line(facts, write)]  # fmt: skip


def masks(facts: Facts) -> list[Facts]:
    """The findings that a presentation may have been an artefact and that nobody rejected."""
    return [one for one in facts["findings"] if one["code"] == "FD1" and one["state"] != REJECTED]


def _open_line(facts: Facts, write: Writer) -> str:
    if facts["decisions"]:
        named = _named(facts) or write("named_none")
        return write("line_open_decided", count=len(facts["decisions"]), named=named)
    return write("line_open_mask", count=len(masks(facts))) if masks(facts) else write("line_open")


def _footage_line(facts: Facts, write: Writer) -> str:
    if not facts["clips"]:
        return write("line_footage_none")
    minutes = sum(clip["duration_s"] for clip in facts["clips"]) / 60
    told = {"clips": len(facts["clips"]), "minutes": f"{minutes:.1f}"}
    if not examined(facts):
        return write("line_footage_unseen", **told)
    seen = sum(clip["examined"]["decoded_s"] + clip["examined"]["probed_s"] for clip in facts["clips"]) / 60
    if seen < minutes - LEAST_UNSEEN_MIN:
        return write("line_footage_part", visits=len(facts["visits"]), seen=f"{seen:.1f}", **told)
    return write("line_footage", visits=len(facts["visits"]), **told)


def clock_line(facts: Facts, write: Writer) -> str:
    """The terminal's clock in one sentence."""
    clock = facts["clock"]
    if not clock["determinable"]:
        return write("line_clock_none", why=write.code("reason", clock["reason"] or "nothing_to_align"))
    if clock["terminal_minus_camera_s"] is None or clock["interval_s"] is None:
        first = next((one for one in clock["each"] if one["determinable"]), None)
        return write(direct("line_clock_media", first))
    low, high = clock["interval_s"]
    return write(
        "line_clock", offset=f"{clock['terminal_minus_camera_s']:+.1f}", low=f"{low:+.1f}", high=f"{high:+.1f}"
    )


def direct(key: str, each: Facts | None) -> str:
    """Key of the sentence why an offset is not stated though the clock is known on the clip's own time."""
    return f"{key}_zone" if each is not None and each["camera_clock"] == "stated" else key


def _clockins_line(facts: Facts, write: Writer) -> str:
    repeated = sum(one["repeated"] for one in facts["records"])
    kept = sum(one["kept"] for one in facts["records"]) - repeated
    told = _events_line(facts, kept, write)
    return write.told([told, write("line_repeated", count=repeated)]) if repeated else told


def _events_line(facts: Facts, kept: int, write: Writer) -> str:
    if not facts["records"]:
        return write("line_clockins_none")
    if not facts["associations"]:
        return write("line_clockins_untimed", all=kept)
    visits = {one["visit_id"] for one in facts["visits"]}
    best = [one["best"] for one in events(facts)]
    sure = sum(one["best"] in visits and one["probabilities"][one["best"]] >= SURE for one in events(facts))
    unseen = sum(one["facts"]["clock_ins"] for one in facts["not_assessable"] if one["what"] == "clock_ins")
    told = [
        write(
            "line_clockins",
            all=kept,
            seen=sum(one in visits for one in best),
            sure=sure,
            share=SURE,
            nobody=best.count(NOBODY_SEEN),
            outside=best.count(OUTSIDE_COVERAGE),
        ),
        *([write("line_clockins_unseen", count=unseen)] if unseen else []),
    ]
    return write.told(told)


def _found_line(facts: Facts, write: Writer) -> str:
    found = one_body(facts)
    if found:
        told = "; ".join(f"{one['visit_ids'][0]} ({', '.join(one['employees'])})" for one in found)
        return write("line_fd2", count=len(found), told=told)
    if rejected(facts):
        return write("line_fd2_rejected")
    return write("line_fd2_none" if facts["associations"] and examined(facts) else "line_fd2_not_searched")


def summary(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """The one-page summary in plain words."""
    every = refs(one["exhibit_id"] for one in facts["exhibits"])
    # Findings are told one by one; the line that counts them would say them twice.
    lines = summary_lines(facts, write)[: 3 if one_body(facts) else 4]
    told = [f"{line} {_line_refs(facts, number)}".rstrip() for number, line in enumerate(lines)]
    answers = (
        ("asked", (write("summary_asked", refs=every),)),
        ("found", (*told, *(_finding_line(one, write) for one in one_body(facts)), *_others(facts, write),
                   *_decided(facts, write))),
        ("strong", _strength(facts, write)),
        ("else", _rivals(facts, write)),
        ("cannot", _cannot(facts, write)),
        ("next", _next(facts, write)),
    )  # fmt: skip
    items = tuple((write(f"question_{name}"), sentences) for name, sentences in answers)
    return (Paragraph(_ladder_line(facts, write), "lead"), Answers(items))


def _line_refs(facts: Facts, number: int) -> str:
    clips = [clip["exhibit_id"] for clip in facts["clips"]]
    records = [one["exhibit_id"] for one in facts["records"]]
    anchors = [one["exhibit_id"] for one in facts["exhibits"] if one["kind"] == "anchors"]
    return refs((clips, clips + anchors, records, clips if one_body(facts) else [])[number])


def _finding_line(finding: Facts, write: Writer) -> str:
    first = finding["frames"][0] if finding["frames"] else None
    return write(
        "summary_fd2",
        finding=finding["finding_id"],
        visit=", ".join(finding["visit_ids"]),
        ids=", ".join(finding["employees"]),
        ref=at(first["exhibit_id"], first["media_s"]) if first else "",
    ).rstrip()


def _others(facts: Facts, write: Writer) -> tuple[str, ...]:
    """A line for each finding of another kind, so that nothing on a card is missing here."""
    kinds: dict[str, list[Facts]] = {}
    for one in facts["findings"]:
        if one["code"] not in ("FD2", "FD6", "FD10") and one["state"] in UNTOUCHED:  # FD6 stands in no summary
            # What is said of one of these alone is more than of which visits it is.
            kinds.setdefault(one["finding_id"] if one["code"] in ("FD5", "FD9") else one["code"], []).append(one)
    return tuple(_other(some, facts, write) for some in kinds.values())


def _other(some: list[Facts], facts: Facts, write: Writer) -> str:
    one = some[0]
    title = write.code("finding", one["code"])
    if one["code"] == "FD9":
        return write("summary_exculpatory", count=len(facts["exculpatory"]), finding=one["finding_id"])
    if one["code"] == "FD5":
        ids, state = ", ".join(one["employees"]), write.code("state", one["state"])
        return write("summary_fd5", finding=one["finding_id"], title=title, ids=ids, day=one["sensitivity"]["day"],
                     state=state)  # fmt: skip
    told = [
        write("summary_one", finding=each["finding_id"], visits=write("and_so_on").join(each["visit_ids"]))
        for each in some
    ]
    rated = [each["finding_id"] for each in some if (each["headline"] or {}).get("rival") is not None]
    strength = write("summary_rated", findings=write("and_so_on").join(rated)) if rated else write("summary_unrated")
    return write("summary_other", title=title, findings=write("and_so_on").join(told), strength=strength)


def _decided(facts: Facts, write: Writer) -> tuple[str, ...]:
    """The findings whose state people changed, and the ids that meet the naming rule."""
    ids = _named(facts)
    told = tuple(
        write(
            "summary_decided", finding=one["finding_id"], title=write.code("finding", one["code"]),
            visits="".join(f" {name}" for name in one["visit_ids"]), state=write.code("state", one["state"]),
        )
        for one in facts["findings"]
        if one["state"] not in UNTOUCHED
    )  # fmt: skip
    return (*told, write("summary_named", ids=ids)) if ids else told


def _named(facts: Facts) -> str:
    return ", ".join(one["employee_id"] for one in facts["identities"] if one["meets_rule"])


def _strength(facts: Facts, write: Writer) -> tuple[str, ...]:
    found = one_body(facts)
    if not found:
        return (write("summary_strong_none"),)
    told = []
    for finding in found:
        top = finding["headline"]
        if top.get("rival") is None:
            told.append(write("summary_strong_no_ratio", finding=finding["finding_id"]))
            continue
        told.append(
            write(
                "summary_strong",
                finding=finding["finding_id"],
                words=write.code("words", top["words"]),
                rival=write.code("rival", top["rival"]),
                low=at_least((top.get("interval") or [None])[0]),
            )
        )
    return (*told, write("summary_strong_limit"))


def _rivals(facts: Facts, write: Writer) -> tuple[str, ...]:
    names = {
        rival["name"] for finding in one_body(facts) for rival in finding["rivals"] if rival.get("lower_log10") is None
    }
    open_ones = (write("summary_else_open", rivals=write.names("rival", sorted(names))),) if names else ()
    return (*open_ones, write("summary_else_decided" if facts["decisions"] else "summary_else"))


def _cannot(facts: Facts, write: Writer) -> tuple[str, ...]:
    """What is missing that matters most, then what footage can never show."""
    missing = sorted(
        (one for one in facts["not_assessable"] if one["why"] in WEIGHTY), key=lambda one: WEIGHTY.index(one["why"])
    )
    told = [
        write("sentence", what=write.code("what", one["what"]), told=write.code("why", one["why"], one["facts"]))
        for one in missing[:4]
    ]
    unmasked = () if masks(facts) else (write("summary_cannot_mask"),)
    return (*told, *unmasked, write("summary_cannot"))


def _next(facts: Facts, write: Writer) -> tuple[str, ...]:
    steps = [
        ("next_footage", bool(facts["records"]) and not facts["clips"]),
        ("next_records", bool(facts["clips"]) and not facts["records"]),
        ("next_zone", any(one["why"] in NO_PLACE for one in facts["not_assessable"])),
        ("next_undamaged", any(clip["lost_s"] > 0 for clip in facts["clips"])),
        ("next_confirm_zone", any(zone["basis"] == "proposed" for zone in facts["zones"])),
        ("next_anchors", bool(facts["records"] and facts["clips"]) and not facts["clock"]["determinable"]),
        ("next_day", any(one["reason"] == "day_to_confirm" for one in facts["clock"]["each"])),
        ("next_frames", bool(one_body(facts))),
        ("next_log", bool(one_body(facts))),
        ("next_context", not any(one["machine_read"] for one in facts["context_used"])),
        ("next_hear", True),
    ]
    return tuple(write(key) for key, wanted in steps if wanted)
