"""Waiting for a scan: who starts a drug when, and what becomes of a group that starts at different times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from osteocast.forecast.scans import SiteBasis, relative_error
from osteocast.fracture import FractureRisk, Probability
from osteocast.fracture.risk import LEVELS
from osteocast.planning.data import data, number
from osteocast.population import quantiles
from osteocast.population.streams import normals

__all__ = ["Waiting", "mixed_risk", "starts", "threshold"]


@dataclass(frozen=True)
class Waiting:
    """A plan that waits, once everybody's start is known.

    Parameters
    ----------
    relative : mapping of str to ndarray (n, n_time)
        BMD over that of day 0, by site.
    risk : FractureRisk
    shares : ndarray (1 + n_visit,)
        Of people who never start, and who start at each visit.
    """

    relative: Mapping[str, np.ndarray]
    risk: FractureRisk
    shares: np.ndarray


def threshold() -> float:
    """Return the T-score below which the drug starts."""
    return number(data("options")["waiting"]["threshold"])


def starts(
    relative: Mapping[str, np.ndarray],
    levels: Mapping[str, np.ndarray],
    sites: Mapping[str, SiteBasis],
    days: np.ndarray,
    visits: Sequence[float],
    n: int,
) -> np.ndarray:
    """Return at which visit everybody starts: 0 for never, else its number from 1.

    A scan shows the T-score with the error of one measurement, so that some start by chance, as they do in
    the clinic.

    Parameters
    ----------
    relative : mapping of str to ndarray (n, n_time)
        Without the drug.
    levels : mapping of str to ndarray (n,)
        BMD on day 0, g/cm2, of the scanned sites.
    sites : mapping of str to SiteBasis
    days : ndarray (n_time,)
    visits : sequence of float
        Days of the scans.
    n : int
    """
    wanted = [site for site in data("options")["waiting"]["sites"] if site in levels]
    error = normals("planning", "scans to come", 0, n, len(visits) * max(len(wanted), 1))
    chosen = np.zeros(n, dtype=np.int64)
    limit = threshold()
    for k, day in enumerate(visits):
        below = np.zeros(n, dtype=bool)
        for j, site in enumerate(wanted):
            scale = sites[site].scale
            assert scale is not None, "a level belongs to a scanned site"
            at = int(np.searchsorted(days, day - 1.0))
            noise = np.exp(relative_error(sites[site]) * error[:, k * len(wanted) + j])
            below |= (levels[site] * relative[site][:, at] * noise - scale.mean) / scale.sd < limit
        chosen = np.where((chosen == 0) & below, k + 1, chosen)
    return chosen


def mixed_risk(risks: Sequence[FractureRisk], chosen: np.ndarray, weights: np.ndarray) -> FractureRisk:
    """Return the probabilities of a group of which everybody follows one of several plans.

    Parameters
    ----------
    risks : sequence of FractureRisk
        Of the same virtual people under each plan, with their samples.
    chosen : ndarray (n,) of int
        Which plan each follows.
    weights : ndarray (n,)

    Returns
    -------
    FractureRisk
        Its curves hold day 0 and the horizons only.
    """
    first = risks[0]
    samples = {
        key: np.choose(chosen, [risk.samples[key] for risk in risks])
        for key in first.samples
        if all(key in risk.samples for risk in risks)
    }
    probabilities = []
    for (kind, horizon), values in samples.items():
        intervals = {}
        for level in LEVELS:
            tail = 0.5 * (1.0 - level / 100.0)
            low, high = quantiles(values, weights, [tail, 1.0 - tail])
            intervals[level] = (float(low), float(high))
        probabilities.append(Probability(kind, horizon, float(weights @ values), intervals))
    horizons = sorted({horizon for _, horizon in samples})
    curves = {
        kind: np.array([0.0, *(float(weights @ samples[kind, one]) for one in horizons)])
        for kind in {kind for kind, _ in samples}
    }
    years = np.array([0.0, *horizons])
    notes = tuple(dict.fromkeys(note for risk in risks for note in risk.notes))
    return replace(
        first,
        years=years,
        curves=curves,
        probabilities=tuple(probabilities),
        death=np.interp(years, first.years, first.death),
        notes=notes,
        samples=samples,
    )
