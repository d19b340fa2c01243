from __future__ import annotations

import pytest

from toolkit.clockin.details import detail_row
from toolkit.clockin.vendors.zk_codes import (
    STATES,
    credential_of,
    direction_of,
    operation_of,
    reset_flags,
)

DIRECTIONS = {"in", "out", "break_out", "break_in", "ot_in", "ot_out", ""}


@pytest.mark.parametrize("code", ["0", "2", "5", "6", "7", "9", "200", "255"])
def test_a_code_on_which_tables_differ_or_that_allows_two_ways_is_not_named(code: str) -> None:
    assert credential_of(code) == f"unknown ({code})"


def test_codes_of_one_meaning_are_named() -> None:
    assert [credential_of(code) for code in ("1", "3", "4", "15", "21", "25")] == [
        "finger", "password", "card", "face", "vein", "palm",
    ]  # fmt: skip
    assert credential_of("") == "unknown"


def test_directions_are_those_of_the_table_of_details() -> None:
    assert set(STATES.values()) == DIRECTIONS
    assert (direction_of("255"), direction_of("9"), direction_of("")) == ("", "unknown", "")
    assert detail_row({"direction": direction_of("255")})["direction"] is None


def test_an_operation_that_is_not_in_the_list_is_unknown() -> None:
    assert (operation_of("21"), operation_of("999")) == ("clock_set", "unknown")


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("2000-01-01 00:03:41", ["clock_reset"]),
        ("1970/01/01 08:00:00", ["clock_reset"]),
        ("01/01/2000 00:03:41", ["clock_reset"]),
        ("2026-03-03 20:00:00", []),
        ("03/03/2026 19:70:00", []),
        ("2026-03-03 08:21:07.2000", []),
        ("", []),
    ],
)
def test_only_a_date_of_a_reset_clock_is_flagged(text: str, flags: list[str]) -> None:
    assert reset_flags(text) == flags
