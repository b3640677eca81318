"""Rates, deaths and densities of the population are the published ones."""

from __future__ import annotations

import numpy as np
import pytest

from osteocast.fracture.data import COMPONENTS, data, middle
from osteocast.fracture.density import gradient, preferred_site
from osteocast.fracture.incidence import incidence, incidence_error, lifetime_risk
from osteocast.person import SITES

SEXES = ("female", "male")
AGES = np.arange(50.0, 110.0, 0.25)


@pytest.mark.parametrize("sex", SEXES)
def test_hips_break_as_often_as_was_counted(sex: str) -> None:
    entry = data("incidence")["hip"]
    counted = [middle(entry["source"], sex=sex, band=band) for band in entry["bands"]]
    assert 1000 * incidence("hip", sex, np.array(entry["ages"])) == pytest.approx(counted)


@pytest.mark.parametrize("sex", SEXES)
def test_the_spine_has_its_lifetime_risk_and_the_fall_by_70(sex: str) -> None:
    risk = middle(f"lifetime-fracture-risk-us/clinical-vertebral-{sex}") / 100
    fall = middle("kanis-2000-malmo/fall-of-lifetime-risk-by-70") / 100
    old = AGES[AGES >= 70]
    assert lifetime_risk(incidence("clinical_vertebral", sex, AGES), AGES, sex) == pytest.approx(
        risk, rel=1e-3
    )
    left = lifetime_risk(incidence("clinical_vertebral", sex, old), old, sex)
    assert left == pytest.approx(risk * (1 - fall), rel=1e-3)


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("component", COMPONENTS)
def test_rates_rise_with_age_and_can_be_asked_at_any(sex: str, component: str) -> None:
    rates = incidence(component, sex, np.arange(30.0, 111.0))
    assert (np.diff(rates) > 0).all()
    assert (rates > 0).all()
    assert (rates < 0.5).all()
    assert incidence_error(component).log_sd > 0


def test_women_break_more_bones_than_men_once_they_are_old() -> None:
    for component in ("hip", "clinical_vertebral", "forearm_humerus"):
        assert incidence(component, "female", np.array([75.0])) > incidence(
            component, "male", np.array([75.0])
        )


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("component", COMPONENTS)
def test_density_divides_the_rate_of_the_population_without_changing_it(sex: str, component: str) -> None:
    z = np.linspace(-7, 7, 1401)[:, None]
    weight = np.exp(-0.5 * z[:, 0] ** 2)
    for site in SITES:
        ratio = np.exp(gradient(component, site, sex).log_ratio(z, np.array([50.0, 65.0, 85.0]), 0))
        assert np.average(ratio, axis=0, weights=weight) == pytest.approx(1.0, abs=1e-6)
        assert (np.diff(ratio, axis=0) < 0).all()


def test_the_gradient_of_the_hip_is_the_published_one_at_65_and_falls_with_age() -> None:
    age, z = np.array([50.0, 65.0, 80.0]), np.array([[-1.0] * 3, [0.0] * 3])
    one_sd = np.exp(-np.diff(gradient("hip", "femoral_neck", "female").log_ratio(z, age, 0), axis=0))[0]
    assert one_sd[1] == pytest.approx(2.88)
    assert one_sd[0] > one_sd[1] > one_sd[2] > 1


def test_the_spine_of_a_man_says_least_about_his_vertebrae() -> None:
    known = dict.fromkeys(SITES, 0.0)
    assert preferred_site("clinical_vertebral", "female", known) == "lumbar_spine"
    assert preferred_site("clinical_vertebral", "male", known) == "total_hip"
    assert preferred_site("hip", "female", {"lumbar_spine": 0.0}) == "lumbar_spine"
    assert preferred_site("hip", "female", {}) is None
