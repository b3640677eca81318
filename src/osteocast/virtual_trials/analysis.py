"""From what a trial recorded to an effect with its interval and p, by SciPy and statsmodels.

Three sets of people are analysed. By intention to treat everybody counts as randomised, rescue or not; a
value that is missing because somebody left is that of the last visit before (the mixed model takes all visits
as they are instead, valid if leaving depends on nothing but what was measured). As observed, those measured
at the visit of the endpoint. On treatment, of these, those whom no rescue had reached.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from osteocast.errors import InputError, OsteocastError, Problem
from osteocast.virtual_trials.conduct import TrialData
from osteocast.virtual_trials.design import ANALYSES, Analysis, AnalysisSet, Endpoint
from osteocast.virtual_trials.pool import NEVER

__all__ = ["Effect", "analyse", "outcomes", "summary_of"]

_FEWEST = 3  # people of an arm below which nothing is tested


@dataclass(frozen=True)
class Effect:
    """What a trial says of one endpoint.

    Parameters
    ----------
    endpoint : str
    analysis : {"t", "ancova", "mixed"}
    people : str
        The set analysed.
    estimate, error : float
        In the endpoint's unit: the arm, or the arm minus the other; NaN where it could not be computed.
    low, high : float
        Confidence interval of ``1 - alpha``.
    p : float
        Two-sided.
    n : tuple of int
        People of the arm, and of the other one, that count.
    missing : tuple of int
        People of each without a value at the endpoint's visit.
    method : str
        What was fitted, where a model did not converge and a simpler one took its place.
    """

    endpoint: str
    analysis: Analysis
    people: AnalysisSet
    estimate: float
    error: float
    low: float
    high: float
    p: float
    n: tuple[int, ...]
    missing: tuple[int, ...]
    method: str


@dataclass(frozen=True)
class _Values:
    """Outcome, baseline and arm (1 for the arm, 0 for the other) of those who count."""

    y: np.ndarray
    baseline: np.ndarray
    treated: np.ndarray
    stratum: np.ndarray
    missing: tuple[int, ...]

    def counts(self, endpoint: Endpoint) -> tuple[int, ...]:
        treated = int(self.treated.sum())
        return (treated,) if endpoint.versus is None else (treated, int(self.treated.size - treated))


def outcomes(data: TrialData, endpoint: Endpoint, column: int) -> np.ndarray:
    """Return what an endpoint would be at a visit, in its unit, ndarray (n,); NaN where not measured."""
    later = data.measured[endpoint.observable][:, column]
    if endpoint.unit == "absolute":
        return np.asarray(later)
    earlier = data.measured[endpoint.observable][:, data.column(endpoint.from_month)]
    if endpoint.unit in ("change", "g_per_cm2"):
        return np.asarray(later - earlier)
    change = 100.0 * (later / earlier - 1.0)
    if endpoint.unit == "pct_per_year":
        change = change / ((data.months[column] - endpoint.from_month) / 12.0)
    return np.asarray(change)


def _chosen(data: TrialData, endpoint: Endpoint, people: AnalysisSet) -> _Values:
    """Pick the people of a set and their outcomes."""
    last = data.column(endpoint.month)
    values = outcomes(data, endpoint, last)
    absent = ~np.isfinite(values)
    if people == "intention_to_treat":
        for column in range(last - 1, data.column(endpoint.from_month), -1):
            gap = ~np.isfinite(values)
            values[gap] = outcomes(data, endpoint, column)[gap]
    if people == "on_treatment":
        values = np.where((data.rescued != NEVER) & (data.rescued < last), np.nan, values)
    arms = [data.in_arm(name) for name in (endpoint.arm, endpoint.versus) if name is not None]
    used = np.logical_or.reduce(arms) & np.isfinite(values)
    baseline = data.measured[endpoint.observable][:, data.column(endpoint.from_month)]
    return _Values(
        values[used],
        baseline[used],
        arms[0][used].astype(np.float64),
        data.stratum[used],
        tuple(int((arm & absent).sum()) for arm in arms),
    )


def summary_of(data: TrialData, endpoint: Endpoint, people: AnalysisSet = "as_observed") -> float:
    """Return the endpoint as a report prints it: mean or median of the arm, less that of the other.

    NaN where an arm has nobody measured.
    """
    values = _chosen(data, endpoint, people)
    middle = np.median if endpoint.statistic == "median" else np.mean
    parts = [values.y[values.treated == 1.0]]
    if endpoint.versus is not None:
        parts.append(values.y[values.treated == 0.0])
    if any(part.size == 0 for part in parts):
        return float("nan")
    numbers = [float(middle(part)) for part in parts]
    return numbers[0] - (numbers[1] if len(numbers) > 1 else 0.0)


def analyse(
    data: TrialData,
    endpoint: Endpoint,
    analysis: Analysis | None = None,
    people: AnalysisSet = "intention_to_treat",
) -> Effect:
    """Analyse one endpoint of one trial.

    Parameters
    ----------
    data : TrialData
    endpoint : Endpoint
    analysis : {"t", "ancova", "mixed"}, optional
        That of the design by default. An arm without another one to compare with is tested against no change
        by Student's t, whatever the analysis.
    people : {"intention_to_treat", "as_observed", "on_treatment"}

    Returns
    -------
    Effect

    Raises
    ------
    InputError
        If there is no such analysis.
    """
    wanted = data.design.analysis if analysis is None else analysis
    if wanted not in ANALYSES:
        raise InputError([Problem("analysis", wanted, f"one of {', '.join(ANALYSES)}", "choose one of them")])
    values = _chosen(data, endpoint, people)
    counts = values.counts(endpoint)
    if min(counts) < _FEWEST:
        nothing = (float("nan"),) * 5
        return Effect(endpoint.name, wanted, people, *nothing, counts, values.missing, "too few people")
    level = 1.0 - data.design.alpha
    if endpoint.versus is None or wanted == "t":
        found, method = _t(values, endpoint, level)
    elif wanted == "ancova":
        found, method = _ancova(values, level)
    else:
        found, method = _mixed(data, endpoint, people, level)
    return Effect(endpoint.name, wanted, people, *found, counts, values.missing, method)


_Found = tuple[float, float, float, float, float]


def _t(values: _Values, endpoint: Endpoint, level: float) -> tuple[_Found, str]:
    from scipy import stats

    ours = values.y[values.treated == 1.0]
    if endpoint.versus is None:
        test = stats.ttest_1samp(ours, 0.0)
        estimate = float(ours.mean())
        method = "Student's t of one arm"
    else:
        others = values.y[values.treated == 0.0]
        test = stats.ttest_ind(ours, others, equal_var=False)
        estimate = float(ours.mean() - others.mean())
        method = "Welch's t"
    interval = test.confidence_interval(level)
    error = abs(estimate / float(test.statistic)) if test.statistic else float("nan")
    return (estimate, error, float(interval.low), float(interval.high), float(test.pvalue)), method


def _models() -> Any:
    """Return statsmodels, which comes with an extra."""
    try:
        import statsmodels.api as models
    except ImportError as error:
        raise OsteocastError(
            "an analysis by a model needs statsmodels: pip install osteocast[cohort]"
        ) from error
    return models


def _ancova(values: _Values, level: float) -> tuple[_Found, str]:
    """Regress the outcome on arm, baseline and strata, by least squares; small trials without the strata."""
    models = _models()
    columns = [np.ones(values.y.size), values.treated, values.baseline - values.baseline.mean()]
    strata = [(values.stratum == one).astype(float) for one in np.unique(values.stratum)[1:]]
    table, method = np.column_stack([*columns, *strata]), "least squares"
    if values.y.size - table.shape[1] < _FEWEST or np.linalg.matrix_rank(table) < table.shape[1]:
        table, method = np.column_stack(columns), "least squares, strata left out"
    return _coefficient(models.OLS(values.y, table).fit(), 1, level), method


def _coefficient(fit: Any, place: int, level: float) -> _Found:
    low, high = np.asarray(fit.conf_int(alpha=1.0 - level))[place]
    return (
        float(np.asarray(fit.params)[place]),
        float(np.asarray(fit.bse)[place]),
        float(low),
        float(high),
        float(np.asarray(fit.pvalues)[place]),
    )


def _mixed(data: TrialData, endpoint: Endpoint, people: AnalysisSet, level: float) -> tuple[_Found, str]:
    r"""Fit all visits up to the endpoint's with a mixed model.

    Fixed effects: each visit, each visit by arm, baseline by visit, strata. Random effects of a person: level
    and slope over the years. Where REML does not converge, the level alone; where that does not either,
    least squares with errors that allow for the correlation within a person (clusters). The effect is that of
    the arm at the endpoint's visit, which is the reference visit of the coding.
    """
    models = _models()
    y, design, person, years = _long(data, endpoint, people)
    slope = np.column_stack([np.ones(years.size), years])
    several = np.unique(years).size > 2
    with warnings.catch_warnings():
        # What they warn of is looked at: whether it converged, and whether the errors are finite.
        warnings.simplefilter("ignore")
        for random, words in (
            (slope, "level and slope of each person"),
            (slope[:, :1], "level of each person"),
        ):
            if random is slope and not several:
                continue
            try:
                fit = models.MixedLM(y, design, groups=person, exog_re=random).fit(reml=True, method="lbfgs")
            except (np.linalg.LinAlgError, ValueError):
                continue
            if fit.converged and np.isfinite(fit.bse[1]) and fit.bse[1] > 0:
                return _coefficient(fit, 1, level), f"REML, {words}"
        fit = models.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": person})
    return _coefficient(fit, 1, level), "least squares with clustered errors"


def _long(
    data: TrialData, endpoint: Endpoint, people: AnalysisSet
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Stack the visits after `from_month` up to the endpoint's: outcome, fixed effects, person, years."""
    first, last = data.column(endpoint.from_month), data.column(endpoint.month)
    visits = list(range(last, first, -1))
    arms = data.in_arm(endpoint.arm) | data.in_arm(cast("str", endpoint.versus))
    treated = data.in_arm(endpoint.arm).astype(np.float64)
    baseline = data.measured[endpoint.observable][:, first]
    baseline = baseline - np.nanmean(baseline[arms])
    strata = [(data.stratum == one).astype(float) for one in np.unique(data.stratum[arms])[1:]]
    rows: list[np.ndarray] = []
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for k, column in enumerate(visits):
        value = outcomes(data, endpoint, column)
        if people == "on_treatment":
            value = np.where((data.rescued != NEVER) & (data.rescued < column), np.nan, value)
        used = arms & np.isfinite(value) & np.isfinite(baseline)
        here = np.zeros((int(used.sum()), len(visits) - 1))
        if k:
            here[:, k - 1] = 1.0
        effects = np.column_stack(
            [
                np.ones(used.sum()),
                treated[used],
                here,
                here * treated[used][:, None],
                baseline[used],
                here * baseline[used][:, None],
                *(one[used] for one in strata),
            ]
        )
        rows.append(effects)
        years = np.full(used.sum(), data.months[column] / 12.0)
        parts.append((value[used], np.flatnonzero(used), years))
    y, person, years = (np.concatenate(column) for column in zip(*parts, strict=True))
    return y, np.vstack(rows), person, years
