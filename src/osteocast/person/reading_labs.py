"""The laboratory values of a case document."""

from __future__ import annotations

from typing import cast

from osteocast import units
from osteocast.person.fields import Fields
from osteocast.person.models import LabResult, Method, Person
from osteocast.person.reading_courses import Clock
from osteocast.person.reading_dates import measurement_date
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["read_labs"]

LAB_FIELDS = ("date", "analyte", "value", "unit", "hours_since_dose", "method")

# pg/mL; above it the value belongs to a woman before menopause, on oestradiol, or in another unit.
_POSTMENOPAUSAL_ESTRADIOL = (0.05, 50.0)
# pg/mL; above it even men on testosterone are hardly ever, but many a value in pmol/L is.
_MALE_ESTRADIOL = (0.3, 120.0)
# ng/dL; below it lie castration, severe disease of testis or pituitary, and usual values in nmol/L.
_MALE_TESTOSTERONE = (50.0, 3000.0)
_METHODS = ("lc-ms", "immunoassay")
_METHOD_SYNONYMS = {
    "lc-ms": "lc-ms",
    "lc-ms/ms": "lc-ms",
    "lcms": "lc-ms",
    "lc/ms": "lc-ms",
    "gc-ms": "lc-ms",
    "mass spectrometry": "lc-ms",
    "eclia": "immunoassay",
    "clia": "immunoassay",
    "ria": "immunoassay",
    "elisa": "immunoassay",
}


def read_labs(
    fields: Fields, clock: Clock, person: Person | None, treatments: tuple[Course, ...]
) -> tuple[LabResult, ...]:
    """Read the laboratory values, in order of date."""
    labs = []
    for content, place in fields.items("labs"):
        lab = Fields(content, place, fields.problems, LAB_FIELDS)
        on = measurement_date(lab, clock)
        lab.require("analyte", f"an analyte: {', '.join(units.ANALYTES)}", "name what was measured")
        lab.require("value", "a value with its unit", "copy it from the report")
        analyte = lab.choice("analyte", units.ANALYTES, "analyte", units.ANALYTE_SYNONYMS)
        hours = lab.number("hours_since_dose", 0, 24 * 366, "hours since the last dose")
        method = lab.choice("method", _METHODS, "method", _METHOD_SYNONYMS)
        if analyte is None or "value" not in lab:
            continue
        within = None
        if on is not None and person is not None:
            within = _plausible(analyte, clock.day(on), person, clock, treatments)
        unit = lab.raw("unit")
        value = lab.read(
            "value",
            lambda given, at, analyte=analyte, unit=unit, within=within: units.read(  # type: ignore[misc]
                analyte, given, field=at, unit=unit, within=within
            ),
        )
        if value is not None and on is not None:
            given = f"{lab.raw('value')} {unit}" if unit is not None else str(lab.raw("value"))
            labs.append(LabResult(on, analyte, value, given, hours, cast("Method | None", method)))
    return tuple(sorted(labs, key=lambda result: result.date))


def _plausible(
    analyte: str, day: float, person: Person, clock: Clock, treatments: tuple[Course, ...]
) -> tuple[float, float] | None:
    """Plausible sex hormones of this person on a day; None where nothing narrows the range of the analyte."""
    given = any(course.drug == "estradiol" and course.start_day <= day for course in treatments)
    if person.sex == "male":
        low = "hypogonadism" in person.conditions or any(
            course.drug == "goserelin" and course.start_day <= day for course in treatments
        )
        ranges = {} if low else {"testosterone": _MALE_TESTOSTERONE}
        return (ranges if given else ranges | {"estradiol": _MALE_ESTRADIOL}).get(analyte)
    if analyte != "estradiol" or person.menopause is None or person.menopause.age is None:
        return None
    since = day - clock.day(person.birth_date) - person.menopause.age * DAYS_PER_YEAR
    # In the first year after menopause the ovary can still flicker.
    return _POSTMENOPAUSAL_ESTRADIOL if since > DAYS_PER_YEAR and not given else None
