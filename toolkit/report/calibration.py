"""What presentations were weighed by: how a site's controls part, where they were recorded, each one's place."""

from __future__ import annotations

import base64

from toolkit.analysis.weighing.calibration_words import rounded_down, rounded_up
from toolkit.language import text
from toolkit.report.blocks import Block, Grid, Paragraph, Picture, Points, Still, Strip
from toolkit.report.calibration_chart import tippett_chart
from toolkit.report.writer import Facts, Writer, at_least, ratio

SIGNS = ("live", "print", "place")
MOST_NAMED = 12
NO_RATIO = ("none", "checked")  # levels of controls that carry none


def calibration(facts: Facts, write: Writer) -> list[Block]:
    """One part for each set of controls, and an empty place for what could not be weighed at all."""
    blocks = [block for one in facts["calibrations"] for block in _one(one, write)]
    weighed = {one["presentation_id"] for told in facts["calibrations"] for one in told["weighed"]}
    left: dict[str, list[str]] = {}
    for one in facts["presentations"]:
        told = one["assessment"]
        if told is not None and told["reason"] is not None and one["presentation_id"] not in weighed:
            left.setdefault(told["reason"], []).append(one["presentation_id"])
    blocks += [_empty(ids, reason, [], write) for reason, ids in sorted(left.items())]
    return [Paragraph(write("cal_lead")), *blocks] if blocks else []


def _one(told: Facts, write: Writer) -> list[Block]:
    weighed = [one for one in told["weighed"] if one["ratio"]]
    without = [one for one in told["weighed"] if not one["ratio"]]
    blocks: list[Block] = []
    if weighed:
        blocks.append(_chart(told, weighed, write))
        blocks.append(_places(weighed, write))
    for reason in sorted({one["reason"] for one in without}):
        blocks.append(_not_calibrated(told, [one for one in without if one["reason"] == reason], reason, write))
    return [*blocks, Points(_controls(told, write), write("cal_controls"))]


def _chart(told: Facts, weighed: list[Facts], write: Writer) -> Picture:
    places = [
        (one["presentation_id"], one["lower_log10"], one["log10_lr"], one["upper_log10"])
        for one in weighed
    ]  # fmt: skip
    source = base64.b64encode(tippett_chart(told["tippett"], places).encode()).decode()
    caption = write(
        "cap_tippett",
        live=told["live"], people=told["people"], shown=told["prints_shown"], prints=told["prints"],
        area=f"{told['area']:.3f}", cllr=f"{told['cllr']:.2f}",
    )  # fmt: skip
    legend = tuple((sign, write(f"sign_cal_{sign}")) for sign in SIGNS)
    return Picture(f"data:image/svg+xml;base64,{source}", write("alt_tippett"), caption, legend, small=True)


def _places(weighed: list[Facts], write: Writer) -> Grid:
    """Each presentation's score, its ratio with both bounds, and what is not known of it."""
    rows = tuple(
        (
            one["presentation_id"],
            f"{one['score']:.2f}" + (" *" if one["beyond_controls"] else ""),
            at_least(one["lower_log10"]),
            ratio(one["log10_lr"]),
            rounded_up(10 ** one["upper_log10"]),
            _drift(one, write),
        )
        for one in weighed
    )
    columns = tuple(
        write(f"col_{name}") for name in ("presentation", "score", "at_least", "point", "at_most", "light_drift")
    )
    return Grid(write("cap_places"), columns, rows, numeric=(1, 2, 3, 4))


def _drift(one: Facts, write: Writer) -> str:
    if one["drift"] is None:
        return write("cal_drift_untested", shift=f"{one['shift_sd']:g}")
    return write("cal_drift", people=one["drift"]["people"], seen=f"{one['drift']['shift_sd']:+.2f}")


def _not_calibrated(told: Facts, without: list[Facts], reason: str, write: Writer) -> Strip:
    return _empty([one["presentation_id"] for one in without], reason, _needs(told, reason, write), write)


def _empty(ids: list[str], reason: str, needs: list[str], write: Writer) -> Strip:
    """An empty chart: a ratio that is not there is drawn as not there."""
    named = ", ".join(ids[:MOST_NAMED]) + (f" … ({len(ids)})" if len(ids) > MOST_NAMED else "")
    why = write("cal_none", ids=named, why=write.code("not_calibrated", reason))
    title = write("cal_none_title")
    return Strip((Still(None, title, title, write.told([why, *needs])),), write("cap_cal_none"), large=True)


def _needs(told: Facts, reason: str, write: Writer) -> list[str]:
    if reason != "too_few":
        return []
    return [
        text(
            "calibration.need", write.language, what=text(f"controls.need_{one['what']}", write.language),
            have=rounded_down(one["have"]), need=f"{one['need']:g}",
        )
        for one in told["needs"]
    ]  # fmt: skip


def _controls(told: Facts, write: Writer) -> tuple[str, ...]:
    """Who and what was recorded, where, and what that can carry at most."""
    counts = write(
        "cal_counts", live=told["live"], people=told["people"], live_days=told["live_days"],
        live_eff=rounded_down(told["live_effective"]), shown=told["prints_shown"], prints=told["prints"],
        printers=told["printers"], print_days=told["print_days"], print_eff=rounded_down(told["prints_effective"]),
    )  # fmt: skip
    entry = "cal_level_without" if told["level"] in NO_RATIO else "cal_level"
    carry = write(entry, level=write.code("cal_level", told["level"]), cap=rounded_down(told["cap"]))
    kinds = [write("cal_kinds", kinds="; ".join(write.names("cue_short", kind) for kind in told["kinds"]))]
    hidden = [write("cal_hidden", cues=write.names("cue_short", told["hidden"]))]
    return (
        counts,
        carry,
        _range(told["px_per_m"], "px", write),
        _range(told["pitch_deg"], "pitch", write),
        write("cal_codec", codecs=", ".join(told["codecs"])) if told["codecs"] else write("cal_codec_unknown"),
        *(kinds if told["kinds"] else []),
        *(hidden if told["hidden"] else []),
    )


def _range(ends: list[float] | None, what: str, write: Writer) -> str:
    """Where both sides were recorded; nobody stated it, or the two sides share no range."""
    if ends is None:
        return write(f"cal_{what}_unknown")
    if ends[0] > ends[1]:
        return write(f"cal_{what}_apart")
    return write(f"cal_{what}", low=f"{ends[0]:.0f}", high=f"{ends[1]:.0f}")
