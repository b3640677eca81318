"""How a life strays from the course that the equations give it: a random walk of log density."""

from __future__ import annotations

import numpy as np

from osteocast.physiology import SITES
from osteocast.population.people import People
from osteocast.population.streams import mirrored_normals
from osteocast.units import DAYS_PER_YEAR

__all__ = ["wandering"]

_KNOT_DAYS = DAYS_PER_YEAR / 2
_MOST_KNOTS = 64


def wandering(people: People, days: np.ndarray) -> dict[str, np.ndarray]:
    r"""Draw how each person's log density strays from its course after day 0.

    A Brownian motion per person, correlated between sites, drawn every half year and joined by straight
    lines; it stays level after 32 years. The same person strays in the same way under every plan.

    Parameters
    ----------
    people : People
    days : ndarray (n_time,), ascending
        From day 0 on.

    Returns
    -------
    dict of str to ndarray (n, n_time)
        By site.
    """
    knots = min(int(np.ceil(days[-1] / _KNOT_DAYS)), _MOST_KNOTS)
    # A stretch of the streams that holds all of them, who may be some of a study.
    first = int(people.number.min())
    own = people.number - first
    n = int(own.max()) + 1
    steps = np.stack(
        [mirrored_normals(people.study, f"wandering {site}", first, n, knots)[own] for site in SITES], axis=-1
    )
    walk = np.zeros((len(people), knots + 1, len(SITES)))
    np.cumsum(steps @ people.traits.wander_factor.T * np.sqrt(0.5), axis=1, out=walk[:, 1:])
    place = np.minimum(days / _KNOT_DAYS, knots)
    before = np.minimum(place.astype(np.int64), max(knots - 1, 0))
    share = place - before
    later = np.minimum(before + 1, knots)
    at_days = walk[:, before] * (1 - share)[:, None] + walk[:, later] * share[:, None]
    return {site: at_days[:, :, i] for i, site in enumerate(SITES)}
