"""A published trial as a design: what its file tells, and what has to be assumed to run it as a trial."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from osteocast.inference.prediction import people_behind
from osteocast.population import variability
from osteocast.trials.schema import Observation, Trial
from osteocast.units import DAYS_PER_MONTH
from osteocast.virtual_trials.assumed import assumed, why
from osteocast.virtual_trials.design import Eligibility, Endpoint, Measurement, Randomisation, TrialDesign

__all__ = ["published_design"]

_MOST_PARTS = 6


def published_design(trial: Trial) -> TrialDesign:
    """Return a design that runs a published trial again.

    Parameters
    ----------
    trial : Trial

    Returns
    -------
    TrialDesign
        Every published number is an endpoint. The T-scores that the protocol admitted are the eligibility;
        the sizes are those behind the numbers. What the file does not say stands in `assumed`.

    Examples
    --------
    >>> from osteocast.trials import load_trials
    >>> design = published_design(next(trial for trial in load_trials() if trial.name == "z-fast"))
    >>> design.size, design.eligibility.t_score["total_hip"]
    (602, (-2.0, None))
    """
    sizes, guesses = _sizes(trial)
    smallest = min(sizes.values())
    parts = {arm: min(max(1, round(n / smallest)), _MOST_PARTS) for arm, n in sizes.items()}
    months = {*trial.visits} | {
        month for one in trial.observations for month in (one.month, one.from_month) if month > 0
    }
    taken = dict(trial.population.assumed)
    for name in ("dropout", "window_days"):
        taken[name] = why(name)
    if guesses:
        taken["size"] = "; ".join(guesses)
    admitted = trial.population.t_score_range
    return TrialDesign(
        name=trial.name,
        title=trial.title,
        # Eligibility says who enters: the spread of the file is that of those who are screened.
        population=trial.population,
        arms=trial.arms,
        endpoints=tuple(_endpoint(one) for one in trial.observations),
        visits=tuple(sorted(months)),
        size=sum(sizes.values()),
        randomisation=Randomisation("blocks", (2 * sum(parts.values()),), parts),
        eligibility=Eligibility(t_score=dict(admitted)),
        window_days=min(assumed("window_days"), _half_gap(sorted(months))),
        dropout=dict.fromkeys(trial.arms, assumed("dropout")),
        measurement=Measurement(scan={site: 100.0 * one.sd for site, one in variability().scanner.items()}),
        analysis="t",
        sources=trial.sources,
        notes=trial.notes,
        assumed=taken,
        path=trial.path,
    )


def _endpoint(one: Observation) -> Endpoint:
    return Endpoint(
        name=one.id,
        observable=one.observable,
        month=one.month,
        unit=one.unit,
        arm=one.arm,
        versus=one.versus,
        statistic=one.statistic,
        from_month=one.from_month,
        published=replace(one),
    )


def _half_gap(months: list[float]) -> float:
    """Half the least time between two visits, so that windows do not overlap, days."""
    times = [0.0, *months]
    return min(after - before for before, after in pairwise(times)) * DAYS_PER_MONTH / 2.0


def _sizes(trial: Trial) -> tuple[dict[str, int], list[str]]:
    """People of each arm: as many as stand behind its numbers, and what had to be guessed."""
    sizes: dict[str, int] = {}
    guesses = []
    limit = int(assumed("largest_arm"))
    for arm in trial.arms:
        told = [people_behind(trial, one) for one in trial.observations if arm in (one.arm, one.versus)]
        if not told:
            told = [people_behind(trial, one) for one in trial.observations]
        n = max(2, round(max(told)))
        if n > limit:
            guesses.append(f"{arm}: {limit} instead of {n}; {why('largest_arm')}")
            n = limit
        sizes[arm] = n
    if not any(one.n or one.evidence for one in trial.observations):
        guesses.append("no number of people was read; a usual one is taken")
    return sizes, guesses
