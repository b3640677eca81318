"""Who of an arm starts a rescue, and when: people drawn from the spread of T-scores at baseline.

Where the protocol starts a drug when a T-score falls below a limit, the arm is a mixture. The T-scores of its
people at baseline decide who crosses the limit at which visit; until then all of them lose bone like the
arm's average person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from osteocast.person import young_reference
from osteocast.physiology import SITES
from osteocast.therapies import Course
from osteocast.trials.schema import Arm, Population, RescueRule, Trial
from osteocast.units import DAYS_PER_MONTH

T_SCORE_CORRELATION = 0.6  # between lumbar spine and hip of one person; estimate
_USUAL_T_SCORE = (-0.8, 1.0)  # mean and standard deviation at a site of which a trial says nothing; estimate
_PEOPLE = 400  # drawn to follow a rule; fixed draws, so that a trial always gives the same numbers


def rescue_visits(trial: Trial, arm: Arm) -> list[int]:
    """Return positions in `Trial.visits` at which the arm's rule may start its courses."""
    return [k for rule in arm.rules for k, month in enumerate(trial.visits) if month >= rule.from_month]


def rescued_courses(arm: Arm, month: float) -> tuple[Course, ...]:
    """Return the courses of people whose rescue starts at the visit of a month."""
    return with_rules(arm.courses, arm.rules, month)


def with_rules(courses: Sequence[Course], rules: Sequence[RescueRule], month: float) -> tuple[Course, ...]:
    """Return courses and what rules start at the visit of a month."""
    return (*courses, *(_from(course, month) for rule in rules for course in rule.give))


def _from(course: Course, month: float) -> Course:
    shift = month * DAYS_PER_MONTH
    stop = None if course.stop_day is None else course.stop_day + shift
    return replace(course, start_day=course.start_day + shift, stop_day=stop)


def rescue_shares(trial: Trial, arm: Arm, density: Callable[[str, float], float]) -> np.ndarray:
    """Return the share of the arm that starts its rescue at each visit.

    Parameters
    ----------
    trial : Trial
    arm : Arm
        With a rule.
    density : callable
        From site and month to the bone density of the arm's average person without rescue, relative to day 0.

    Returns
    -------
    ndarray (n_visit,)
    """
    (rule,) = arm.rules
    baseline = _baseline_t_scores(arm.population)
    shares = np.zeros(len(trial.visits))
    waiting = np.ones(_PEOPLE, dtype=bool)
    for k in rescue_visits(trial, arm):
        below = np.zeros(_PEOPLE, dtype=bool)
        for site in rule.sites:
            reference = young_reference(site)
            bmd = reference.mean + baseline[site] * reference.sd
            now = (bmd * density(site, trial.visits[k]) - reference.mean) / reference.sd
            below |= now < rule.below
        starts = waiting & below
        shares[k] = starts.mean()
        waiting &= ~starts
    return shares


def _baseline_t_scores(population: Population) -> dict[str, np.ndarray]:
    """Draw T-scores of an arm's people within what the protocol admitted, by site, ndarray (_PEOPLE,)."""
    generator = np.random.default_rng(20061201)
    scores: dict[str, list[np.ndarray]] = {site: [] for site in SITES}
    drawn = 0
    shared, own_part = np.sqrt(T_SCORE_CORRELATION), np.sqrt(1 - T_SCORE_CORRELATION)
    while drawn < _PEOPLE:
        common = generator.standard_normal(4 * _PEOPLE)
        admitted = np.ones(4 * _PEOPLE, dtype=bool)
        batch = {}
        for site in SITES:
            mean, sd = population.t_score.get(site, _USUAL_T_SCORE)
            own = generator.standard_normal(4 * _PEOPLE)
            batch[site] = mean + sd * (shared * common + own_part * own)
            low, high = population.t_score_range.get(site, (None, None))
            admitted &= batch[site] >= (low if low is not None else -np.inf)
            admitted &= batch[site] <= (high if high is not None else np.inf)
        for site in SITES:
            scores[site].append(batch[site][admitted])
        drawn += int(admitted.sum())
    return {site: np.concatenate(parts)[:_PEOPLE] for site, parts in scores.items()}
