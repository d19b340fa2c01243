"""The page: says plainly what was not tested, what is chance, and where a fault was planted."""

from __future__ import annotations

from typing import Any

from tests.validation.making import document, row, two_sides
from toolkit.analysis.rates import rate_of
from toolkit.validation.telling import charts, markdown, rate, say, short, table


def test_a_kind_without_data_prints_untested() -> None:
    page = markdown(document(two_sides(5, apart=1.0)))
    assert "- phone screen: untested" in page
    assert "- three-dimensional mask: untested" in page


def test_random_numbers_are_said_to_tell_nothing() -> None:
    assert "Nothing here shows that depth tells artefacts from live faces" in markdown(
        document(two_sides(80, apart=0.0, seed=3))
    )
    assert "Nothing here shows" not in markdown(document(two_sides(80, apart=2.0)))


def test_a_leak_stands_in_bold_and_forbids_the_figures() -> None:
    rows = two_sides(60, apart=1.0)
    for one in rows:
        one["coding"]["quantiser"] += 5 * (one["side"] == "attack")
    page = markdown(document(rows, planted_leak="strength"))
    assert "**Yes: quantiser.**" in page
    assert "must not be used" in page
    assert "planted on purpose" in page


def test_figures_of_development_people_say_so() -> None:
    assert "Development people" in markdown(document(two_sides(5, apart=1.0), purpose="development"))


def test_every_rate_carries_its_interval_and_count() -> None:
    assert rate(_as_row(1, 20), say) == "5 % [0, 25] (1/20)"
    assert rate(_as_row(0, 0), say) == "none"


def _as_row(hits: int, trials: int) -> dict[str, Any]:
    told = rate_of(hits, trials)
    return {"hits": hits, "trials": trials, "rate": told.rate, "interval": told.interval}


def test_the_page_speaks_chinese() -> None:
    page = markdown(document(two_sides(5, apart=1.0)), language="zh")
    assert "未测试" in page
    assert "untested" not in page.replace("depth", "")


def test_charts_are_the_same_bytes_and_mark_what_has_no_data() -> None:
    told = document([*two_sides(12, apart=1.0), *(row("phone", None, number=k) for k in range(3))])
    assert charts(told) == charts(told)
    assert set(charts(told)) == {"validation-areas-depth.svg", "validation-roc-depth.svg"}
    assert all(svg.startswith("<?xml") for svg in charts(told).values())


def test_usual_words_of_a_geometry_are_left_out() -> None:
    assert short("250 px/m, pitch 20, pinhole, h264, crf any") == "250 px/m, 20°"
    assert short("250 px/m, pitch 20, fisheye, hevc, crf 28") == "250 px/m, 20°, fisheye, hevc, crf 28"
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n|---|---|\n| 1 | 2 |"


def test_a_cue_that_says_one_thing_only_earns_no_praise_by_that() -> None:
    rows = two_sides(20, apart=1.0)
    rows[20]["readings"]["depth"]["statement"] = "live"  # one print called live
    page = markdown(document(rows, says=("live",)))
    assert "only ever says" in page
    live, shown = (next(line for line in page.splitlines() if line.startswith(f"| {kind} |")) for kind in
                   ("live, bare face", "print held flat"))  # fmt: skip
    assert live.endswith("| cannot say so | cannot say so |")
    assert shown.endswith("| 5 % [0, 25] (1/20) | – |")


def test_a_side_that_was_not_shown_is_untested_and_one_that_could_not_be_read_is_not_assessable() -> None:
    alone = markdown(document([row("live", 1.0, number=k) for k in range(5)]))
    assert "depth is untested here" in alone
    blind = markdown(document([*(row("live", 1.0, number=k) for k in range(5)), row("phone", None)]))
    assert "| phone screen (`phone`) | not assessable | not assessable |" in blind
    assert "could not be assessed on both sides" in blind


def test_few_clips_are_no_proof_that_nothing_leaks() -> None:
    assert "Untested: there are fewer than 20 clips of a side" in markdown(document(two_sides(4, apart=1.0)))


def test_a_run_without_drawn_scenes_says_so() -> None:
    page = markdown(document([]))
    assert "Nothing was drawn in this run" in page
    assert "presentations of" not in page


def test_a_cue_that_was_not_run_is_said_so_without_rates_and_one_without_statements_says_that() -> None:
    unrun = [{"cue": "learned", "why_not": "learned_not_run", "presentations": 7}]
    for language in ("en", "zh"):
        page = markdown(document(two_sides(5, apart=1.0), not_run=unrun), language=language)
        assert "learned" in page and "`learned_not_run`" in page
        assert f"## {say('cue', language, cue='learned')}" not in page
    silent = document(two_sides(5, apart=1.0))
    silent["cues"]["depth"]["says"] = []
    assert "never says anything by itself" in markdown(silent)
