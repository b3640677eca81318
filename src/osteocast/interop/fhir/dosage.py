"""How much, how often, and by which way: the dosage of an order, a statement or an administration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from osteocast.interop.fhir.tables import table
from osteocast.interop.fhir.values import (
    Moment,
    Resource,
    codings,
    mapping,
    mappings,
    moment,
    number,
    text,
    words,
)
from osteocast.therapies import DRUGS, Drug
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR, QUANTITIES

__all__ = ["Dosage", "dosage_of", "route_of"]

_DAYS = {
    "h": 1 / 24,
    "d": 1.0,
    "wk": 7.0,
    "mo": DAYS_PER_MONTH,
    "a": DAYS_PER_YEAR,
    "min": 1 / 1440,
    "s": 1 / 86400,
}
_TABLETS = (
    "{tbl}",
    "{tablet}",
    "{tab}",
    "tab",
    "tablet",
    "tablets",
    "tabs",
    "{capsule}",
    "1",
    "{dose}",
    "tbl",
)
_STRENGTH = re.compile(r"(\d+(?:\.\d+)?)\s?(mg|mcg|ug|µg)\b(?!\s?/)", re.IGNORECASE)
_KIND = {"mg": "dose", "IU": "activity"}


@dataclass(frozen=True)
class Dosage:
    """A dosage as a case has it.

    Parameters
    ----------
    dose : str or None
        Amount of one dose with its unit; None where the label's has to do.
    interval : float or None
        Days between doses; None where the label's has to do.
    count : int or None
        How many doses.
    bounds : (Moment or None, Moment or None)
        First and last day that the timing itself names.
    notes : tuple of str
    as_needed : bool
    """

    dose: str | None = None
    interval: float | None = None
    count: int | None = None
    bounds: tuple[Moment | None, Moment | None] = (None, None)
    notes: tuple[str, ...] = ()
    as_needed: bool = False


def route_of(dosages: tuple[Resource, ...], product: str) -> str | None:
    """Return the way a drug is taken, by code, by words, or by the form in the product's name."""
    routes = table("drugs")["routes"]
    for dosage in dosages:
        concept = mapping(dosage, "route")
        for name, row in routes.items():
            if any(one.code == row["snomed"] for one in codings(concept)):
                return str(name)
            if any(re.search(rf"\b{re.escape(word)}\b", words(concept)) for word in row["names"]):
                return str(name)
    for form, name in (
        ("inject", "intravenous"),
        ("tablet", "oral"),
        ("oral", "oral"),
        ("infusion", "intravenous"),
    ):
        if form in product:
            return name
    return None


def dosage_of(drug: Drug, dosages: tuple[Resource, ...], product: str) -> Dosage:
    """Read the dosage of a drug.

    Parameters
    ----------
    drug : Drug
    dosages : tuple of mapping
        ``dosageInstruction`` or ``dosage``; the first counts.
    product : str
        Name of the product, for the strength of a tablet.
    """
    if not dosages:
        return Dosage(notes=("no dosage: the label's is assumed",))
    first = dosages[0]
    notes: list[str] = []
    if len(dosages) > 1:
        notes.append(f"the first of {len(dosages)} dosages is read")
    if first.get("asNeededBoolean") is True or mapping(first, "asNeededCodeableConcept"):
        return Dosage(as_needed=True)
    repeat = mapping(first, "timing", "repeat")
    interval = _interval(mapping(first, "timing"), repeat)
    if interval is None:
        notes.append("how often is not said: as on the label")
    dose, why = _dose(drug, first, product)
    if why:
        notes.append(why)
    count = number(repeat, "count")
    bounds = (moment(repeat, "boundsPeriod", "start"), moment(repeat, "boundsPeriod", "end"))
    return Dosage(dose, interval, int(count) if count and count >= 1 else None, bounds, tuple(notes))


def _interval(timing: Resource, repeat: Resource) -> float | None:
    frequency, period = number(repeat, "frequency"), number(repeat, "period")
    unit = _DAYS.get(text(repeat, "periodUnit"))
    if period and unit and period > 0:
        times = frequency if frequency and frequency > 0 else 1.0
        return round(period * unit / times, 4)
    known: Mapping[str, float] = table("drugs")["timing"]
    for one in codings(mapping(timing, "code")):
        if one.code.upper() in known:
            return round(float(known[one.code.upper()]), 4)
    return None


def _dose(drug: Drug, dosage: Resource, product: str) -> tuple[str | None, str]:
    """Return the amount of one dose, and what to know of it."""
    rates = mappings(dosage, "doseAndRate")
    given = mapping(rates[0], "doseQuantity") if rates else mapping(dosage, "dose")
    value = number(given, "value")
    written = text(given, "code") or text(given, "unit")
    kind = _KIND.get(drug.unit)
    if kind is None:
        return None, "the dose of a product is no rise of serum oestradiol: the label's patch is assumed"
    if value is None or value <= 0:
        return None, "no dose: the label's is assumed"
    unit = QUANTITIES[kind].unit(table("observations")["ucum"].get(written, written)) if written else None
    if unit is not None:
        return f"{value:.10g} {unit}", ""
    strength = _STRENGTH.search(product)
    if written.casefold() in _TABLETS and strength and kind == "dose":
        amount = value * float(strength[1])
        unit = "mg" if strength[2].casefold() == "mg" else "ug"
        return f"{amount:.10g} {unit}", f"{value:g} of {strength[0]}"
    return None, f"a dose in '{written or 'no unit'}': the label's is assumed"


def after(start: Moment, repeat: Resource) -> Moment | None:
    """Return the end that a duration of the timing sets."""
    value, unit = number(repeat, "boundsDuration", "value"), _DAYS.get(text(repeat, "boundsDuration", "code"))
    if not value or not unit or not 0 < value * unit < 40_000:
        return None
    return Moment((start.day + timedelta(days=round(value * unit))).isoformat())


def label_interval(drug: str) -> float:
    """Days between doses on the label."""
    return DRUGS[drug].label_interval_days
