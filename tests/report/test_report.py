import html
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.report import cases
from tests.report.cases import NOW, FakeCase, still, whole
from toolkit import tables
from toolkit.errors import CannotMeasure, CaseError, ExhibitChanged
from toolkit.language import topics
from toolkit.records import Frame
from toolkit.report import Made, make_report
from toolkit.report.stills import preview


def make(case: Any, **more: Any) -> tuple[Made, str, dict[str, Any]]:
    made = make_report(case, **{"still": still, "created_at": NOW, **more})
    language = more.get("language", "en")
    folder = f"report-draft-{language}"
    return made, case.stored[f"{folder}/report.html"].decode(), json.loads(case.stored[f"{folder}/report.json"])


def text_of(page: str) -> str:
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


def test_nothing_in_the_page_comes_from_outside(any_case: FakeCase, language: str) -> None:
    _, page, _ = make(any_case, language=language)
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
    assert not re.search(r"https?://|//[a-z]|<script|<link|<iframe|<object|@import|url\(|javascript:| on\w+=", page)
    for source in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert source.startswith(
            ("data:image/svg+xml;base64,", "data:image/jpeg;base64,", "data:image/png;base64,", "#")
        )


def test_the_page_is_marked_as_a_draft_with_its_open_gates(any_case: FakeCase) -> None:
    _, page, document = make(any_case)
    told = text_of(page)
    assert told.count("DRAFT – not reviewed by a person") >= 3  # title, cover, every printed page
    assert "two reviewers" in told
    assert re.search(r"\.running\{display:table-footer-group;break-inside:avoid", page)
    assert document["edition"] == "draft"
    assert document["reviewed"] is False


def test_the_page_and_the_document_hold_the_same_findings_and_numbers(language: str) -> None:
    _, page, document = make(whole(), language=language)
    told = text_of(page)
    for finding in document["findings"]:
        assert f'<article id="{finding["finding_id"]}"' in page
        for rival in finding["rivals"]:
            if rival["lower_log10"] is not None:
                assert f"{10 ** rival['lower_log10']:.1f}" in told
        for moment in finding["frames"]:
            assert f"[{moment['exhibit_id']} @ {moment['media_s']:.1f} s]" in told
    for visit in document["visits"]:
        assert f"[{visit['exhibit_id']} @ {visit['from_s']:.1f} s]" in told
    for one in document["associations"]:
        assert re.search(rf"{one['employee_id']} {one['stamped_text']}", told)
        assert f"{one['probabilities'][one['best']]:.3f}" in told
    for exhibit in document["exhibits"]:
        assert exhibit["sha256"] in told
    assert "+97.0" in told
    assert "+96.2" in told
    assert document["custody"]["journal_head"] in told


def test_each_finding_shows_its_rivals_what_speaks_against_it_and_its_limits() -> None:
    _, page, _ = make(whole())
    card = text_of(page[page.index('<article id="F-01"') : page.index('<article id="F-02"')])
    for wanted in (
        "candidate – not reviewed", "weak support", "at least 9.8 times", "point 24.4", "not assessed",
        "a companion beside the presenter", "somebody hidden behind the presenter", "a buffered or re-sent log",
        "2 of 60 companions missed",
        "What speaks against it", "thinnest at 28 s", "names nobody", "among the 6 visits searched", "0.607",
        "Clock-in under 1003", "PTS 6800000", "Ratios against different rivals are not multiplied",
    ):  # fmt: skip
        assert wanted in card, wanted
    assert card.count("SHA-256 111111111111…") == 4


@pytest.mark.parametrize(
    "case, wanted, absent",
    [
        ("footage only", ["without clock-in records", "V-006", "60.0", "61.5", "Records worth asking for"], ["F-01"]),
        ("records only", ["no footage", "Footage worth asking for", "2026-03-03 08:28:17"], ["none found", "V-001"]),
        ("without clock", ["offset not determinable", "fewer than two independent", "two or more moments", "V-003"],
         ["none found", "No support found", "F-01"]),
        ("without visits", ["No support found", "“Not seen” is not “not there”"], ["F-01", "at most: 0"]),
        ("unexamined", ["not examined", "no terminal zone is marked", "Mark where a presenter"],
         ["none found", "V-001"]),
        ("damaged", ["Stretches whose frames are lost", "of which 1.9 minutes were examined", "coverage, 3 fall",
                     "frames from 20 s to 47 s are damaged", "27.0 s (lost: 27.0 s)", "Ask for the damaged"],
         ["noticed nothing odd"]),
        ("empty", ["Nothing to examine", "Nothing was taken in"], ["none found"]),
    ],
)  # fmt: skip
def test_less_material_gives_a_useful_honest_report(case: str, wanted: list[str], absent: list[str]) -> None:
    made, page, _ = make(cases.CASES[case]())
    told = text_of(page)
    for phrase in wanted:
        assert phrase in told, phrase
    for phrase in absent:
        assert phrase not in told, phrase
    assert len(made.summary) == 5


