"""What the samples of ZKTeco terminals hold beside clock-ins, written down by reading them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from toolkit.clockin.choosing import _head, load_formats
from toolkit.clockin.formats import Source, punch_formats

SERIAL = "CQZ7000000001"
MINE = {
    "zkteco_attlog": {"01_zk_1_attlog.dat"},
    "zkteco_glg": {
        "02_zk_GLG_001.TXT",
        "02b_GLG_001_headerless_mdy.TXT",
        "03_timmy_AGL_001.txt",
        "03b_AGL_utf16_daigong.txt",
    },
    "zkteco_adms": {"04_zk_adms_push.http"},
    "zkteco_photo": {"04b_zk_attphoto.bin"},
    "zkteco_users": {"05_zk_user.dat"},
    "zktime_csv": {"06_zktime_gbk.csv"},
    "biotime_csv": {"07_biotime_transaction.csv"},
    "biotime_api": {"07b_biotime_transactions_api.json"},
    "anviz_checkinout": {"21_anviz_checkinout.csv"},
}


@pytest.fixture
def samples(shared: Path) -> Path:
    return shared / "clockin-samples"


@pytest.mark.parametrize("name", MINE)
def test_a_format_claims_its_own_samples_and_no_other(name: str, samples: Path) -> None:
    load_formats()
    claimed = set()
    for path in samples.iterdir():
        head, _ = _head(Source(name=path.name, content=path.read_bytes()))
        if punch_formats[name].sniff(head):
            claimed.add(path.name)
    assert claimed == MINE[name]


def test_what_was_done_to_the_terminal_before_the_clock_ins(samples: Path, read: Any) -> None:
    got = read(samples / "04_zk_adms_push.http")
    assert [tuple(row) for row in got.events[["row", "code", "what", "stamped_at", "operator"]].to_numpy()] == [
        (23, "4", "menu_entered", "2026-03-03 07:58:01", "14"),
        (24, "21", "clock_set", "2026-03-03 07:58:40", "14"),
        (25, "101", "face_enrolled", "2026-02-27 16:20:11", "14"),
    ]
    assert set(got.events["terminal_id"]) == {SERIAL} and got.facts.device == SERIAL
    (person,) = got.people.to_dict("records")
    assert (person["row"], person["employee_id"], person["name"]) == (33, "1004", "彭国庆")


def test_the_picture_of_a_clock_in(samples: Path, read: Any) -> None:
    got = read(samples / "04b_zk_attphoto.bin")
    ((name, content),) = got.photos.items()
    assert (name, len(content), content[:3], content[-2:]) == (
        "20260303084112-1002.jpg", 159, b"\xff\xd8\xff", b"\xff\xd9",
    )  # fmt: skip
    assert (got.facts.device, got.facts.truncated) == (SERIAL, "")


def test_the_roster_of_the_terminal(samples: Path, read: Any) -> None:
    got = read(samples / "05_zk_user.dat")
    assert dict(zip(got.people["employee_id"], got.people["name"], strict=True)) == {
        "1001": "沈玉兰", "1002": "卢志远", "1003": "韩晓梅", "1004": "彭国庆", "1005": "欧阳静", "1006": "邹建平",
    }  # fmt: skip
    assert list(got.people["row"]) == [1, 2, 3, 4, 5, 6]


def test_what_the_logs_in_text_say_of_themselves(samples: Path, read: Any) -> None:
    marked = read(samples / "03b_AGL_utf16_daigong.txt")
    assert (marked.encoding, marked.facts.device) == ("utf-16", "S362E Excel")
    assert '"proxy_work":"0"' in marked.details["other"].iloc[0].replace(" ", "")
    assert "credential" in read(samples / "03_timmy_AGL_001.txt").lacks
    reset = read(samples / "01_zk_1_attlog.dat")
    assert [one.code for one in reset.warnings] == ["clock_reset"]
