"""How numbers are read off scenarios and trials, as a file of claims writes it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import cast, get_args

from osteocast.claims.persons import PLANS, TITRATED, persons
from osteocast.claims.schema import FromRegistry, Reading, Unit
from osteocast.errors import unknown_name
from osteocast.person.fields import Fields
from osteocast.physiology import OBSERVABLES
from osteocast.trials import Trial, load_trials

__all__ = [
    "READING_FIELDS",
    "as_printed",
    "observable",
    "read_reading",
    "shown_unit",
    "text",
    "trials_by_name",
]

READING_FIELDS = (
    "arm",
    "observable",
    "month",
    "from",
    "unit",
    "minus",
    "over",
    "over_observable",
    "over_minus",
    "trial",
    "observation",
    "hazard",
    "person",
    "plan",
    "titration",
)
_UNIT_OF = {one.name: one.unit for one in OBSERVABLES}


@cache
def trials_by_name() -> dict[str, Trial]:
    """Return the published trials that claims may point at."""
    return {trial.name: trial for trial in load_trials()}


def read_reading(given: Fields) -> Reading | None:
    """Read how a number is read off a scenario, or off an observation of a published trial."""
    if "trial" in given:
        trial, observation = given.text("trial", "a trial") or "", given.text("observation", "its id") or ""
        found = trials_by_name().get(trial)
        if found is None or observation not in {one.id for one in found.observations}:
            pair = f"{trial}/{observation}"
            given.report("observation", "an observation of a trial", "see the trial's file", pair)
            return None
        known = found.observation(observation)
        minus, over = (given.text(key, "another observation of the trial") for key in ("minus", "over"))
        ids = [one.id for one in found.observations]
        for other in filter(None, (minus, over)):
            if other not in ids:
                given.problems.append(unknown_name(given.path, other, ids, "observation"))
                return None
        # A change printed in g/cm2 is simulated as one; it is shown in the observable's own unit.
        own: Unit = "change" if known.unit == "g_per_cm2" else known.unit
        return Reading(
            arm=observation,
            observable=known.observable,
            month=known.month,
            from_month=known.from_month,
            unit=own,
            minus=minus,
            over=over,
            trial=trial,
        )
    if "person" in given:
        person = given.choice("person", tuple(persons()), "person")
        titrated = "titration" in given
        asked = given.text("titration", "what is asked") if titrated else given.text("plan", "a kind of plan")
        questions = tuple(TITRATED) if titrated else PLANS
        if asked is None or asked not in questions:
            given.problems.append(unknown_name(given.path, asked, questions, "question"))
            return None
        return Reading(asked, unit="absolute", person=person) if person else None
    hazard = bool(given.raw("hazard"))
    month = given.number("month", 0, 600, "a month")
    since = given.number("from", 0, 600, "a month")
    unit = given.choice("unit", get_args(Unit), "unit")
    return Reading(
        arm=text(given, "arm"),
        observable=text(given, "observable") if hazard else observable(given),
        month=month or 0.0,
        from_month=since or 0.0,
        unit=cast(Unit, unit or "pct"),
        minus=given.text("minus", "a scenario"),
        over=given.text("over", "a scenario"),
        over_observable=given.text("over_observable", "an observable"),
        over_minus=given.text("over_minus", "a scenario"),
        hazard=hazard,
    )


def as_printed(reading: Reading) -> Iterator[FromRegistry]:
    """Yield the value of the registry behind an observation of a trial."""
    assert reading.trial is not None
    known = trials_by_name()[reading.trial]
    first = known.observation(reading.arm)
    second = [known.observation(one).evidence for one in (reading.minus, reading.over) if one]
    if first.evidence is not None:
        minus = second[0] if reading.minus else first.versus_evidence
        yield FromRegistry(first.evidence, minus=minus, over=second[0] if reading.over else None)


def shown_unit(reading: Reading) -> str:
    """Return the unit in which a number is shown; empty for a ratio."""
    if reading.person:
        return TITRATED.get(reading.arm, "")
    if reading.over or reading.hazard:
        return ""
    own = _UNIT_OF.get(reading.observable, "")
    if reading.observable.startswith("bmd_"):
        own = "g/cm2"
    return {"pct": "%", "pct_per_year": "% a year"}.get(reading.unit, "" if own == "1" else own)


def observable(given: Fields) -> str:
    """Read the name of an observable of the model."""
    name = text(given, "observable")
    if name and name not in _UNIT_OF:
        given.problems.append(unknown_name(given.place("observable"), name, _UNIT_OF, "observable"))
    return name


def text(given: Fields, key: str) -> str:
    """Read a text that has to be there; empty if it is not, which is reported."""
    given.require(key, "a text", "write one")
    return given.text(key, "a text") or ""
