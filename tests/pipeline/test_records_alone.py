"""What intake and the clocks make of records, without looking at any footage."""

from __future__ import annotations

import json
from pathlib import Path

from toolkit.casebook.case import Case
from toolkit.pipeline import add_file, run_steps
from toolkit.report import make_report

NOW = "2026-11-24T00:00:00+00:00"
ATTLOG = "".join(f"     {1001 + k}\t2026-03-03 08:22:{10 + 5 * k:02d}\t1\t0\t15\t0\n" for k in range(5))


def test_overlapping_exports_keep_all_rows_and_the_overlap_is_told(tmp_path: Path) -> None:
    (tmp_path / "1_attlog.dat").write_text(ATTLOG, encoding="utf-8")
    (tmp_path / "2_attlog.dat").write_text("".join(ATTLOG.splitlines(keepends=True)[:3]), encoding="utf-8")
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        for name in ("1_attlog.dat", "2_attlog.dat"):
            add_file(case, tmp_path / name, "records", declared={"timezone": "Asia/Shanghai"})
        run_steps(case)
        assert len(case.read("punches")) == 8
        noted = [(row["exhibit_id"], row["code"], json.loads(row["facts"])) for row in _rows(case)]
        assert noted == [("E-0002", "rows_repeated", {"rows": 3, "other": "E-0001"})]
        made = make_report(case, still=lambda exhibit, at: None, created_at=NOW)  # type: ignore[arg-type, return-value]
        document = json.loads(made.json.read_text(encoding="utf-8"))
        assert [one["repeated"] for one in document["records"]] == [0, 3]
        assert "Clock-ins: 5 in the records" in made.html.read_text(encoding="utf-8")


def _rows(case: Case) -> list[dict[str, str]]:
    return [{str(key): value for key, value in row.items()} for row in case.read("integrity").to_dict("records")]