def test_clock_ins_that_name_no_visit_are_told_as_such() -> None:
    _, page, _ = make(whole())
    told = text_of(page)
    assert re.search(r"1006 2026-03-03 08:22:49 \[E-0002\] / 6 \[E-0001 @ 72.0 s\] nobody seen 0.900 V-003 0.060", told)
    assert re.search(r"1012 2026-03-03 08:28:17 \[E-0002\] / 12 – outside coverage 1.000", told)


def test_the_same_tables_give_the_same_bytes(any_case: FakeCase, language: str) -> None:
    make(any_case, language=language)
    first = dict(any_case.stored)
    make(any_case, language=language)
    assert any_case.stored == first


def test_only_the_time_of_making_differs_between_two_documents() -> None:
    _, _, first = make(whole())
    _, _, second = make(whole(), created_at="2027-01-01T00:00:00+00:00")
    assert {key for key in first if first[key] != second[key]} == {"created_at"}


HOSTILE = "<script>alert(1)</script>$x^2$\u202e\u200b\"'><img src=x>"


def test_hostile_text_is_shown_as_text(language: str) -> None:
    case = cases.case_of(
        cases.exhibits("footage", "records"), cases.footage(), cases.visits(),
        cases.records(names={"1006": HOSTILE}), cases.clock(), cases.associations(),
        cases.concluded([cases.one_body(1, 2, [HOSTILE, "1003"], [29.0, 34.0])], [], 6, 1), purpose=HOSTILE,
    )  # fmt: skip
    _, page, document = make(case, language=language)
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;$x^2$" in page
    assert document["purpose"] == HOSTILE
    assert {one["employee_id"] for one in document["associations"]} >= {HOSTILE}


def test_a_frame_that_cannot_be_read_is_told_and_the_report_is_made() -> None:
    def unreadable(exhibit_id: str, media_s: float) -> Frame:
        raise CannotMeasure("no_frame_here", at=media_s)

    _, page, _ = make(whole(), still=unreadable)
    assert "This frame could not be shown." in text_of(page)
    assert 'class="blank"' in page


def test_footage_that_changed_is_not_reported_from() -> None:
    def changed(exhibit_id: str, media_s: float) -> Frame:
        raise ExhibitChanged("exhibit_changed", exhibit=exhibit_id)

    case = whole()
    with pytest.raises(ExhibitChanged):
        make(case, still=changed)
    assert case.stored == {}


@pytest.mark.parametrize("edition", ["committee", "full", "publishable"])
def test_reviewed_editions_refuse_and_list_the_open_gates_in_words(edition: str, language: str) -> None:
    case: Any = whole()
    with pytest.raises(CaseError) as caught:
        make_report(case, still=still, created_at=NOW, edition=edition, language=language)
    assert caught.value.code == "gates_open"
    assert topics(language)["report"]["gate_blind_reviewers"] in caught.value.facts["gates"]
    assert (topics(language)["report"]["gate_leak_scan"] in caught.value.facts["gates"]) == (edition == "publishable")
    assert case.stored == {}


def test_an_edition_that_does_not_exist_is_refused() -> None:
    case: Any = whole()
    with pytest.raises(CaseError, match="no edition"):
        make_report(case, still=still, created_at=NOW, edition="final")


def test_copies_are_written_where_asked(tmp_path: Path) -> None:
    case: Any = whole()
    made = make_report(case, still=still, created_at=NOW, out=tmp_path / "new" / "folder")
    assert made.html.read_bytes() == case.stored["report-draft-en/report.html"]
    assert made.json.read_bytes() == case.stored["report-draft-en/report.json"]
    assert json.loads(made.json.read_text(encoding="utf-8")) == made.facts


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    case: Any = whole()
    with pytest.raises(CaseError) as caught:
        make_report(case, still=still, created_at=NOW, out=tmp_path / "file" / "below")
    assert caught.value.code == "case_write_failed"


