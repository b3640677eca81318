from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2, multivariate_normal, norm

from osteocast.inference.personal import PersonalLikelihood, measured
from osteocast.inference.personal.calibration import made_up
from osteocast.inference.personal.errors import measurement_errors
from osteocast.inference.personal.probabilities import chi_square_above, normal_below
from osteocast.person import Case, LabResult, convert_bmd
from osteocast.population import Futures, variability


@pytest.fixture(scope="module")
def likelihood(case: Case) -> PersonalLikelihood:
    return PersonalLikelihood(measured(case), variability())


def test_readings_are_on_the_scale_of_the_last_scanner(case: Case) -> None:
    own = measured(case)
    first = own.readings[0]
    assert (first.name, first.scanner) == ("lumbar_spine", "lunar")
    assert np.exp(first.log_value) == pytest.approx(convert_bmd("lumbar_spine", 1.108, "lunar", "hologic"))
    assert [reading.offset_sd > 0 for reading in own.readings[:4]] == [True, False, False, False]
    assert set(own.observables) == {"bmd_lumbar_spine", "bmd_total_hip", "bmd_femoral_neck", "ctx", "p1np"}
    assert own.days[-1] == 0.0 and -1127.0 in own.days


def test_a_scan_read_through_its_t_score_is_less_precise(case: Case) -> None:
    scan = case.scans[-1]
    value = replace(scan.sites["lumbar_spine"], bmd=None, t_score=-1.5)
    printed = replace(
        case, scans=(*case.scans[:-1], replace(scan, sites={**scan.sites, "lumbar_spine": value}))
    )
    sd = [measured(one).readings[3].sd for one in (case, printed)]
    assert sd[1] > 1.02 * sd[0]


def test_oestradiol_under_an_inhibitor_is_left_out_and_said(case: Case) -> None:
    lab = LabResult(case.labs[0].date, "estradiol", 4.0, "4 pg/mL")
    own = measured(replace(case, labs=(*case.labs, lab)))
    assert "estradiol" not in own.observables
    assert "not used" in own.left_out[0]


def test_the_covariance_is_that_of_measurements_made_up_one_by_one(
    likelihood: PersonalLikelihood,
) -> None:
    generator = np.random.default_rng(3)
    flat = np.zeros(len(likelihood.measured.readings))
    many = np.array(
        [
            [
                reading.log_value
                for reading in made_up(likelihood.measured, flat, variability(), generator)[0].readings
            ]
            for _ in range(8_000)
        ]
    )
    assert many.mean(axis=0) == pytest.approx(likelihood.mean, abs=0.01)
    scale = np.sqrt(np.diag(likelihood.covariance))
    correlation = likelihood.covariance / np.outer(scale, scale)
    assert np.corrcoef(many.T) == pytest.approx(correlation, abs=0.05)
    assert many.std(axis=0) == pytest.approx(scale, rel=0.03)


def test_the_likelihood_is_the_normal_density(likelihood: PersonalLikelihood, stored: Futures) -> None:
    courses = likelihood.courses(dict(stored.past), stored.past_days)[:5]
    exact = [
        multivariate_normal(likelihood.mean + course, likelihood.covariance).logpdf(likelihood.values)
        for course in courses
    ]
    assert np.diff(likelihood.log(courses)) == pytest.approx(np.diff(exact))


def test_a_left_out_reading_is_predicted_by_the_others(likelihood: PersonalLikelihood) -> None:
    course = np.zeros((1, len(likelihood.measured.readings)))
    z, _ = likelihood.left_out(course)
    j, v = 2, likelihood.covariance
    rest = [i for i in range(v.shape[0]) if i != j]
    gain = np.linalg.solve(v[np.ix_(rest, rest)], v[rest, j])
    residual = likelihood.residuals(course)[0]
    expected = (residual[j] - gain @ residual[rest]) / np.sqrt(v[j, j] - gain @ v[rest, j])
    assert z[0, j] == pytest.approx(expected)


def test_levels_are_the_conditional_normal(likelihood: PersonalLikelihood) -> None:
    course = np.zeros((1, len(likelihood.measured.readings)))
    mean, covariance = likelihood.levels(course)
    a, tau = likelihood.assignment, likelihood.level_variance
    # The same by information: prior precision plus that of the readings.
    noise = np.linalg.inv(likelihood.noise)
    expected = np.linalg.inv(np.diag(1 / tau) + a.T @ noise @ a)
    assert covariance == pytest.approx(expected, rel=1e-6, abs=1e-12)
    prior = np.array([level.mean for level in likelihood.measured.levels])
    shift = expected @ a.T @ noise @ (likelihood.values - a @ prior)
    assert mean[0] == pytest.approx(prior + shift)


def test_every_error_of_a_marker_says_what_it_rests_on() -> None:
    errors = measurement_errors()
    for marker in errors.markers:
        assert 0 < errors.within(marker) < errors.level(marker) < 1
        for entry in errors.content["marker"][marker].values():
            assert entry["basis"] == "estimate" or entry["sources"]


def test_probabilities_are_those_of_scipy() -> None:
    z, totals = np.linspace(-7.0, 7.0, 50), np.array([0.0, 0.3, 2.0, 15.0, 80.0, 4000.0])
    assert normal_below(z) == pytest.approx(norm.cdf(z))
    for m in (1, 2, 3, 8, 14, 41):
        assert chi_square_above(totals, m) == pytest.approx(chi2.sf(totals, m), rel=1e-9, abs=1e-300)
