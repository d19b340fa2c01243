"""Reading what a person wrote in a YAML file into frozen dataclasses, each fault named with its place.

The dataclasses are the only description of a file: :func:`read_as` checks a
file against them and :func:`schema_of` publishes them as JSON Schema, so that
the two cannot differ. A text stays a text (an employee may be 00042), because
the wanted type decides how it is read and not what it looks like.

References
----------
YAML 1.2.2, chapter 10 (the failsafe schema: texts, lists and mappings);
JSON Schema 2020-12.
"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from toolkit.errors import ReadingError

LARGEST_CHARACTERS = 2**20
YES, NO = ("true", "yes", "on"), ("false", "no", "off")
EMPTY = ("", "null", "~")
PLAIN_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")
SHOWN_CHARACTERS = 60
SHOWN_KNOWN = 500
Content = Union[str, "list[Told]", "dict[str, Told]"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """A text, list or table of the file and the line on which it begins."""

    content: Content
    line: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where we are: file, path within it (``clips[2].acts[0]``) and line, for the error's sentence."""

    file: str
    path: str
    line: int

    def facts(self) -> dict[str, Any]:
        """The fields that every sentence about a place has."""
        return {"file": self.file, "place": self.path or "the file", "line": self.line}


def entry(
    about: str,
    default: Any = MISSING,
    *,
    least: float | None = None,
    most: float | None = None,
    pattern: str | None = None,
    at_least: int = 0,
) -> Any:
    """A field of a dataclass that a file fills: what it means and which values are right.

    Parameters
    ----------
    about : str
        One sentence for the reader of the schema, with the unit.
    default
        Without one, the entry must be in the file.
    least, most : float, optional
        Smallest and largest number allowed.
    pattern : str, optional
        Regular expression that the whole text must match.
    at_least : int
        Fewest items of a list.
    """
    told = {"about": about, "least": least, "most": most, "pattern": pattern, "at_least": at_least}
    return field(default=default, metadata=told)


class _Reference(Exception):
    """A ``*reference``: a short file may stand for a very long one, and a reader could not follow it."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _PlainLoader(yaml.BaseLoader):
    """Texts, lists and tables only."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            events: Any = self  # this method has no types in the stubs
            mark = events.peek_event().start_mark
            raise _Reference(mark.line + 1 if mark else 1)
        return super().compose_node(parent, index)


