"""What an outcome hangs on: the share of its variance that each uncertain quantity explains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["Share", "shares"]

# A share below this is within the noise of a few thousand virtual people.
_NOISE = 0.01
# Farther out than this, in standard deviations, nobody pulls the fit.
_FAR = 3.5


@dataclass(frozen=True)
class Share:
    """How much of an outcome's variance knowing one quantity would remove.

    Parameters
    ----------
    name : str
    share : float
        0 to 1: the first-order index of Sobol, ``Var(E[y | x]) / Var(y)``.
    """

    name: str
    share: float


def shares(
    outcomes: np.ndarray, weights: np.ndarray, groups: Mapping[str, np.ndarray]
) -> tuple[tuple[Share, ...], ...]:
    r"""Estimate first-order variance shares of groups of uncertain quantities from a weighted sample.

    The conditional mean of an outcome given a group is fitted by weighted least squares on the members'
    standard scores, their squares and their cubes, and the share is the adjusted :math:`R^2` of that fit, so
    that a quantity without influence has a share of about nought. Groups that overlap or interact need not
    add up to one.

    Parameters
    ----------
    outcomes : ndarray (n, n_outcome)
    weights : ndarray (n,)
        Sum to one.
    groups : mapping of str to ndarray (n, k)

    Returns
    -------
    tuple of tuples of Share
        For each outcome, largest first; what stays within the noise is left out.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.standard_normal((2, 4000))
    >>> (found,) = shares((2 * a + b)[:, None], np.full(4000, 1 / 4000), {"a": a[:, None], "b": b[:, None]})
    >>> [(one.name, round(one.share, 1)) for one in found]
    [('a', 0.8), ('b', 0.2)]
    """
    centred = outcomes - weights @ outcomes
    total = weights @ centred**2
    effective = 1 / float(np.sum(weights**2))
    found: list[list[Share]] = [[] for _ in range(outcomes.shape[1])]
    for name, members in groups.items():
        scores = _standard_scores(members[:, members.std(axis=0) > 0])
        terms = np.hstack([scores, scores**2, scores**3])
        degrees = terms.shape[1]
        if not degrees or effective <= degrees + 2:
            continue
        terms -= weights @ terms
        weighted = terms * weights[:, None]
        normal = terms.T @ weighted
        # A term that repeats another (the square of a yes or no) must not stop the fit.
        normal[np.diag_indices(degrees)] += 1e-10 * np.trace(normal)
        fitted = terms @ np.linalg.solve(normal, weighted.T @ centred)
        left = weights @ (centred - fitted) ** 2
        for k in range(outcomes.shape[1]):
            if total[k] > 0:
                share = 1 - left[k] / total[k] * (effective - 1) / (effective - 1 - degrees)
                if share > _NOISE:
                    found[k].append(Share(name, float(min(share, 1.0))))
    return tuple(tuple(sorted(one, key=lambda each: -each.share)) for one in found)


def _standard_scores(values: np.ndarray) -> np.ndarray:
    """Standardise, and pull in what lies far out."""
    return np.asarray(np.clip((values - np.median(values, axis=0)) / values.std(axis=0), -_FAR, _FAR))
