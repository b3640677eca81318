"""Reading a quantity with its unit, and saying which unit was probably meant when it cannot be right."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from osteocast.errors import InputError, Problem, close_matches
from osteocast.units.quantities import QUANTITIES, Quantity


def convert(kind: str, value: float, unit: str, to: str | None = None) -> float:
    """Express a value of one quantity in another of its units.

    Parameters
    ----------
    kind : str
        Key of `QUANTITIES`.
    value : float
    unit : str
        Unit of `value`.
    to : str, optional
        Unit wanted; the canonical one if left out.

    Raises
    ------
    InputError
        If a unit is not one of the quantity's.

    Examples
    --------
    >>> round(convert("vitamin_d", 50, "nmol/L"), 1)
    20.0
    """
    quantity = QUANTITIES[kind]
    names = [quantity.unit(name) for name in (unit, to or quantity.canonical)]
    for given, name in zip((unit, to), names, strict=True):
        if name is None:
            raise InputError([_unknown_unit(quantity, "", given, str(given))])
    source, target = (quantity.factors[str(name)] for name in names)
    return value * source / target


def shown(kind: str, value: float, unit: str | None = None) -> str:
    """Canonical value as text in a unit of the quantity, to three significant figures.

    Examples
    --------
    >>> shown("estradiol", 4.9, "pmol/L")
    '18 pmol/L'
    """
    quantity = QUANTITIES[kind]
    unit = unit or quantity.canonical
    return f"{convert(kind, value, quantity.canonical, unit):.3g} {unit}"


_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBER_AND_REST = re.compile(rf"\s*({_NUMBER})\s*(.*?)\s*", re.DOTALL)


def read(
    kind: str,
    given: object,
    *,
    field: str = "",
    unit: str | None = None,
    default_unit: str | None = None,
    within: tuple[float, float] | None = None,
) -> float:
    """Read a quantity as people write it and return it in its canonical unit.

    Parameters
    ----------
    kind : str
        Key of `QUANTITIES`.
    given : object
        A text such as ``"18 pmol/L"``, a mapping with ``value`` and ``unit``, or a number.
    field : str
        Path of the field, for messages.
    unit : str, optional
        Unit that stands beside the value, where it is a field of its own.
    default_unit : str, optional
        Unit of a bare number; without it a bare number is refused, because the unit would be a guess.
    within : (float, float), optional
        Plausible range in the canonical unit, where the circumstances narrow that of the quantity.

    Returns
    -------
    float
        Value in the canonical unit.

    Raises
    ------
    InputError
        If the value is not a finite number, its unit is missing or unknown, or it is implausible in that
        unit; when another unit would make it plausible, the message says so.
    """
    quantity = QUANTITIES[kind]
    if isinstance(given, Mapping):
        extra = sorted(str(key) for key in given if key not in ("value", "unit"))
        if extra or "value" not in given:
            raise InputError([_not_a_quantity(quantity, field, dict(given))])
        unit = given.get("unit", unit)
        given = given["value"]
    value, written = _split(quantity, field, given)
    unit = written or (str(unit) if unit is not None else None) or default_unit
    low, high = within or (quantity.low, quantity.high)
    if unit is None:
        raise InputError([_missing_unit(quantity, field, value, low, high)])
    name = quantity.unit(unit)
    if name is None:
        raise InputError([_unknown_unit(quantity, field, given, unit)])
    canonical = value * quantity.factors[name]
    if not low <= canonical <= high:
        raise InputError([_implausible(quantity, field, value, name, low, high)])
    return canonical


def _split(quantity: Quantity, field: str, given: object) -> tuple[float, str | None]:
    """Separate number and unit; the unit is None if there is none."""
    if isinstance(given, str):
        match = _NUMBER_AND_REST.fullmatch(given)
        if match is None:
            raise InputError([_not_a_quantity(quantity, field, given)])
        value, written = float(match[1]), match[2] or None
        if written is not None and written[0] in ",;":
            raise InputError([_not_a_quantity(quantity, field, given)])
    elif isinstance(given, int | float) and not isinstance(given, bool):
        value, written = float(given), None
    else:
        raise InputError([_not_a_quantity(quantity, field, given)])
    if not math.isfinite(value):
        raise InputError([_not_a_quantity(quantity, field, given)])
    return value, written


def _not_a_quantity(quantity: Quantity, field: str, given: object) -> Problem:
    example = f"{_round(math.sqrt(max(quantity.low, 1e-3) * quantity.high))} {quantity.canonical}"
    return Problem(
        field,
        given if given is not None else Problem.ABSENT,
        f"{quantity.label} as a finite number with its unit ({', '.join(quantity.units)})",
        f"write it like '{example}', with a point for decimals",
    )


def _missing_unit(quantity: Quantity, field: str, value: float, low: float, high: float) -> Problem:
    plausible = list(_plausible_units(quantity, value, low, high))
    if len(plausible) == 1:
        remedy = f"write '{value:g} {plausible[0]}' if the report says so: only that unit makes it plausible"
    else:
        remedy = f"add the unit that the report prints, as in '{value:g} {(plausible or quantity.units)[0]}'"
    return Problem(
        field, f"{value:g}", f"{quantity.label} with its unit: {', '.join(quantity.units)}", remedy
    )


def _unknown_unit(quantity: Quantity, field: str, given: object, unit: str) -> Problem:
    near = close_matches(unit, quantity.units, 1)
    remedy = f"did you mean {near[0]}?" if near else f"give {quantity.label} in {quantity.canonical}"
    if quantity.name == "ntx" and "creatinine" in unit.casefold():
        remedy = "this is urinary NTX: only serum NTX is read, leave it out"
    if quantity.name == "bsap" and unit.casefold().startswith(("u/", "iu/")):
        remedy = "activity (U/L) has no fixed mass: ask the laboratory for ug/L or leave it out"
    return Problem(field, given, f"a unit of {quantity.label}: {', '.join(quantity.units)}", remedy)


def _implausible(quantity: Quantity, field: str, value: float, unit: str, low: float, high: float) -> Problem:
    bounds = f"{_round(low / quantity.factors[unit])} to {_round(high / quantity.factors[unit])} {unit}"
    others = [name for name in _plausible_units(quantity, value, low, high) if name != unit]
    if value < 0:
        remedy = "a negative value is impossible: correct it"
    elif others:
        meant = f"{value:g} {others[0]}"
        if others[0] != quantity.canonical:
            meant += f" ({value * quantity.factors[others[0]]:.3g} {quantity.canonical})"
        remedy = f"probably {meant} was meant: check the unit on the report"
    else:
        remedy = "check value and unit on the report"
    return Problem(field, f"{value:g} {unit}", f"{quantity.label} of {bounds}", remedy)


def _plausible_units(quantity: Quantity, value: float, low: float, high: float) -> Iterator[str]:
    """Units that put the value in the range, one for each distinct factor."""
    seen = set()
    for unit, factor in quantity.factors.items():
        if factor not in seen and low <= value * factor <= high:
            yield unit
        seen.add(factor)


def _round(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
