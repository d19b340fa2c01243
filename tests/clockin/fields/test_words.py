"""Words of exports: those that are known, and the others that stay unknown."""

from __future__ import annotations

import pytest

from toolkit.clockin.details import detail_row
from toolkit.clockin.fields.words import (
    CREDENTIAL_OF,
    DIRECTIONS,
    FAILED,
    PASSED,
    credential_of_word,
    direction_of_word,
    result_of_word,
    stated_direction,
)


@pytest.mark.parametrize(
    ("word", "credential"),
    [
        ("", "unknown"), ("Dedo", "finger"), ("FACE", "face"), ("人脸", "face"), ("Face+Card", "face+card"),
        ("face + iris", "unknown (face + iris)"), ("PIN", "unknown (PIN)"), ("faces", "unknown (faces)"),
    ],
)  # fmt: skip
def test_a_credential_is_named_where_every_word_of_it_is_certain(word: str, credential: str) -> None:
    assert credential_of_word(word) == credential


def test_a_make_may_mean_something_of_its_own_by_a_word() -> None:
    assert credential_of_word("ID+PIN", {"id": "pin", "pin": "password"}) == "pin+password"
    assert "pin" not in CREDENTIAL_OF


def test_a_result_that_is_not_known_is_no_pass() -> None:
    assert [result_of_word(word) for word in ("Pass", "迟到", "拒绝", "Erfolg", "", None)] == [
        "pass", "pass", "fail", "unknown", "unknown", "unknown",
    ]  # fmt: skip
    assert result_of_word("yes", {"yes"}, {"no"}) == "pass" and not PASSED & FAILED


def test_a_direction_is_told_however_its_words_are_joined() -> None:
    assert [direction_of_word(word) for word in ("DutyOff", "checkIn", "Break-out", "overtime_in", "签退")] == [
        "out", "in", "break_out", "ot_in", "out",
    ]  # fmt: skip
    assert (direction_of_word("Salida"), direction_of_word(""), stated_direction("Salida")) == ("unknown", "", None)
    assert all(detail_row({"direction": code})["direction"] == code for code in DIRECTIONS)
