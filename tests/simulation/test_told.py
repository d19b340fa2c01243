"""A file that a person wrote: read by the wanted type, refused with file, line and place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import jsonschema
import pytest

from toolkit.errors import ReadingError
from toolkit.simulation.told import entry, parse_yaml, read_as, schema_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """Inner."""

    at_s: float = entry("Seconds.", least=0, most=9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """Outer."""

    ident: str = entry("Id.", pattern="[a-z0-9]+")
    when: datetime | None = entry("When.", None)
    kind: Literal["one", 2] = entry("Kind.", "one")
    sure: bool = entry("Yes or no.", False)
    count: int = entry("Count.", 3, least=1)
    spans: tuple[tuple[float, float], ...] = entry("Spans.", ())
    parts: tuple[Inner, ...] = entry("Parts.", (), at_least=1)


def read(text: str) -> Outer:
    return read_as(Outer, parse_yaml(text, "f.yaml"), "f.yaml")


def refusal(text: str) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        read(text)
    assert "f.yaml" in str(caught.value)
    return caught.value


def test_an_id_that_looks_like_a_number_keeps_its_zeros() -> None:
    assert read("ident: 00042").ident == "00042"


def test_values_are_read_by_the_wanted_type() -> None:
    told = read(
        "{ident: a, when: '2026-03-03T08:20:00+08:00', kind: 2, sure: yes, count: 7, spans: [[1, 2.5]], "
        "parts: [{at_s: 4}]}"
    )
    assert told.when is not None
    assert (told.when.isoformat(), told.kind, told.sure, told.count) == ("2026-03-03T08:20:00+08:00", 2, True, 7)
    assert (told.spans, told.parts) == (((1.0, 2.5),), (Inner(at_s=4.0),))


def test_nothing_stands_for_a_value_that_may_be_absent() -> None:
    assert read("ident: a\nwhen:\n").when is None


@pytest.mark.parametrize(
    ("text", "code", "line", "place"),
    [
        ("ident: a\nkimd: one", "scenario_key_unknown", 2, "the file"),
        ("kind: one", "scenario_key_missing", 1, "the file"),
        ("ident: A b", "scenario_text_shape", 1, "ident"),
        ("ident: [a]", "scenario_not_text", 1, "ident"),
        ("ident: a\nkind: three", "scenario_not_one_of", 2, "kind"),
        ("ident: a\nsure: perhaps", "scenario_not_yes_no", 2, "sure"),
        ("ident: a\ncount: 1.5", "scenario_not_whole", 2, "count"),
        ("ident: a\ncount: 0", "scenario_out_of_range", 2, "count"),
        ("ident: a\nparts:\n - at_s: 1\n - at_s: many", "scenario_not_number", 4, "parts[1].at_s"),
        ("ident: a\nparts:\n - at_s: nan", "scenario_out_of_range", 3, "parts[0].at_s"),
        ("ident: a\nparts: []", "scenario_list_short", 2, "parts"),
        ("ident: a\nparts: 3", "scenario_not_list", 2, "parts"),
        ("ident: a\nparts: [3]", "scenario_not_table", 2, "parts[0]"),
        ("ident: a\nspans: [[1, 2, 3]]", "scenario_list_length", 2, "spans[0]"),
        ("ident: a\nwhen: 2026-03-03T08:20:00", "scenario_not_time", 2, "when"),
        ("ident: a\nwhen: today", "scenario_not_time", 2, "when"),
        ("ident: a\nident: b", "scenario_key_twice", 2, "the file"),
        ("- a", "scenario_not_table", 1, "the file"),
    ],
)
def test_each_fault_names_its_line_and_place(text: str, code: str, line: int, place: str) -> None:
    fault = refusal(text)
    assert (fault.code, fault.facts["line"], fault.facts["place"]) == (code, line, place)
    assert fault.what("zh") != fault.what("en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ident: 'a", "scenario_not_yaml"),
        ("ident: a\n  kind: one", "scenario_not_yaml"),
        ("ident: a\n---\nident: b", "scenario_not_yaml"),
        ("ident: \x00", "scenario_not_yaml"),
        ("[" * 5000, "scenario_not_yaml"),
        ("ident: &x a\nkind: *x", "scenario_yaml_feature"),
        ("ident: !!python/name:os.system a", "scenario_yaml_feature"),
        ("", "file_empty"),
        ("# " + "x" * 2**20, "scenario_too_large"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_and_never_run(text: str, code: str) -> None:
    assert refusal(text).code == code


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ({"ident": "a"}, True),
        ({"ident": "a", "when": None, "spans": [[1, 2]]}, True),
        ({"ident": "a", "when": "2026-03-03T08:20:00+08:00"}, True),
        ({"ident": "A b"}, False),
        ({"ident": "a", "kind": "three"}, False),
        ({"ident": "a", "parts": []}, False),
        ({"ident": "a", "count": 0}, False),
        ({"ident": "a", "other": 1}, False),
        ({}, False),
    ],
)
def test_the_published_schema_takes_what_the_reader_takes(value: dict[str, Any], right: bool) -> None:
    schema = schema_of(Outer)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema.Draft202012Validator(schema).is_valid(value) == right
