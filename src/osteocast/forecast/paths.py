"""Twenty of the virtual people, who stand for all of them: whole lives that can be drawn as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from osteocast.person import SITES, Case

if TYPE_CHECKING:
    from osteocast.inference.personal import Update

__all__ = ["PATHS", "representatives", "sampled"]

#: People whose paths are kept: few enough to follow one line, enough to say chances in twentieths.
PATHS = 20
# Places in the first twentieth of the people from which to begin, of which the best is taken.
_STARTS = 64


def representatives(outcomes: np.ndarray, weights: np.ndarray, count: int = PATHS) -> np.ndarray:
    """Choose a few people who together are spread as all of them are, by weight.

    Systematic resampling: people stand in the order of the first outcome, each as wide as the own weight,
    and every twentieth part of the row gives one. Of the places where the first may be taken, that one counts
    whose people lie closest to the ranks 2.5%, 7.5%, ..., 97.5% in every outcome (sum of squares, as of
    Cramér and von Mises). Nothing is left to chance: the same people and weights give the same choice.

    Parameters
    ----------
    outcomes : ndarray (n_outcome, n)
        What the choice should represent; the first puts people in order.
    weights : ndarray (n,)
        People with weight 0 are never taken, whatever their outcomes. Who weighs more than one part may be
        taken twice.
    count : int
        At most; as many as there are people with a weight, if those are fewer.

    Returns
    -------
    ndarray of int
        Who, from the lowest first outcome to the highest.

    Examples
    --------
    >>> representatives(np.array([[5.0, 1.0, 3.0, 9.0, 7.0]]), np.array([1, 1, 1, 1, 0]), 2).tolist()
    [1, 0]
    """
    kept = np.flatnonzero(weights > 0)
    count = min(count, kept.size)
    own, given = weights[kept] / weights[kept].sum(), np.asarray(outcomes, dtype=np.float64)[:, kept]
    order = np.argsort(given, axis=1, kind="stable")
    mass = own[order]
    # Where each stands in the row of everybody, from 0 to 1, for each outcome.
    ranks = np.empty_like(given)
    np.put_along_axis(ranks, order, np.cumsum(mass, axis=1) - 0.5 * mass, axis=1)
    starts = (np.arange(_STARTS) + 0.5) / _STARTS
    places = (np.arange(count) + starts[:, None]) / count
    row = np.minimum(np.searchsorted(np.cumsum(mass[0]), places), kept.size - 1)
    taken = order[0][row]
    even = (np.arange(count) + 0.5) / count
    misses = np.sum((np.sort(ranks[:, taken], axis=2) - even) ** 2, axis=(0, 2))
    return np.asarray(kept[taken[np.argmin(misses)]])


def sampled(case: Case, found: Update) -> np.ndarray:
    """Choose the people whose paths a forecast keeps: the same for every plan and site.

    They represent the density at the end of each plan at each site; those of the first plan at the first site
    that was scanned stand in order.

    Parameters
    ----------
    case : Case
        With its plans.
    found : Update
        Everybody, simulated under these plans and weighted.

    Returns
    -------
    ndarray of int
        Places among the people of `found`.
    """
    made, levels = found.futures, found.levels
    last = [int(np.searchsorted(made.days, case.horizon_days(plan) + 1e-6)) - 1 for plan in case.plans]
    outcomes = [
        made.values[f"bmd_{site}"][i][:, at] * levels.get(site, 1.0)
        for site in sorted(SITES, key=lambda site: site not in levels)
        for i, at in enumerate(last)
    ]
    return representatives(np.stack(outcomes), found.weights)
