"""A case document as a form, and a form as a case document: nothing is lost on the way.

`fill` shows a document as the texts of a form. `apply` writes a filled form back into the document that it
was shown from: what is unchanged stays as it was written, and what the form does not show stays as it is.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from osteocast.lifestyle import MEDICINES
from osteocast.person.conditions import CONDITION_SYNONYMS, CONDITIONS
from osteocast.person.fields import match_name
from osteocast.units import ANALYTE_SYNONYMS, ANALYTES
from osteocast.web.forms.fields import ROWS, SCALARS, Field, Rows
from osteocast.web.forms.kinds import Kind, Quantity, plain
from osteocast.web.forms.paths import ABSENT, find, put

__all__ = [
    "CHECKED",
    "Applied",
    "analyte_of",
    "apply",
    "apply_rows",
    "fill",
    "fill_rows",
    "kind_of",
    "rows_in",
]

#: Lists that are asked as boxes to tick: place in the document, known names, other names.
CHECKED: dict[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "person.conditions": (tuple(CONDITIONS), CONDITION_SYNONYMS),
    "lifestyle.habits.medicines": (MEDICINES, {}),
}
_MOST_ROWS = 200
_ANSWER = "person.fractures.answer"


@dataclass(frozen=True)
class Applied:
    """A form, written back.

    Parameters
    ----------
    document : dict
    origins : dict of str to str
        ``typed`` or ``imported``, by name of the field or the row.
    """

    document: dict[str, Any]
    origins: dict[str, str] = field(default_factory=dict)


def fill(document: Mapping[str, Any]) -> dict[str, str]:
    """Show a document as the texts of a form, by name.

    Parameters
    ----------
    document : mapping
        As in a case file; it need not be right.

    Examples
    --------
    >>> shown = fill({"person": {"sex": "female", "weight": "68 kg"}})
    >>> shown["person.weight"], shown["person.weight.unit"], shown["person.height"]
    ('68', 'kg', '')
    """
    shown: dict[str, str] = {}
    for one in _scalars():
        shown |= _named(one.path, one.kind.read(find(document, one.path)))
    for path, rows in ROWS.items():
        shown |= fill_rows(path, rows, find(document, path))
    shown[_ANSWER] = _answer(find(document, "person.fractures"))
    for path, (known, synonyms) in CHECKED.items():
        for item in _listed(find(document, path)):
            shown[f"{path}.{match_name(item, known, synonyms) or plain(item)}"] = "on"
    return shown


def fill_rows(path: str, rows: Rows, node: Any) -> dict[str, str]:
    """Show the items of a list, each with the number it has in the document."""
    shown: dict[str, str] = {}
    for index, item in enumerate(_listed(node)):
        shown[f"{path}.{index}.from"] = str(index)
        for one in rows.fields:
            shown |= _named(f"{path}.{index}.{one.path}", _read(rows, one, item))
    return shown


def rows_in(data: Mapping[str, str], path: str) -> list[int]:
    """Return the numbers of the rows that a form holds, in order."""
    pattern = re.compile(rf"{re.escape(path)}\.(\d{{1,4}})\.")
    found = {int(match[1]) for name in data if (match := pattern.match(name))}
    return sorted(found)[:_MOST_ROWS]


def apply(
    base: Mapping[str, Any], data: Mapping[str, str], origins: Mapping[str, str] | None = None
) -> Applied:
    """Write a filled form back into the document that it was shown from.

    Parameters
    ----------
    base : mapping
        The document that the form was shown from; empty for a new case.
    data : mapping of str to str
        What was sent. A field that was not sent leaves the document as it is.
    origins : mapping of str to str, optional
        Where the values of `base` came from.

    Returns
    -------
    Applied

    Examples
    --------
    >>> base = {"person": {"sex": "female", "weight": "68 kg", "ancestry": "kept"}}
    >>> apply(base, fill(base)).document == base
    True
    >>> apply(base, {"person.weight": "70", "person.weight.unit": "kg"}).document["person"]
    {'sex': 'female', 'weight': '70 kg', 'ancestry': 'kept'}
    """
    document: dict[str, Any] = copy.deepcopy(dict(base))
    made = Applied(document, {k: v for k, v in (origins or {}).items() if not _is_row(k)})
    for one in _scalars():
        before = one.kind.read(find(base, one.path))
        after = _sent(one.path, one.kind, data, before)
        if _differ(before, after):
            put(document, one.path, one.kind.write(after))
            made.origins[one.path] = "typed"
    for path, rows in ROWS.items():
        if path == "person.fractures" and data.get(_ANSWER, "some") != "some":
            continue
        _replace_rows(made, base, path, rows, data, origins or {})
    _apply_answer(document, base, data)
    for path in CHECKED:
        _apply_checked(made, base, path, data)
    return made


def apply_rows(
    path: str, rows: Rows, node: Any, data: Mapping[str, str]
) -> list[tuple[Any, int | None, bool]]:
    """Return the items that a form's rows make, each with the number it had and whether it was changed.

    A row without a number is new; one in which nothing is written is left out.
    """
    items = _listed(node)
    made: list[tuple[Any, int | None, bool]] = []
    for index in rows_in(data, path):
        number = data.get(f"{path}.{index}.from", "")
        known = int(number) if number.isdecimal() and int(number) < len(items) else None
        item = items[known] if known is not None else ABSENT
        if data.get(f"{path}.{index}.drug") == "" and isinstance(item, Mapping) and item.get("drug"):
            continue  # no drug any more: neither is there a course of it
        row, changed = _apply_row(rows, item, f"{path}.{index}", data)
        if row or known is not None:
            made.append((row, known, changed))
    return made


def _apply_row(rows: Rows, item: Any, prefix: str, data: Mapping[str, str]) -> tuple[Any, bool]:
    row: dict[str, Any] | None = None
    for one in rows.fields:
        kind = kind_of(rows, one, item, data.get(f"{prefix}.analyte"))
        before = _read(rows, one, item, kind)
        after = _sent(f"{prefix}.{one.path}", kind, data, before)
        if _differ(before, after):
            row = _opened(rows, item) if row is None else row
            put(row, one.path, kind.write(after))
            if rows.path == "labs" and one.path == "value":
                row.pop("unit", None)
    if row is None:
        return ({} if item is ABSENT else copy.deepcopy(item)), False
    return row, True


def _opened(rows: Rows, item: Any) -> dict[str, Any]:
    """Return an item as a mapping that can be written into."""
    if isinstance(item, Mapping):
        return copy.deepcopy(dict(item))
    return {} if item in (ABSENT, None) else {rows.fields[0].path: item}


def _replace_rows(
    made: Applied,
    base: Mapping[str, Any],
    path: str,
    rows: Rows,
    data: Mapping[str, str],
    origins: Mapping[str, str],
) -> None:
    node = find(base, path)
    found = apply_rows(path, rows, node, data)
    if not any(name.startswith(f"{path}.") for name in data):
        return
    count = len(_listed(node))
    for index, (_, number, changed) in enumerate(found):
        before = origins.get(f"{path}.{number}", "typed")
        made.origins[f"{path}.{index}"] = "typed" if changed or number is None else before
    same = [number for _, number, _ in found] == list(range(count)) and not any(c for _, _, c in found)
    if same:
        return
    items = [item for item, _, _ in found]
    put(made.document, path, items if items else ABSENT)


def kind_of(rows: Rows, one: Field, item: Any, analyte: str | None = None) -> Kind:
    """Return the kind of a field in a row: a laboratory value has the units of what was measured."""
    if rows.path == "labs" and one.path == "value":
        name = match_name(analyte, ANALYTES, ANALYTE_SYNONYMS) if analyte else analyte_of(item)
        if name is not None:
            return Quantity(name)
        return _ANY
    return one.kind


@dataclass(frozen=True)
class _Any(Quantity):
    """A value of nobody knows what: any unit may stand beside it."""

    def units(self) -> tuple[str, ...]:
        from osteocast.units import QUANTITIES

        return tuple(dict.fromkeys(unit for name in ANALYTES for unit in QUANTITIES[name].units))

    def _unit(self, written: str) -> str:
        return written


_ANY = _Any()


def analyte_of(item: Any) -> str | None:
    """Return what a laboratory value is of, by the name that osteocast has for it."""
    given = item.get("analyte") if isinstance(item, Mapping) else None
    return match_name(given, ANALYTES, ANALYTE_SYNONYMS)


def _read(rows: Rows, one: Field, item: Any, kind: Kind | None = None) -> dict[str, str]:
    kind = kind or kind_of(rows, one, item)
    parent = rows.path.rpartition(".")[2]
    node = find({parent: [item]}, f"{parent}.0.{one.path}") if item is not ABSENT else ABSENT
    if rows.path == "labs" and one.path == "value" and isinstance(item, Mapping) and "unit" in item:
        return {"": plain(node), ".unit": plain(item["unit"])}
    if rows.path == "labs" and one.path == "analyte":
        return {"": analyte_of(item) or plain(node)}
    return kind.read(node)


def _scalars() -> Iterator[Field]:
    for fields in SCALARS.values():
        yield from fields


def _named(path: str, parts: Mapping[str, str]) -> dict[str, str]:
    return {f"{path}{suffix}": text for suffix, text in parts.items()}


def _sent(path: str, kind: Kind, data: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return what was sent for a field; a part that was not sent stays as it was."""
    return {suffix: data.get(f"{path}{suffix}", before.get(suffix, "")).strip() for suffix in kind.parts()}


