"""A case in the making: what was found for each field, and the rows of the ledger it came from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from osteocast.errors import Problem
from osteocast.interop.fhir.ledger import Ledger, Row
from osteocast.interop.fhir.reading import Collected
from osteocast.interop.fhir.values import Resource, mappings, reference, text

__all__ = ["Draft", "Item"]

_PLACE = re.compile(
    r"(scans|labs|treatments|person\.conditions|person\.fractures)(?:\[(\d+)\])?(.*)", re.DOTALL
)
_SITE = re.compile(r"\.sites\.(\w+)")


@dataclass(eq=False)
class Item:
    """One entry of a list of the case, and where it came from.

    Parameters
    ----------
    content : Any
        What stands in the document.
    rows : list of Row
    parts : dict of str to list of Row
        Of a scan, the rows of each site.
    """

    content: Any
    rows: list[Row]
    parts: dict[str, list[Row]] = field(default_factory=dict)


@dataclass
class Draft:
    """What is known of one person.

    Parameters
    ----------
    patient : str
        Id of the Patient.
    source : Collected
        Every resource, for what points at another one.
    ledger : Ledger
    device : str or None
        Maker of the densitometer where the record does not say.
    person, lists : dict
        Fields of the person; entries of the lists of the case.
    notes : list of str
        What a reader of the case has to know.
    dates : list of date
        Days on which something happened.
    latest : dict of str to (str, Row)
        Day and row of what is kept only once, such as the weight.
    menopause : list of (str, float or str, Row)
        What the record says of menopause: type, and age or date.
    receptors : list of (str, Row)
    seen : dict of (str, str) to list of (str, int, Item)
        Laboratory values so far, by day and analyte: time, certainty, entry.
    """

    patient: str
    source: Collected
    ledger: Ledger
    device: str | None = None
    person: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Item]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    dates: list[date] = field(default_factory=list)
    latest: dict[str, tuple[str, Row]] = field(default_factory=dict)
    menopause: list[tuple[str, float | str, Row]] = field(default_factory=list)
    receptors: list[tuple[str, Row]] = field(default_factory=list)
    seen: defaultdict[tuple[str, str], list[tuple[str, int, Item]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, section: str, content: Any, *rows: Row, parts: dict[str, list[Row]] | None = None) -> Item:
        """Add an entry to a list of the case, and return it."""
        made = Item(content, list(rows), parts or {})
        self.lists.setdefault(section, []).append(made)
        return made

    def resolve(self, holder: Resource, pointed: str) -> tuple[str, Resource] | None:
        """Return what a reference of a resource points at, contained resources included."""
        if pointed.startswith("#"):
            inside = (one for one in mappings(holder, "contained") if text(one, "id") == pointed[1:])
            return next(((pointed, one) for one in inside), None)
        return self.source.find(pointed)

    def pointed(self, holder: Resource, *path: str) -> tuple[str, Resource] | None:
        """Return what the reference under these names points at."""
        return self.resolve(holder, reference(holder, *path))

    def document(self, extra: Mapping[str, Any], as_of: date | None) -> dict[str, Any]:
        """Return the case as a document, with what was given beside the record on top."""
        person = dict(self.person)
        for name in ("conditions", "fractures"):
            items = self.lists.get(f"person.{name}", [])
            if items:
                person[name] = [item.content for item in items]
        document: dict[str, Any] = {"person": person}
        for section in ("scans", "labs", "treatments"):
            items = self.lists.get(section, [])
            if items:
                document[section] = [item.content for item in items]
        seen = as_of or max(self.dates, default=None)
        if seen is not None:
            document["options"] = {"as_of": seen.isoformat()}
        if self.notes:
            document["notes"] = list(self.notes)
        return merged(document, extra)

    def withdraw(self, problem: Problem) -> bool:
        """Take out the entry that a problem speaks of; whether there was one."""
        match = _PLACE.fullmatch(problem.field)
        items = self.lists.get(match[1], []) if match else []
        if match is None or not items:
            return False
        index = int(match[2]) if match[2] else self._named(items, problem.value)
        if index is None or index >= len(items):
            return False
        why = f"got {problem.shown_value}; expected {problem.expected}; {problem.remedy}"
        site = _SITE.match(match[3])
        item = items[index]
        if site and len(item.content["sites"]) > 1 and site[1] in item.content["sites"]:
            del item.content["sites"][site[1]]
            rows: Sequence[Row] = item.parts.get(site[1], [])
        else:
            del items[index]
            rows = item.rows
        for row in rows:
            row.withdraw(why)
        return True

    @staticmethod
    def _named(items: Sequence[Item], value: object) -> int | None:
        return next((i for i, item in enumerate(items) if item.content == value), None)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one document over another: mappings field by field, lists one after the other, the rest replaced.

    Examples
    --------
    >>> merged({"person": {"sex": "female"}, "labs": [1]}, {"person": {"weight": "60 kg"}, "labs": [2]})
    {'person': {'sex': 'female', 'weight': '60 kg'}, 'labs': [1, 2]}
    """
    made = dict(below)
    for name, value in above.items():
        here = made.get(name)
        if isinstance(here, Mapping) and isinstance(value, Mapping):
            made[name] = merged(here, value)
        elif isinstance(here, list) and isinstance(value, list):
            made[name] = [*here, *value]
        else:
            made[name] = value
    return made
