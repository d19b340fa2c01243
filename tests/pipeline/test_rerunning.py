"""A sealed package computed again gives the same tables; what differs is named, on a line of a threshold or not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.building import simulated_case, small_morning
from tests.casebook import packages
from tests.casebook.packages import new_key, sealed
from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.casebook.seal import seal
from toolkit.errors import ReadingError, SealError
from toolkit.pipeline import run_steps
from toolkit.pipeline.controls import named_in_tables
from toolkit.pipeline.rerunning import _take_in, compare, names_that_say, rerun
from toolkit.simulation.seeds import TESTS

KEY = new_key()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAPERMASK_CONFIG", str(folder / "config"))
        case, _ = simulated_case(folder / "case", folder / "scene", small_morning(1), TESTS[0])
        with case:
            run_steps(case)
            case.store("report-draft-en/report.html", b"one visit")
            yield seal(case, folder / "out", KEY, originals=True).path


@pytest.mark.slow
def test_a_package_computed_again_gives_the_same(package: Path, tmp_path: Path) -> None:
    made = rerun(package, tmp_path / "again")
    assert made.differences == () and made.largest <= 1e-4
    assert made.tables > 20 and made.rows > 8


@pytest.mark.slow
def test_a_package_that_was_changed_is_not_computed(package: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package, copy)
    path = next((copy / "data/evidence").iterdir())
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(SealError) as refused:
        rerun(copy, tmp_path / "again")
    assert refused.value.code == "package_changed" and not (tmp_path / "again").exists()


def test_a_package_without_originals_cannot_be_computed(tmp_path: Path) -> None:
    with pytest.raises(SealError) as refused:
        rerun(sealed(tmp_path, KEY, originals=False), tmp_path / "again")
    assert refused.value.code == "package_without_originals"


def counted(low: int | None, note: dict[str, object]) -> dict[str, pd.DataFrame]:
    return {"counts": tables.build("counts", [{"what": "presenters", "low": low, "high": None, "note": note}])}


def test_numbers_may_differ_by_a_little_and_words_not_at_all() -> None:
    was = counted(2, {"why": "counted", "share": 0.5})
    near = compare(was, counted(2, {"why": "counted", "share": 0.50009}))
    assert near.differences == () and near.largest == pytest.approx(0.00009)
    (far,) = compare(was, counted(2, {"why": "counted", "share": 0.5002})).differences
    assert (far.table, far.column, far.on_the_line) == ("counts", "note.share", False)
    (line,) = compare(was, counted(2, {"why": "other", "share": 0.50002})).differences
    assert (line.column, line.was, line.now, line.on_the_line) == ("note.why", "counted", "other", True)
    both = compare(was, counted(3, {"why": "other", "share": 0.5})).differences
    assert [one.on_the_line for one in both] == [False, False]


def test_a_row_or_a_table_that_is_missing_is_a_difference() -> None:
    was = counted(2, {})
    assert [one.now for one in compare(was, {"counts": tables.empty("counts")}).differences] == ["-"]
    assert [one.now for one in compare(was, {}).differences] == ["-"]
    assert [one.was for one in compare({"counts": tables.empty("counts")}, was).differences] == ["-"]


TIMES = """file,kind,day,person,medium,print_id,from_s,to_s
live/one.mp4,live,2026-03-02,A,live,,1,4
print\\\\two.mp4,print,2026-03-03,B,print,p1,2,5
live/one.mp4,live,2026-03-02,C,live,,6,9
gone.mp4,live,2026-03-02,D,live,,1,4
"""


def test_a_recording_finds_its_row_of_control_times_again_without_the_name_it_came_under(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text(TIMES)
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        table = case.add_exhibit(tmp_path / "times.csv", "controls", {}).exhibit_id
        ids = {}
        for name in ("two.mp4", "one.mp4", "unnamed.mp4"):
            (tmp_path / name).write_bytes(name.encode())
            ids[name] = case.add_exhibit(tmp_path / name, "controls", {}).exhibit_id
        told = named_in_tables(case)
        stored = {one: case.exhibit_path(one) for one in (table, *ids.values())}
    rows = {row["exhibit_id"]: (row["table_exhibit_id"], row["row"]) for row in told.to_dict("records")}
    assert rows == {ids["one.mp4"]: (table, 2), ids["two.mp4"]: (table, 3)}
    assert names_that_say({"control_recordings": told}, stored) == {
        ids["one.mp4"]: "one.mp4", ids["two.mp4"]: "two.mp4",
    }  # fmt: skip
    assert not {"one.mp4", "two.mp4"} & set(told.astype(str).to_numpy().ravel())


@pytest.mark.parametrize("owner", ["../1003", "/etc/x", "a\\b", "..", ""])
def test_a_package_from_anybody_leads_nowhere_else(owner: str, tmp_path: Path) -> None:
    photographs = tables.build(
        "photographs", [{"exhibit_id": "E-0001", "employee_id": owner, "why_not": None, "facts": {}}]
    )
    with pytest.raises(ReadingError) as refused:
        names_that_say({"photographs": photographs}, {"E-0001": tmp_path / ("x" if owner in ("", "..") else "x.png")})
    assert refused.value.code == "rerun_name"


def test_an_exhibit_id_that_leads_elsewhere_writes_nothing(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        package = seal(case, tmp_path / "out", KEY, originals=True).path
        stored = case.read("exhibits")
    victim = tmp_path / "autostart"
    stored.loc[0, "exhibit_id"] = str(victim)
    photographs: list[dict[str, object]] = [
        {"exhibit_id": str(victim), "employee_id": "evil", "why_not": None, "facts": {}}
    ]
    old = {"exhibits": stored, "photographs": tables.build("photographs", photographs)}
    with Case.create(tmp_path / "again", purpose="test", basis="test") as again:
        with pytest.raises(ReadingError) as refused:
            _take_in(again, package, old)
        assert refused.value.code == "rerun_name"
    assert not victim.exists()
