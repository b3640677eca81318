"""From subjects and courses of drugs to trajectories: one clock from peak bone mass to the horizon."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from osteocast import physiology
from osteocast.engine.schedule import Event, Schedule
from osteocast.engine.solver import (
    RELATIVE_TOLERANCE,
    Batch,
    input_table,
    parameter_table,
    simulate,
    state_table,
)
from osteocast.lifestyle.exposure import Exposure
from osteocast.physiology import OBSERVABLE_NAMES, SITES
from osteocast.simulation.subject import PEAK_AGE, Subject
from osteocast.therapies import Course, find

DAYS_PER_YEAR = 365.25
_DEFAULT_INPUT = {item.name: item.default for item in physiology.INPUTS}
_SUPPRESSION = "gonadal_suppression"


@dataclass(frozen=True)
class Simulation:
    """Trajectories of a batch of subjects.

    Parameters
    ----------
    days : ndarray (n_time,)
        Days from day 0.
    values : dict of str to ndarray (n_subject, n_time)
        Observables in their units. ``bmd_<site>`` is in g/cm2 where the subject's density on day 0 is known,
        else a fraction of day 0.
    status : ndarray (n_subject,)
        Index into `osteocast.engine.solver.STATUS`.
    failures : list of str
        One sentence per subject that could not be solved.
    """

    days: np.ndarray
    values: dict[str, np.ndarray]
    status: np.ndarray
    failures: list[str]

    def change(self, observable: str) -> np.ndarray:
        """Change from day 0 (or the first time simulated) in percent, ndarray (n_subject, n_time)."""
        series = self.values[observable]
        reference = series[:, [int(np.searchsorted(self.days, 0.0))]]
        return np.asarray(100.0 * (series / reference - 1.0))


def run(
    subjects: Sequence[Subject],
    courses: Sequence[Sequence[Course]],
    days: np.ndarray,
    *,
    exposures: Sequence[Sequence[Exposure]] | None = None,
    observables: Sequence[str] = OBSERVABLE_NAMES,
    parameters: Mapping[str, float] | None = None,
    until: Sequence[float] | None = None,
    threads: int | None = None,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    fallback: bool = True,
) -> Simulation:
    """Simulate each subject's life to day 0 and under her courses to the last day asked for.

    Parameters
    ----------
    subjects : sequence of Subject
        One per row of the result.
    courses : sequence of sequences of Course
        Drugs of each subject, on her clock; courses before day 0 are her history.
    days : ndarray (n_time,), ascending
        When to observe. A day on which a dose is given sees the state before the dose. Day 0 is added when
        missing.
    exposures : sequence of sequences of Exposure, optional
        What else acts on each subject under this plan (exercise, nutrition), beside the subject's own.
    observables : sequence of str
        What to observe.
    parameters : mapping of str to float, optional
        Values of the model's parameters by name; the calibrated ones by default.
    until : sequence of float, optional
        Last day of each subject, when some matter for less long than others; values after it are NaN.
    threads, relative_tolerance
        As in `osteocast.engine.solver.simulate`.
    fallback : bool
        Whether a subject that the engine gives up on is tried again, slowly; else its values are NaN.

    Returns
    -------
    Simulation

    Examples
    --------
    >>> import numpy as np
    >>> woman = Subject(age=61, menopause_age=50)
    >>> result = run([woman], [[Course("anastrozole")]], np.array([0.0, 365.25]))
    >>> bool(result.change("bmd_lumbar_spine")[0, -1] < 0)
    True
    """
    batch = batch_of(subjects, courses, days, parameters, until, exposures)
    with_zero = batch.days
    result = simulate(
        batch, observables, threads=threads, relative_tolerance=relative_tolerance, rescue=fallback
    )
    values = dict(result.values)
    zero = int(np.searchsorted(with_zero, 0.0))
    for site in SITES:
        name = f"bmd_{site}"
        if name in values:
            on_day_0 = np.array([subject.bmd.get(site, 1.0) for subject in subjects])
            values[name] = values[name] / values[name][:, [zero]] * on_day_0[:, None]
    return Simulation(with_zero, values, result.status, result.failures())


def batch_of(
    subjects: Sequence[Subject],
    courses: Sequence[Sequence[Course]],
    days: np.ndarray,
    parameters: Mapping[str, float] | None = None,
    until: Sequence[float] | None = None,
    exposures: Sequence[Sequence[Exposure]] | None = None,
) -> Batch:
    """Lay out lives and courses as the engine takes them.

    Parameters
    ----------
    subjects, courses, days, parameters, until, exposures
        As in `run`.

    Returns
    -------
    Batch
        From each subject's peak bone mass (or her own age, if younger) to the last day; observes day 0 as
        well.
    """
    population = dict(parameters) if parameters is not None else physiology.values()
    with_zero = np.union1d(np.asarray(days, dtype=np.float64), [0.0])
    last = (
        np.full(len(subjects), float(with_zero[-1])) if until is None else np.asarray(until, dtype=np.float64)
    )
    own = [subject.own_parameters(population) for subject in subjects]
    start = np.array([start_day(subject) for subject in subjects])
    planned = exposures if exposures is not None else [()] * len(subjects)
    return Batch(
        parameters=parameter_table(own),
        inputs=input_table([_first_inputs(subject) for subject in subjects]),
        initial=state_table([_first_state(subject, p) for subject, p in zip(subjects, own, strict=True)]),
        start=start,
        end=np.maximum(last, 0.0),
        schedule=Schedule.of(
            [
                events_of(subject, drugs, p, first, end, more)
                for subject, drugs, p, first, end, more in zip(
                    subjects, courses, own, start, last, planned, strict=True
                )
            ]
        ),
        days=with_zero,
    )


def events_of(
    subject: Subject,
    courses: Sequence[Course],
    parameters: Mapping[str, float],
    start: float,
    until: float,
    exposures: Sequence[Exposure] = (),
) -> list[Event]:
    """Everything that happens to a subject between `start` and `until`, as events of the engine.

    Parameters that are SymPy's symbols make amounts formulas, for the export to other simulators.
    """
    changes: dict[str, list[tuple[float, float]]] = defaultdict(list)
    events: list[Event] = []
    for course in courses:
        dosing = find(course.drug).dosing(course, parameters, until)
        for day, target, change in dosing.inputs:
            changes[target].append((max(day, start), change))
        events += [
            Event(day, "dose", target, amount)
            for day, target, amount in dosing.doses
            if start <= day <= until
        ]
    if subject.sex == "female" and subject.surgical and subject.menopause_age is not None:
        changes["ovaries_removed"].append((max(start, _day_of_age(subject, subject.menopause_age)), 1.0))
    for exposure in (*subject.exposures, *exposures):
        stop = math.inf if exposure.stop_day is None else exposure.stop_day
        if stop <= start or exposure.start_day > until:
            continue
        for target, change in exposure.inputs.items():
            changes[target].append((max(exposure.start_day, start), change))
            if stop <= until:
                changes[target].append((stop, -change))
    first = _first_inputs(subject)
    for target, after in (
        ("calcium_intake", subject.calcium_intake_after),
        ("vitamin_d", subject.vitamin_d_after),
    ):
        if after is not None:
            changes[target].append((0.0, after - first[target]))
    for target, steps in changes.items():
        level = first.get(target, _DEFAULT_INPUT[target])
        for day, change in sorted(steps, key=lambda step: step[0]):
            level += change
            value = min(level, 1.0) if target == _SUPPRESSION else level
            # Rounding of sums must not leave a trace of a drug that was stopped.
            trace = isinstance(value, float) and abs(value) < 1e-12
            events.append(Event(day, "input", target, 0.0 if trace else value))
    return events


def _day_of_age(subject: Subject, age: float) -> float:
    return (age - subject.age) * DAYS_PER_YEAR


def start_day(subject: Subject) -> float:
    """Return the day on which a life begins: at peak bone mass, or on day 0 for who is younger."""
    return min(0.0, _day_of_age(subject, PEAK_AGE))


def _first_inputs(subject: Subject) -> dict[str, float]:
    return {"calcium_intake": subject.calcium_intake, "vitamin_d": subject.vitamin_d}


def _first_state(subject: Subject, parameters: Mapping[str, float]) -> dict[str, float]:
    state = physiology.peak_state(parameters)
    state["age"] = min(PEAK_AGE, subject.age)
    return state
