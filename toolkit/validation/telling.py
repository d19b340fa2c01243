"""A validation as a page to be read: tables, two charts, and in words what each of them does not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from toolkit.language import text
from toolkit.report.rate_figures import areas_chart, roc_chart
from toolkit.validation.kinds import ATTACK, KINDS
from toolkit.validation.summary import NO_FACE, WRONG, worst

Row = dict[str, Any]
PAGE = "validation.md"
FEW = 5  # size bands with fewer presentations are left to the JSON


def say(key: str, language: str | None = None, **fields: Any) -> str:
    """A sentence of the topic ``validation``."""
    return text(f"validation.{key}", language, **fields)


def write_page(document: Row, folder: Path, *, language: str | None = None) -> Path:
    """Write ``validation.md`` with its charts beside it; the path of the page."""
    for name, svg in charts(document).items():
        (folder / name).write_text(svg, encoding="utf-8", newline="\n")
    page = folder / PAGE
    page.write_text(markdown(document, language=language), encoding="utf-8", newline="\n")
    return page


def charts(document: Row) -> dict[str, str]:
    """File name to SVG: areas and ROC curves of each cue; none where nothing was filmed."""
    panels = [(one, short(one)) for one in document["filmed"]["geometries"]]
    made = {}
    for cue in document["cues"] if document["presentations"] else ():
        areas = [row for row in document["areas"] if row["cue"] == cue]
        made[f"validation-areas-{cue}.svg"] = areas_chart(areas, _attacks(document), panels)
        curves = [row for row in document["curves"] if row["cue"] == cue]
        made[f"validation-roc-{cue}.svg"] = roc_chart(curves, panels)
    return made


def short(geometry: str) -> str:
    """A geometry's name without what is usual."""
    scale, _, rest = geometry.partition(", pitch ")
    angle, *more = rest.split(", ")
    unusual = [one for one in more if one not in ("pinhole", "h264", "crf any")]
    return ", ".join([scale, f"{angle}°", *unusual]) if rest else geometry


def markdown(document: Row, *, pictures: bool = True, language: str | None = None) -> str:
    """The page; ``pictures`` False leaves out the charts, for a terminal."""

    def tell(key: str, **fields: Any) -> str:
        return say(key, language, **fields)

    parts = [f"# {tell('title')}", _opening(document, tell)]
    for one in document.get("not_run", ()):
        parts.append(tell("not_run", **one, why=text(f"errors_cues.{one['why_not']}_do", language)))
    if document["presentations"]:
        for cue in document["cues"]:
            parts += _cue(document, cue, tell, pictures)
        parts += [f"## {tell('detection')}", tell("detection_note"), _detection(document, tell)]
        parts += [f"## {tell('leaks')}", _settings(document["settings"], tell), _leaks(document["leaks"], tell)]
    if document["real"] is not None:
        parts += _real(document, tell)
    parts += [f"## {tell('untested')}", _untested(document["untested"], tell)]
    return "\n\n".join(parts) + "\n"


Tell = Callable[..., str]


def _opening(document: Row, tell: Tell) -> str:
    filmed = document["filmed"]
    if not document["presentations"]:
        return tell("nothing_filmed")
    lines = [
        tell("basis"),
        tell(
            "material", count=document["presentations"], people=document["bearers"], purpose=document["purpose"],
            seed=document["seed"], first=document["numbers"][0], last=document["numbers"][1], tool=document["tool"],
            seconds=filmed["seconds"], rate=filmed["frames_per_s"], turn=filmed["turn_deg"],
        ),
        tell("people", names=", ".join(_person(one) for one in document["people"])),
        tell("reading"),
    ]  # fmt: skip
    if document["planted_leak"] != "none":
        lines.append(tell("planted", leak=document["planted_leak"]))
    if document["purpose"] != "measurement":
        lines.append(tell("development"))
    return "\n\n".join(lines)


