"""Who gets which arm: by lot for each person, or in permuted blocks within strata."""

from __future__ import annotations

import numpy as np

from osteocast.population.streams import uniforms
from osteocast.virtual_trials.design import Randomisation

__all__ = ["randomise"]


def randomise(plan: Randomisation, strata: np.ndarray, study: str) -> np.ndarray:
    """Return the arm of each person, in the order in which they enter.

    Parameters
    ----------
    plan : Randomisation
    strata : ndarray (n,) of int
        Stratum of each person.
    study : str
        Key of the random streams.

    Returns
    -------
    ndarray (n,) of int
        Position of the arm in `plan.allocation`. In permuted blocks each whole block of a stratum holds
        exactly the allocation.

    Examples
    --------
    >>> plan = Randomisation("blocks", (4,), {"drug": 1, "placebo": 1})
    >>> arms = randomise(plan, np.zeros(8, dtype=int), "a study")
    >>> arms.reshape(2, 4).sum(axis=1)
    array([2, 2])
    """
    parts = np.array(list(plan.allocation.values()))
    n = len(strata)
    if plan.method == "simple":
        drawn = uniforms(study, "arm", 0, n, 1)[:, 0]
        return np.asarray(np.searchsorted(np.cumsum(parts) / parts.sum(), drawn, side="right"))
    arms = np.empty(n, dtype=np.int64)
    for stratum in np.unique(strata):
        places = np.flatnonzero(strata == stratum)
        arms[places] = _blocks(plan, parts, len(places), f"{study} stratum {stratum}")
    return arms


def _blocks(plan: Randomisation, parts: np.ndarray, n: int, study: str) -> np.ndarray:
    """Fill one stratum: the size of every block by lot, then the order within it."""
    most = -(-n // min(plan.blocks))
    chosen = (uniforms(study, "size of a block", 0, most, 1)[:, 0] * len(plan.blocks)).astype(np.int64)
    keys = uniforms(study, "order in a block", 0, most, max(plan.blocks))
    arms: list[np.ndarray] = []
    for number, which in enumerate(chosen):
        size = plan.blocks[which]
        block = np.repeat(np.arange(len(parts)), parts * (size // int(parts.sum())))
        arms.append(block[np.argsort(keys[number, :size], kind="stable")])
    return np.concatenate(arms)[:n]
