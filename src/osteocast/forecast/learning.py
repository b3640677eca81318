"""What the person's own scans and blood values changed about the forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from osteocast.forecast.bands import weighted_quantiles
from osteocast.forecast.plans import BONE_DRUGS
from osteocast.forecast.results import Learnt
from osteocast.person import SITES, Case
from osteocast.person.case import end_day
from osteocast.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.inference.personal import Update
    from osteocast.population import Futures

__all__ = ["learnt_from"]

_MEDIAN_AND_80 = np.array([0.5, 0.1, 0.9])
_COMPARED_YEARS = 5.0


def learnt_from(case: Case, before: Futures, found: Update) -> Learnt:
    """Compare virtual people before and after the person's own measurements.

    Parameters
    ----------
    case : Case
        With the plans that were simulated.
    before : Futures
        Everybody, with equal weights.
    found : Update
    """
    sentences, flags = tuple(found.summary), tuple(flag.text for flag in found.flags)
    if found.method == "prior":
        return Learnt("prior", found.ess, sentences, flags)
    plan = next(
        (i for i, one in enumerate(case.plans) if not _protected(case, i)),
        0,
    )
    site = next((one for one in SITES if one in found.levels), SITES[0])
    day = min(_COMPARED_YEARS * DAYS_PER_YEAR, float(before.days[-1]))
    return Learnt(
        found.method,
        found.ess,
        sentences,
        flags,
        _change(before, before.weights, plan, site, day),
        _change(found.futures, found.weights, plan, site, day),
        day,
    )


def _protected(case: Case, i: int) -> bool:
    return any(course.drug in BONE_DRUGS and end_day(course) > 0 for course in case.regimen(case.plans[i]))


def _change(
    futures: Futures, weights: np.ndarray, plan: int, site: str, day: float
) -> tuple[float, float, float]:
    at = int(np.searchsorted(futures.days, day - 1e-6))
    change = 100.0 * (futures.values[f"bmd_{site}"][plan][:, [at]] - 1.0)
    median, low, high = weighted_quantiles(change, weights, _MEDIAN_AND_80)[:, 0]
    return float(median), float(low), float(high)
