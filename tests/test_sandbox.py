"""The limited child: answers, errors, crashes, endless loops and memory, each told apart."""

from __future__ import annotations

import json

import pytest

from toolkit import sandbox
from toolkit.errors import CannotMeasure, ReadingError, SetupError, ToolkitError
from toolkit.registry import Registry
from toolkit.runners import connect, local


def echo(value: object) -> object:
    return value


def refuse(what: str) -> None:
    raise CannotMeasure("no_frame_here", at=what)


def crash() -> None:
    import os

    os.abort()


def endless() -> None:
    while True:
        pass


def greedy() -> int:
    return len(bytearray(3 * 2**30))


HERE = "tests.test_sandbox"


def test_a_value_comes_back_as_json() -> None:
    assert sandbox.ask(f"{HERE}:echo", {"value": {"a": [1, "两"]}}) == {"a": [1, "两"]}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": {"b": {"c": {"d": {"e": [1.5, None, "\U0001f600", '"']}}}}, "两": {"行": [], "x": {}}},
        [],
        "两",
        None,
    ],
)
def test_what_is_said_in_pieces_is_what_was_meant(value: object) -> None:
    assert sandbox.ask(f"{HERE}:echo", {"value": value}) == value


def test_an_error_comes_back_as_itself() -> None:
    with pytest.raises(CannotMeasure) as refusal:
        sandbox.ask(f"{HERE}:refuse", {"what": "4"})
    assert refusal.value.facts == {"at": "4"}


def test_a_crash_is_an_error_not_the_end() -> None:
    with pytest.raises(ReadingError) as refusal:
        sandbox.ask(f"{HERE}:crash", {})
    assert refusal.value.code == "decoder_died"


def test_an_endless_loop_is_stopped() -> None:
    with pytest.raises(ReadingError) as refusal:
        sandbox.ask(f"{HERE}:endless", {}, sandbox.Limits(wall_s=2.0))
    assert refusal.value.code == "decoder_too_slow"


def test_memory_is_limited() -> None:
    with pytest.raises(ReadingError) as refusal:
        sandbox.ask(f"{HERE}:greedy", {}, sandbox.Limits(memory_bytes=2**30))
    assert refusal.value.code in ("decoder_memory", "decoder_died")


def test_a_forged_error_class_is_not_believed() -> None:
    told = {"kind": "error", "value": {"class": "Any", "code": "decoder_memory", "facts": {}}}
    with pytest.raises(ReadingError):
        sandbox.answer(json.dumps(told).encode(), 0)


def test_errors_survive_pickling_and_speak_both_languages() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(ReadingError("file_empty", file="x")))
    assert isinstance(error, ToolkitError)
    assert "x" in error.what("zh")
    assert error.advice("en")


def test_two_things_of_one_name_are_refused() -> None:
    things: Registry[str] = Registry("format")
    things.register("a")("one")
    with pytest.raises(SetupError) as refusal:
        things.register("a")("two")
    assert "one" in str(refusal.value)
    assert "two" in str(refusal.value)
    with pytest.raises(SetupError):
        things["b"]
    assert (list(things), len(things), things.items()) == (["a"], 1, [("a", "one")])


@pytest.mark.parametrize("workers", [1, 3])
def test_results_keep_the_order_of_the_items(workers: int) -> None:
    assert local(workers)(lambda n: n * n, list(range(20))) == [n * n for n in range(20)]


def test_the_first_error_of_a_worker_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        local(2)(lambda n: 1 // n, [1, 0, 2])


def test_a_missing_extra_is_named() -> None:
    pytest.importorskip("toolkit")
    try:
        import distributed  # noqa: F401
    except ImportError:
        with pytest.raises(SetupError) as refusal:
            connect("tcp://127.0.0.1:1")
        assert "dask" in str(refusal.value)
