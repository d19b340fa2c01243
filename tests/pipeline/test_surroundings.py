"""A run notes what it was made with, and nothing that tells whose computer it was."""

from __future__ import annotations

import getpass
import hashlib
import json
import platform
import socket
from importlib.metadata import version
from pathlib import Path

from toolkit.casebook.case import Case
from toolkit.pipeline import add_file, run_steps
from toolkit.pipeline.surroundings import LIBRARIES, versions


def test_versions_are_those_that_are_installed_and_what_is_missing_is_left_out() -> None:
    told = versions()
    assert told["python"] == platform.python_version() and told["numpy"] == version("numpy")
    assert {"av", "opencv-python", "dlib-bin"} <= set(told) <= {
        *LIBRARIES, "python", "machine", "system", "lock_sha256",
    }  # fmt: skip
    lock = Path(__file__).parents[2] / "requirements.lock"
    assert told["lock_sha256"] == hashlib.sha256(lock.read_bytes()).hexdigest()


def test_each_run_notes_them_without_host_or_user(tmp_path: Path, shared: Path) -> None:
    with Case.create(tmp_path / "case", purpose="Who clocked in?", basis="Works agreement 7") as case:
        add_file(case, shared / "clockin-samples" / "01_zk_1_attlog.dat", "records")
        run_steps(case, ("intake",))
        (row,) = [one for one in case.journal_rows() if one["act"] == "run"]
    assert row["pub"]["versions"] == versions()
    told = json.dumps(row["pub"])
    assert socket.gethostname() not in told and f'"{getpass.getuser()}"' not in told
