"""A case of records alone in which one person clocks in four ids: leads and FD6 from file to report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.analysis.logs import RING, office, ring, written
from toolkit.casebook.case import Case
from toolkit.pipeline import add_file, run_steps
from toolkit.report import make_report

NOW = "2026-11-24T00:00:00+00:00"


@pytest.mark.full
def test_leads_and_fd6_come_from_the_file_and_stand_in_the_report(tmp_path: Path) -> None:
    rows = written(1, office(ring=ring(10)))
    text = "".join(f"{one.employee_id}\t{one.at:%Y-%m-%d %H:%M:%S}\t1\t0\t15\t0\n" for one in rows)
    (tmp_path / "1_attlog.dat").write_text(text, encoding="utf-8")
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        add_file(case, tmp_path / "1_attlog.dat", "records", declared={"timezone": "Asia/Shanghai"})
        day = min(one.at for one in rows).date().isoformat()
        (tmp_path / "leave.csv").write_text(
            f"employee_id,kind,from,to\n{RING[0]},leave,{day},{day}\n", encoding="utf-8"
        )
        add_file(case, tmp_path / "leave.csv", "context")
        run_steps(case)
        (absent,) = [one for one in case.read("leads").to_dict("records") if one["kind"] == "during_absence"]
        assert json.loads(absent["employees"]) == [RING[0]]
        before = case.head()
        (found,) = [one for one in case.read("findings").to_dict("records") if one["code"] == "FD6"]
        assert (found["state"], json.loads(found["employees"])) == ("lead", sorted(RING))
        assert len(case.read("leads")) > 3 and case.read("sequences_tested")["why_not"].isna().all()
        run_steps(case)
        assert case.head()[0] == before[0] + 1  # only that the steps ran: nothing was made anew
        made = make_report(case, still=lambda exhibit, at: None, created_at=NOW)  # type: ignore[arg-type, return-value]
        document = json.loads(made.json.read_text(encoding="utf-8"))
        assert document["leads"] and document["sequences_tested"]["least_p"] <= 0.05
        assert not any("FD6" in line for line in made.summary)
