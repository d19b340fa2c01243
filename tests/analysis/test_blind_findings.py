"""One body, several clock-ins, on a clock from presence: only where the clock holds without the clock-ins tested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.analysis.test_timing import RATES
from tests.analysis.timing.test_blind_clocks import BEGINS_S, case
from toolkit import tables
from toolkit.analysis.association import Placed, associate, place
from toolkit.analysis.clocks import align
from toolkit.analysis.findings import conclude
from toolkit.analysis.presenters import Continuity
from toolkit.analysis.timing.blind_clocks import blind_rows, found_without
from toolkit.simulation.mornings import OPENS_S, Habits

STAYS_S = (OPENS_S + 7 * 3600.0, 40.0)  # in the quiet of an afternoon somebody stays, and four ids clock in
Refit = Callable[[str, frozenset[str]], Placed | None]


@pytest.fixture(scope="module")
def tables_of_a_day() -> dict[str, pd.DataFrame]:
    punches, clips, visits, examined = case(Habits(passers=40, unseen=0.05))
    start = STAYS_S[0] - BEGINS_S
    stay = {"visit_id": "V-999", "exhibit_id": "E-0000", "from_s": start, "to_s": start + STAYS_S[1]}
    visits = pd.concat([visits, pd.DataFrame([stay])], ignore_index=True)
    visits = visits.assign(companion="none", presenter_id="P-01").sort_values("from_s", ignore_index=True)
    origin = pd.Timestamp("2026-03-03") + pd.Timedelta(seconds=STAYS_S[0] + 97.3)
    more = [
        {**punches.iloc[0].to_dict(), "punch_id": f"f{k:015x}", "row": 900 + k, "employee_id": f"9{k}", "raw": f"9{k}",
         "t_local": (origin + pd.Timedelta(seconds=8.0 * k)).floor("s").isoformat()}
        for k in range(1, 5)
    ]  # fmt: skip
    punches = tables.validate("punches", pd.concat([punches, pd.DataFrame(more)], ignore_index=True))
    blind = blind_rows(punches, clips, visits, examined, ["terminal"])
    clocks = align(punches, clips, tables.empty("anchors"), blind)
    placed = associate(punches, visits, clips, clocks, examined)
    return {
        "punches": punches, "clips": clips, "visits": visits, "examined": examined, "clocks": clocks,
        "associations": placed,
    }  # fmt: skip


def concluded(told: dict[str, pd.DataFrame], refit: Refit | None) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    body = Continuity(certified=True, risk=0.01, weakest_s=STAYS_S[0] - BEGINS_S + 20.0, lineage=0.95)
    found, missing = conclude(
        **told, integrity=tables.empty("integrity"), continuity=lambda visit, a, b: body, rates=RATES, refit=refit
    )
    rows = missing[(missing["what"] == "FD2")].to_dict("records")
    return found[found["code"] == "FD2"], [{str(name): value for name, value in row.items()} for row in rows]


def test_the_clock_is_found_anew_without_the_clock_ins_that_are_tested(tables_of_a_day: Any) -> None:
    told = tables_of_a_day
    asked: list[frozenset[str]] = []

    def refit(visit_id: str, tested: frozenset[str]) -> Placed | None:
        asked.append(tested)
        clocks = found_without(
            tested, told["punches"], told["clips"], told["visits"], told["examined"], tables.empty("anchors")
        )
        placed = place(told["punches"], told["visits"], told["clips"], clocks, told["examined"])
        return next((one for one in placed if visit_id in one.visit_ids), None)

    found, _ = concluded(told, refit)
    mine = found[found["visit_ids"].map(lambda ids: "V-999" in ids)]
    assert len(mine) == 1
    tested = {f"f{k:015x}" for k in range(1, 5)}
    assert any(tested <= one for one in asked)  # none of the four helped to find the clock they are judged by
    assert "clock_by_presence" in mine["limits"].iloc[0]


def test_without_such_a_clock_nothing_is_found_and_it_is_said(tables_of_a_day: Any) -> None:
    for refit in (None, lambda visit_id, tested: None):
        found, missing = concluded(tables_of_a_day, refit)
        assert found.empty
        assert "clock_from_the_same_records" in [one["why"] for one in missing]
