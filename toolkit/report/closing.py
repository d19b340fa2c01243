"""What frames the findings: counts, standing explanations, what cannot be said, methods, how to read it all."""

from __future__ import annotations

from toolkit.language import text
from toolkit.report.blocks import Block, Grid, Paragraph, Points
from toolkit.report.continuity import continuity_rates
from toolkit.report.summary import examined, one_body
from toolkit.report.writer import Facts, Writer, refs

LEVELS = ("no_support", "weak", "moderate", "moderately_strong", "strong", "very_strong", "extremely_strong")
ALTERNATIVES, METHODS, GLOSSARY, CHANGES = 11, 9, 10, 5


def counts(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Three numbers, never one."""
    told = facts["counts"]
    rows = (
        (write("count_identities"), _identities(told["identities_used"], write), _identities_why(told, write)),
        (write("count_presenters"), _span(told["presenters"], write), _presenters_why(told["presenters"], write)),
        (write("count_knowing"), write("count_not_determinable"), write("count_knowing_why")),
    )
    columns = tuple(write(f"col_{name}") for name in ("what", "bounds", "why"))
    note = write("counts_note", refs=refs(visit["exhibit_id"] for visit in facts["visits"])).rstrip()
    return (Grid(write("cap_counts"), columns, rows), Paragraph(note, "note"))


def _identities(one: Facts | None, write: Writer) -> str:
    """At least, best estimate, interval by the model, and how many could not be assessed."""
    note = (one or {}).get("note", {})
    if one is None or note.get("interval") is None:
        return _span(one, write)
    low, high = note["interval"]
    best = "–".join(str(number) for number in note["best"])
    told = write("count_told", low=one["low"], best=best, interval_low=low, interval_high=high)
    more = note["not_assessed"]
    return f"{told}; {write('count_not_assessed', count=more)}" if more else told


def _identities_why(counted: Facts, write: Writer) -> str:
    """The rule, and what the interval rests on: shared errors and the prior."""
    note = (counted["identities_used"] or {}).get("note", {})
    if note.get("why") != "counted":
        return write("count_identities_why")
    told = [write("count_identities_rule")]
    if note["interval"] is not None:
        rows = write("between_reasons").join(
            write("count_prior", prior=f"{100 * row['prior']:.0f}", low=row["interval"][0], high=row["interval"][1])
            for row in note["priors"]
        )
        told += [write("count_shared", share=f"{100 * note['shared_error']:.0f}"), write("count_priors", rows=rows)]
    return write("between_reasons").join(told)


def _presenters_why(one: Facts | None, write: Writer) -> str:
    note = (one or {}).get("note", {})
    beside = note.get("companions_seen", 0) + note.get("companions_possible", 0)
    told = [write("count_presenters_why")]
    if note.get("not_certified"):
        told.append(write("count_not_certified", count=note["not_certified"], visits=note["visits"]))
    elif beside:
        told.append(write("count_companions", count=beside))
    if note.get("by") == "clique":
        told.append(write("count_by_clique"))
    if note.get("contradictions"):
        told.append(write("count_contradictions", count=note["contradictions"]))
    return write("between_reasons").join(told)


def _span(one: Facts | None, write: Writer) -> str:
    if one is None or one["low"] is None:
        return write("count_unknown")
    high = write("count_no_upper") if one["high"] is None else str(one["high"])
    return write("count_span", low=one["low"], high=high)


def alternatives(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Ordinary explanations that stand in every case of this kind."""
    listed = tuple(write(f"alternative_{k}") for k in range(1, ALTERNATIVES + 1))
    lead = write("alternatives_lead_decided" if facts["decisions"] else "alternatives_lead")
    return (Paragraph(lead), Points(listed))


def cannot(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Rows of ``not_assessable`` in words, with the reason."""
    rows = tuple(
        (write.code("what", one["what"]), write.code("why", one["why"], one["facts"]))
        for one in facts["not_assessable"]
    )
    if not rows:
        return (Paragraph(write("cannot_none")),)
    return (Grid(write("cap_cannot"), (write("col_what"), write("col_why")), rows),)


def methods(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """How it was done, with which version, and what is known of the error rates.

    Without footage no step on it ran: its methods and rates would be read as if it had.
    """
    if not facts["clips"]:
        told = (Paragraph(_version(facts["tool"], write)), *_models(facts["tool"]["models"], write))
        return (*told, Paragraph(write("methods_no_footage"), "note"))
    return (
        Paragraph(_version(facts["tool"], write)),
        Points(tuple(write(f"method_{k}") for k in range(1, METHODS + 1))),
        *_models(facts["tool"]["models"], write),
        Paragraph(write("method_errors")),
        *_cue_rates(facts, write),
        *continuity_rates(facts, write),
        Paragraph(write("method_processing"), "note"),
    )


def _version(tool: Facts, write: Writer) -> str:
    told = [write("method_version", version=tool["version"])]
    return write.told(told if tool["models"] else [*told, write("method_no_model")])


def _models(used: list[Facts], write: Writer) -> tuple[Block, ...]:
    """Trained networks that gave an answer, with hash and licence."""
    if not used:
        return ()
    rows = tuple(
        (one["name"], one["answers"], one["sha256"][:16], one["licence"], one["allowed_use"],
         write("model_tested" if one["tested"] else "model_not_tested"))
        for one in used
    )  # fmt: skip
    columns = tuple(write(f"col_model_{k}") for k in range(1, 7))
    return (Grid(write("cap_models"), columns, rows, mono=(2,)),)


def _unpublished(facts: Facts, tested: Facts, write: Writer) -> list[Block]:
    """Cues whose rates were counted under an earlier rule, and those that were read here and have none."""
    read = {
        one["cue"] for shown in facts.get("presentations", []) for one in shown["readings"] if one["value"] is not None
    }
    told = (("rates_outdated", tested.get("outdated", [])), ("rates_none_for", sorted(read - set(tested["cues"]))))
    return [Paragraph(write(entry, cues=write.names("cue", cues)), "note") for entry, cues in told if cues]


def _cue_rates(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """What each cue got wrong on drawn scenes, kind by kind; which kinds nothing is known of."""
    tested = facts["tested_rates"]
    if tested is None:
        return (Paragraph(write("rates_untested")),)
    rows = tuple(
        (
            write.code("cue_short", row["cue"]),
            text(f"validation.kind_{row['kind']}", write.language),
            text(f"validation.side_{row['side'].replace(' ', '_')}", write.language),
            str(row["presentations"]),
            _share(row["not_assessable"]),
            _share(row["abstained"]),
            *_wrong(row, tested["cues"][row["cue"]]["says"], write),
        )
        for row in tested["pooled"]
    )
    columns = tuple(write(f"col_rates_{k}") for k in range(1, 9))
    told = {"count": tested["presentations"], "people": tested["people"], "geometries": "; ".join(tested["geometries"])}
    blind = "; ".join(text(f"validation.kind_{kind}", write.language) for kind in tested["untested"])
    return (
        Grid(write("cap_rates", **told), columns, rows, numeric=(3, 4, 5, 6, 7)),
        Paragraph(write("rates_note", kinds=blind), "note"),
        *_unpublished(facts, tested, write),
    )


def _wrong(row: Facts, says: list[str], write: Writer) -> tuple[str, str]:
    """Errors; a cue that can say one thing only earns neither praise nor blame by that."""
    if ("artefact" if row["side"] == "bona fide" else "live") not in says:
        return write("rates_cannot_say"), write("rates_cannot_say")
    told, worst = _share(row["wrong_of_all"]), row.get("worst")
    if worst is not None:
        told += write("rates_worst", share=_share(worst["wrong_of_all"]), geometry=worst["geometry"])
    return told, "–" if len(says) == 1 else _share(row["wrong_of_assertive"])


def _share(told: Facts) -> str:
    """A rate in per cent with its interval; a dash without trials."""
    if told["rate"] is None:
        return "–"
    low, high = (100 * edge for edge in told["interval"])
    return f"{100 * told['rate']:.0f} % [{low:.0f}, {high:.0f}]"


def statements(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """The statements that every report of this kind must carry, as far as they apply here."""
    searched = facts["associations"] and examined(facts)
    told = [
        *(write(f"statement_{name}") for name in ("leads", "strength", "rivals")),
        _coverage(facts, write),
        _clock(facts, write),
        write("statement_rates"),
        *([write("statement_searched", visits=len(facts["visits"]))] if searched else []),
        *(write(f"statement_{name}") for name in ("processing", "sheet")),
        *([write("statement_selected")] if facts["clips"] else []),
        *(write(f"statement_{name}") for name in ("missing", "faces")),
        write("statement_reviewed_decided" if facts["decisions"] else "statement_reviewed"),
    ]
    changes = tuple(write(f"change_{k}") for k in range(1, CHANGES + 1))
    return (Points(tuple(told)), Points(changes, write("statement_changes")))


def _coverage(facts: Facts, write: Writer) -> str:
    clips = facts["clips"]
    if not clips:
        return write("statement_no_coverage")
    seen = sum(clip["examined"]["decoded_s"] + clip["examined"]["probed_s"] for clip in clips)
    whole = sum(clip["duration_s"] for clip in clips)
    told = refs(clip["exhibit_id"] for clip in clips)
    return write("statement_coverage", seen=f"{seen / 60:.1f}", whole=f"{whole / 60:.1f}", refs=told)


def _clock(facts: Facts, write: Writer) -> str:
    if not facts["clock"]["determinable"]:
        return write("statement_clock_none")
    sensitive = [one["finding_id"] for one in one_body(facts) if one["sensitivity"].get("time_sensitive")]
    if sensitive:
        return write("statement_clock_sensitive", findings=", ".join(sensitive))
    return write("statement_clock" if one_body(facts) else "statement_clock_stated")


def scale(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """The bands of words, and the glossary."""
    rows = tuple((write(f"band_{name}"), write(f"words_{name}")) for name in LEVELS)
    return (
        Paragraph(write("scale_lead")),
        Grid(write("cap_scale"), (write("col_ratio"), write("col_words")), rows),
        Points(tuple(write(f"glossary_{k}") for k in range(1, GLOSSARY + 1)), write("glossary")),
    )
