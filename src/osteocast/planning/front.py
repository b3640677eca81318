"""Which plans no other plan outdoes, and in what order they come for a goal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["dominators", "front"]


def dominators(values: np.ndarray, tolerance: np.ndarray) -> np.ndarray:
    r"""Return which plans outdo which.

    Plan i outdoes plan j if it is better by more than the tolerance in one thing, worse by more than the
    tolerance in none, and better on the whole, all counted in tolerances:

    .. math:: \sum_k (v_{jk} - v_{ik}) / t_k > 0.

    The last condition keeps plans from outdoing each other in a circle by differences that are too small to
    count, so that some plan is always outdone by none.

    Parameters
    ----------
    values : ndarray (n_plan, n_thing)
        Less is better.
    tolerance : ndarray (n_thing,)
        Above 0.

    Returns
    -------
    ndarray (n_plan, n_plan) of bool
        Row i, column j: plan i outdoes plan j.

    Examples
    --------
    >>> dominators(np.array([[1.0, 1.0], [3.0, 1.2], [0.0, 9.0]]), np.array([0.5, 0.5])).tolist()
    [[False, True, False], [False, False, False], [False, False, False]]
    """
    gain = (values[None, :, :] - values[:, None, :]) / tolerance
    return np.asarray((gain > 1.0).any(axis=2) & (gain >= -1.0).all(axis=2) & (gain.sum(axis=2) > 0.0))


def front(values: np.ndarray, tolerance: np.ndarray) -> tuple[np.ndarray, tuple[tuple[int, ...], ...]]:
    """Return the plans that no other one outdoes, and of each of the others, those that do.

    Parameters
    ----------
    values, tolerance
        As in `dominators`.

    Returns
    -------
    ndarray (n_plan,) of bool
    tuple of tuples of int
        Of each plan those on the front that outdo it, or if only outdone ones do, those.
    """
    outdo = dominators(values, tolerance)
    on_front: np.ndarray = np.logical_not(np.any(outdo, axis=0))
    found: list[tuple[int, ...]] = []
    for j in range(len(values)):
        all_of = np.flatnonzero(outdo[:, j])
        best: Sequence[int] = [int(i) for i in all_of if bool(on_front[i])] or [int(i) for i in all_of]
        found.append(tuple(best))
    return on_front, tuple(found)
