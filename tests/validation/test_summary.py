"""Rates from rows: errors on both sides, abstentions counted, leaks exposed, what was not tested named."""

from __future__ import annotations

import numpy as np
import pytest

from tests.validation.making import Row, row, some_cue, two_sides
from toolkit.validation import storage, summary
from toolkit.validation.kinds import ATTACK, BONA_FIDE, KINDS, RIVAL


def test_an_attack_called_live_and_a_face_called_artefact_are_the_errors() -> None:
    rows = [row("held_flat", 1.0, number=k, statement="live" if k < 2 else "nothing") for k in range(10)]
    rows += [row("held_flat", 0.0, number=20 + k, statement="artefact") for k in range(6)]
    rows += [row("live", 0.0, number=k, statement="artefact" if k < 1 else "live") for k in range(4)]
    rows += [row("live", None, number=9)]
    told = {one["kind"]: one for one in summary.pooled(rows, [some_cue()])}
    print_, live = told["held_flat"], told["live"]
    assert (print_["wrong_of_all"]["hits"], print_["wrong_of_all"]["trials"]) == (2, 16)
    assert (print_["wrong_of_assertive"]["hits"], print_["wrong_of_assertive"]["trials"]) == (2, 8)
    assert (print_["abstained"]["hits"], print_["not_assessable"]["hits"]) == (8, 0)
    assert (live["wrong_of_all"]["hits"], live["wrong_of_all"]["trials"]) == (1, 5)
    assert (live["not_assessable"]["hits"], live["reasons"]) == (1, {"cue_no_face": 1})


def test_what_is_not_assessable_is_never_a_value_of_zero() -> None:
    rows = [*two_sides(20, apart=3.0), *(row("live", None, number=50 + k) for k in range(40))]
    area = next(one for one in summary.areas(rows, [some_cue()]) if one["kind"] == "held_flat")
    assert area["area"] > 0.95
    assert area["sides"] == (20, 20)


def test_size_bands_stand_beside_the_whole() -> None:
    rows = [row("live", 0.1, number=k, face_px=25.0 + 20 * (k % 3)) for k in range(9)]
    told = summary.rates(rows, [some_cue()])
    assert [one["band"] for one in told] == ["all", "0-30 px", "30-60 px", "60-80 px"]
    assert summary.band_of(200.0) == "200 px and more"
    assert summary.band_of(None) == "no face found"


def test_a_cue_of_random_numbers_does_not_part_the_sides_and_a_real_one_does() -> None:
    chance, real = two_sides(60, apart=0.0), two_sides(60, apart=2.0)
    for rows, holds in ((chance, True), (real, False)):
        low, high = next(one["interval"] for one in summary.areas(rows, [some_cue()]) if one["kind"] == "any attack")
        assert (low <= 0.5 <= high) is holds


def test_a_cue_that_reads_artefacts_high_is_turned_round() -> None:
    rows = two_sides(40, apart=-3.0)  # prints read high
    told = summary.areas(rows, [some_cue(high="artefact")])
    assert told[0]["area"] > 0.95


def test_a_badge_that_nobody_presents_has_a_line_of_its_own_and_counts_as_no_attack() -> None:
    badges = [{**row("live_badge", 0.0, number=k, statement="live"), "kind": "badge", "side": RIVAL} for k in range(20)]
    rows = [*two_sides(20, apart=3.0), *badges]
    areas = {one["kind"]: one for one in summary.areas(rows, [some_cue()])}
    assert areas["any attack"]["presentations"] == [20, 20]
    assert areas["badge"]["presentations"] == [20, 20]
    badge = next(one for one in summary.pooled(rows, [some_cue()]) if one["kind"] == "badge")
    assert badge["wrong_of_all"]["hits"] == 20  # a printed face called live is an error, presented or not
    assert storage.leaks(rows)[0]["sides"] == (20, 20)


def test_controls_stay_out_of_the_rates() -> None:
    rows = [
        *two_sides(10, apart=1.0),
        *(row("held_flat", 9.0, number=k, statement="live", motion="shift") for k in range(5)),
    ]
    assert sum(one["wrong_of_all"]["hits"] for one in summary.pooled(rows, [some_cue()])) == 0
    (control,) = summary.controls(rows, [some_cue()])
    assert control["motion"] == "shift"
    assert control["kinds"]["held_flat"]["wrong_of_all"]["hits"] == 5


