"""What a resource holds, read without trusting it: whatever is not as FHIR has it counts as not there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

__all__ = [
    "Coding",
    "Moment",
    "Resource",
    "codings",
    "described",
    "first_moment",
    "mapping",
    "mappings",
    "moment",
    "number",
    "reference",
    "text",
    "words",
]

Resource = Mapping[str, Any]

_LONGEST_TEXT = 300
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?", re.DOTALL)
_LARGEST = 1e9
# What SNOMED CT writes behind a name to say of what kind the concept is.
_TAG = re.compile(
    r"\s\((?:disorder|finding|situation|procedure|regime/therapy|morphologic abnormality|body structure|"
    r"substance|product|person|qualifier value|observable entity)\)$"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def mapping(holder: object, *path: str) -> Mapping[str, Any]:
    """Follow names through mappings; empty where there is none."""
    for name in path:
        holder = holder.get(name) if isinstance(holder, Mapping) else None
    return holder if isinstance(holder, Mapping) else {}


def mappings(holder: object, *path: str) -> tuple[Mapping[str, Any], ...]:
    """Follow names to a list of mappings; empty where there is none."""
    above = mapping(holder, *path[:-1])
    found = above.get(path[-1]) if path else holder
    return tuple(one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()


def text(holder: object, *path: str) -> str:
    """Follow names to a text, on one line and not endless; empty where there is none."""
    found = mapping(holder, *path[:-1]).get(path[-1])
    if not isinstance(found, str):
        return ""
    if len(found) <= _LONGEST_TEXT and found.isprintable() and "  " not in found and found == found.strip():
        return found
    # Neither a terminal nor YAML is to obey what a record says.
    plain = _CONTROL.sub(" ", found[: 4 * _LONGEST_TEXT])
    return " ".join(plain.split())[:_LONGEST_TEXT]


def number(holder: object, *path: str) -> float | None:
    """Follow names to a finite number."""
    found = mapping(holder, *path[:-1]).get(path[-1])
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    # An integer may be too large to be a float at all.
    return float(found) if -_LARGEST < found < _LARGEST and math.isfinite(found) else None


@dataclass(frozen=True)
class Coding:
    """One code of a concept.

    Parameters
    ----------
    system, code, display : str
        Empty where not given.
    """

    system: str
    code: str
    display: str


def codings(concept: object) -> tuple[Coding, ...]:
    """Return the codes of a CodeableConcept."""
    return tuple(
        Coding(text(one, "system"), text(one, "code"), text(one, "display"))
        for one in mappings(concept, "coding")
    )


def words(concept: object) -> str:
    """Everything that a CodeableConcept says in words, in lower case, without tags such as ``(disorder)``."""
    said = [text(concept, "text"), *(one.display for one in codings(concept))]
    return " | ".join(_TAG.sub("", one.casefold()) for one in said if one)


def described(concept: object) -> str:
    """Return the shortest sensible name of a CodeableConcept, for people."""
    said = [text(concept, "text"), *(one.display or one.code for one in codings(concept))]
    return next((one for one in said if one), "")


def reference(holder: object, *path: str) -> str:
    """Follow names to what a Reference points at, without a version."""
    return text(holder, *path, "reference").split("/_history/")[0]


@dataclass(frozen=True)
class Moment:
    """A FHIR date as it was written: the day, the month or the year.

    Parameters
    ----------
    written : str
        ``2025-03-10``, ``2025-03`` or ``2025``.
    """

    written: str

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return len(self.written) == len("2025-03-10")

    @property
    def day(self) -> date:
        """The day, or the middle of the month or the year."""
        year, _, rest = self.written.partition("-")
        month, _, on = rest.partition("-")
        return date(int(year), int(month or 7), int(on or (15 if month else 1)))


def moment(holder: object, *path: str) -> Moment | None:
    """Follow names to a date or the date of a time, in the zone in which it was written."""
    match = _DATE.fullmatch(text(holder, *path))
    if match is None:
        return None
    found = Moment("-".join(part for part in match.groups() if part))
    try:
        _ = found.day
    except ValueError:
        return None
    return found


def first_moment(holder: object, *paths: tuple[str, ...]) -> Moment | None:
    """Return the first date that is there."""
    found: Iterator[Moment | None] = (moment(holder, *path) for path in paths)
    return next((one for one in found if one is not None), None)
