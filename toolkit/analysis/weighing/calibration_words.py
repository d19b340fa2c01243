"""What a calibration says, in sentences: the number first, then what limits it, then what it does not say.

Lower bounds are rounded down and upper ones up, so that no sentence states more
than was computed. Sentences lie in ``locale/<language>/calibration.json``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from toolkit.analysis.calibration import LEAST_AREA, OUTSIDE, NotCalibrated, SiteRatio
from toolkit.analysis.statements.fd1_rivals import LIVE, Fd1
from toolkit.analysis.strength import Rival
from toolkit.analysis.weighing.calibration_checks import Rank, Validity
from toolkit.analysis.weighing.site_controls import Need
from toolkit.language import text

FIGURES = 2  # significant figures of a stated ratio
IN_OUTSIDE: dict[str, str] = {reason: what for what, reason in OUTSIDE.items()}


def sentences(told: SiteRatio | NotCalibrated, language: str | None = None) -> list[str]:
    """What may be said of a presentation against a live, uncovered face, in order, in one language."""
    said = _refused(told, language) if isinstance(told, NotCalibrated) else _stated(told, language)
    return [*said, _say("always", language)] if isinstance(told, SiteRatio) else said


def rival_sentences(fd1: Fd1, language: str | None = None) -> list[str]:
    """Who the readings were not compared with, what that may take away, and who was set aside, for both parts."""
    said = []
    for part, rivals, headline in (
        ("object", fd1.object_rivals, fd1.object_headline),
        ("paper", fd1.paper_rivals, fd1.paper_headline),
    ):
        said.append(_say(f"part_{part}", language))
        blank = [one for one in rivals if one.lower_log10 is None and one.name != LIVE]
        names = _listed((_name(one, language) for one in blank), language)
        said.append(_say("not_compared", language, rivals=names))
        said.append(_say("ceiling", language))
        said += [_set_aside(one, language) for one in rivals if "set_aside" in one.detail]
        if headline["conditional"]:
            said.append(_say("conditional", language))
    return said


def _say(entry: str, language: str | None, **fields: Any) -> str:
    return text(f"calibration.{entry}", language, **fields)


def _listed(parts: Iterable[str], language: str | None) -> str:
    return _say("between", language).join(parts)


def _name(rival: Rival, language: str | None) -> str:
    return _say(f"rival_{rival.name}", language)


def _set_aside(rival: Rival, language: str | None) -> str:
    one = rival.detail["set_aside"]
    fields = {"rival": _name(rival, language), "reviewer": one["set_aside_by"], "reason": one["reason"]}
    if not one["items"]:
        return _say("set_aside_untested", language, **fields)
    told = {"misses": one["misses"], "items": one["items"], "factor": rounded_down(one["factor"])}
    return _say("set_aside", language, **fields, **told)


def _refused(told: NotCalibrated, language: str | None) -> list[str]:
    """The reason, what is short, and where the case stands among the controls."""
    fields: dict[str, Any] = {}
    reason: str = told.reason
    if told.reason in IN_OUTSIDE and told.validity is not None:
        reason, fields = _outside(told.reason, told.validity, language)
    elif told.drift is not None and told.reason == "conditions_differ":
        fields = {"shift": f"{told.drift.shift_sd:+.2f}"}
    said = [_say(reason, language, **fields)]
    if told.reason == "too_few" and told.unlocks is not None:
        said += [_need(one, language) for one in told.unlocks.needs]
    return said + ([] if told.rank is None else _ranked(told.rank, language))


def _outside(reason: str, validity: Validity, language: str | None) -> tuple[str, dict[str, Any]]:
    what = IN_OUTSIDE[reason]
    ends = {"scale": validity.px_per_m, "pitch": validity.pitch_deg}.get(what)
    if (ends is not None and ends[0] > ends[1]) or (what == "codec" and not validity.codecs):
        return "sides_apart", {"what": _say(f"what_{what}", language)}
    if ends is None:
        return reason, {"codecs": _listed(validity.codecs or (), language)}
    return reason, {"low": f"{ends[0]:.0f}", "high": f"{ends[1]:.0f}"}


def _need(need: Need, language: str | None) -> str:
    what = text(f"controls.need_{need.what}", language)
    return _say("need", language, what=what, have=rounded_down(need.have), need=f"{need.need:g}")


def _ranked(rank: Rank, language: str | None) -> list[str]:
    if not rank.live:
        return []
    entry = "rank_all" if rank.below == rank.live else "rank"
    fields = {"live": rank.live, "people": rank.people} | ({} if entry == "rank_all" else {"below": rank.below})
    own = [_say("rank_own", language, own=rank.own, below=rank.own_below)] if rank.own else []
    return [_say(entry, language, **fields), *own]


def _stated(told: SiteRatio, language: str | None) -> list[str]:
    said = [_ratio(told, language)]
    said += [_say("capped", language, cap=rounded_down(10**told.cap_log10))] if told.capped else []
    said += [_say("beyond", language)] if told.beyond_controls else []
    said += _kinds(told, language)
    said += _limits(told, language)
    return said + _ranked(told.rank, language)


def _ratio(told: SiteRatio, language: str | None) -> str:
    """The first sentence."""
    if told.direction == "neither":
        low, high = rounded_down(10**told.lower_log10), rounded_up(10**told.upper_log10)
        return _say("neither", language, low=low, high=high)
    words, unlocks = _say(f"support_{told.words}", language), told.unlocks
    if told.direction == "print":
        return _say(
            "for_print", language, low=rounded_down(10**told.lower_log10), point=rounded_down(10**told.point_log10),
            n_eff=rounded_down(unlocks.live_effective), people=unlocks.people, days=unlocks.live_days, words=words,
        )  # fmt: skip
    return _say(
        "for_live", language, low=rounded_down(10**-told.upper_log10), point=rounded_down(10**-told.point_log10),
        n_eff=rounded_down(told.mirror_effective), prints=unlocks.prints, days=unlocks.print_days, words=words,
    )  # fmt: skip


def _kinds(told: SiteRatio, language: str | None) -> list[str]:
    """What the number rests on."""
    said = []
    if told.on_one_kind:
        said.append(_say("one_kind", language))
    elif told.without_strongest_log10 is not None:
        said.append(_say("several_kinds", language, low=rounded_down(10**told.without_strongest_log10)))
    said += [_say("merged", language, cues=_listed(kind, language)) for kind in told.merged]
    said += [_say("hidden", language, cues=_listed(told.hidden, language))] if told.hidden else []
    return said + ([_say("left_out", language, count=told.left_out)] if told.left_out else [])


def _limits(told: SiteRatio, language: str | None) -> list[str]:
    """What is not known of light and place, and how well the score parts the controls."""
    said = [_drift(told, language)]
    said += [_say("shifted", language, shift=f"{told.shift_sd:g}")] if told.shift_sd else []
    if told.quality.area < LEAST_AREA:
        said.append(_say("area_low", language, area=f"{told.quality.area:.3f}", least=f"{LEAST_AREA:g}"))
    unknown = [_say(f"what_{what}", language) for what in told.validity.unchecked]
    return said + ([_say("unchecked", language, what=_listed(unknown, language))] if unknown else [])


def _drift(told: SiteRatio, language: str | None) -> str:
    seen = told.drift
    if seen is None:
        return _say("drift_untested", language)
    return _say("drift_seen", language, shown=seen.presentations, people=seen.people, shift=f"{seen.shift_sd:+.2f}")


def rounded_down(value: float) -> str:
    """Two figures, never more than the value (positive; 0 below a hundredth)."""
    return _rounded(value, math.floor)


def rounded_up(value: float) -> str:
    """Two figures, never less than the value."""
    return _rounded(value, math.ceil)


def _rounded(value: float, towards: Callable[[float], int]) -> str:
    if value <= 0:
        return "0"
    step = 10.0 ** max(math.floor(math.log10(value)) - FIGURES + 1, -FIGURES)
    # A value that stands on a step but for the arithmetic (10 ** log10 of it) is on the step.
    return f"{towards(round(value / step, 9)) * step:.10g}"
