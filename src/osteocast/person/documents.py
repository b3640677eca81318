"""YAML documents read without surprises.

A case is typed by hand or produced by another program, so the reader takes the plain part of YAML: mappings,
lists, texts, numbers, booleans and null. Refused are documents over a size limit, aliases (a cyclic one
never ends, a nested one explodes), duplicate keys, tags, non-finite numbers, very deep nesting, and anything
that is not one mapping. Dates stay texts, so that an impossible one is reported with its field.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from osteocast.errors import InputError, Problem

__all__ = ["MAXIMUM_BYTES", "UNUSABLE", "Document", "parse_document", "read_document"]

MAXIMUM_BYTES = 200_000
_MAXIMUM_DEPTH = 30
_LONGEST_PATH = 4096
_MAXIMUM_DIGITS = 30

_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "null", "bool", "int", "float", "timestamp", "seq", "map", "merge", "value")
)
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class Unusable:
    """Stands in a document for a value already reported as a problem, so that it is not reported twice."""


UNUSABLE = Unusable()


@dataclass(frozen=True)
class Document:
    """What a YAML text holds.

    Parameters
    ----------
    content : dict
        Keys are texts; values are mappings, lists, texts, finite numbers, booleans, None, or `UNUSABLE`.
    problems : tuple of Problem
        One for each unusable value and each key that stands twice.
    name : str or None
        The file's name, for messages.
    """

    content: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    name: str | None = None


def read_document(source: str | Path) -> Document:
    """Read a document from a file, or from a text that holds one.

    Parameters
    ----------
    source : str or Path
        A path, or the document itself: a text with a line break or a colon that names no file.

    Raises
    ------
    InputError
        If there is no such file, or nothing can be read from the document.
    """
    if isinstance(source, str) and ("\n" in source or not source.strip() or _is_inline(source)):
        return parse_document(source)
    path = Path(source)
    try:
        size = path.stat().st_size
        if size > MAXIMUM_BYTES and path.is_file():
            raise InputError([_too_large(size)], path.name)
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = Problem("", "bytes that are not UTF-8", "a text in UTF-8", "save the file as UTF-8")
        raise InputError([problem], path.name) from None
    except (OSError, ValueError):
        problem = Problem("", str(source), "a file that can be read", "check the path")
        raise InputError([problem]) from None
    return parse_document(text, path.name)


def _is_inline(source: str) -> bool:
    try:
        return len(source) > _LONGEST_PATH or (": " in source and not Path(source).exists())
    except (OSError, ValueError):
        return True


def parse_document(text: str, name: str | None = None) -> Document:
    """Parse the text of a document.

    Parameters
    ----------
    text : str
    name : str, optional
        What is read, for messages.

    Raises
    ------
    InputError
        If the text is too large, is not YAML, uses what is refused (see the module), is empty, or is not one
        mapping.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAXIMUM_BYTES:
        raise InputError([_too_large(size)], name)
    problems: list[Problem] = []
    content = _from_json(text) if text.startswith("{") else None
    if content is None:
        content = _construct(text, name, problems)
    if content is None:
        problem = Problem("", Problem.ABSENT, "a document with content", "describe the case in it")
        raise InputError([problem], name)
    if not isinstance(content, dict):
        problem = Problem("", content, "a mapping of fields", "start every line with 'field: value'")
        raise InputError([problem], name)
    return Document(content, tuple(problems), name)


def _from_json(text: str) -> dict[str, Any] | None:
    """Return what a JSON text holds, as its YAML would be read; None if it is not plain enough to be sure.

    Programs write JSON, and YAML is slow to read.
    """
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_unsure, parse_int=_whole)
        plain = isinstance(content, dict) and _is_plain(content, 1)
    except (ValueError, RecursionError):
        return None
    return content if plain else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    return content if len(content) == len(pairs) else _unsure("a key that stands twice")


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= _MAXIMUM_DIGITS else _unsure(digits)


def _unsure(what: str) -> Any:
    raise ValueError(what)


def _is_plain(value: object, depth: int) -> bool:
    """Whether a value is one that both languages read alike."""
    if depth > _MAXIMUM_DEPTH:
        return False
    if isinstance(value, dict):
        return all(_is_plain(part, depth + 1) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(_is_plain(part, depth + 1) for part in value)
    if isinstance(value, str):
        return value.isprintable()
    return not isinstance(value, float) or math.isfinite(value)


def _too_large(size: int) -> Problem:
    return Problem(
        "",
        f"{size / 1e6:.1f} MB",
        f"at most {MAXIMUM_BYTES / 1e6:.1f} MB",
        "this is not a case: check the file",
    )


class _Refused(Exception):
    """A construct that is never read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class _Composer(yaml.SafeLoader):
    """Composes nodes, but follows no alias and no deep nest: either could be endless."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose the next node, refusing aliases, foreign tags and deep nesting."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = f"line {event.start_mark.line + 1}"
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(
                Problem(line, f"*{event.anchor}", "no aliases (they can be cyclic)", "write the content out")
            )
        if self.depth == _MAXIMUM_DEPTH:
            raise _Refused(
                Problem(
                    line,
                    f"more than {_MAXIMUM_DEPTH} levels",
                    f"at most {_MAXIMUM_DEPTH} levels",
                    "flatten the document",
                )
            )
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None and node.tag not in _PLAIN_TAGS:
            raise _Refused(Problem(line, node.tag, "plain values without tags", "remove the tag"))
        return node


def _construct(text: str, name: str | None, problems: list[Problem]) -> Any:
    """Build the content of the YAML text; what cannot be used is added to the problems."""
    try:
        node = _Composer(text).get_single_node()
    except _Refused as refusal:
        raise InputError([refusal.problem], name) from None
    except yaml.YAMLError as error:
        raise InputError([_not_yaml(error)], name) from None
    return None if node is None else _value(node, "", problems)


def _not_yaml(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}" if mark is not None else ""
    detail = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable")
    return Problem(place, detail, "one YAML document", "correct indentation, quotes and colons there")


def _value(node: yaml.Node, path: str, problems: list[Problem]) -> Any:
    """Build the value of a node; what cannot be built is added to the problems."""
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, problems)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, f"{path}[{index}]", problems) for index, item in enumerate(node.value)]
    text = str(node.value)
    # A quoted scalar is a text, whatever it looks like.
    return text if getattr(node, "style", None) else _plain_scalar(text, path, problems)


def _mapping(node: yaml.MappingNode, path: str, problems: list[Problem]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(
                Problem(path, "a key that is not a text", "texts as keys", "write 'field: value'")
            )
            continue
        key = str(key_node.value)
        place = f"{path}.{key}" if path else key
        if key in mapping:
            line = key_node.start_mark.line + 1
            problems.append(
                Problem(place, f"a second time in line {line}", "each key once", "keep one of the two")
            )
            continue
        mapping[key] = _value(value_node, place, problems)
    return mapping


def _plain_scalar(text: str, path: str, problems: list[Problem]) -> Any:
    """Null, boolean, finite number or text."""
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text) and len(text) <= _MAXIMUM_DIGITS:
        return int(text)
    if _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    if _NUMBER.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        problems.append(Problem(path, text, "a finite number", "give the measured value or remove the field"))
        return UNUSABLE
    return text
