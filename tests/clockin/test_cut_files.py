"""A file that lost its end states nothing that the whole file does not state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clockin.parsed import parsed
from toolkit.errors import ReadingError

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = (
    "01_zk_1_attlog", "02_zk_glg", "02b_glg_headerless", "03_timmy_agl", "03b_agl_daigong", "04_zk_adms",
    "06_zktime", "07_biotime_csv", "07b_biotime_api", "21_anviz", "08_hik_AcsEvent",
    "08b_hik_EventNotificationAlert", "08c_hik_push_multipart", "09_ivms4200_original_records", "11_biostar2_event_log",
    "12_dahua_recordFinder", "15_feishu_csv", "15b_feishu_api", "19_wecom_api", "19b_dingtalk_api",
)  # fmt: skip
CUTS = 40


def stated(path: Path) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What each clock-in says: credential and direction by row, person, time and precision."""
    table = parsed(str(path), {})["punches"]
    keys = zip(table["row"], table["employee_id"], table["t_local"], table["precision_s"], strict=True)
    told = (
        (one, details["direction"] or "unknown")
        for one, details in zip(table["credential"], table["details"], strict=True)
    )
    return dict(zip(keys, told, strict=True))


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_file_cut_anywhere_states_no_clock_in_of_its_own(sample: str, shared: Path, write: Any) -> None:
    file = json.loads((GOLDEN / f"{sample}.json").read_text(encoding="utf-8"))["file"]
    content = (shared / "clockin-samples" / file).read_bytes()
    whole = stated(shared / "clockin-samples" / file)
    read_cuts = 0
    # The last bytes one by one, where a row breaks off within each of its cells; the others at even steps.
    for at in (
        *range(len(content) // 3, len(content), len(content) // CUTS),
        *range(len(content) - CUTS, len(content)),
    ):
        try:
            part = stated(write(content[:at], "cut.bin"))
        except ReadingError:
            continue
        read_cuts += 1
        assert part.keys() <= whole.keys(), at
        for key, told in part.items():
            assert all(mine in (theirs, "unknown") for mine, theirs in zip(told, whole[key], strict=True)), (at, key)
    assert read_cuts > CUTS // 2
