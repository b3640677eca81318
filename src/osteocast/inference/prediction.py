r"""How far the next published mean may lie from the model: prediction intervals, and whether they hold.

A published mean differs from the average person of the model for four reasons: the parameters are not known
(draws of the posterior), the study has its own people and scanners, the model leaves a remainder (both from
`osteocast.inference.likelihood`), and a mean of so many people has a sampling error. With the simulated
values :math:`s_d` of the draws and the standard deviation :math:`\sigma` of the other three, the predictive
distribution of the published number is the mixture

.. math:: F(x) = \frac{1}{D} \sum_d \Phi\left(\frac{x - s_d}{\sigma}\right)

Its value at the published number is the rank of that number. Over many numbers that were predicted well,
ranks are uniform, and an interval of 90% holds 90% of them. Numbers of one trial are not independent, so
that a coverage counts for less than its number of means suggests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from osteocast import evidence
from osteocast.inference.likelihood import spread as spread_in_points
from osteocast.inference.posterior import draws
from osteocast.trials import Observation, Trial, load_trials
from osteocast.trials.people import usual_density
from osteocast.trials.simulate import simulate_trials
from osteocast.trials.split import placement

__all__ = [
    "DRAWS",
    "LEVEL",
    "Coverage",
    "Intervals",
    "Prediction",
    "people_behind",
    "predict",
    "share_within",
]

#: Share of published numbers that an interval is meant to hold.
LEVEL = 0.90
#: Draws of the posterior that a prediction interval rests on.
DRAWS = 120
_BATCH = 8  # draws simulated at once: a batch of all of them would not fit a small machine
_MARKERS = ("ctx", "ntx", "p1np", "bsap")
_QUANTILES = 199  # of the normal distribution, that stand for it in a mixture


@dataclass(frozen=True)
class Prediction:
    """The predictive distribution of one published number.

    Parameters
    ----------
    trial, id : str
        Which number.
    published : float
        In the observation's unit, as everything here.
    low, median, high : float
        The interval of `LEVEL`, and its middle.
    rank : float
        Share of the predictive distribution below the published number, 0 to 1.
    model_sd : float
        Standard deviation over draws of the posterior.
    other_sd : float
        Of study, remainder and sampling together.
    sampling_known : bool
        Whether the source lets one tell the sampling error; a usual one is taken where it does not.
    group : str
        ``fitted``, ``predicted``, ``apart``, ``new`` or ``shown``.
    kind : str
        ``bone density`` or ``markers and hormones``.
    counted : bool
        Whether it counts in coverage: as in the errors of validation, and markers that are not only shown.
    """

    trial: str
    id: str
    published: float
    low: float
    median: float
    high: float
    rank: float
    model_sd: float
    other_sd: float
    sampling_known: bool
    group: str
    kind: str
    counted: bool

    @property
    def within(self) -> bool:
        """Whether the published number lies in the interval."""
        return self.low <= self.published <= self.high


@dataclass(frozen=True)
class Coverage:
    """How many published numbers lie in their intervals.

    Parameters
    ----------
    group, kind : str
        As in `Prediction`.
    n, n_trial : int
        Numbers, and trials that they come from.
    share : float
        Of the numbers that lie in their interval.
    error : float
        Standard error of the share, numbers of one trial taken together; NaN for a single trial.
    """

    group: str
    kind: str
    n: int
    n_trial: int
    share: float
    error: float

    @classmethod
    def of(cls, group: str, kind: str, predictions: Sequence[Prediction]) -> Coverage:
        """Count the predictions of one group and one kind, at least one."""
        share, error, n_trial = share_within([(one.trial, one.within) for one in predictions])
        return cls(group, kind, len(predictions), n_trial, share, error)

    def __str__(self) -> str:
        """Share with its error, in percent."""
        return f"{self.share:.0%}" + ("" if math.isnan(self.error) else f" ± {100 * self.error:.0f}")


@dataclass(frozen=True)
class Intervals:
    """Prediction intervals of all observations of some trials, in their order."""

    predictions: tuple[Prediction, ...]
    n_draw: int

    def coverage(self) -> tuple[Coverage, ...]:
        """Return the coverage by kind and group, only over what is counted."""
        found = []
        for kind in ("bone density", "markers and hormones"):
            for group in ("fitted", "predicted", "apart", "new"):
                own = self.of(group, kind)
                if own:
                    found.append(Coverage.of(group, kind, own))
        return tuple(found)

    def of(self, group: str, kind: str) -> list[Prediction]:
        """Return the counted predictions of a group and a kind."""
        return [one for one in self.predictions if one.counted and (one.group, one.kind) == (group, kind)]

    def reliability(
        self, group: str, kind: str = "bone density", levels: Sequence[float] | None = None
    ) -> list[tuple[float, float]]:
        """Return how many numbers lie in the central interval of each level.

        Parameters
        ----------
        group, kind : str
            As in `Prediction`.
        levels : sequence of float, optional
            Shares that the intervals are meant to hold; tenths, and 0.95, by default.

        Returns
        -------
        list of (float, float)
            Level, and the share that lies within.
        """
        levels = (*np.arange(0.1, 0.95, 0.1).round(1), 0.95) if levels is None else levels
        ranks = np.array([one.rank for one in self.of(group, kind)])
        return [(float(level), float(np.mean(np.abs(2 * ranks - 1) <= level))) for level in levels]


def predict(
    trials: Sequence[Trial] | None = None,
    *,
    n_draw: int = DRAWS,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Intervals:
    """Return the prediction interval of every observation.

    Parameters
    ----------
    trials : sequence of Trial, optional
        Those that come with osteocast by default.
    n_draw : int
        Draws of the posterior.
    report : callable
        Told after each batch how many draws are done, of how many.

    Returns
    -------
    Intervals
        Trial after trial, in the order of `Trial.observations`.
    """
    own = load_trials() if trials is None else list(trials)
    sets, batches = draws(n_draw), []
    for first in range(0, n_draw, _BATCH):
        batches.append(simulate_trials(own, sets[first : first + _BATCH]))
        report(min(first + _BATCH, n_draw), n_draw)
    simulated = np.vstack(batches)
    pairs = [(trial, observation) for trial in own for observation in trial.observations]
    rows = (
        _prediction(trial, observation, column)
        for (trial, observation), column in zip(pairs, simulated.T, strict=True)
    )
    return Intervals(tuple(rows), n_draw)


def _prediction(trial: Trial, observation: Observation, simulated: np.ndarray) -> Prediction:
    middle = float(np.nanmedian(simulated))
    sampling, known = sampling_error(trial, observation)
    sd = math.hypot(*spread(trial, observation, middle), sampling)
    # A draw that could not be simulated says nothing.
    low, median, high, rank = mixture(simulated[np.isfinite(simulated)], sd, observation.value)
    place = placement(trial, observation)
    density = observation.is_bmd
    return Prediction(
        trial=trial.name,
        id=observation.id,
        published=observation.value,
        low=low,
        median=median,
        high=high,
        rank=rank,
        model_sd=float(np.nanstd(simulated)),
        other_sd=sd,
        sampling_known=known,
        group="apart" if place.apart else place.role,
        kind="bone density" if density else "markers and hormones",
        counted=place.counted if density else place.role != "shown",
    )


def share_within(found: Sequence[tuple[str, bool]]) -> tuple[float, float, int]:
    """Return the share that lies within, its standard error, and the number of trials.

    Parameters
    ----------
    found : sequence of (str, bool)
        Trial of each number, and whether it lies within; at least one. Numbers of one trial are taken
        together.

    Returns
    -------
    share : float
    error : float
        NaN for a single trial.
    n_trial : int
    """
    share = float(np.mean([within for _, within in found]))
    by_trial: dict[str, float] = {}
    for trial, within in found:
        by_trial[trial] = by_trial.get(trial, 0.0) + within - share
    n, n_trial = len(found), len(by_trial)
    if n_trial == 1:
        return share, math.nan, 1
    total = sum(apart**2 for apart in by_trial.values())
    return share, math.sqrt(total * n_trial / (n_trial - 1)) / n, n_trial


def mixture(simulated: np.ndarray, sd: float, published: float) -> tuple[float, float, float, float]:
    """Return low, median and high of the interval of `LEVEL`, and the rank of a published number.

    Parameters
    ----------
    simulated : ndarray (n_draw,)
    sd : float
        Of the normal distribution around each.
    published : float
    """
    everything = (simulated[:, None] + sd * _normal_quantiles()[None, :]).ravel()
    tail = (1 - LEVEL) / 2
    low, median, high = np.quantile(everything, [tail, 0.5, 1 - tail])
    rank = np.mean([_phi((published - value) / sd) if sd > 0 else published >= value for value in simulated])
    return float(low), float(median), float(high), float(rank)


def spread(trial: Trial, observation: Observation, simulated: float) -> tuple[float, float]:
    """Return the standard deviations of study and remainder, in the unit of the observation.

    `osteocast.inference.likelihood.spread` has them in percentage points of change. A level, or a change in
    the observable's own unit, has the same share of the simulated one; a change of density in g/cm2 that
    share of the density on day 0.
    """
    in_grams = observation.unit == "g_per_cm2"
    points = replace(observation, unit="pct") if in_grams else observation
    study, remainder = spread_in_points(trial, points)
    factor = 1.0
    if in_grams:
        site = observation.observable.removeprefix("bmd_")
        factor = usual_density(trial.arms[observation.arm].population, site) / 100.0
    elif observation.unit in ("absolute", "change"):
        factor = abs(simulated) / 100.0
    return study * factor, remainder * factor


def sampling_error(trial: Trial, observation: Observation) -> tuple[float, bool]:
    """Return the standard error of a published number, and whether its source lets one tell it.

    Where it does not, people are taken to differ as in the trials that print how much they do.
    """
    own = observation.standard_error
    if own is not None:
        return own, True
    if observation.unit in ("absolute", "change"):
        return 0.0, False
    usual, _ = _usual()[observation.is_bmd]
    n = people_behind(trial, observation)
    error = usual * math.sqrt((2.0 if observation.versus is not None else 1.0) / n)
    if observation.unit == "pct_per_year":
        error /= max((observation.month - observation.from_month) / 12.0, 1.0)
    if observation.unit == "g_per_cm2":
        site = observation.observable.removeprefix("bmd_")
        error *= usual_density(trial.arms[observation.arm].population, site) / 100.0
    return error, False


def people_behind(trial: Trial, observation: Observation) -> float:
    """Return how many people of an arm stand behind a published number; a usual number if no source tells."""
    return observation.n or _share_of_all(trial, observation) or _usual()[observation.is_bmd][1]


def _share_of_all(trial: Trial, observation: Observation) -> float | None:
    """Return the people of an arm, if only the number of the whole trial was read."""
    if observation.evidence is None:
        return None
    total = evidence.load().value(observation.evidence).n_total
    return None if total is None else max(1.0, total / len(trial.arms))


@cache
def _usual() -> dict[bool, tuple[float, float]]:
    """Return how much people differ in the published trials, and how many are in an arm, by density or not.

    Medians of the standard deviation of changes, percentage points, and of the number of people.
    """
    found = {}
    for density in (True, False):
        shown = list(_printed(load_trials(), density))
        found[density] = (float(np.median([sd for sd, _ in shown])), float(np.median([n for _, n in shown])))
    return found


def _printed(trials: Iterable[Trial], density: bool) -> Iterable[tuple[float, int]]:
    for trial in trials:
        for one in trial.observations:
            alike = one.is_bmd if density else one.observable in _MARKERS
            if alike and one.unit == "pct" and one.versus is None and one.n:
                error = one.standard_error
                if error is not None:
                    yield error * math.sqrt(one.n), one.n


@cache
def _normal_quantiles() -> np.ndarray:
    from statistics import NormalDist

    steps = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    return np.array([NormalDist().inv_cdf(float(p)) for p in steps])


def _phi(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))