def _person(one: Row) -> str:
    """A person's name with the pictures that went into the face."""
    return f"{one['name']} ({' + '.join(one['parents'])})" if one.get("parents") else str(one.get("name"))


def _cue(document: Row, cue: str, tell: Tell, pictures: bool) -> list[str]:
    about = document["cues"][cue]
    parts = [f"## {tell('cue', cue=cue)}", _about(about, tell)]
    if not about["says"]:
        parts.append(tell("says_nothing"))
    if len(about["says"]) == 1:
        parts.append(tell(f"only_says_{about['says'][0]}"))
    parts += [f"### {tell('areas')}", tell("areas_note"), _areas(document, cue, tell), _verdict(document, cue, tell)]
    if pictures:
        parts += [f"![{tell('areas_alt', cue=cue)}](validation-areas-{cue}.svg)", tell("areas_caption")]
        parts += [f"![{tell('roc_alt', cue=cue)}](validation-roc-{cue}.svg)", tell("roc_caption")]
    whole = [
        row | {"worst": worst(document["rates"], row)} for row in document["pooled"] if row["cue"] == cue
    ]  # fmt: skip
    parts += [f"### {tell('errors')}", tell("errors_note"), _errors(whole, tell, about["says"])]
    if pictures:  # long tables for the page only
        parts += _at_length(document, cue, tell)
    parts += [f"### {tell('controls')}", tell("controls_note"), _controls(document, cue, tell)]
    return parts


def _at_length(document: Row, cue: str, tell: Tell) -> list[str]:
    """Errors by geometry and by size, folded."""
    parts, says = [], document["cues"][cue]["says"]
    each = [row for row in document["rates"] if row["cue"] == cue and row["band"] == "all"]
    if len(document["filmed"]["geometries"]) > 1:
        parts.append(_folded(tell("by_geometry"), _errors(each, tell, says, geometry=True)))
    bands = [
        row for row in document["rates"]
        if row["cue"] == cue and row["band"] != "all" and row["presentations"] >= FEW
    ]  # fmt: skip
    if bands:
        told = tell("bands_note", few=FEW) + "\n\n" + _errors(bands, tell, says, geometry=True, band=True)
        parts.append(_folded(tell("by_size"), told))
    return parts


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"


def _areas(document: Row, cue: str, tell: Tell) -> str:
    geometries = document["filmed"]["geometries"]
    told = {(row["geometry"], row["kind"]): row for row in document["areas"] if row["cue"] == cue}
    head = [tell("col_kind"), *(short(one) for one in geometries), tell("col_all")]
    rows = [
        [_named(kind, tell), *(_area(told.get((one, kind)), tell) for one in (*geometries, "all"))]
        for kind in (*_attacks(document), "any attack")
    ]
    return table(head, rows)


def _verdict(document: Row, cue: str, tell: Tell) -> str:
    """In one sentence whether the cue parts the sides at all."""
    told = next(
        (row for row in document["areas"] if (row["cue"], row["geometry"], row["kind"]) == (cue, "all", "any attack")),
        None,
    )
    if told is None or 0 in told["presentations"]:
        return tell("verdict_untested", cue=cue)
    if told["area"] is None:
        return tell("verdict_blind", cue=cue)
    low, high = told["interval"]
    key = "verdict_nothing" if low <= 0.5 <= high else "verdict_wrong_way" if high < 0.5 else "verdict_something"
    return tell(key, cue=cue, area=_area(told, tell))


def _named(kind: str, tell: Tell) -> str:
    """A kind in words, with the id that the charts bear."""
    words = tell(f"kind_{kind.replace(' ', '_')}")
    return f"{words} (`{kind}`)" if kind in KINDS else words


def _attacks(document: Row) -> list[str]:
    there = {row["kind"] for row in document["areas"]}
    return [kind for kind, one in KINDS.items() if one.side == ATTACK and kind in there]


def _area(row: Row | None, tell: Tell) -> str:
    if row is None or 0 in row["presentations"]:
        return tell("untested_cell")
    if row["area"] is None:
        return tell("blind_cell")
    low, high = row["interval"]
    return f"{row['area']:.2f} [{low:.2f}, {high:.2f}]"


