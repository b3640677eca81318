"""Weights of virtual people given a person's own measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from osteocast.inference.personal.checking import Flag, check
from osteocast.inference.personal.evidence import Measured, measured
from osteocast.inference.personal.learning import ScanChange, SiteLearnt, learnt_of, scan_changes, sentences
from osteocast.inference.personal.likelihood import PersonalLikelihood
from osteocast.inference.personal.moving import move
from osteocast.person import Case
from osteocast.physiology import SITES
from osteocast.population import Futures, effective_size
from osteocast.population.streams import normals
from osteocast.progress import Report, part, silent

__all__ = ["LEAST_ESS", "Update", "update"]

#: Effective number of people below which quantiles of the tails get rough: 2.5% of 400 are 10 people.
LEAST_ESS = 400.0
# Share of the fallback's time that moving people takes; the plans they are followed under take the rest.
_MOVING = 0.5


@dataclass(frozen=True)
class Update:
    """Virtual people, weighted by how well they explain what was measured.

    Parameters
    ----------
    futures : Futures
        The people that the weights belong to: those given, or new ones after the fallback.
    weights : ndarray (n,)
        Sum 1; 0 for people who could not be simulated.
    ess : float
        Effective number of people; after the fallback, the number of different ones.
    method : {"prior", "reweighted", "moved"}
        Nothing to learn from; stored people reweighted; people simulated anew around those who fitted.
    levels : mapping of str to ndarray (n,)
        Density on day 0 of each person, g/cm2 on the scale of the site's last scanner: one draw of what the
        scans leave open, by site ever scanned.
    flags : tuple of Flag
        What does not fit.
    changes : tuple of ScanChange
        Successive scans against measurement error.
    learnt : tuple of SiteLearnt
        Rates before and after the measurements, and without each scan.
    summary : tuple of str
        What the measurements changed, in sentences.
    measured : Measured
    """

    futures: Futures
    weights: np.ndarray
    ess: float
    method: Literal["prior", "reweighted", "moved"]
    levels: Mapping[str, np.ndarray]
    flags: tuple[Flag, ...]
    changes: tuple[ScanChange, ...]
    learnt: tuple[SiteLearnt, ...]
    summary: tuple[str, ...]
    measured: Measured

    def bmd(self, site: str, plan: int) -> np.ndarray:
        """Density under a plan, g/cm2 on the scale of the site's last scanner, ndarray (n, n_time)."""
        return np.asarray(self.levels[site][:, None] * self.futures.values[f"bmd_{site}"][plan])


def update(
    case: Case,
    futures: Futures,
    *,
    least_ess: float = LEAST_ESS,
    fallback: bool = True,
    seed: int = 20261122,
    report: Report = silent,
) -> Update:
    r"""Weigh virtual people by a person's own scans and blood values.

    The weight of person i is its likelihood, :math:`w_i \propto \exp(-\frac12 r_i^T V^{-1} r_i)`, with the
    residuals r of all readings and a covariance V that holds the errors of measurement, the unknown level of
    each site, offsets between scanners and the wandering of density.

    Parameters
    ----------
    case : Case
    futures : Futures
        Observed in the past on ``measured(case).days``, with ``measured(case).observables``.
    least_ess : float
        Effective number of people below which new people are simulated around those who fit.
    fallback : bool
        Whether that may be done; without it, a flag says that the weights rest on few.
    seed : int
        Of the fallback's random moves.
    report : callable
        Told how far the fallback is (`osteocast.progress`).

    Returns
    -------
    Update

    Raises
    ------
    ValueError
        If `futures` was not observed when and where the person was measured.
    """
    own = measured(case)
    if not own.readings:
        weights = futures.weights
        return Update(futures, weights, effective_size(weights), "prior", {}, (), (), (), (), own)
    _require_observed(own, futures)
    likelihood = PersonalLikelihood(own, futures.people.traits)
    log = likelihood.log(likelihood.courses(dict(futures.past), futures.past_days))
    log = np.where(futures.usable, log, -np.inf)
    weights = _normalised(log)
    ess, fitted = effective_size(weights), futures
    method: Literal["reweighted", "moved"] = "reweighted"
    few: tuple[Flag, ...] = ()
    if ess < least_ess and fallback:
        moved = move(futures, likelihood, log, np.random.default_rng(seed), part(report, 0.0, _MOVING))
        fitted, method = futures.again(moved.people, part(report, _MOVING, 1.0)), "moved"
        weights = fitted.weights
        ess = float(np.unique(fitted.people.deviations[fitted.usable], axis=0).shape[0])
    elif ess < least_ess:
        few = (
            Flag(
                "weights",
                f"the forecast rests on the equivalent of {ess:.0f} virtual people who resemble the "
                "measurements: its range is rough",
            ),
        )
    courses = likelihood.courses(dict(fitted.past), fitted.past_days)
    changes = scan_changes(case, likelihood, futures)
    learnt = learnt_of(likelihood, futures, futures.weights, fitted, weights)
    return Update(
        fitted,
        weights,
        ess,
        method,
        _levels(likelihood, courses, fitted),
        (*check(likelihood, courses, weights), *few),
        changes,
        learnt,
        (*sentences(learnt, changes), *own.left_out),
        own,
    )


def _require_observed(own: Measured, futures: Futures) -> None:
    missing = [day for day in own.days if not np.isclose(futures.past_days, day).any()]
    lacking = [name for name in own.observables if name not in futures.past]
    if missing or lacking:
        raise ValueError(
            "the past was not observed on the days of the measurements: pass past_days=measured(case).days "
            "and past_observables=measured(case).observables to osteocast.population.futures"
        )


def _normalised(log: np.ndarray) -> np.ndarray:
    top = log.max()
    if not np.isfinite(top):
        raise ValueError("nobody could be simulated")
    weights = np.exp(log - top)
    return np.asarray(weights / weights.sum())


def _levels(likelihood: PersonalLikelihood, courses: np.ndarray, futures: Futures) -> dict[str, np.ndarray]:
    """Draw density on day 0 for everybody."""
    mean, covariance = likelihood.levels(courses)
    names = [level.name for level in likelihood.measured.levels]
    people = futures.people
    noise = normals(people.study, "level", int(people.number[0]), len(people), len(names))
    drawn = mean + noise @ np.linalg.cholesky(covariance).T
    return {site: np.exp(drawn[:, names.index(site)]) for site in SITES if site in names}
