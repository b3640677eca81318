"""The units of the declaration as SBML unit definitions."""

from __future__ import annotations

import re
from typing import Any

from osteocast.errors import OsteocastError

_DAY = 86400.0

# Symbol: SBML's base unit, power of ten, factor.
_BASE: dict[str, tuple[str, int, float]] = {
    "kg": ("gram", 3, 1.0),
    "g": ("gram", 0, 1.0),
    "mg": ("gram", -3, 1.0),
    "ug": ("gram", -6, 1.0),
    "ng": ("gram", -9, 1.0),
    "pg": ("gram", -12, 1.0),
    "nmol": ("mole", -9, 1.0),
    "pmol": ("mole", -12, 1.0),
    "kL": ("litre", 3, 1.0),
    "L": ("litre", 0, 1.0),
    "dL": ("litre", -1, 1.0),
    "mL": ("litre", -3, 1.0),
    "IU": ("item", 0, 1.0),  # SBML has no biological activity; a count says at least that it is no mass
    "m": ("metre", 0, 1.0),
    "cm": ("metre", -2, 1.0),
    "h": ("second", 0, 3600.0),
    "day": ("second", 0, _DAY),
    "year": ("second", 0, 365.25 * _DAY),
}
_QUALIFIERS = re.compile(r" (BCE|ZOL-eq)\b")  # what is counted, which SBML's units cannot say
_RATIOS = {"1", "%", "fraction of peak", "fraction"}


def unit_id(unit: str) -> str:
    """Return the SBML identifier of a unit.

    Examples
    --------
    >>> unit_id("mL/ng/day"), unit_id("1/year2"), unit_id("mg ZOL-eq/day"), unit_id("1")
    ('mL_per_ng_per_day', 'per_year2', 'mg_per_day', 'dimensionless')
    """
    plain = _plain(unit)
    if plain in _RATIOS:
        return "dimensionless"
    top, *below = plain.split("/")
    return "_per_".join(([] if top == "1" else [top]) + below) if top != "1" else "per_" + "_per_".join(below)


def define(model: Any, unit: str) -> str:
    """Make sure that a libSBML model defines a unit, and return its identifier.

    Raises
    ------
    OsteocastError
        If the unit has a symbol without an SBML counterpart.
    """
    identifier = unit_id(unit)
    if identifier == "dimensionless" or model.getUnitDefinition(identifier) is not None:
        return identifier
    import libsbml

    top, *below = _plain(unit).split("/")
    parts = [(top, 1)] * (top != "1") + [(item, -1) for item in below]
    definition = model.createUnitDefinition()
    definition.setId(identifier)
    definition.setName(unit)
    for item, sign in parts:
        match = re.fullmatch(r"([A-Za-z]+)(\d*)", item)
        if match is None or match[1] not in _BASE:
            raise OsteocastError(f"no SBML counterpart of the unit {unit!r}; known: {', '.join(_BASE)}")
        kind, power_of_ten, factor = _BASE[match[1]]
        one = definition.createUnit()
        one.setKind(libsbml.UnitKind_forName(kind))
        one.setExponent(float(sign * int(match[2] or 1)))
        one.setScale(power_of_ten)
        one.setMultiplier(factor)
    return identifier


def _plain(unit: str) -> str:
    return _QUALIFIERS.sub("", unit)
