"""What a policy study found: fractures, harms and what they hang on, per 1,000 women."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from osteocast.forecast.drivers import Share
from osteocast.forecast.provenance import Provenance
from osteocast.virtual_trials.policies import PolicyStudy

__all__ = ["HORIZONS", "KINDS", "Estimate", "PolicyHarm", "PolicyOutcome", "PolicyResult"]

#: Horizons of the tables, years.
HORIZONS = (5.0, 10.0)
#: Kinds of fracture that are counted (`osteocast.fracture.KINDS`).
KINDS = ("any_clinical", "major_osteoporotic", "hip", "clinical_vertebral", "multiple_vertebral")
_PER = 1000.0
_TAIL = 0.05


def central(drawn: np.ndarray) -> tuple[float, float]:
    """Return what the central 90% lie between."""
    low, high = np.quantile(drawn, (_TAIL, 1.0 - _TAIL))
    return float(low), float(high)


@dataclass(frozen=True)
class Estimate:
    """A number per 1,000 women.

    Parameters
    ----------
    mean : float
        Over women and worlds.
    low, high : float
        Central 90% of the worlds.
    monte_carlo : float
        Standard error of the mean from the number of women.
    """

    mean: float
    low: float
    high: float
    monte_carlo: float

    @classmethod
    def of(cls, values: np.ndarray) -> Estimate:
        """Summarise probabilities or their differences, ndarray (n_women, n_world); NaN where unsolved."""
        by_world = _PER * np.nanmean(values, axis=0)
        by_woman = _PER * np.nanmean(values, axis=1)
        low, high = central(by_world)
        error = float(by_woman.std(ddof=1)) / math.sqrt(by_woman.size) if by_woman.size > 1 else math.nan
        return cls(float(by_world.mean()), low, high, error)


@dataclass(frozen=True)
class PolicyHarm:
    """A serious harm of a policy's drugs.

    Parameters
    ----------
    drug, what : str
    expected : mapping of float to float
        Events per 1,000 women by horizon.
    sources : tuple of str
        References into the evidence registry.
    note : str
    between : mapping of float to (float, float)
        The central 90% of what the events that were counted leave open
        (`osteocast.planning.harm_spread`), by horizon.
    """

    drug: str
    what: str
    expected: Mapping[float, float]
    sources: tuple[str, ...]
    note: str
    between: Mapping[float, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class PolicyOutcome:
    """What a policy comes to.

    Parameters
    ----------
    name : str
    fractures : mapping of (str, float) to Estimate
        Women with a first fracture of a kind within a horizon, per 1,000.
    averted : mapping of (str, float) to Estimate
        The reference's less the policy's, woman by woman.
    harms : tuple of PolicyHarm
        Without vertebral fractures after stopping, which the fractures hold.
    unknown : tuple of str
        Harms of which no rate is known.
    treated : float
        Share of women that a rule gave treatment within the last horizon; 1 where a drug is given to all and
        0 without any.
    bmd_change : mapping of (str, float) to float
        Mean change of density by site and horizon, percent.
    harms_between : mapping of float to (float, float)
        The central 90% of all harms together, by horizon.
    """

    name: str
    fractures: Mapping[tuple[str, float], Estimate]
    averted: Mapping[tuple[str, float], Estimate]
    harms: tuple[PolicyHarm, ...]
    unknown: tuple[str, ...]
    treated: float
    bmd_change: Mapping[tuple[str, float], float]
    harms_between: Mapping[float, tuple[float, float]] = field(default_factory=dict)

    def harm(self, horizon: float) -> float:
        """Return all harms of known rate within a horizon, events per 1,000 women."""
        return sum(one.expected[horizon] for one in self.harms)


@dataclass(frozen=True)
class PolicyResult:
    """A policy study, done.

    Parameters
    ----------
    study : PolicyStudy
    outcomes : tuple of PolicyOutcome
        In the order of the arms.
    women : int
    unsolved : float
        Share of lives (a woman in a world) whose equations could not be solved under every policy; they
        count under none.
    worlds : int
    baseline : mapping of str to (float, float)
        Mean and standard deviation of the women on day 0, by covariate.
    drivers : mapping of str to tuple of Share
        By arm: what the fractures averted in the last horizon hang on, as shares of their variance between
        worlds (`osteocast.virtual_trials.sensitivity`).
    provenance : Provenance
    """

    study: PolicyStudy
    outcomes: tuple[PolicyOutcome, ...]
    women: int
    unsolved: float
    worlds: int
    baseline: Mapping[str, tuple[float, float]]
    drivers: Mapping[str, tuple[Share, ...]]
    provenance: Provenance

    def outcome(self, name: str) -> PolicyOutcome:
        """Return the outcome of a policy by name."""
        return next(one for one in self.outcomes if one.name == name)
