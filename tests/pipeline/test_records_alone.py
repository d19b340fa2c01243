"""Records alone and footage alone: each is read, concluded, and told with what is missing and how to ask for it."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit.casebook.case import Case
from toolkit.errors import ReadingError
from toolkit.language import text
from toolkit.media.write import write_clip
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
        document, page = _report(case)
        assert [one["repeated"] for one in document["records"]] == [0, 3]
        assert "Clock-ins: 5 in the records" in page
        assert document["exculpatory"] == [] and document["context_used"] == []
        for entry in ("next_footage", "next_context", "exculpatory_none", "ask_context_leave"):
            assert text(f"report.{entry}", "en") in page, entry


def _rows(case: Case) -> list[dict[str, str]]:
    return [{str(key): value for key, value in row.items()} for row in case.read("integrity").to_dict("records")]


CONTEXT = (
    "工号,类型,开始时间,结束时间\n1002,出差,2026-03-03,2026-03-03\n01003,请假,2026-03-03,\n1004,团建,2026-03-03,\n"
)


def test_records_beside_papers_alone_conclude_with_what_the_papers_say(tmp_path: Path) -> None:
    (tmp_path / "1_attlog.dat").write_text(ATTLOG, encoding="utf-8")
    (tmp_path / "context.csv").write_text(CONTEXT, encoding="utf-8")
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 \x00 a letter")
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        add_file(case, tmp_path / "1_attlog.dat", "records", declared={"timezone": "Asia/Shanghai"})
        added = add_file(case, tmp_path / "context.csv", "context")
        assert added.summary == {
            "rows": 3, "parsed": 3, "rejected": 0, "employees": 3, "leave": 1, "field_visit": 1, "unknown": 1,
        }  # fmt: skip
        kept = add_file(case, tmp_path / "letter.pdf", "context")
        assert [one.code for one in kept.oddities] == ["context_not_machine_read"]
        run_steps(case)
        told, page = _report(case)
        assert {row["code"] for row in told["exculpatory"]} == {"field_visit_covers", "unknown_kind_covers"}
        assert [one["machine_read"] for one in told["context_used"]] == [True, False]
        noted = [(one["code"], one["facts"]) for one in told["integrity"] if one["exhibit_id"] == "E-0002"]
        assert ("ids_differ_in_zeros", {"ids": "01003, 1003"}) in noted
        assert ("context_id_unknown", {"employee_id": "01003"}) in noted
        assert text("report.next_context", "en") not in page
        assert {"FD9", "FD10"} <= {one["code"] for one in told["findings"]}
        assert {"FD5"} == {row["what"] for row in told["not_assessable"] if row["what"] in ("FD5", "FD9")}


@pytest.mark.full  # the pages of footage alone are asked for the same in tests/report/test_exculpatory.py
def test_footage_alone_concludes_with_what_is_missing_and_how_to_ask_for_it(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", [(k / 10, np.zeros((64, 96, 3), np.uint8)) for k in range(10)])
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        add_file(case, tmp_path / "a.mp4", "footage")
        run_steps(case)
        told, page = _report(case)
        assert {"FD9", "FD10"} <= {one["code"] for one in told["findings"]}
        for entry in ("next_records", "next_zone", "next_context", "exculpatory_none", "exculpatory_no_context"):
            assert text(f"report.{entry}", "en") in page, entry


@pytest.mark.full
def test_a_context_table_that_cannot_be_read_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "context.csv").write_text(
        "工号,类型,开始时间,结束时间\n1002,出差,2026-03-05,2026-03-03\n", encoding="utf-8"
    )
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        with pytest.raises(ReadingError) as caught:
            add_file(case, tmp_path / "context.csv", "context")
        assert caught.value.code == "context_rows_refused" and not case.has("exhibits")
        add_file(case, tmp_path / "context.csv", "context", declared={"accept_refused": True})
        run_steps(case, ("intake",))
        files = case.read("context_files").to_dict("records")
        assert [(one["machine_read"], one["rows_parsed"], one["rows_refused"]) for one in files] == [(True, 0, 1)]
        assert case.read("refused_rows")["why"].to_list() == ["from_after_to"]


def _report(case: Case) -> tuple[dict[str, Any], str]:
    made = make_report(case, still=lambda exhibit, at: None, created_at=NOW)  # type: ignore[arg-type, return-value]
    document = json.loads(made.json.read_text(encoding="utf-8"))
    return document, html.unescape(made.html.read_text(encoding="utf-8"))
