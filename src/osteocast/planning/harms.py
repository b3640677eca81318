"""Serious harm to be expected of the drugs of a plan, on one denominator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from osteocast import evidence
from osteocast.guidance.harms import PERSON_YEARS, per_10000
from osteocast.person.case import end_day
from osteocast.planning.data import data
from osteocast.planning.results import Harm, HarmPart
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["entries", "exposure", "harm_of", "label_of", "mixed_harm", "one_rate"]

_UNKNOWN = "unknown"


def harm_of(courses: Sequence[Course], horizon: float) -> Harm:
    """Return the serious harm to be expected of a plan's drugs for bone, per 10,000 people.

    A rate counts while the drug is given, until the day on which the next dose would have been due, in the
    years since the first dose for which it was counted; what was taken before day 0 counts towards those.

    Parameters
    ----------
    courses : sequence of Course
        Everything taken under the plan, the past included.
    horizon : float
        Last day looked at.

    Examples
    --------
    >>> found = harm_of([Course("denosumab", n_doses=2)], 3652.5)
    >>> [(part.what, round(part.expected, 1)) for part in found.parts][:1]
    [('osteonecrosis of the jaw', 5.2)]
    """
    parts = tuple(part for name in entries() for part in _parts(name, courses, horizon))
    taken = {course.drug for course in courses if end_day(course) > 0 and course.start_day <= horizon}
    unknown = [
        f"{_name(drug)}: {what}" for drug, all_of in data("harms")[_UNKNOWN].items() for what in all_of
    ]
    named = tuple(text for text in unknown if text.partition(":")[0] in {_name(drug) for drug in taken})
    return Harm(sum(part.expected for part in parts), parts, named)


def mixed_harm(parts: Sequence[tuple[float, Harm]]) -> Harm:
    """Return the harm of a plan under which people take different courses.

    Parameters
    ----------
    parts : sequence of (float, Harm)
        Share of the people, and harm of what they take.
    """
    found: dict[tuple[str, str], list[tuple[float, HarmPart]]] = {}
    for share, harm in parts:
        for part in harm.parts:
            found.setdefault((part.drug, part.what), []).append((share, part))
    merged = tuple(
        HarmPart(
            drug,
            what,
            sum(share * part.expected for share, part in items) / years if years > 0 else 0.0,
            years,
            sum(share * part.expected for share, part in items),
            items[0][1].population,
            tuple(dict.fromkeys(source for _, part in items for source in part.sources)),
            items[0][1].note,
        )
        for (drug, what), items in found.items()
        for years in (sum(share * part.years for share, part in items),)
    )
    unknown = dict.fromkeys(text for _, harm in parts for text in harm.unknown)
    return Harm(sum(part.expected for part in merged), merged, tuple(unknown))


def entries() -> tuple[str, ...]:
    """Return the names of the harms of which a rate is known."""
    return tuple(name for name in data("harms") if name != _UNKNOWN)


def _parts(name: str, courses: Sequence[Course], horizon: float) -> Iterator[HarmPart]:
    """Yield one harm, once for each drug of its class that is taken."""
    entry: Mapping[str, Any] = data("harms")[name]
    exposed, expected = 0.0, 0.0
    sources: dict[str, None] = {}
    for index, years in exposure(name, courses, horizon).items():
        rate, used = _rate(name, index)
        exposed, expected = exposed + years, expected + rate * years
        sources.update(dict.fromkeys(used))
    if exposed > 0:
        population = evidence.load().value(next(iter(sources))).population or ""
        yield HarmPart(
            label_of(name, courses),
            entry["what"],
            expected / exposed,
            exposed,
            expected,
            population,
            tuple(sources),
            entry.get("note", ""),
        )


def exposure(name: str, courses: Sequence[Course], horizon: float) -> dict[int, float]:
    """Return the years under each rate of a harm, by its place among the spans of the harm; none of 0."""
    entry: Mapping[str, Any] = data("harms")[name]
    spells = _spells([course for course in courses if _concerned(entry, course)])
    found = {}
    for index, span in enumerate(entry["spans"]):
        low, high = span["from"] * DAYS_PER_YEAR, span.get("to", math.inf) * DAYS_PER_YEAR
        years = sum(_within(spell, low, high, horizon) for spell in spells) / DAYS_PER_YEAR
        if years > 0:
            found[index] = years
    return found


def label_of(name: str, courses: Sequence[Course]) -> str:
    """Name the drugs of a plan that a harm is one of."""
    entry: Mapping[str, Any] = data("harms")[name]
    drugs = [course.drug for course in courses if _concerned(entry, course) and end_day(course) > 0]
    return " and ".join(_name(drug) for drug in dict.fromkeys(drugs))


def _concerned(entry: Mapping[str, Any], course: Course) -> bool:
    """Whether a harm is one of a course: of its drug, at its amount a year."""
    if course.drug not in entry["drugs"]:
        return False
    drug = DRUGS[course.drug]
    dose = drug.label_dose if course.dose is None else course.dose
    a_year = dose / (course.interval_days or drug.label_interval_days) * DAYS_PER_YEAR
    return bool(entry.get("above_mg_a_year", 0.0) < a_year <= entry.get("at_most_mg_a_year", math.inf))


def _spells(courses: Sequence[Course]) -> list[tuple[float, float, float]]:
    """Return start, end, and days on the class before each stretch, without overlaps."""
    edges: list[list[float]] = []
    for course in sorted(courses, key=lambda one: one.start_day):
        start, stop = course.start_day, end_day(course)
        if edges and start <= edges[-1][1]:
            edges[-1][1] = max(edges[-1][1], stop)
        else:
            edges.append([start, stop])
    before = 0.0
    spells = []
    for start, stop in edges:
        spells.append((start, stop, before))
        before += stop - start
    return spells


def _within(spell: tuple[float, float, float], low: float, high: float, horizon: float) -> float:
    """Days of a stretch that lie between two times on the drug, and from day 0 to the horizon."""
    start, stop, before = spell
    first = max(start + low - before, start, 0.0)
    last = min(start + high - before, stop, horizon)
    return max(0.0, last - first)


@cache
def _rate(name: str, index: int) -> tuple[float, tuple[str, ...]]:
    """Return a rate per 10,000 person-years, and the values that it comes from."""
    span = data("harms")[name]["spans"][index]
    rates = [one_rate(reference, span) for reference in span["rates"]]
    used = (*span["rates"], *([span["less"]] if "less" in span else []))
    less = one_rate(span["less"], span) if "less" in span else 0.0
    return sum(rates) / len(rates) - less, tuple(used)


def one_rate(reference: str, span: Mapping[str, Any]) -> float:
    """Return a value of the registry as events per 10,000 person-years, by the years of its span if need."""
    value = evidence.load().value(reference)
    if value.unit == "pct" and not value.month:
        return -math.log1p(-value.number / 100) / float(span["years"]) * PERSON_YEARS
    return per_10000(value)


def _name(drug: str) -> str:
    return DRUGS[drug].words
