"""The chains find a distribution that is known, and their diagnostics see chains that disagree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from osteocast.inference import sampling
from osteocast.inference.fitting import Fit
from osteocast.inference.sampling import Sample, sample, temperature_of, tempered_covariance


@dataclass
class Curved:
    """Two data and two parameters; the second datum bends, by more than a surrogate can follow."""

    def residuals(self, points: list[np.ndarray], *, fallback: bool = True) -> np.ndarray:
        z = np.array(points)
        return np.stack([z[:, 0] / 0.5, (z[:, 1] + np.sin(1.5 * z[:, 0])) / 0.4], axis=1)


@pytest.fixture
def curved(monkeypatch: pytest.MonkeyPatch) -> tuple[Curved, Fit]:
    monkeypatch.setattr(sampling, "prior_mean", lambda: np.zeros(2))
    monkeypatch.setattr(sampling, "prior_sd", lambda: np.ones(2))
    monkeypatch.setattr(sampling, "values_at", lambda z: z)
    sensitivity = np.diag([1 / 0.5, 1 / 0.4])
    covariance = np.linalg.inv(sensitivity.T @ sensitivity + np.eye(2))
    return Curved(), Fit(np.zeros(2), covariance, sensitivity, 0.0, 0.0)


def test_the_chains_find_the_moments_of_a_grid(curved: tuple[Curved, Fit]) -> None:
    likelihood, mode = curved
    drawn = sample(likelihood, mode, training=600, refinements=1, refinement=300, steps=400)  # type: ignore[arg-type]
    x, y = np.meshgrid(np.linspace(-3, 3, 301), np.linspace(-4, 3, 351), indexing="ij")
    r = likelihood.residuals(list(np.stack([x.ravel(), y.ravel()], axis=1)))
    weight = np.exp(-0.5 * (np.sum(r**2, axis=1) + x.ravel() ** 2 + y.ravel() ** 2))
    weight /= weight.sum()
    points = drawn.draws.reshape(-1, 2)
    for found, grid in ((points[:, 0], x.ravel()), (points[:, 1], y.ravel())):
        mean = float(weight @ grid)
        sd = float(np.sqrt(weight @ grid**2 - mean**2))
        assert found.mean() == pytest.approx(mean, abs=0.06 * sd)
        assert found.std() == pytest.approx(sd, rel=0.06)
    assert 0.3 < drawn.acceptance < 0.98  # the surrogate errs, and is corrected
    assert drawn.r_hat().max() < 1.02
    assert drawn.effective().min() > 1000


def test_chains_that_disagree_are_seen() -> None:
    random = np.random.default_rng(0)
    apart = random.standard_normal((4, 200, 1)) + np.array([0.0, 0.0, 0.0, 3.0])[:, None, None]
    together = random.standard_normal((4, 200, 1))
    assert Sample(apart, 0.5, 1.0).r_hat()[0] > 1.3
    assert Sample(together, 0.5, 1.0).r_hat()[0] < 1.02


def test_draws_that_repeat_count_less() -> None:
    fresh = np.random.default_rng(1).standard_normal((6, 300, 1))
    slow = np.repeat(fresh, 10, axis=1)[:, :300]
    assert Sample(fresh, 0.5, 1.0).effective()[0] > 1000
    assert Sample(slow, 0.5, 1.0).effective()[0] < 400


def test_a_larger_misfit_widens_what_the_data_narrowed(curved: tuple[Curved, Fit]) -> None:
    _, mode = curved
    assert temperature_of(mode) == 1.0
    worse = Fit(mode.z, mode.covariance, mode.sensitivity, 20.0, 20.0)
    temperature = temperature_of(worse)
    assert temperature > 10
    wide = tempered_covariance(worse, temperature)
    assert (np.diag(wide) > np.diag(mode.covariance)).all()
    assert (np.diag(wide) < 1.0).all()
