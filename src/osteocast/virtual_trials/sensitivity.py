r"""What the fractures averted by a policy hang on: first-order Sobol indices over the posterior.

The parameters are correlated in the posterior, so that the indices of Sobol's decomposition, which need
independent inputs, do not exist; :math:`\mathrm{Var}(E[y \mid x_g]) / \mathrm{Var}(y)` of a group of
parameters does, and is estimated from the worlds that were simulated anyway
(`osteocast.forecast.drivers.shares`). What lies within the noise of so many worlds, told by outcomes in
shuffled order, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from osteocast.errors import OsteocastError
from osteocast.files import read_data
from osteocast.forecast.drivers import Share, shares
from osteocast.inference.scales import estimated

__all__ = ["COEFFICIENTS", "parameter_groups", "sensitivity"]

#: Name of what the ratios of the fracture hazards leave open.
COEFFICIENTS = "rates and ratios of fracture"
_SHUFFLES = 100
_NOISE_QUANTILE = 0.99


@cache
def parameter_groups() -> Mapping[str, tuple[str, ...]]:
    """Return the estimated parameters by what they stand for (`sensitivity.yaml`).

    Raises
    ------
    OsteocastError
        If the file names a parameter that was not estimated.
    """
    content: dict[str, Any] = read_data(Path(__file__).parent / "sensitivity.yaml")
    unknown = {one for names in content.values() for one in names} - {one.name for one in estimated()}
    if unknown:
        raise OsteocastError(f"sensitivity.yaml names what was not estimated: {', '.join(sorted(unknown))}")
    return {name: tuple(names) for name, names in content.items()}


def sensitivity(scaled: np.ndarray, whole: np.ndarray, bone: np.ndarray) -> tuple[Share, ...]:
    """Return the shares of an outcome's variance between worlds, largest first.

    Parameters
    ----------
    scaled : ndarray (n_world, n_estimated)
        Parameters of each world, on the scales of their priors.
    whole : ndarray (n_world,)
        The outcome, with coefficients of fracture drawn for each world.
    bone : ndarray (n_world,)
        The same with every coefficient at its median.

    Returns
    -------
    tuple of Share
        Of `whole`. Empty where it does not vary.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> scaled = rng.standard_normal((400, len(estimated())))
    >>> place = [one.name for one in estimated()].index("denosumab_bone_k")
    >>> bone = scaled[:, place]
    >>> found = sensitivity(scaled, bone + 0.5 * rng.standard_normal(400), bone)
    >>> found[0].name, round(found[0].share, 1), found[1].name
    ('denosumab', 0.8, 'rates and ratios of fracture')
    """
    if not whole.var() > 0:
        return ()
    names = [one.name for one in estimated()]
    groups = {
        group: scaled[:, [names.index(one) for one in members]]
        for group, members in parameter_groups().items()
    }
    explained = float(np.corrcoef(whole, bone)[0, 1] ** 2) if bone.var() > 0 else 0.0
    coefficients = Share(COEFFICIENTS, max(0.0, 1.0 - explained))
    if not bone.var() > 0:
        return (coefficients,)
    weights = np.full(bone.size, 1.0 / bone.size)
    rng = np.random.default_rng(20261122)
    shuffled = np.column_stack([bone, *(rng.permutation(bone) for _ in range(_SHUFFLES))])
    found, *chance = shares(shuffled, weights, groups)
    most = [one[0].share if one else 0.0 for one in chance]
    noise = float(np.quantile(most, _NOISE_QUANTILE))
    # A share of what bone explains, of all that varies.
    kept = [Share(one.name, one.share * explained) for one in found if one.share > noise]
    return tuple(sorted([*kept, coefficients], key=lambda one: -one.share))
