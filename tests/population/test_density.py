"""Density and deaths of the population are the published ones."""

from __future__ import annotations

import numpy as np
import pytest

from osteocast import evidence
from osteocast.person.published import middle
from osteocast.population.data import data
from osteocast.population.density import population_score, z_score
from osteocast.population.mortality import death_rate, survivors

SEXES = ("female", "male")
AGES = np.arange(50.0, 110.0, 0.25)


@pytest.mark.parametrize("sex", SEXES)
def test_the_life_table_is_the_published_one(sex: str) -> None:
    first = data("life_table")["first_age"]
    for value in evidence.load().source("ssa-life-table-2017").values:
        kind, _, age = value.id.partition("-")
        if kind == sex:
            assert data("life_table")[sex][int(age) - first] == value.value
            assert float(death_rate(sex, np.array([float(age) + 0.5]))[0]) == pytest.approx(
                -np.log1p(-value.number)
            )


def test_everybody_dies_and_women_later() -> None:
    assert float(survivors("female", AGES)[0]) == 1.0
    assert float(survivors("female", AGES)[-1]) < 0.001
    assert (survivors("female", AGES)[1:] > survivors("male", AGES)[1:]).all()


@pytest.mark.parametrize("sex", SEXES)
def test_the_neck_has_the_published_shares_of_low_density(sex: str) -> None:
    alive = survivors(sex, AGES)
    # People of one age are normal about their mean; over all ages the published shares come back nearly.
    grid = np.linspace(-6, 6, 601)
    weight = np.exp(-0.5 * grid**2)
    shares = []
    for threshold in (-1.0, -2.5):
        z = z_score("femoral_neck", sex, AGES, np.full(len(AGES), threshold))
        below = [float(weight[grid < one].sum() / weight.sum()) for one in z]
        shares.append(100 * float(np.average(below, weights=alive)))
    low = middle(f"looker-low-density/osteopenia-{sex}") + middle(f"looker-low-density/osteoporosis-{sex}")
    assert shares[0] == pytest.approx(low, abs=4)
    assert shares[1] == pytest.approx(middle(f"looker-low-density/osteoporosis-{sex}"), abs=4)


def test_a_score_and_its_distance_from_the_population_are_each_others_inverse() -> None:
    z = np.array([-2.0, 0.0, 1.5])
    for site in ("lumbar_spine", "total_hip", "femoral_neck"):
        score = population_score(site, "female", 71.0, z)
        assert z_score(site, "female", np.array(71.0), score) == pytest.approx(z)
