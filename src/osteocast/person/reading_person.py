"""The person of a case document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from osteocast.errors import Problem
from osteocast.person.conditions import CONDITION_SYNONYMS, CONDITIONS
from osteocast.person.fields import Fields, match_name
from osteocast.person.models import (
    Menopause,
    MenopauseType,
    Person,
    Sex,
)
from osteocast.person.reading_courses import Clock
from osteocast.person.reading_precautions import read_precautions
from osteocast.person.reading_risk import read_falls, read_fractures, read_frax, read_parent
from osteocast.units import DAYS_PER_YEAR

__all__ = ["read_person"]

PERSON_FIELDS = (
    "sex",
    "birth_date",
    "menopause",
    "weight",
    "height",
    "calcium_intake",
    "conditions",
    "fractures",
    "parental_hip_fracture",
    "falls",
    "frax",
    "precautions",
)
_MENOPAUSE_AGE = {"natural": (35.0, 62.0), "surgical": (15.0, 62.0)}
_OLDEST_PREMENOPAUSAL = 62.0
_OLDEST = 120.0
# kg/m2; outside of it one of weight and height is a slip.
_BODY_MASS_INDEX = (10.0, 90.0)
_MENS_CONDITIONS = ("prostate_cancer", "orchiectomy")


def read_person(fields: Fields, clock: Clock) -> Person | None:
    """Read who the person is; None if a problem leaves nobody to simulate."""
    person = Fields(fields.raw("person"), "person", fields.problems, PERSON_FIELDS)
    if not person.usable:
        return None
    person.require("sex", "female or male", "give the sex at birth")
    person.require("birth_date", "a date as YYYY-MM-DD", "give the birth date")
    sex = person.choice("sex", ("female", "male"), "sex", {"f": "female", "m": "male", "woman": "female"})
    birth_date = person.date("birth_date")
    age = None
    if birth_date is not None:
        age = (clock.as_of - birth_date).days / DAYS_PER_YEAR
        if birth_date > clock.as_of:
            person.report("birth_date", f"before {clock.as_of}", "correct the birth date")
        elif age > _OLDEST:
            person.report("birth_date", f"an age of at most {_OLDEST:g} years", "correct the birth date")
    menopause = _read_menopause(person, clock, age, sex)
    diet, supplement = _read_calcium(person)
    weight, height = person.quantity("weight", "weight"), person.quantity("height", "height")
    if weight is not None and height is not None:
        index = weight / (height / 100) ** 2
        if not _BODY_MASS_INDEX[0] <= index <= _BODY_MASS_INDEX[1]:
            expected = f"a weight that fits the height, not a body mass index of {index:.0f} kg/m2"
            person.report("weight", expected, "check both and their units")
    conditions = tuple(_read_conditions(person))
    _report_impossible(person, conditions, sex, menopause)
    precautions = read_precautions(person, clock, sex, menopause, conditions)
    fractures, parent = read_fractures(person, clock), read_parent(person)
    falls, frax = read_falls(person), read_frax(person)
    if sex is None or birth_date is None:
        return None
    if fractures == () and "previous_fracture" in conditions:
        person.report("fractures", "a fracture, as conditions name one", "correct one of the two")
    return Person(
        cast(Sex, sex),
        birth_date,
        menopause,
        weight,
        height,
        diet,
        supplement,
        conditions,
        fractures=fractures,
        parental_hip_fracture=parent,
        falls=falls,
        frax=frax,
        precautions=precautions,
    )


def _report_impossible(
    person: Fields, conditions: tuple[str, ...], sex: str | None, menopause: Menopause | None
) -> None:
    """Report conditions that this person cannot have."""
    after_menopause = menopause is not None and menopause.age is not None
    for condition in conditions:
        if condition == "pregnancy" and sex == "male":
            person.report("conditions", "no pregnancy in a man", "correct it or the sex", condition)
        elif condition == "pregnancy" and after_menopause:
            person.report("conditions", "no pregnancy after menopause", "correct one of the two", condition)
        elif condition in _MENS_CONDITIONS and sex == "female":
            expected = f"no {condition.replace('_', ' ')} in a woman"
            person.report("conditions", expected, "correct it or the sex", condition)


def _read_menopause(person: Fields, clock: Clock, age: float | None, sex: str | None) -> Menopause | None:
    if sex == "male":
        if "menopause" in person:
            person.report("menopause", "no menopause for a man", "remove it or correct the sex")
        return None
    if not person.require("menopause", "age or date and type", "write premenopausal if it has not come"):
        return None
    given = person.raw("menopause")
    if isinstance(given, str):
        given = {"type": given}
    fields = Fields(given, person.place("menopause"), person.problems, ("age", "date", "type"))
    kind = fields.choice("type", ("natural", "surgical", "premenopausal"), "type of menopause") or "natural"
    years = fields.number("age", 0, _OLDEST, "an age in years")
    on = fields.date("date", partial=True)
    key = "date" if on is not None else "age"
    if kind == "premenopausal":
        if years is not None or on is not None:
            fields.report(key, "no age or date before menopause", "remove it or correct the type")
        if age is not None and age > _OLDEST_PREMENOPAUSAL:
            fields.report(
                "type", f"a menopause by the age of {age:.0f}", "give the age or date of menopause", kind
            )
        return Menopause("premenopausal")
    if fields.usable and "age" not in fields and "date" not in fields:
        fields.report("age", "the age or date of menopause", "give the best estimate in years")
    if years is not None and on is not None:
        fields.report("age", "age or date, not both", "keep the one that is better known")
        return None
    if on is not None and clock.birth_date is not None:
        years = (on - clock.birth_date).days / DAYS_PER_YEAR
    if years is None:
        return None
    low, high = _MENOPAUSE_AGE[kind]
    if age is not None and years > age:
        expected = f"not after {clock.as_of}, from when the case is seen (age {age:.1f})"
        fields.report(key, expected, "write premenopausal if it has not come")
    elif not low <= years <= high:
        expected = f"{kind} menopause at {low:g} to {high:g} years, not at {years:.0f}"
        remedy = "correct it, or write type: surgical if the ovaries were removed or silenced"
        fields.report(key, expected, remedy if kind == "natural" else "correct it")
    return Menopause(cast(MenopauseType, kind), years)


def _read_calcium(person: Fields) -> tuple[float | None, float | None]:
    """Calcium from diet and from a supplement, mg/d."""
    given = person.raw("calcium_intake")
    if isinstance(given, Mapping) and "value" not in given:
        fields = Fields(given, person.place("calcium_intake"), person.problems, ("diet", "supplement"))
        return fields.quantity("diet", "calcium_intake"), fields.quantity("supplement", "calcium_intake")
    return person.quantity("calcium_intake", "calcium_intake"), None


def _read_conditions(person: Fields) -> Iterator[str]:
    for given, place in person.items("conditions"):
        name = match_name(given, tuple(CONDITIONS), CONDITION_SYNONYMS)
        if name is None:
            expected = f"a condition with a known handling: {', '.join(CONDITIONS)}"
            person.problems.append(
                Problem(place, given, expected, "use one of these; what the model ignores goes under notes")
            )
        else:
            yield name
