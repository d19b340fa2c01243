"""A small checker for the part of JSON Schema that docs/report-schema.json uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}
KNOWN = {
    "$schema", "$id", "title", "description", "type", "properties", "required", "additionalProperties", "items",
    "enum", "const", "pattern", "minimum", "maximum", "minItems", "maxItems", "minProperties",
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], at: str = "$") -> Iterator[str]:
    assert set(schema) <= KNOWN, f"{at}: the checker does not know {set(schema) - KNOWN}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is not one of {schema['enum']}"
    if not _is(value, schema.get("type")):
        yield f"{at}: {value!r} is not {schema['type']}"
        return
    if isinstance(value, dict):
        yield from _object(value, schema, at)
    elif isinstance(value, list):
        yield from _array(value, schema, at)
    elif isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at}: {value!r} is not like {schema['pattern']}"
    elif isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of range"


def _array(value: list[Any], schema: dict[str, Any], at: str) -> Iterator[str]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{at}: {len(value)} items"
    for number, one in enumerate(value):
        yield from faults(one, schema.get("items", {}), f"{at}[{number}]")


def _is(value: Any, kinds: str | list[str] | None) -> bool:
    if kinds is None:
        return True
    listed = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(value, bool):
        return "boolean" in listed
    return any(isinstance(value, TYPES[kind]) for kind in listed)


def _object(value: dict[str, Any], schema: dict[str, Any], at: str) -> Iterator[str]:
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}: {name} is missing"
    if len(value) < schema.get("minProperties", 0):
        yield f"{at}: too few properties"
    others = schema.get("additionalProperties", True)
    for name, one in value.items():
        if name in schema.get("properties", {}):
            yield from faults(one, schema["properties"][name], f"{at}.{name}")
        elif others is False:
            yield f"{at}: {name} is not in the schema"
        elif isinstance(others, dict):
            yield from faults(one, others, f"{at}.{name}")