def _errors(rows: Iterable[Row], tell: Tell, says: Sequence[str], *, geometry: bool = False, band: bool = False) -> str:
    head = [tell("col_kind"), tell("col_side")]
    head += [tell("col_geometry")] * geometry + [tell("col_band")] * band
    head += [tell(f"col_{name}") for name in ("n", "people", "not_assessable", "abstained", "wrong", "wrong_assertive")]
    order = {kind: k for k, kind in enumerate(KINDS)}
    told = sorted(rows, key=lambda row: (order.get(row["kind"], 99), row["kind"], row["geometry"], row["band"]))
    body = []
    for row in told:
        cells = [_kind(row["kind"], tell), tell(f"side_{row['side'].replace(' ', '_')}")]
        cells += [short(row["geometry"])] * geometry + [_band(row["band"], tell)] * band
        cells += [str(row["presentations"]), str(row["people"])]
        cells += [rate(row[name], tell) for name in ("not_assessable", "abstained")]
        body.append([*cells, *_wrong(row, says, tell)])
    return table(head, body)


def _wrong(row: Row, says: Sequence[str], tell: Tell) -> list[str]:
    """Both error cells; a cue that can say one thing only earns neither praise nor blame by that."""
    if WRONG[row["side"]] not in says:
        return [tell("cannot_say")] * 2
    taken = tell("one_sided") if len(says) == 1 else rate(row["wrong_of_assertive"], tell)
    told, bad = rate(row["wrong_of_all"], tell), row.get("worst")
    if bad is not None:
        told += tell("at_worst", rate=rate(bad["wrong_of_all"], tell), geometry=short(bad["geometry"]))
    return [told, taken]


def _about(about: Row, tell: Tell) -> str:
    """Unit, group and meaning of a cue in words."""
    group, high = tell(f"group_{about['group'].replace('-', '_')}"), tell(f"high_{about['high']}")
    return tell("cue_about", unit=about["unit"], group=group, high=high)


def _band(band: str, tell: Tell) -> str:
    """A size band in words."""
    if band == NO_FACE:
        return tell("blind_face")
    return band.replace("and more", tell("and_more"))


def _kind(kind: str, tell: Tell) -> str:
    try:
        return tell(f"kind_{kind}")
    except KeyError:  # a kind that only a site's own table names
        return kind


def rate(told: Row, tell: Tell) -> str:
    """A rate as "3 % [0, 17] (1/30)"; without trials, that there are none."""
    if told["rate"] is None:
        return tell("none_cell")
    low, high = (100 * edge for edge in told["interval"])
    return f"{100 * told['rate']:.0f} % [{low:.0f}, {high:.0f}] ({told['hits']}/{told['trials']})"


def _controls(document: Row, cue: str, tell: Tell) -> str:
    head = [tell(f"col_{name}") for name in ("motion", "kind", "n", "not_assessable", "says_live", "says_artefact")]
    head.append(tell("col_area"))
    body = []
    for told in (row for row in document["controls"] if row["cue"] == cue):
        for kind, row in told["kinds"].items():
            live = WRONG[row["side"]] == "artefact"
            wrong, right = row["wrong_of_all"]["hits"], row["presentations"] - row["abstained"]["hits"]
            right -= wrong
            says_live, says_artefact = (right, wrong) if live else (wrong, right)
            body.append([
                tell(f"motion_{told['motion']}"), tell(f"kind_{kind}"), str(row["presentations"]),
                rate(row["not_assessable"], tell), str(says_live), str(says_artefact), _area(told["area"], tell),
            ])  # fmt: skip
    return table(head, body) if body else tell("untested_cell")


