"""Re-simulation of trials: each arm as its average person, rescue rules on the spread of T-scores at baseline.

An arm without rules is one subject with the arm's mean age, menopause and diet. Where the protocol starts a drug when a
T-score falls below a limit, the arm is a mixture: the baseline T-scores of its people decide who crosses the limit at which
visit, and one subject per visit stands for those who start there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from osteocast import physiology
from osteocast.engine.solver import RELATIVE_TOLERANCE
from osteocast.person import young_reference
from osteocast.physiology import SITES
from osteocast.simulation import Simulation, Subject, run
from osteocast.therapies import Course
from osteocast.trials.schema import Arm, Observation, Population, Trial

DAYS_PER_MONTH = 30.4375
USUAL_CALCIUM = 800.0  # mg/day, diet of a trial that says nothing
USUAL_VITAMIN_D = 25.0  # ng/mL, likewise
T_SCORE_CORRELATION = 0.6  # between lumbar spine and hip of one person; estimate
_PEOPLE = 400  # drawn to follow a rule; fixed draws, so that a trial always gives the same numbers
_SMALLEST_SHARE = 0.002

ParameterSets = Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class _Part:
    """People of one arm who share a course of events: its share is found per parameter set."""

    trial: int
    arm: str
    courses: tuple[Course, ...]
    visit: int  # -1: never rescued


def subject_of(population: Population) -> Subject:
    """Return the average person of a population on day 0."""
    diet = population.calcium_intake if population.calcium_intake is not None else USUAL_CALCIUM
    vitamin_d = population.vitamin_d if population.vitamin_d is not None else USUAL_VITAMIN_D
    return Subject(
        age=population.age,
        menopause_age=population.menopause_age,
        surgical=population.surgical,
        calcium_intake=diet,
        calcium_intake_after=diet + population.calcium_supplement if population.calcium_supplement else None,
        vitamin_d=vitamin_d,
        vitamin_d_after=population.vitamin_d_after,
        estradiol=population.estradiol,
        weight_kg=population.weight_kg if population.weight_kg is not None else 66.0,
    )


def simulate_trials(
    trials: Sequence[Trial],
    parameter_sets: ParameterSets | None = None,
    *,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    threads: int | None = None,
) -> np.ndarray:
    """Simulate every observation of the trials.

    Parameters
    ----------
    trials : sequence of Trial
        What to simulate.
    parameter_sets : sequence of mapping of str to float, optional
        Parameter values by name, one mapping per set; the calibrated values by default.
    relative_tolerance, threads
        As in `osteocast.engine.solver.simulate`.

    Returns
    -------
    ndarray (n_set, n_observation)
        In the unit of each observation, trial after trial in the order of `Trial.observations`.
    """
    sets = list(parameter_sets) if parameter_sets is not None else [physiology.values()]
    days, observables = _grid(trials)
    plain = [_Part(i, name, arm.courses, -1) for i, trial in enumerate(trials) for name, arm in trial.arms.items()]
    first = _simulate(plain, trials, sets, days, observables, relative_tolerance, threads)
    where = {(part.trial, part.arm): j for j, part in enumerate(plain)}

    rescues = [part for part in plain for part in _rescues(trials[part.trial], part)]
    second = _simulate(rescues, trials, sets, days, observables, relative_tolerance, threads) if rescues else None
    mixtures: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for j, part in enumerate(rescues):
        mixtures.setdefault((part.trial, part.arm), []).append((part.visit, j))

    columns = []
    for i, trial in enumerate(trials):
        shares = {
            name: _shares(arm, trial.visits, first, len(plain), where[i, name], len(sets))
            for name, arm in trial.arms.items()
            if arm.rules
        }
        for observation in trial.observations:
            value = _arm_value(observation, observation.arm, i, first, second, where, mixtures, shares, len(plain), len(rescues))
            if observation.versus is not None:
                value = value - _arm_value(
                    observation, observation.versus, i, first, second, where, mixtures, shares, len(plain), len(rescues)
                )
            columns.append(value)
    return np.array(columns).T


def _grid(trials: Sequence[Trial]) -> tuple[np.ndarray, list[str]]:
    months = {0.0}
    observables = {f"bmd_{site}" for site in SITES}
    for trial in trials:
        months.update(trial.visits)
        for observation in trial.observations:
            months.update((observation.month, observation.from_month))
            observables.add(observation.observable)
    return np.array(sorted(months)) * DAYS_PER_MONTH, sorted(observables)


def _simulate(
    parts: Sequence[_Part],
    trials: Sequence[Trial],
    sets: Sequence[Mapping[str, float]],
    days: np.ndarray,
    observables: Sequence[str],
    relative_tolerance: float,
    threads: int | None,
) -> Simulation:
    """Simulate all parts under all parameter sets; row ``set * n_part + part``. Arms end with their trial's last month."""
    subjects, courses, until = [], [], []
    for values in sets:
        for part in parts:
            population = trials[part.trial].arms[part.arm].population
            subject = subject_of(population)
            own = subject.own_parameters(values)
            subjects.append(replace(subject, parameters=own))
            courses.append((*population.history, *part.courses))
            until.append(trials[part.trial].last_month * DAYS_PER_MONTH)
    return run(
        subjects,
        courses,
        days,
        observables=observables,
        parameters=sets[0],
        until=until,
        relative_tolerance=relative_tolerance,
        threads=threads,
    )


