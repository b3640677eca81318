from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from osteocast.population.normal import quantile


def test_quantiles_are_those_of_scipy() -> None:
    p = np.concatenate(
        [np.linspace(1e-6, 1 - 1e-6, 20_001), np.logspace(-300, -1, 500), [2.0**-54, 1 - 2.0**-53]]
    )
    assert np.max(np.abs(quantile(p) - ndtri(p)) / np.maximum(np.abs(ndtri(p)), 1e-3)) < 1e-12


def test_any_shape_is_kept() -> None:
    p = np.array([[0.1, 0.9], [0.5, 0.001]])
    assert quantile(p).shape == (2, 2)
    assert quantile(p)[0, 0] == -quantile(p)[0, 1]
    assert quantile(np.empty(0)).size == 0
