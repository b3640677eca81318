"""Published trials run again as trials, and where the published number lies among the replicates.

Each replicate of a trial is one world (a draw of the posterior) with people of its own, measured with error
and lost as in the design. The published number is one more replicate, if the model is right about worlds,
people and errors; but real studies differ from each other by more than that, and the model leaves a remainder
(`osteocast.inference.likelihood`). Both are reported: replicates as they are, and with study and remainder.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from osteocast.inference.prediction import share_within, spread
from osteocast.population.streams import normals
from osteocast.progress import Report, silent
from osteocast.trials import Trial, load_trials
from osteocast.trials.split import placement
from osteocast.virtual_trials.analysis import outcomes, summary_of
from osteocast.virtual_trials.conduct import TrialData, conduct
from osteocast.virtual_trials.design import Endpoint
from osteocast.virtual_trials.pool import build_pool
from osteocast.virtual_trials.published import published_design

__all__ = ["LEVELS", "CheckRow", "CoverageRow", "ReplicateCheck", "replicate_check"]

#: Shares of the replicates that the central intervals hold.
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class CheckRow:
    """One published number among the replicates of its trial.

    Parameters
    ----------
    trial, id, observable, unit, statistic : str
        As in the trial file.
    month : float
    published : float
    published_error : float or None
        Standard error, where the source tells.
    people : int
        Randomised in the replicates.
    middle, low, high : float
        Median and central 95% of the replicates.
    wide_low, wide_high : float
        Central 95% with study and remainder.
    error : float
        Median standard error that a replicate reports.
    rank, wide_rank : float
        Share of the replicates below the published number, without and with study and remainder.
    group : str
        ``fitted``, ``predicted``, ``apart``, ``shown`` or ``new``, as in validation.
    counted : bool
        Whether it counts in the coverage.
    """

    trial: str
    id: str
    observable: str
    month: float
    unit: str
    statistic: str
    published: float
    published_error: float | None
    people: int
    middle: float
    low: float
    high: float
    wide_low: float
    wide_high: float
    error: float
    rank: float
    wide_rank: float
    group: str
    counted: bool

    @property
    def is_density(self) -> bool:
        """Whether it is of bone density."""
        return self.observable.startswith("bmd_")

    def within(self, level: float, *, wide: bool) -> bool:
        """Whether the published number lies in the central share of the replicates."""
        return abs(2.0 * (self.wide_rank if wide else self.rank) - 1.0) <= level


@dataclass(frozen=True)
class CoverageRow:
    """How often published numbers lie in the intervals of their replicates.

    Parameters
    ----------
    group : str
    level : float
        Nominal.
    found, error : float
        Share found, with its standard error (numbers of one trial taken together), replicates as they are.
    wide_found, wide_error : float
        With study and remainder.
    n, n_trial : int
        Numbers, and trials that they come from.
    """

    group: str
    level: float
    found: float
    error: float
    wide_found: float
    wide_error: float
    n: int
    n_trial: int


@dataclass(frozen=True)
class ReplicateCheck:
    """All published numbers.

    Parameters
    ----------
    rows : tuple of CheckRow
    replicates, draws, people : int
        Of each trial: replicates, worlds, and people of each world.
    """

    rows: tuple[CheckRow, ...]
    replicates: int
    draws: int
    people: int

    def coverage(self, *, density: bool = True) -> tuple[CoverageRow, ...]:
        """Return the coverage by group and level, of bone density or of markers and hormones."""
        found = []
        for group in ("fitted", "predicted", "apart", "new"):
            own = [
                row for row in self.rows if row.counted and row.group == group and row.is_density == density
            ]
            for level in LEVELS if own else ():
                narrow, wide = (
                    share_within([(row.trial, row.within(level, wide=wide)) for row in own])
                    for wide in (False, True)
                )
                found.append(
                    CoverageRow(group, level, narrow[0], narrow[1], wide[0], wide[1], len(own), narrow[2])
                )
        return tuple(found)

    def error_ratios(self) -> tuple[float, int]:
        """Return the median of simulated over published standard errors of density, and of how many."""
        ratios = [
            row.error / row.published_error
            for row in self.rows
            if row.published_error and row.is_density and math.isfinite(row.error)
        ]
        return (float(np.median(ratios)) if ratios else math.nan), len(ratios)


def replicate_check(
    trials: Sequence[Trial] | None = None,
    *,
    replicates: int = 200,
    draws: int = 40,
    people: int = 200,
    threads: int | None = None,
    report: Report = silent,
) -> ReplicateCheck:
    """Run published trials again and place the published numbers among the replicates.

    Parameters
    ----------
    trials : sequence of Trial, optional
        Those that come with osteocast by default.
    replicates : int
        Of each trial.
    draws : int
        Worlds; 0 for the calibrated values alone.
    people : int
        Candidates of each world.
    threads : int, optional
    report : callable
        Told the trial that was done, how many are done, of how many.

    Returns
    -------
    ReplicateCheck
    """
    own = load_trials() if trials is None else list(trials)
    rows: list[CheckRow] = []
    for number, trial in enumerate(own):
        design = replace(published_design(trial), replicates=replicates, draws=draws, people=people)
        pool = build_pool(design, threads=threads)
        summaries = np.empty((replicates, len(design.endpoints)))
        errors = np.empty_like(summaries)
        for k in range(replicates):
            data = conduct(design, pool, k)
            for j, endpoint in enumerate(design.endpoints):
                summaries[k, j] = summary_of(data, endpoint)
                errors[k, j] = standard_error(data, endpoint)
        for j in range(len(design.endpoints)):
            rows.append(_row(trial, j, design.size, summaries[:, j], errors[:, j]))
        report(trial.name, number + 1, len(own))
    return ReplicateCheck(tuple(rows), replicates, draws, people)


def standard_error(data: TrialData, endpoint: Endpoint) -> float:
    """Return the standard error of the mean, or of the difference, of those observed."""
    values = outcomes(data, endpoint, data.column(endpoint.month))
    total = 0.0
    for name in (endpoint.arm, endpoint.versus):
        if name is not None:
            own = values[data.in_arm(name)]
            own = own[np.isfinite(own)]
            total += float(own.var(ddof=1)) / own.size if own.size > 1 else math.nan
    return math.sqrt(total)


def _row(trial: Trial, j: int, size: int, found: np.ndarray, errors: np.ndarray) -> CheckRow:
    one = trial.observations[j]
    usable = found[np.isfinite(found)]
    if not usable.size:
        raise ValueError(f"{trial.name}, {one.id}: no replicate could be summarised")
    middle = float(np.median(usable))
    beyond = math.hypot(*spread(trial, one, middle))
    z = normals(f"replicate check {trial.name}", one.id, 0, usable.size, 1)[:, 0]
    wide = usable + beyond * z
    low, high, wide_low, wide_high = (
        float(np.quantile(values, tail)) for values in (usable, wide) for tail in (0.025, 0.975)
    )
    place = placement(trial, one)
    return CheckRow(
        trial=trial.name,
        id=one.id,
        observable=one.observable,
        month=one.month,
        unit=one.unit,
        statistic=one.statistic,
        published=one.value,
        published_error=one.standard_error,
        people=size,
        middle=middle,
        low=low,
        high=high,
        wide_low=wide_low,
        wide_high=wide_high,
        error=float(np.nanmedian(errors)) if np.isfinite(errors).any() else math.nan,
        rank=_rank(usable, one.value),
        wide_rank=_rank(wide, one.value),
        group="apart" if place.apart else place.role,
        counted=place.counted if one.is_bmd else place.role != "shown",
    )


def _rank(values: np.ndarray, published: float) -> float:
    """Share below; half of what is equal counts as below. Never quite 0 or 1 with so many replicates."""
    below = float(np.sum(values < published) + 0.5 * np.sum(values == published))
    return (below + 0.5) / (values.size + 1.0)