def parse_yaml(text: str, file: str) -> Told:
    """The file as texts, lists and tables; nothing in it is executed or expanded.

    Raises
    ------
    ReadingError
        Not YAML, empty, too large, two documents, a key twice, or one of the
        features that a reader of the file could not follow (``&anchor``,
        ``*reference``, ``!tag``).
    """
    if len(text) > LARGEST_CHARACTERS:
        raise ReadingError("scenario_too_large", file=file, limit_kib=LARGEST_CHARACTERS // 1024)
    try:
        root = yaml.compose(text, Loader=_PlainLoader)
    except _Reference as named:
        raise ReadingError("scenario_yaml_feature", file=file, line=named.line, feature="*") from named
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise ReadingError("scenario_not_yaml", file=file, line=line, problem=wrong.problem or "") from wrong
    except (yaml.YAMLError, RecursionError) as wrong:
        raise ReadingError("scenario_not_yaml", file=file, line=1, problem=type(wrong).__name__) from wrong
    if root is None:
        raise ReadingError("file_empty", file=file)
    return _told(root, Place(file, "", 1))


def _told(node: Node, at: Place) -> Told:
    line = _line(node)
    if node.tag not in PLAIN_TAGS:
        raise ReadingError("scenario_yaml_feature", file=at.file, line=line, feature=node.tag)
    if isinstance(node, ScalarNode):
        return Told(str(node.value), line)
    if isinstance(node, SequenceNode):
        return Told([_told(one, Place(at.file, f"{at.path}[{k}]", line)) for k, one in enumerate(node.value)], line)
    table: dict[str, Told] = {}
    for key, value in node.value if isinstance(node, MappingNode) else ():
        here = Place(at.file, at.path, _line(key))
        if not isinstance(key, ScalarNode):
            raise ReadingError("scenario_not_text", **here.facts())
        if key.value in table:
            raise ReadingError("scenario_key_twice", key=key.value, **here.facts())
        table[key.value] = _told(value, Place(at.file, _joined(at.path, key.value), here.line))
    return Told(table, line)


def _line(node: Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1


def read_as(kind: type[T], told: Told, file: str, path: str = "") -> T:
    """The file's content as this dataclass.

    Raises
    ------
    ReadingError
        A key is unknown or missing, or a value is of the wrong type or out of
        its range; the sentence names file, line and place.
    """
    read: T = _table(kind, told, Place(file, path, told.line))
    return read


def _table(kind: Any, told: Told, at: Place) -> Any:
    if not isinstance(told.content, dict):
        raise ReadingError("scenario_not_table", known=", ".join(_fields(kind)), **at.facts())
    known = _fields(kind)
    hints = _hints(kind)
    for key, value in told.content.items():
        if key not in known:
            raise ReadingError(
                "scenario_key_unknown",
                key=key,
                known=", ".join(known)[:SHOWN_KNOWN],
                **Place(at.file, at.path, value.line).facts(),
            )
    values = {}
    for name, one in known.items():
        if name in told.content:
            given = told.content[name]
            values[name] = _value(hints[name], given, one.metadata, Place(at.file, _joined(at.path, name), given.line))
        elif one.default is MISSING:
            raise ReadingError("scenario_key_missing", key=name, **at.facts())
    return kind(**values)


def _value(hint: Any, told: Told, rules: Mapping[str, Any], at: Place) -> Any:
    """The value, read by its type."""
    if get_origin(hint) is types.UnionType:
        if told.content in EMPTY:
            return None
        hint = next(one for one in get_args(hint) if one is not types.NoneType)
    if get_origin(hint) is tuple:
        return _list(hint, told, rules, at)
    if is_dataclass(hint):
        return _table(hint, told, at)
    if not isinstance(told.content, str):
        raise ReadingError("scenario_not_text", **at.facts())
    if get_origin(hint) is Literal:
        return _choice(get_args(hint), told.content, at)
    return _scalar(hint, told.content.strip(), rules, at)


def _list(hint: Any, told: Told, rules: Mapping[str, Any], at: Place) -> tuple[Any, ...]:
    if not isinstance(told.content, list):
        raise ReadingError("scenario_not_list", **at.facts())
    inner = get_args(hint)
    if inner[-1] is not Ellipsis:
        if len(told.content) != len(inner):
            raise ReadingError("scenario_list_length", wanted=len(inner), found=len(told.content), **at.facts())
        kinds = list(inner)
    else:
        kinds = [inner[0]] * len(told.content)
    if len(told.content) < rules.get("at_least", 0):
        raise ReadingError("scenario_list_short", least=rules["at_least"], **at.facts())
    pairs = enumerate(zip(kinds, told.content, strict=True))
    return tuple(_value(kind, one, rules, Place(at.file, f"{at.path}[{k}]", one.line)) for k, (kind, one) in pairs)


def _choice(known: tuple[Any, ...], text: str, at: Place) -> Any:
    for one in known:
        if str(one) == text.strip():
            return one
    listed = ", ".join(str(one) for one in known)
    raise ReadingError("scenario_not_one_of", found=text[:SHOWN_CHARACTERS], known=listed, **at.facts())


def _scalar(hint: Any, text: str, rules: Mapping[str, Any], at: Place) -> Any:
    if hint is str:
        pattern = rules.get("pattern")
        if not text or (pattern and not re.fullmatch(pattern, text)):
            raise ReadingError("scenario_text_shape", found=text[:SHOWN_CHARACTERS], **at.facts())
        return text
    if hint is bool:
        if text.lower() not in (*YES, *NO):
            raise ReadingError("scenario_not_yes_no", found=text[:SHOWN_CHARACTERS], **at.facts())
        return text.lower() in YES
    if hint is datetime:
        return _moment(text, at)
    return _number(hint, text, rules, at)


def _number(hint: Any, text: str, rules: Mapping[str, Any], at: Place) -> Any:
    try:
        value = hint(text)
    except ValueError as wrong:
        code_facts = {"found": text[:SHOWN_CHARACTERS], **at.facts()}
        if hint is int:
            raise ReadingError("scenario_not_whole", **code_facts) from wrong
        raise ReadingError("scenario_not_number", **code_facts) from wrong
    least, most = rules.get("least"), rules.get("most")
    low = -math.inf if least is None else least
    high = math.inf if most is None else most
    if not math.isfinite(value) or not low <= value <= high:
        bounds = f"{'' if least is None else least} .. {'' if most is None else most}"
        raise ReadingError("scenario_out_of_range", found=text[:SHOWN_CHARACTERS], bounds=bounds, **at.facts())
    return value


def _moment(text: str, at: Place) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise ReadingError("scenario_not_time", found=text[:SHOWN_CHARACTERS], **at.facts()) from wrong
    if moment.tzinfo is None:
        raise ReadingError("scenario_not_time", found=text[:SHOWN_CHARACTERS], **at.facts())
    return moment


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _fields(kind: Any) -> dict[str, Field[Any]]:
    return {one.name: one for one in fields(kind)}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def schema_of(kind: Any) -> dict[str, Any]:
    """JSON Schema (2020-12) of the values that :func:`read_as` takes for this dataclass."""
    hints = _hints(kind)
    return {
        "type": "object",
        "description": (kind.__doc__ or "").strip().split("\n")[0],
        "properties": {name: _entry_schema(hints[name], one) for name, one in _fields(kind).items()},
        "required": [name for name, one in _fields(kind).items() if one.default is MISSING],
        "additionalProperties": False,
    }


def _entry_schema(hint: Any, one: Field[Any]) -> dict[str, Any]:
    schema = _type_schema(hint, one.metadata)
    told = {"description": one.metadata["about"], **{k: v for k, v in schema.items() if k != "description"}}
    if one.default not in (MISSING, None, ()) and not is_dataclass(one.default):
        told["default"] = one.default
    return told


def _type_schema(hint: Any, rules: Mapping[str, Any]) -> dict[str, Any]:
    if get_origin(hint) is types.UnionType:
        inner = _type_schema(next(one for one in get_args(hint) if one is not types.NoneType), rules)
        return {"anyOf": [inner, {"type": "null"}]}
    if get_origin(hint) is tuple:
        return _list_schema(get_args(hint), rules)
    if is_dataclass(hint):
        return schema_of(hint)
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    if hint is datetime:
        return {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)$"}
    if hint is bool:
        return {"type": "boolean"}
    if hint is str:
        return {"type": "string", "pattern": f"^(?:{rules['pattern']})$" if rules.get("pattern") else "\\S"}
    bounds = {"minimum": rules.get("least"), "maximum": rules.get("most")}
    return {
        "type": "integer" if hint is int else "number",
        **{name: value for name, value in bounds.items() if value is not None},
    }


def _list_schema(inner: tuple[Any, ...], rules: Mapping[str, Any]) -> dict[str, Any]:
    if inner[-1] is Ellipsis:
        shortest = {"minItems": rules["at_least"]} if rules.get("at_least") else {}
        return {"type": "array", "items": _type_schema(inner[0], rules), **shortest}
    return {"type": "array", "items": _type_schema(inner[0], rules), "minItems": len(inner), "maxItems": len(inner)}