def test_codes_that_are_not_known_yet_are_shown_with_their_facts() -> None:
    finding = cases.one_body(1, 2, ["1002", "1003"], [29.0, 34.0])
    finding["rivals"].append({"name": "a_new_rival", "log10_lr": None, "excluded_by": "D-0001"})
    finding["headline"] = {"rival": None, "log10_lr": None, "interval": None, "words": "no_ratio"}
    finding["sensitivity"], finding["against"], finding["code"] = {}, [{"code": "a_new_doubt"}], "FD98"
    case = cases.case_of(
        cases.exhibits("footage", "records"), cases.footage(), cases.visits(), cases.records(), cases.clock(),
        cases.associations(), cases.concluded([finding], [("FD99", "because", {"x": 1.5})], 6, 1),
    )  # fmt: skip
    _, page, _ = make(case)
    told = text_of(page)
    for wanted in (
        "a_code_of_tomorrow: rows 3",
        "a_new_rival",
        "set aside by D-0001",
        "a_new_doubt",
        "because: x 1.5",
        "FD99",
    ):
        assert wanted in told, wanted


def test_many_clock_ins_outside_the_footage_are_counted_not_listed() -> None:
    base = cases.records()
    row = base["punches"][11]
    base["punches"] += [
        {**row, "punch_id": f"f{n:015x}", "row": 100 + n, "t_local": f"2026-03-03T09:{n // 60:02d}:{n % 60:02d}"}
        for n in range(600)
    ]
    placed = cases.associations()["associations"]
    placed += [{**placed[-1], "punch_id": f"f{n:015x}"} for n in range(600)]
    case = cases.case_of(
        cases.exhibits("footage", "records"), cases.footage(), cases.visits(), base, cases.clock(),
        {"associations": placed}, cases.concluded([], [], 6, 1),
    )  # fmt: skip
    made, page, document = make(case)
    assert "More clock-ins stand in report.json only: 581. Outside coverage in all: 601." in text_of(page)
    assert len(document["associations"]) == 612
    assert "601 outside coverage" in made.summary[2]


def clock_with(**model: Any) -> FakeCase:
    row = cases.clock()["clocks"][0]
    offset = {"terminal_minus_camera_s": None, "interval_lo_s": None, "interval_hi_s": None}
    row |= {"model": row["model"] | model, **(offset if "zone_basis" in model else {})}
    return cases.case_of(
        cases.exhibits("footage", "records", "anchors"), cases.footage(), cases.visits(), cases.records(),
        {"clocks": [row], "anchors": cases.clock()["anchors"]}, cases.associations(), cases.concluded([], [], 6, 1),
    )  # fmt: skip


def test_an_interval_is_told_with_the_moment_at_which_it_holds() -> None:
    _, page, _ = make(clock_with(half_widths_s=[0.8, 1.6]))
    assert "± 0.8 s at the clip's first frame and ± 1.6 s at its last" in text_of(page)


def test_a_zone_that_is_not_known_is_told_and_not_called_a_camera_without_a_clock(language: str) -> None:
    made, page, _ = make(clock_with(zone_basis="none stated for the records"), language=language)
    entries = topics(language)["report"]
    assert made.summary[1] == entries["line_clock_media_zone"]
    assert entries["clock_zone_unknown"] in text_of(page)


def test_two_names_taken_for_one_clock_are_warned_about() -> None:
    _, page, _ = make(clock_with(device_basis="taken for one", terminal="canteen"))
    assert "The anchors name the device terminal, the records the terminal canteen" in text_of(page)


def test_a_repeated_row_is_told_beside_the_first_and_counted_once() -> None:
    base, placed = cases.records(), cases.associations()["associations"]
    base["punches"].append({**base["punches"][1], "punch_id": "f" * 16, "exhibit_id": "E-0005", "row": 7})
    base["record_files"].append({**base["record_files"][0], "exhibit_id": "E-0005"})
    placed += [{**row, "punch_id": "f" * 16} for row in placed if row["punch_id"] == f"{2:016x}"]
    case = cases.case_of(
        cases.exhibits("footage", "records"), cases.footage(), cases.visits(), base, cases.clock(),
        {"associations": placed}, cases.concluded([], [], 6, 1),
    )  # fmt: skip
    made, page, _ = make(case)
    assert made.summary[2].startswith("Clock-ins: 12 in the records; 10 best explained by a visit")
    assert "repeat one of these: 1" in made.summary[2]
    assert text_of(page).count("[E-0002] / 2, [E-0005] / 7") == 1


def test_surely_placed_clock_ins_are_counted_apart_from_those_best_placed() -> None:
    placed = cases.associations()["associations"]
    first = f"{1:016x}"
    for row in placed:
        if row["punch_id"] == first:
            row["probability"] = 0.38 if row["best"] else row["probability"]
    case = cases.case_of(
        cases.exhibits("footage", "records"), cases.footage(), cases.visits(), cases.records(), cases.clock(),
        {"associations": placed}, cases.concluded([], [], 6, 1),
    )  # fmt: skip
    made, _, _ = make(case)
    assert "10 best explained by a visit (9 of them with a probability of 0.9 or more)" in made.summary[2]


