"""Lives of a cohort, thousands at once: from peak bone mass to day 0, and on under any regimen.

`lives` gives each person parameters of their own, `live` takes everybody to day 0 once, and `follow` goes on
from wherever a cohort stands, under courses that all of its people share. What one person does depends on
nobody else: cut a cohort into parts of any size, follow each, and put the parts together to the same digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from osteocast import physiology
from osteocast.engine.kernel import INPUTS as KERNEL_INPUTS
from osteocast.engine.kernel import PARAMETERS as KERNEL_PARAMETERS
from osteocast.engine.schedule import Event, Schedule
from osteocast.engine.solver import STATUS, Batch, input_table, simulate
from osteocast.lifestyle.exposure import Exposure
from osteocast.person.reference import young_reference
from osteocast.physiology import PARAMETER_NAMES, SITES, STATE_NAMES
from osteocast.population.covariates import Cohort
from osteocast.population.futures import DENSITY, RELATIVE_TOLERANCE
from osteocast.population.people import People
from osteocast.population.schedules import Regimen, regimen
from osteocast.population.streams import uniforms
from osteocast.population.variability import variability
from osteocast.population.wandering import wandering
from osteocast.simulation.subject import (
    PEAK_AGE,
    REFERENCE_WEIGHT,
    SIZED_BY_WEIGHT,
)
from osteocast.therapies import Course, find
from osteocast.units import DAYS_PER_YEAR

__all__ = ["Followed", "Lives", "Standing", "follow", "live", "lives"]

_SOLVED = STATUS.index("rescued")  # this and what comes before it
#: Inputs of which everybody has a level of their own before any plan.
_OWN_INPUTS = ("calcium_intake", "vitamin_d")
#: Routes of drugs that people take themselves, and may leave out.
_SELF_TAKEN = ("oral", "transdermal")


@dataclass(frozen=True)
class Lives:
    """A cohort with the parameters of each person.

    Parameters
    ----------
    cohort : Cohort
    people : People
        Their parameters, around the typical person of the population.
    """

    cohort: Cohort
    people: People

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.people)

    def rows(self, chosen: np.ndarray) -> Lives:
        """Return some of them, by position or by an array of bool."""
        people = self.people
        return Lives(
            self.cohort.rows(chosen),
            replace(
                people,
                number=people.number[chosen],
                draw=people.draw[chosen],
                deviations=people.deviations[chosen],
                table=people.table[chosen],
            ),
        )


@dataclass(frozen=True)
class Standing:
    """Where the lives of a cohort stand on a day.

    Parameters
    ----------
    lives : Lives
    day : float
        On the clock on which the baseline is day 0.
    state : ndarray (n, n_state)
        Columns as in `osteocast.physiology.STATE_NAMES`.
    inputs : ndarray (n, n_input)
        What acts on them, columns as the engine has them.
    reference : ndarray (n, n_site)
        Density on day 0 as the equations have it.
    usable : ndarray (n,) of bool
        Whose equations could be solved so far.
    """

    lives: Lives
    day: float
    state: np.ndarray
    inputs: np.ndarray
    reference: np.ndarray
    usable: np.ndarray

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.lives)

    def rows(self, chosen: np.ndarray) -> Standing:
        """Return some of them, by position or by an array of bool."""
        return Standing(
            self.lives.rows(chosen),
            self.day,
            self.state[chosen],
            self.inputs[chosen],
            self.reference[chosen],
            self.usable[chosen],
        )


@dataclass(frozen=True)
class Followed:
    """What became of a cohort.

    Parameters
    ----------
    days : ndarray (n_time,)
    values : mapping of str to ndarray (n, n_time)
        Densities relative to day 0, with how lives stray unless that was left out; all else in its unit. NaN
        for people whose equations could not be solved.
    usable : ndarray (n,) of bool
    end : Standing
        At the end, from where others courses may go on.
    """

    days: np.ndarray
    values: Mapping[str, np.ndarray]
    usable: np.ndarray
    end: Standing

    def bmd(self, site: str) -> np.ndarray:
        """Return density, g/cm2 (Hologic), ndarray (n, n_time)."""
        start = self.end.lives.cohort.table[f"bmd_{site}"]
        return np.asarray(self.values[f"bmd_{site}"] * start[:, None])

    def t_score(self, site: str) -> np.ndarray:
        """Return T-scores against young white women, ndarray (n, n_time)."""
        young = young_reference(site)
        return np.asarray((self.bmd(site) - young.mean) / young.sd)


def lives(cohort: Cohort, draws: Sequence[Mapping[str, float]]) -> Lives:
    r"""Give each person of a cohort parameters of their own.

    Each takes one draw of what the trials leave open about the average, and deviates from it in every trait,
    as `osteocast.population.people` does for the twins of one person.

    Parameters
    ----------
    cohort : Cohort
    draws : sequence of mapping of str to float
        Draws of the average response (`osteocast.inference.posterior.draws`); ``[physiology.values()]`` for
        the calibrated average.
    """
    traits, table = variability(), cohort.table
    typical = cohort.population.typical()
    drawn = uniforms(cohort.study, "draw of the average", *_stretch(cohort.number), 1)[:, 0]
    drawn = drawn[cohort.number - int(cohort.number.min())]
    draw = np.minimum((drawn * len(draws)).astype(np.int64), len(draws) - 1)
    average = physiology.values()
    # Weight and hormones are put in below, person by person.
    base = replace(typical, weight_kg=REFERENCE_WEIGHT)
    rows = [base.own_parameters({**average, **one}) for one in draws]
    own = np.array([[row[name] for name in PARAMETER_NAMES] for row in rows])[draw]
    column = {name: i for i, name in enumerate(PARAMETER_NAMES)}
    if "menopause_age" in table:
        own[:, column["menopause_age"]] = table["menopause_age"]
    for name in SIZED_BY_WEIGHT:
        own[:, column[name]] *= table["weight_kg"] / REFERENCE_WEIGHT
    logs: dict[str, np.ndarray] = {}
    for k, trait in enumerate(traits.traits):
        for name, loading in trait.loadings.items():
            step = trait.spread.sd * loading * cohort.traits[:, k]
            logs[name] = logs[name] + step if name in logs else step
    for name, shift in logs.items():
        own[:, column[name]] *= np.exp(shift)
    people = People(typical, cohort.study, cohort.number, tuple(draws), draw, cohort.traits, own, traits)
    return Lives(cohort, people)


def _stretch(number: np.ndarray) -> tuple[int, int]:
    """First of a stretch of numbers that holds them all, and its length."""
    return int(number.min()), int(number.max() - number.min()) + 1


def live(
    lives: Lives,
    history: Sequence[Course] = (),
    *,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    threads: int | None = None,
) -> Standing:
    """Take a cohort from peak bone mass to day 0.

    Parameters
    ----------
    lives : Lives
    history : sequence of Course
        Drugs taken before day 0, by all of them; `follow` needs them again among its courses.
    relative_tolerance, threads
        As in `osteocast.engine.solver.simulate`.

    Examples
    --------
    >>> from osteocast.population import draw, population
    >>> few = draw(population("us-women"), 2, "doctest")
    >>> live(_lives(few, [physiology.values()])).day
    0.0
    """
    n, table, people = len(lives), lives.cohort.table, lives.people
    # Arithmetic throughout, so that it does for everybody at once what it does for one.
    state: dict[str, Any] = dict(physiology.peak_state(people.columns()))  # type: ignore[arg-type]
    state["age"] = np.minimum(PEAK_AGE, table["age"])
    initial = np.column_stack([np.broadcast_to(state[name], (n,)) for name in STATE_NAMES])
    inputs = np.repeat(input_table([{}]), n, axis=0)
    for name in _OWN_INPUTS:
        inputs[:, KERNEL_INPUTS.index(name)] = table[name]
    start = np.minimum((PEAK_AGE - table["age"]) * DAYS_PER_YEAR, 0.0)
    first = min((one.start_day for one in history), default=0.0)
    if history and first < float(start.max()):
        raise ValueError(f"a drug was taken from day {first:g} on, before somebody's life begins here")
    events, amounts = _happening(lives, history, (), first, 0.0, None)
    schedule = Schedule.shared(events, n, amounts)
    batch = Batch(people.table[:, _COLUMNS], inputs, initial, start, np.zeros(n), schedule, np.zeros(1))
    result = simulate(batch, DENSITY, relative_tolerance=relative_tolerance, threads=threads)
    reference = np.column_stack([result.values[name][:, 0] for name in DENSITY])
    levels = _levels(inputs, events, amounts)
    return Standing(lives, 0.0, result.final, levels, reference, result.status <= _SOLVED)


_lives = lives  # under another name where a parameter has its own
_COLUMNS = [PARAMETER_NAMES.index(name) for name in KERNEL_PARAMETERS]


def follow(
    standing: Standing,
    courses: Sequence[Course],
    days: np.ndarray,
    *,
    until: float | None = None,
    observables: Sequence[str] = DENSITY,
    exposures: Sequence[Exposure] = (),
    adherence: np.ndarray | None = None,
    wander: bool = True,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    threads: int | None = None,
) -> Followed:
    """Follow a cohort from where it stands.

    Parameters
    ----------
    standing : Standing
    courses : sequence of Course
        Drugs that all of its people take, on the clock on which the baseline is day 0. A course that went on
        before has to be among them still, with a day to stop where it ends: what was started goes on.
    days : ndarray (n_time,), ascending
        When to observe, from where the cohort stands up to `until`.
    until : float, optional
        Last day; that of the last observation by default. What happens on it belongs to what follows.
    observables : sequence of str
    exposures : sequence of Exposure
        What else acts on all of them: a supplement of 500 mg of calcium is
        ``Exposure("supplement", {"calcium_intake": 500.0}, 0.0)``.
    adherence : ndarray (n,), optional
        Share that each takes of drugs taken by mouth or through the skin; all of them by default. Infusions
        and injections are given.
    wander : bool
        Whether densities stray from the course of the equations as those of real people do.
    relative_tolerance, threads
        As in `osteocast.engine.solver.simulate`.

    Returns
    -------
    Followed

    Raises
    ------
    ValueError
        If a day lies before the cohort's or after the last one.
    """
    days = np.asarray(days, dtype=np.float64)
    last = float(days[-1]) if until is None else until
    if days[0] < standing.day or days[-1] > last:
        raise ValueError(f"days lie from day {standing.day:g} to day {last:g}")
    people = standing.lives.people
    later = [replace(one, start_day=max(one.start_day, 0.0)) for one in exposures]
    events, amounts = _happening(standing.lives, courses, later, standing.day, last, adherence)
    n = len(people)
    batch = Batch(
        people.table[:, _COLUMNS],
        standing.inputs,
        standing.state,
        np.full(n, standing.day),
        np.full(n, last),
        Schedule.shared(events, n, amounts),
        days,
    )
    asked = tuple(dict.fromkeys([*observables, *DENSITY]))
    result = simulate(batch, asked, relative_tolerance=relative_tolerance, threads=threads)
    values = {name: result.values[name] for name in observables}
    straying = wandering(people, days) if wander else {}
    for i, site in enumerate(SITES):
        name = f"bmd_{site}"
        if name in values:
            relative = values[name] / standing.reference[:, [i]]
            values[name] = relative * np.exp(straying[site]) if wander else relative
    levels = _levels(standing.inputs, events, amounts)
    usable = standing.usable & (result.status <= _SOLVED)
    for series in values.values():
        series[~usable] = np.nan
    end = Standing(standing.lives, last, result.final, levels, standing.reference, usable)
    return Followed(days, values, usable, end)


def _happening(
    lives: Lives,
    courses: Sequence[Course],
    exposures: Sequence[Exposure],
    day: float,
    last: float,
    adherence: np.ndarray | None,
) -> tuple[list[Event], np.ndarray]:
    """Return events from a day to before the last one, with everybody's amounts, ndarray (n, n_event)."""
    start = min([day, 0.0, *(one.start_day for one in courses)])

    def planned(taken: Sequence[Course]) -> Regimen:
        return regimen(lives.people, taken, exposures, start, last)

    plan, people, table = planned(courses), lives.people, lives.cohort.table
    chosen = [i for i, event in enumerate(plan.events) if day <= event.day < last]
    events, values = [plan.events[i] for i in chosen], plan.values[:, chosen]
    amounts = values[people.draw] if len(values) > 1 else np.repeat(values, len(people), axis=0)
    own = [one for one in courses if find(one.drug).route in _SELF_TAKEN]
    if adherence is not None and own:
        # Amounts are straight lines of the share that is taken: two points of each give the rest.
        halved = [replace(one, adherence=0.5 * one.adherence) if one in own else one for one in courses]
        slope = 2.0 * (values - planned(halved).values[:, chosen])
        slope = slope[people.draw] if len(slope) > 1 else slope
        amounts = amounts + (adherence[:, None] - 1.0) * slope
    for i, event in enumerate(events):
        if event.kind == "input" and event.target in _OWN_INPUTS:
            # Levels were laid out for the typical person.
            amounts[:, i] += table[event.target] - getattr(people.subject, event.target)
    return events, amounts


def _levels(before: np.ndarray, events: Sequence[Event], amounts: np.ndarray) -> np.ndarray:
    """Return the inputs of everybody after the events, ndarray (n, n_input)."""
    levels = before.copy()
    for i, event in enumerate(events):
        if event.kind == "input" and event.target in KERNEL_INPUTS:
            levels[:, KERNEL_INPUTS.index(event.target)] = amounts[:, i]
    return levels
