"""Whatever call the disk refuses while a case is sealed: a whole package or none, and the next seal is whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.casebook import crashing, packages
from toolkit.casebook import verify
from toolkit.casebook.case import Case
from toolkit.casebook.seal import seal
from toolkit.errors import CaseError

pytestmark = pytest.mark.slow
KEY = packages.new_key()


def whole(folder: Path) -> list[Path]:
    """The packages of a folder; nothing else may lie there."""
    found = sorted(folder.iterdir()) if folder.exists() else []
    assert [one.name for one in found if "-seal-" not in one.name or one.name.startswith(".")] == []
    for package in found:
        assert verify.verify(str(package), KEY.fingerprint)[0] == 0
    return found


def test_a_disk_that_refuses_any_one_call_leaves_a_whole_package_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config-blank"))
    with packages.small_case(tmp_path) as made:
        blank = made.path
    at, over, kept = 0, False, 0
    while not over:
        at += 1
        where, out = tmp_path / f"case-{at}", tmp_path / f"out-{at}"
        shutil.copytree(blank, where)
        keys = Path("private-keys")
        shutil.copytree(tmp_path / "config-blank" / keys, tmp_path / f"config-{at}" / keys)
        monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / f"config-{at}"))
        with Case.open(where) as case:
            with crashing.failing(at, crashing.disk_refuses) as count:
                try:
                    seal(case, out, KEY, originals=True)
                except CaseError as refused:
                    assert refused.code == "disk_full"
                over = count() < at
            kept += len(whole(out))
            seal(case, out, KEY, originals=True)
            names = [row["pub"]["package"] for row in case.journal_rows() if row["act"] == "sealed"]
        assert [one.name for one in whole(out)][-1] == names[-1]
        assert len(names) == len(set(names))
        shutil.rmtree(where)
        shutil.rmtree(out)
    assert at > 60 and kept >= 1