def _detection(document: Row, tell: Tell) -> str:
    head = [tell("col_kind"), *(short(one) for one in document["filmed"]["geometries"])]
    told = {(row["geometry"], row["kind"]): row["frames"] for row in document["detection"]}
    kinds = [kind for kind in KINDS if any(key[1] == kind for key in told)]
    body = [
        [tell(f"kind_{kind}"),
         *(_share(told.get((one, kind)), tell) for one in document["filmed"]["geometries"])]
        for kind in kinds
    ]  # fmt: skip
    return table(head, body)


def _share(told: Row | None, tell: Tell) -> str:
    return tell("untested_cell") if told is None or told["rate"] is None else f"{100 * told['rate']:.1f} %"


def _leaks(rows: Sequence[Row], tell: Tell) -> str:
    apart = [row["statistic"] for row in rows if row["told_apart"]]
    sides = next((row["sides"] for row in rows if row["told_apart"] is not None), None)
    if sides is None:
        return tell("leaks_untested")
    note = tell("leaks_found", which=", ".join(apart)) if apart else tell("leaks_none", live=sides[0], attack=sides[1])
    body = [
        [row["statistic"], _area(row, tell), _area(row["spread"] | {"presentations": row["presentations"]}, tell),
         _apart(row["told_apart"], tell)]
        for row in rows
    ]  # fmt: skip
    head = [tell(f"col_{name}") for name in ("statistic", "area", "spread", "apart")]
    return note + "\n\n" + table(head, body)


def _settings(told: Row, tell: Tell) -> str:
    """Whether every number was stored in one way on both sides."""
    key = "settings_unknown" if not told["groups"] else "settings_differ" if told["differing"] else "settings_alike"
    return tell(key, groups=told["groups"], differing=told["differing"])


def _apart(told: bool | None, tell: Tell) -> str:
    return tell("untested_cell") if told is None else tell("apart" if told else "not_apart")


def _real(document: Row, tell: Tell) -> list[str]:
    real = document["real"]
    parts = [f"## {tell('real')}", tell("real_note", count=real["presentations"])]
    for cue in document["cues"]:
        rows = [row for row in real["rates"] if row["cue"] == cue and row["band"] == "all"]
        says = document["cues"][cue]["says"]
        parts += [f"### {tell('cue', cue=cue)}", _errors(rows, tell, says), _real_areas(real["areas"], cue, tell)]
        bands = [
            row for row in real["rates"]
            if row["cue"] == cue and row["band"] != "all" and row["presentations"] >= FEW
        ]  # fmt: skip
        if bands:
            told = tell("bands_note", few=FEW) + "\n\n" + _errors(bands, tell, says, band=True)
            parts.append(_folded(tell("by_size"), told))
        twins = [row for row in real["twins"] if row["cue"] == cue and row["band"] == "all"]
        if twins:
            area = next(
                row for row in real["twin_areas"] if row["cue"] == cue and row["kind"] == "planar_twin"
            )  # fmt: skip
            parts += [tell("twins_note", area=_area(area, tell)), _errors(twins, tell, says)]
    parts += [f"### {tell('leaks')}", _leaks(real["leaks"], tell)]
    if real["untold"]:
        parts.append(tell("untold", kinds="; ".join(_kind(kind, tell) for kind in real["untold"])))
    return [*parts, f"### {tell('untested_real')}", _untested(real["untested"], tell)]


def _real_areas(areas: Sequence[Row], cue: str, tell: Tell) -> str:
    """How well the cue parts each recorded kind from the recorded live faces."""
    mine = [row for row in areas if row["cue"] == cue and row["geometry"] == "all"]
    body = [[_named(row["kind"], tell) if row["kind"] == "any attack" else _kind(row["kind"], tell), _area(row, tell)]
            for row in mine]  # fmt: skip
    return table([tell("col_kind"), tell("col_area")], body) if body else tell("untested_cell")


def _untested(kinds: Sequence[str], tell: Tell) -> str:
    if not kinds:
        return tell("all_tested")
    return (
        tell("untested_note") + "\n\n" + "\n".join(f"- {_kind(kind, tell)}: {tell('untested_cell')}" for kind in kinds)
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
