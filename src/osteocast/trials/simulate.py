"""Re-simulation of trials: each arm as its average person, or, under a rescue rule, as a mixture.

An arm without rules is one subject with the arm's mean age, menopause and diet. Under a rule, one subject
more for each visit stands for those whose rescue starts there (`osteocast.trials.rescue`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from osteocast import physiology
from osteocast.engine.solver import RELATIVE_TOLERANCE
from osteocast.physiology import SITES
from osteocast.simulation import Simulation, run
from osteocast.therapies import Course
from osteocast.trials.people import exposures_of, subject_of, usual_density
from osteocast.trials.rescue import rescue_shares, rescue_visits, rescued_courses
from osteocast.trials.schema import Observation, Trial
from osteocast.units import DAYS_PER_MONTH

__all__ = ["DAYS_PER_MONTH", "simulate_course", "simulate_rescues", "simulate_trials", "subject_of"]

_NEVER = -1
_SMALLEST_SHARE = 0.002

ParameterSets = Sequence[Mapping[str, float]]


def simulate_trials(
    trials: Sequence[Trial],
    parameter_sets: ParameterSets | None = None,
    *,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    threads: int | None = None,
    fallback: bool = True,
) -> np.ndarray:
    """Simulate every observation of the trials.

    Parameters
    ----------
    trials : sequence of Trial
        What to simulate.
    parameter_sets : sequence of mapping of str to float, optional
        Parameter values by name, one mapping per set; the calibrated values by default.
    relative_tolerance, threads, fallback
        As in `osteocast.simulation.run`.

    Returns
    -------
    ndarray (n_set, n_observation)
        In the unit of each observation, trial after trial in the order of `Trial.observations`.
    """
    arms = _Arms.of(trials, parameter_sets, relative_tolerance, threads, fallback)
    columns = []
    for i, trial in enumerate(trials):
        for observation in trial.observations:
            value = arms.value(i, observation.arm, observation)
            if observation.versus is not None:
                value = value - arms.value(i, observation.versus, observation)
            columns.append(value)
    return np.array(columns).T


def simulate_course(
    trial: Trial,
    like: Observation,
    months: Sequence[float],
    parameter_sets: ParameterSets | None = None,
) -> np.ndarray:
    """Simulate what an observation would have been in other months.

    Parameters
    ----------
    trial : Trial
    like : Observation
        Names arm, observable, unit and the arm it is compared with.
    months : sequence of float
        After `like.from_month`.
    parameter_sets : sequence of mapping of str to float, optional
        As in `simulate_trials`.

    Returns
    -------
    ndarray (n_set, n_month)
    """
    often = tuple(replace(like, id=f"{like.id}-{month:g}", month=month) for month in months)
    return simulate_trials([replace(trial, observations=often)], parameter_sets)


def simulate_rescues(trial: Trial, arm: str, parameters: Mapping[str, float] | None = None) -> np.ndarray:
    """Return the share of an arm that starts its rescue at each visit of the trial, ndarray (n_visit,).

    Examples
    --------
    >>> from osteocast.trials import load_trials
    >>> z_fast = next(trial for trial in load_trials() if trial.name == "z-fast")
    >>> shares = simulate_rescues(z_fast, "delayed")
    >>> len(shares) == len(z_fast.visits) and bool(0 < shares.sum() < 1)
    True
    """
    arms = _Arms.of([trial], None if parameters is None else [parameters], RELATIVE_TOLERANCE, None)
    shares = arms.shares.get((0, arm))
    return np.zeros(len(trial.visits)) if shares is None else np.asarray(shares[0])


@dataclass(frozen=True)
class _Part:
    """People of one arm who share a course of events; their share may differ by parameter set."""

    trial: int
    arm: str
    courses: tuple[Course, ...]
    visit: int = _NEVER  # at which their rescue starts


@dataclass(frozen=True)
class _Arms:
    """Everybody of every arm, simulated: first without rescue, then those rescued at each visit.

    `shares` holds, for an arm with a rule, the share that starts its rescue at each visit,
    ndarray (n_set, n_visit).
    """

    plain: _Runs
    rescued: _Runs | None
    shares: Mapping[tuple[int, str], np.ndarray]

    @classmethod
    def of(
        cls,
        trials: Sequence[Trial],
        parameter_sets: ParameterSets | None,
        relative_tolerance: float,
        threads: int | None,
        fallback: bool = True,
    ) -> _Arms:
        sets = list(parameter_sets) if parameter_sets is not None else [physiology.values()]
        arms = [(i, trial, arm) for i, trial in enumerate(trials) for arm in trial.arms.values()]
        everybody = [_Part(i, arm.name, arm.courses) for i, _, arm in arms]
        later = [
            _Part(i, arm.name, rescued_courses(arm, trial.visits[k]), k)
            for i, trial, arm in arms
            for k in rescue_visits(trial, arm)
        ]
        plain = _Runs.of(everybody, trials, sets, relative_tolerance, threads, fallback)
        rescued = _Runs.of(later, trials, sets, relative_tolerance, threads, fallback) if later else None
        shares = {}
        for i, trial, arm in arms:
            if arm.rules:
                rows = range(*plain.rows(i, arm.name).indices(len(everybody) * len(sets)))
                shares[i, arm.name] = np.array(
                    [rescue_shares(trial, arm, lambda *at, row=row: plain.density(row, *at)) for row in rows]
                )
        return cls(plain, rescued, shares)

    def value(self, trial: int, arm: str, observation: Observation) -> np.ndarray:
        """Mean of an arm for an observation, ndarray (n_set,)."""
        plain = self.plain.quantity(observation, trial, arm)
        shares = self.shares.get((trial, arm))
        if self.rescued is None or shares is None:
            return plain
        value = plain * (1 - shares.sum(axis=1))
        for part in self.rescued.parts:
            if (part.trial, part.arm) == (trial, arm):
                share = shares[:, part.visit]
                # A failed simulation of people who are not there must not spoil the arm.
                some = share.max() > _SMALLEST_SHARE
                own = self.rescued.quantity(observation, trial, arm, part.visit) if some else plain
                value = value + share * own
        return np.asarray(value)


@dataclass(frozen=True)
class _Runs:
    """Parts simulated under all parameter sets; row ``set * n_part + part``."""

    parts: tuple[_Part, ...]
    simulation: Simulation
    trials: tuple[Trial, ...]

    @classmethod
    def of(
        cls,
        parts: Sequence[_Part],
        trials: Sequence[Trial],
        sets: ParameterSets,
        relative_tolerance: float,
        threads: int | None,
        fallback: bool = True,
    ) -> _Runs:
        """Simulate. Each part ends with its trial's last month."""
        days, observables = _grid(trials)
        subjects, courses, exposures, until = [], [], [], []
        for values in sets:
            for part in parts:
                trial = trials[part.trial]
                arm = trial.arms[part.arm]
                population = arm.population
                subject = subject_of(population)
                subjects.append(replace(subject, parameters=subject.own_parameters(values)))
                courses.append((*population.history, *part.courses))
                exposures.append(exposures_of(arm))
                until.append(trial.last_month * DAYS_PER_MONTH)
        simulation = run(
            subjects,
            courses,
            days,
            exposures=exposures,
            observables=observables,
            parameters=sets[0],
            until=until,
            relative_tolerance=relative_tolerance,
            threads=threads,
            fallback=fallback,
        )
        return cls(tuple(parts), simulation, tuple(trials))

    def rows(self, trial: int, arm: str, visit: int = _NEVER) -> slice:
        """Rows of a part, one for each parameter set."""
        names = [(part.trial, part.arm, part.visit) for part in self.parts]
        return slice(names.index((trial, arm, visit)), None, len(self.parts))

    def scale(self, observation: Observation, trial: int, arm: str) -> float:
        """Density of an arm on day 0 at the site of an observation, g/cm2."""
        population = self.trials[trial].arms[arm].population
        return usual_density(population, observation.observable.removeprefix("bmd_"))

    def density(self, row: int, site: str, month: float) -> float:
        """Bone density of one row relative to day 0."""
        name = f"bmd_{site}"
        return float(self.at(name, row, month) / self.at(name, row, 0.0))

    def at(self, observable: str, rows: int | slice, month: float) -> np.ndarray:
        """Value in a month."""
        days = self.simulation.days
        column = int(np.argmin(np.abs(days - month * DAYS_PER_MONTH)))
        return np.asarray(self.simulation.values[observable][rows, column])

    def quantity(self, observation: Observation, trial: int, arm: str, visit: int = _NEVER) -> np.ndarray:
        """Return what was observed, in a part of an arm, ndarray (n_set,)."""
        rows = self.rows(trial, arm, visit)
        later = self.at(observation.observable, rows, observation.month)
        if observation.unit == "absolute":
            return later
        earlier = self.at(observation.observable, rows, observation.from_month)
        if observation.unit == "change":
            return np.asarray(later - earlier)
        if observation.unit == "g_per_cm2":
            # Of the density on day 0, as the engine gives it, to g/cm2.
            return np.asarray((later - earlier) * self.scale(observation, trial, arm))
        change = 100.0 * (later / earlier - 1.0)
        if observation.unit == "pct_per_year":
            change = change / ((observation.month - observation.from_month) / 12.0)
        return np.asarray(change)


def _grid(trials: Sequence[Trial]) -> tuple[np.ndarray, list[str]]:
    months = {0.0}
    observables = {f"bmd_{site}" for site in SITES}
    for trial in trials:
        months.update(trial.visits)
        for observation in trial.observations:
            months.update((observation.month, observation.from_month))
            observables.add(observation.observable)
    return np.array(sorted(months)) * DAYS_PER_MONTH, sorted(observables)