def stored(n: int, *, stronger: float = 0.0, again: int = 0) -> list[Row]:
    rng = np.random.default_rng(6)
    rows = []
    for number in range(n):
        for kind in ("live", "held_flat"):
            attack = KINDS[kind].side == ATTACK
            crf = float(rng.uniform(24, 32)) + stronger * attack
            rows.append(row(kind, 0.0, number=number, quantiser=crf - 3, bits_per_frame=1e5 * 2 ** (-crf / 6),
                            encodings=1 + again * attack))  # fmt: skip
    return rows


def test_sides_that_are_stored_alike_leak_nothing() -> None:
    assert [one["told_apart"] for one in storage.leaks(stored(300))] == [False] * len(storage.STATISTICS)


@pytest.mark.parametrize(
    ("rows", "statistic"), [(stored(60, stronger=4.0), "quantiser"), (stored(60, again=1), "encodings")]
)
def test_a_leak_through_the_recorder_is_exposed(rows: list[Row], statistic: str) -> None:
    assert {one["statistic"]: one["told_apart"] for one in storage.leaks(rows)}[statistic] is True


def test_a_leak_that_widens_a_side_and_does_not_move_it_is_exposed() -> None:
    rows = [one | {"coding": one["coding"] | {"crf": 28}} if one["side"] == ATTACK else one for one in stored(330)]
    narrow = [one | {"coding": one["coding"] | {"crf": 24 + 8 * k / 660}} if one["side"] != ATTACK else one
              for k, one in enumerate(rows)]  # fmt: skip
    told = {one["statistic"]: one for one in storage.leaks(narrow)}["crf"]
    low, high = told["interval"]
    assert low <= 0.5 <= high
    assert told["told_apart"] is True


def test_every_number_must_be_stored_in_one_way_for_all_kinds() -> None:
    rows = [row(kind, 0.0, number=k, crf=24 + k % 8) for k in range(20) for kind in ("live", "held_flat", "phone")]
    assert storage.settings(rows) == {"groups": 20, "differing": 0}
    moved = {"held_flat": 4, "phone": -4}  # as much up as down: no mean tells it
    planted = [
        one | {"coding": one["coding"] | {"crf": one["coding"]["crf"] + moved.get(one["kind"], 0)}} for one in rows
    ]
    assert storage.settings(planted) == {"groups": 20, "differing": 20}
    recorded = [one | {"coding": {"quantiser": 30.0}} for one in rows]
    assert storage.settings(recorded)["groups"] == 0


def test_a_statistic_that_no_decoder_tells_is_untested() -> None:
    rows = [row(kind, 0.0, number=k, quantiser=None) for kind in ("live", "held_flat") for k in range(4)]
    told = {one["statistic"]: one["told_apart"] for one in storage.leaks(rows)}
    assert told["quantiser"] is None


def test_kinds_without_data_are_named() -> None:
    missing = summary.untested(two_sides(3, apart=1.0), KINDS)
    assert "phone" in missing
    assert "three_dimensional_mask" in missing
    assert "live" not in missing


def test_the_two_sides_have_names_of_the_standard() -> None:
    assert {kind.side for kind in KINDS.values()} == {ATTACK, BONA_FIDE}


def test_a_clip_that_holds_many_presentations_counts_once() -> None:
    rows = [row(kind, 0.0, number=k, quantiser=q) | {"clip": f"{kind}.mp4"}
            for kind, q in (("live", 20.0), ("held_flat", 30.0)) for k in range(40)]  # fmt: skip
    told = {one["statistic"]: one for one in storage.leaks(rows)}["quantiser"]
    assert told["sides"] == (1, 1)
    assert told["told_apart"] is None


def test_a_cue_that_was_not_run_is_told_apart_from_one_that_could_not_assess() -> None:
    rows = [row("live", None, number=k) for k in range(3)]
    assert summary.not_run(rows, [some_cue()]) == []
    for one in rows[:2]:
        one["readings"]["depth"]["why_not"] = "learned_not_run"
    told = summary.not_run(rows, [some_cue()])
    assert told == [{"cue": "depth", "why_not": "learned_not_run", "presentations": 2}]
