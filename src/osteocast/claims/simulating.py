"""All scenarios of all claims in one batch: one row for each scenario and set of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from osteocast.claims.readings import trials_by_name
from osteocast.claims.schema import Reading, Scenario
from osteocast.errors import EngineError
from osteocast.simulation import Simulation, run
from osteocast.trials.simulate import simulate_trials
from osteocast.units import DAYS_PER_MONTH

__all__ = ["Runs", "simulate", "simulate_observations"]

ParameterSets = Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class Runs:
    """Simulated scenarios.

    Parameters
    ----------
    rows : mapping of str to int
        Position of each scenario.
    sets : int
        Number of parameter sets; row ``set * n_scenario + scenario``.
    simulation : Simulation
    scenarios : mapping of str to Scenario
    observed : mapping of (str, str) to ndarray (n_set,)
        Observations of published trials, by trial and id.
    asked : mapping of (str, str) to float
        What was asked of invented people, by person and question.
    """

    rows: Mapping[str, int]
    sets: int
    simulation: Simulation
    scenarios: Mapping[str, Scenario]
    observed: Mapping[tuple[str, str], np.ndarray]
    asked: Mapping[tuple[str, str], float]

    def course(self, arm: str, observable: str) -> np.ndarray:
        """Return an observable over all days simulated, ndarray (n_set, n_time)."""
        rows = slice(self.rows[arm], None, len(self.rows))
        return np.asarray(self.simulation.values[observable][rows])

    def at(self, arm: str, observable: str, month: float) -> np.ndarray:
        """Return an observable in a month, ndarray (n_set,)."""
        column = int(np.argmin(np.abs(self.simulation.days - month * DAYS_PER_MONTH)))
        return np.asarray(self.course(arm, observable)[:, column])

    def value(self, reading: Reading) -> np.ndarray:
        """Return a number of a claim for every parameter set.

        Parameters
        ----------
        reading : Reading

        Returns
        -------
        ndarray (n_set,)
            Of length 1 where parameters play no part.
        """
        if reading.trial is not None:
            own = self.observed[reading.trial, reading.arm]
            if reading.minus is not None:
                own = own - self.observed[reading.trial, reading.minus]
            return own if reading.over is None else own / self.observed[reading.trial, reading.over]
        if reading.person is not None:
            return np.array([self.asked[reading.person, reading.arm]])
        if reading.hazard:
            return np.array([self.scenarios[reading.arm].hazards.get(reading.observable, 1.0)])
        value = self._of(reading.arm, reading.observable, reading)
        if reading.minus is not None:
            value = value - self._of(reading.minus, reading.observable, reading)
        if reading.over is not None or reading.over_observable is not None:
            other = reading.over_observable or reading.observable
            divisor = self._of(reading.over or reading.arm, other, reading)
            if reading.over_minus is not None:
                divisor = divisor - self._of(reading.over_minus, other, reading)
            value = value / divisor
        return value

    def _of(self, arm: str, observable: str, reading: Reading) -> np.ndarray:
        later = self.at(arm, observable, reading.month)
        if reading.unit == "absolute":
            return later
        earlier = self.at(arm, observable, reading.from_month)
        if reading.unit == "change":
            return np.asarray(later - earlier)
        change = 100.0 * (later / earlier - 1.0)
        if reading.unit == "pct_per_year":
            change = change / ((reading.month - reading.from_month) / 12.0)
        return np.asarray(change)


def simulate(
    scenarios: Mapping[str, Scenario],
    months: Iterable[float],
    observables: Iterable[str],
    last: Mapping[str, float],
    sets: ParameterSets,
    observed: Mapping[tuple[str, str], np.ndarray],
    asked: Mapping[tuple[str, str], float],
) -> Runs:
    """Simulate every scenario under every set of parameters.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
    months : iterable of float
        When to look.
    observables : iterable of str
    last : mapping of str to float
        Last month that matters of each scenario.
    sets : sequence of mapping of str to float
        Parameters; the first set is the calibrated one.
    observed : mapping of (str, str) to ndarray (n_set,)
        As `simulate_observations` returns them.
    asked : mapping of (str, str) to float
        As `osteocast.claims.persons.ask_persons` returns it.

    Raises
    ------
    EngineError
        If a scenario cannot be solved under the first set.
    """
    names = list(scenarios)
    if not names:
        nothing = Simulation(np.zeros(1), {}, np.zeros(0, dtype=np.int64), [])
        return Runs({}, len(sets), nothing, scenarios, observed, asked)
    subjects = [
        replace(scenarios[name].subject, parameters=scenarios[name].subject.own_parameters(values))
        for values in sets
        for name in names
    ]
    simulation = run(
        subjects,
        [scenarios[name].courses for name in names] * len(sets),
        np.array(sorted({0.0, *months})) * DAYS_PER_MONTH,
        exposures=[scenarios[name].exposures for name in names] * len(sets),
        observables=sorted(set(observables)),
        parameters=sets[0],
        until=[last[name] * DAYS_PER_MONTH for name in names] * len(sets),
    )
    failed = [name for name, status in zip(names, simulation.status, strict=False) if status]
    if failed:
        raise EngineError(f"scenarios that could not be solved: {', '.join(failed)}")
    rows = {name: i for i, name in enumerate(names)}
    return Runs(rows, len(sets), simulation, scenarios, observed, asked)


def simulate_observations(
    wanted: Iterable[tuple[str, str]], sets: ParameterSets
) -> dict[tuple[str, str], np.ndarray]:
    """Simulate observations of published trials, with rescue rules and differences of arms.

    Parameters
    ----------
    wanted : iterable of (str, str)
        Trial and observation.
    sets : sequence of mapping of str to float

    Returns
    -------
    dict of (str, str) to ndarray (n_set,)
    """
    pairs = list(dict.fromkeys(wanted))
    trials = []
    for name in dict.fromkeys(trial for trial, _ in pairs):
        trial = trials_by_name()[name]
        ids = {observation for one, observation in pairs if one == name}
        kept = tuple(one for one in trial.observations if one.id in ids)
        used = {arm for one in kept for arm in (one.arm, one.versus) if arm is not None}
        arms = {key: arm for key, arm in trial.arms.items() if key in used}
        trials.append(replace(trial, observations=kept, arms=arms))
    if not trials:
        return {}
    table = simulate_trials(trials, sets)
    keys = [(trial.name, one.id) for trial in trials for one in trial.observations]
    return {key: table[:, column] for column, key in enumerate(keys)}
