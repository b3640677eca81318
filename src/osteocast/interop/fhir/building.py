"""Pieces of resources, and a bundle that holds them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from osteocast.interop.fhir.tables import LOINC, by_code, table
from osteocast.units import QUANTITIES

__all__ = ["Bundling", "age", "concept", "loinc", "quantity", "ucum"]

UCUM = "http://unitsofmeasure.org"
# Ids are the same each time the same person is written, and those of no other program's resources.
_NAMESPACE = uuid.UUID("6f1d4c1e-6a7e-5f0b-9f5e-0b3d1c5a7e42")


@dataclass
class Bundling:
    """Resources on their way into a bundle.

    Parameters
    ----------
    about : str
        What tells this export from others: it goes into the identifiers.
    entries : list of dict
    left_out : list of str
        What the case holds and FHIR has no place for, or nobody would read there.
    """

    about: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, kind: str, name: str, **content: Any) -> dict[str, str]:
        """Add a resource and return a reference to it; fields that are None are left out."""
        address = f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{self.about}/{kind}/{name}')}"
        filled = {key: value for key, value in content.items() if value is not None}
        self.entries.append({"fullUrl": address, "resource": {"resourceType": kind, "id": name, **filled}})
        return {"reference": address}


def concept(*coded: tuple[str, str, str], words: str = "") -> dict[str, Any]:
    """Return a CodeableConcept of codes (system, code, display) and words."""
    made: dict[str, Any] = {}
    if coded:
        made["coding"] = [{"system": one[0], "code": one[1], "display": one[2]} for one in coded]
    if words:
        made["text"] = words
    return made


def loinc(part: str, wanted: Mapping[str, str], words: str = "") -> dict[str, Any] | None:
    """Return the first concept of a part of the table of observations with these values and no side."""
    for code, row in by_code("observations", part).items():
        if all(row.get(key) == value for key, value in wanted.items()) and "side" not in row:
            return concept((LOINC, code, row["display"]), words=words)
    return None


def ucum(unit: str) -> str:
    """Return a unit of a case in UCUM."""
    written: Mapping[str, str] = table("observations")["ucum"]
    return next((code for code, own in written.items() if own == unit), unit)


def quantity(value: float, unit: str) -> dict[str, Any]:
    """Return a Quantity of a unit of a case."""
    return {"value": value, "unit": unit, "system": UCUM, "code": ucum(unit)}


def canonical(kind: str, value: float) -> dict[str, Any]:
    """Return a Quantity in the canonical unit of a kind."""
    return quantity(value, QUANTITIES[kind].canonical)


def age(years: float) -> dict[str, Any]:
    """Return an Age."""
    return {"value": years, "unit": "years", "system": UCUM, "code": "a"}
