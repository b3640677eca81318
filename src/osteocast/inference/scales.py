"""Estimated parameters on the scale on which their priors are normal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from osteocast.physiology import Parameter, declared


@cache
def estimated() -> tuple[Parameter, ...]:
    """Parameters with a prior, in file order."""
    return tuple(parameter for parameter in declared().values() if parameter.prior is not None)


def to_scale(parameter: Parameter, value: float) -> float:
    """Move a value to the scale of its prior."""
    assert parameter.prior is not None
    match parameter.prior.scale:
        case "log":
            return float(np.log(value))
        case "logit":
            return float(np.log(value / (1.0 - value)))
        case _:
            return value


def from_scale(parameter: Parameter, z: float) -> float:
    """Move a value from the scale of its prior back to its unit."""
    assert parameter.prior is not None
    match parameter.prior.scale:
        case "log":
            return float(np.exp(z))
        case "logit":
            return float(1.0 / (1.0 + np.exp(-z)))
        case _:
            return float(z)


def prior_mean() -> np.ndarray:
    """Prior medians on their scales, ndarray (n_estimated,)."""
    return np.array([to_scale(p, p.prior.median) for p in estimated() if p.prior])


def prior_sd() -> np.ndarray:
    """Prior standard deviations on their scales, ndarray (n_estimated,)."""
    return np.array([p.prior.sd for p in estimated() if p.prior])


def values_at(z: Sequence[float] | np.ndarray) -> dict[str, float]:
    """Return all parameter values by name with the estimated ones at `z`."""
    values = {name: parameter.value for name, parameter in declared().items()}
    values.update({p.name: from_scale(p, x) for p, x in zip(estimated(), z, strict=True)})
    return values
