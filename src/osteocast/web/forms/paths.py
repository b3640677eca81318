"""Places in a document, as a form names them: ``labs.0.value`` for ``labs[0].value``.

A case file may write a mapping in short: ``menopause: premenopausal`` stands for ``{type: premenopausal}``.
A place inside such a mapping is found in either, and what is written in short stays short until more is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from osteocast.person.fields import match_name
from osteocast.person.models import SITES
from osteocast.person.reading_scans import SITE_SYNONYMS

__all__ = ["ABSENT", "dotted", "find", "put"]


class Absent:
    """Stands for what is not in a document; a document may hold None."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()

#: Of a mapping that may be written in short, the field that the short form stands for.
_SHORT = {
    "menopause": "type",
    "device": "vendor",
    "calcium_intake": "diet",
    "exercise": "programme",
    "fractures": "site",
    **dict.fromkeys(
        (
            *("smoking", "alcohol", "sleep", "shift_work", "stress", "glucocorticoid", "crp"),
            *("rheumatoid_arthritis", "weight_change", "gh_secretagogue", "bed_rest"),
        ),
        "value",
    ),
}
_QUANTITY = frozenset(("value", "unit"))


def dotted(place: str) -> str:
    """Return the place of a problem as a form names it.

    Examples
    --------
    >>> dotted("scans[1].sites.total_hip.bmd")
    'scans.1.sites.total_hip.bmd'
    """
    return re.sub(r"\[(\d+)\]", r".\1", place).lstrip(".")


def _is_short(parent: str, node: Any) -> bool:
    """Whether a node stands for one field of the mapping that could be there."""
    if parent not in _SHORT or node is None:
        return False
    # A quantity may be a mapping of its own, and is one thing all the same.
    return not isinstance(node, Mapping | list) or (isinstance(node, Mapping) and set(node) <= _QUANTITY)


def _key_in(node: Mapping[str, Any], parent: str, key: str) -> str:
    """Return the key under which a mapping holds something that may go by several names."""
    if parent == "sites" and key not in node:
        for written in node:
            if match_name(written, SITES, SITE_SYNONYMS) == key:
                return str(written)
    return key


def find(node: Any, path: str) -> Any:
    """Return what stands at a place, or `ABSENT`.

    Parameters
    ----------
    node : object
        The document, or a part of it.
    path : str

    Examples
    --------
    >>> find({"person": {"menopause": "premenopausal"}}, "person.menopause.type")
    'premenopausal'
    >>> find({"person": {}}, "person.weight")
    ABSENT
    """
    parent = ""
    for key in path.split("."):
        if _is_short(parent, node):
            node = node if key == _SHORT[parent] else ABSENT
        elif isinstance(node, Mapping):
            node = node.get(_key_in(node, parent, key), ABSENT)
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
            key = parent  # what a list is called says what its items may be in short
        else:
            return ABSENT
        parent = key
    return node


def put(node: dict[str, Any], path: str, value: Any) -> None:
    """Write a value at a place, or take it out if it is `ABSENT`.

    Mappings on the way are made where there are none; those that a removal leaves empty are removed.

    Examples
    --------
    >>> document = {"person": {"menopause": "natural"}}
    >>> put(document, "person.menopause.age", 50)
    >>> document
    {'person': {'menopause': {'type': 'natural', 'age': 50}}}
    """
    _put(node, "", path.split("."), value)


def _put(node: dict[str, Any], parent: str, keys: list[str], value: Any) -> None:
    key = _key_in(node, parent, keys[0])
    if len(keys) == 1:
        if value is ABSENT:
            node.pop(key, None)
        else:
            node[key] = value
        return
    inner = node.get(key)
    if _is_short(key, inner):
        if keys[1] == _SHORT[key]:
            _put(node, parent, [key], value)
            return
        inner = {_SHORT[key]: inner}
    if not isinstance(inner, dict):
        if value is ABSENT:
            return
        inner = {}
    _put(inner, key, keys[1:], value)
    if inner:
        node[key] = inner
    else:
        node.pop(key, None)
