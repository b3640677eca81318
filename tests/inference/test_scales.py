"""The scales of the priors, and that priors, calibration and posterior speak of the same parameters."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from osteocast.inference.calibrate import CALIBRATED
from osteocast.inference.posterior import draws, laplace, quality, scaled_draws
from osteocast.inference.scales import estimated, from_scale, prior_mean, prior_sd, to_scale, values_at
from osteocast.physiology import PARAMETER_NAMES, Parameter, declared, values

NAMES = [parameter.name for parameter in estimated()]


@given(st.sampled_from(estimated()), st.floats(-6.0, 6.0))
def test_a_value_comes_back_from_the_scale_of_its_prior(parameter: Parameter, z: float) -> None:
    assert to_scale(parameter, from_scale(parameter, z)) == pytest.approx(z, abs=1e-9)


@given(st.sampled_from(estimated()), st.floats(-3.0, 3.0), st.floats(1e-3, 3.0))
def test_a_scale_keeps_order_and_bounds(parameter: Parameter, z: float, step: float) -> None:
    assert parameter.prior is not None
    low, high = from_scale(parameter, z), from_scale(parameter, z + step)
    assert low < high
    if parameter.prior.scale == "log":
        assert low > 0
    if parameter.prior.scale == "logit":
        assert low > 0 and high < 1


def test_the_middle_of_the_priors_is_what_is_declared() -> None:
    assert values_at(prior_mean()) == pytest.approx({name: one.value for name, one in declared().items()})
    assert (prior_sd() > 0).all()


def test_only_calibrated_parameters_are_estimated() -> None:
    assert [name for name, one in declared().items() if one.basis == "calibrated"] == NAMES


def test_calibration_and_posterior_name_the_estimated_parameters() -> None:
    content = yaml.safe_load(CALIBRATED.read_text())
    assert list(content["parameters"]) == NAMES
    mode, covariance = laplace()
    assert mode.shape == (len(NAMES),)
    assert covariance.shape == (len(NAMES), len(NAMES))
    at_mode = values_at(mode)
    for name in NAMES:
        assert at_mode[name] == pytest.approx(content["parameters"][name]["value"], rel=1e-5)
        assert values()[name] == content["parameters"][name]["value"]


def test_the_posterior_is_a_covariance_and_nowhere_wider_than_the_prior() -> None:
    _, covariance = laplace()
    np.testing.assert_allclose(covariance, covariance.T, rtol=1e-4, atol=1e-9)
    assert np.linalg.eigvalsh(covariance).min() > 0
    assert (np.sqrt(np.diag(covariance)) <= prior_sd() * 1.001).all()


def test_draws_are_the_same_again_and_do_not_depend_on_their_number() -> None:
    few, many = draws(3), draws(8)
    assert few == many[:3]
    assert draws(3) == few
    assert draws(3, seed=1) != few
    assert all(tuple(one) == PARAMETER_NAMES for one in many)


def test_draws_lie_where_the_approximation_expects_them() -> None:
    """The normal approximation is not the posterior, but no draw of a sound sample is far from it."""
    mode, covariance = laplace()
    sample = scaled_draws(1000)
    sd = np.sqrt(np.diag(covariance))
    assert (np.abs(sample.mean(axis=0) - mode) < 2.0 * sd).all()
    assert np.median(np.abs(sample.mean(axis=0) - mode) / sd) < 0.6
    ratio = sample.std(axis=0) / sd
    assert ratio.min() > 0.6 and ratio.max() < 2.2


def test_draws_by_name_are_those_on_the_scales() -> None:
    z, one = scaled_draws(1)[0], draws(1)[0]
    found = [to_scale(parameter, one[parameter.name]) for parameter in estimated()]
    np.testing.assert_allclose(found, z, atol=1e-9)


def test_the_chains_agree() -> None:
    how = quality()["sampling"]
    assert how["method"] == "sampled", "run scripts/calibrate without --quick"
    # The worst of all; half of the parameters must be far better.
    assert how["worst_r_hat"] < 1.15
    assert how["fewest_effective"] > 100
    assert sorted(how["r_hat"].values())[len(how["r_hat"]) // 2] < 1.05


def test_draws_leave_alone_what_was_not_estimated() -> None:
    fixed = set(PARAMETER_NAMES) - set(NAMES)
    (one,) = draws(1)
    assert {name: one[name] for name in fixed} == {name: declared()[name].value for name in fixed}