def _differ(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    if not before.get("", "").strip() and not after.get("", ""):
        return False  # a unit alone says nothing
    return any(before.get(suffix, "").strip() != text for suffix, text in after.items())


def _listed(node: Any) -> list[Any]:
    if (
        node is ABSENT
        or node is None
        or (isinstance(node, str) and node.strip().casefold() in ("none", "no"))
    ):
        return []
    return node if isinstance(node, list) else [node]


def _answer(node: Any) -> str:
    if node is ABSENT or node is None:
        return ""
    return "some" if _listed(node) else "none"


def _apply_answer(document: dict[str, Any], base: Mapping[str, Any], data: Mapping[str, str]) -> None:
    """Write whether there were fractures: not known, none, or which."""
    if _ANSWER not in data:
        return
    before, after = _answer(find(base, "person.fractures")), data[_ANSWER]
    if after == "some":
        if not _listed(find(document, "person.fractures")):
            put(document, "person.fractures", [{}])
    elif before != after:
        put(document, "person.fractures", "none" if after == "none" else ABSENT)


def _apply_checked(made: Applied, base: Mapping[str, Any], path: str, data: Mapping[str, str]) -> None:
    """Write the boxes that are ticked; what was written by another name keeps it."""
    if f"{path}.asked" not in data:
        return
    known, synonyms = CHECKED[path]
    ticked = [name.removeprefix(f"{path}.") for name in data if name.startswith(f"{path}.")]
    ticked.remove("asked")
    node = find(base, path)
    kept = [item for item in _listed(node) if (match_name(item, known, synonyms) or plain(item)) in ticked]
    had = {match_name(item, known, synonyms) or plain(item) for item in kept}
    items = kept + [name for name in ticked if name not in had]
    if items != _listed(node):
        put(made.document, path, items if items else ABSENT)
        made.origins[path] = "typed"


def _is_row(name: str) -> bool:
    return any(re.match(rf"{re.escape(path)}\.\d", name) for path in ROWS)
