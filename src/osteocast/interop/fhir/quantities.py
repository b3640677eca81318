"""A Quantity with its UCUM unit, as a case file writes it."""

from __future__ import annotations

from osteocast import units
from osteocast.errors import InputError
from osteocast.interop.fhir.tables import table
from osteocast.interop.fhir.values import Resource, described, mapping, number, text
from osteocast.units import QUANTITIES

__all__ = ["Unread", "quantity", "unit_of"]


class Unread(Exception):
    """A value that is not taken; the message says why."""


def quantity(kind: str, holder: Resource) -> str:
    """Return ``valueQuantity`` of an observation or a component, as number and unit.

    Parameters
    ----------
    kind : str
        Key of `osteocast.units.QUANTITIES`.
    holder : mapping

    Raises
    ------
    Unread
        If there is no value, only a bound, no unit, an unknown one, two that contradict each other, or a
        value that nobody has in this unit.
    """
    given = mapping(holder, "valueQuantity")
    value = number(given, "value")
    if value is None:
        raise Unread(_absent(holder))
    comparator = text(given, "comparator")
    if comparator:
        raise Unread(f"a bound ({comparator} {value:g} {text(given, 'unit')}), not a value")
    unit = unit_of(kind, given)
    try:
        units.read(kind, value, unit=unit)
    except InputError as error:
        problem = error.problems[0]
        raise Unread(f"got {problem.shown_value}; expected {problem.expected}; {problem.remedy}") from None
    return f"{value!r} {unit}".replace(".0 ", " ")


def unit_of(kind: str, given: Resource) -> str:
    """Return the unit of a Quantity, as the quantity knows it.

    Raises
    ------
    Unread
        If there is none, or code and text name different ones.
    """
    written = [text(given, "code"), text(given, "unit")]
    known = [QUANTITIES[kind].unit(table("observations")["ucum"].get(one, one)) for one in written if one]
    if not any(written):
        raise Unread("a number without a unit")
    factors = {QUANTITIES[kind].factors[one] for one in known if one is not None}
    if len(factors) > 1:
        raise Unread(f"two units that contradict each other: {' and '.join(one for one in written if one)}")
    unit = next((one for one in known if one is not None), None)
    if unit is None:
        raise Unread(f"unit {' / '.join(dict.fromkeys(one for one in written if one))} is not one of {kind}")
    return unit


def _absent(holder: Resource) -> str:
    why = described(mapping(holder, "dataAbsentReason"))
    if why:
        return f"no value: {why}"
    kinds = [name for name in holder if name.startswith("value")]
    return f"no number: {', '.join(kinds)}" if kinds else "no value"