def _rescues(trial: Trial, part: _Part) -> list[_Part]:
    """One part per visit at which a rule may start its courses."""
    arm = trial.arms[part.arm]
    return [
        replace(part, courses=(*arm.courses, *(_from(course, month) for course in rule.give)), visit=k)
        for rule in arm.rules[:1]
        for k, month in enumerate(trial.visits)
        if month >= rule.from_month
    ]


def _from(course: Course, month: float) -> Course:
    shift = month * DAYS_PER_MONTH
    stop = None if course.stop_day is None else course.stop_day + shift
    return replace(course, start_day=course.start_day + shift, stop_day=stop)


def _shares(
    arm: Arm, visits: Sequence[float], simulation: Simulation, n_part: int, part: int, n_set: int
) -> np.ndarray:
    """Share of the arm that starts its rescue at each visit, ndarray (n_set, n_visit)."""
    rule = arm.rules[0]
    baseline = _baseline_t_scores(arm.population)
    shares = np.zeros((n_set, len(visits)))
    for s in range(n_set):
        row = s * n_part + part
        waiting = np.ones(_PEOPLE, dtype=bool)
        for k, month in enumerate(visits):
            if month < rule.from_month:
                continue
            below = np.zeros(_PEOPLE, dtype=bool)
            for site in rule.sites:
                reference = young_reference(site)
                relative = _at(simulation, f"bmd_{site}", row, month) / _at(simulation, f"bmd_{site}", row, 0.0)
                bmd = reference.mean + baseline[site] * reference.sd
                below |= (bmd * relative - reference.mean) / reference.sd < rule.below
            starts = waiting & below
            shares[s, k] = starts.mean()
            waiting &= ~starts
    return shares


def _baseline_t_scores(population: Population) -> dict[str, np.ndarray]:
    """Draw T-scores of the people of an arm within what the protocol admitted, by site, ndarray (_PEOPLE,)."""
    generator = np.random.default_rng(20061201)
    scores: dict[str, list[np.ndarray]] = {site: [] for site in SITES}
    drawn = 0
    while drawn < _PEOPLE:
        common = generator.standard_normal(4 * _PEOPLE)
        admitted = np.ones(4 * _PEOPLE, dtype=bool)
        batch = {}
        for site in SITES:
            mean, sd = population.t_score.get(site, (-0.8, 1.0))
            own = generator.standard_normal(4 * _PEOPLE)
            batch[site] = mean + sd * (np.sqrt(T_SCORE_CORRELATION) * common + np.sqrt(1 - T_SCORE_CORRELATION) * own)
            low, high = population.t_score_range.get(site, (None, None))
            admitted &= batch[site] >= (low if low is not None else -np.inf)
            admitted &= batch[site] <= (high if high is not None else np.inf)
        for site in SITES:
            scores[site].append(batch[site][admitted])
        drawn += int(admitted.sum())
    return {site: np.concatenate(parts)[:_PEOPLE] for site, parts in scores.items()}


def _at(simulation: Simulation, observable: str, rows: int | slice, month: float) -> np.ndarray:
    column = int(np.argmin(np.abs(simulation.days - month * DAYS_PER_MONTH)))
    return simulation.values[observable][rows, column]


def _arm_value(
    observation: Observation,
    arm: str,
    trial: int,
    first: Simulation,
    second: Simulation | None,
    where: Mapping[tuple[int, str], int],
    mixtures: Mapping[tuple[int, str], list[tuple[int, int]]],
    shares: Mapping[str, np.ndarray],
    n_plain: int,
    n_rescue: int,
) -> np.ndarray:
    """Value of an observation in one arm, ndarray (n_set,)."""
    plain = _quantity(observation, first, slice(where[trial, arm], None, n_plain))
    if second is None or arm not in shares:
        return plain
    own = shares[arm]
    value = plain * (1 - own.sum(axis=1))
    for visit, j in mixtures[trial, arm]:
        if own[:, visit].max() > _SMALLEST_SHARE:
            value = value + own[:, visit] * _quantity(observation, second, slice(j, None, n_rescue))
        else:
            value = value + own[:, visit] * plain
    return value


def _quantity(observation: Observation, simulation: Simulation, rows: slice) -> np.ndarray:
    later = _at(simulation, observation.observable, rows, observation.month)
    if observation.unit == "absolute":
        return later
    earlier = _at(simulation, observation.observable, rows, observation.from_month)
    if observation.unit == "change":
        return later - earlier
    change = 100.0 * (later / earlier - 1.0)
    if observation.unit == "pct_per_year":
        change = change / ((observation.month - observation.from_month) / 12.0)
    return change
