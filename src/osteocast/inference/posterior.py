"""Draws of the parameters that the trials leave possible."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from osteocast.errors import OsteocastError
from osteocast.files import read_data
from osteocast.inference.scales import estimated, values_at


@cache
def quality() -> dict[str, Any]:
    """Return how the posterior came about: ``temperature``, ``misfit`` and the diagnostics of its chains."""
    content = _read()
    return {key: content[key] for key in ("temperature", "misfit", "sampling")}


@cache
def _read() -> dict[str, Any]:
    content: dict[str, Any] = read_data(Path(__file__).parent / "posterior.yaml")
    return content


@cache
def laplace() -> tuple[np.ndarray, np.ndarray]:
    """Return the mode, and the covariance of the tempered approximation there, ndarray (n,) and (n, n).

    Both are on the scales of the priors.
    """
    content = _read()
    names = [parameter.name for parameter in estimated()]
    if content["names"] != names:
        raise OsteocastError("posterior.yaml is older than the priors: run scripts/calibrate")
    return np.array(content["mode"]), np.array(content["covariance"])


@cache
def _stored() -> np.ndarray:
    with (Path(__file__).parent / "posterior.npy").open("rb") as file:
        stored = np.load(file)
    if stored.shape[1] != len(estimated()):
        raise OsteocastError("posterior.npy is older than the priors: run scripts/calibrate")
    return np.asarray(stored, dtype=np.float64)


def draws(n: int, seed: int = 20261122) -> list[dict[str, float]]:
    """Draw parameter values from the posterior.

    They say what the trials leave open about the *average* response; people differ from the average by more.
    The draws come from a stored sample (`osteocast.inference.sampling`); asked for more than it holds, they
    repeat.

    Parameters
    ----------
    n : int
        Number of draws.
    seed : int
        Of the order in which the sample is gone through; draw i is the same for any n.

    Returns
    -------
    list of dict of str to float
        All parameters by name, ready for `osteocast.simulation.run`.
    """
    return [values_at(z) for z in scaled_draws(n, seed)]


def scaled_draws(n: int, seed: int = 20261122) -> np.ndarray:
    """Return the same draws on the scales of the priors, ndarray (n, n_estimated)."""
    stored = _stored()
    order = np.random.default_rng(seed).permutation(len(stored))
    return stored[order[np.arange(n) % len(stored)]]