def test_findings_of_one_kind_are_one_line_of_the_summary() -> None:
    some = [
        {**cases.INTEGRITY_FINDING, "finding_id": f"F-0{k}", "code": "FD4", "state": "candidate", "visit_ids": visits,
         "sensitivity": {"presentations": visits, "score_least": 9.1, "score_most": 9.1, "size_px": 90.0,
                         "comparisons": 3, "indicative": False}}
        for k, visits in ((4, ["V-001", "V-002"]), (5, ["V-003"]))
    ]  # fmt: skip
    case = cases.case_of(
        cases.exhibits("footage", "records"), cases.footage(), cases.visits(), cases.records(), cases.clock(),
        cases.associations(), cases.concluded(some, [], 6, 1),
    )  # fmt: skip
    _, page, _ = make(case)
    told = "candidates that a person has still to decide on: F-04 (V-001, V-002), F-05 (V-003). No strength is stated."
    assert text_of(page).count(told) == 1


def test_rows_of_a_reset_clock_do_not_stretch_the_footage_to_ask_for() -> None:
    base = cases.records()
    lost = {**base["punches"][0], "punch_id": "e" * 16, "row": 13, "t_local": "2000-01-01T00:03:41"}
    base["punches"].append(lost)
    columns = tables.TABLES["punch_details"].columns
    base["punch_details"] = [{**dict.fromkeys(columns), "punch_id": "e" * 16, "flags": ["clock_reset"], "other": {}}]
    _, page, document = make(
        cases.case_of(cases.exhibits("records"), base, cases.concluded([], [("footage", "no_footage", {})], 0, 0))
    )
    assert document["records"][0]["first_text"] == "2026-03-03 08:21:49" and "2000-01-01" not in text_of(page)


def test_many_moments_are_thinned_and_the_rest_is_told() -> None:
    ids = [str(n) for n in range(2001, 2013)]
    finding = cases.one_body(1, 5, ids, [93.0 + 2 * n for n in range(12)])
    case = cases.case_of(
        cases.exhibits("footage", "records"), cases.footage(), cases.visits(), cases.records(), cases.clock(),
        cases.associations(), cases.concluded([finding], [], 6, 1),
    )  # fmt: skip
    _, page, _ = make(case)
    assert page.count("data:image/jpeg") == 8
    assert "Further moments named in report.json: 5." in text_of(page)


@pytest.mark.parametrize("side, shown", [(960, 960), (1920, 960), (2560, 853), (321, 321)])
def test_previews_are_at_most_960_pixels_wide_and_keep_the_brightness(side: int, shown: int) -> None:
    image = (
        np.tile(np.arange(side, dtype=np.float64) / side * 255, (90, 1)).astype(np.uint8)[..., None].repeat(3, axis=2)
    )
    small = preview(image)
    assert small.shape[1] == shown
    assert small.dtype == np.uint8
    assert abs(float(small.mean()) - float(image.mean())) < 1


def test_every_part_has_a_heading_and_every_picture_words(any_case: FakeCase) -> None:
    _, page, _ = make(any_case)
    assert page.count("<h1>") == 1
    for landmark in ("<header>", "<main ", "<nav ", "<footer>"):
        assert page.count(landmark) == 1
    for picture in re.findall(r"<img [^>]*>", page):
        assert re.search(r'alt="[^"]{10,}"', picture)
    for table in re.findall(r"<table.*?</table>", page, flags=re.DOTALL):
        assert "<caption>" in table
        assert "<th>" not in table
        assert '<th scope="col"' in table
    for target in re.findall(r'href="#([^"]*)"', page):
        assert f'id="{target}"' in page
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))


def test_both_catalogues_hold_the_same_keys_and_fields() -> None:
    english, chinese = topics("en")["report"], topics("zh")["report"]
    assert set(english) == set(chinese)
    for key, sentence in english.items():
        assert set(re.findall(r"{(\w+)", sentence)) == set(re.findall(r"{(\w+)", chinese[key])), key


def test_a_chinese_report_is_chinese_throughout(any_case: FakeCase) -> None:
    _, page, _ = make(any_case, language="zh")
    assert '<html lang="zh-Hans">' in page
    english = [sentence for sentence in topics("en")["report"].values() if len(sentence) > 25 and "{" not in sentence]
    assert [sentence for sentence in english if sentence in text_of(page)] == []
