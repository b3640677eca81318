"""Virtual people have the published distributions, hang together as published, and move nobody else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from osteocast import evidence
from osteocast.errors import InputError, OsteocastError
from osteocast.person.published import middle
from osteocast.person.reference import young_reference
from osteocast.physiology import SITES
from osteocast.population import Cohort, Eligibility, draw, names, population
from osteocast.population.density import z_score
from osteocast.population.derivatives import AGES, computed
from osteocast.population.eligibility import Limits
from osteocast.population.marginals import marginal_from
from osteocast.population.tracking import loadings

PEOPLE = 20_000
#: Standard errors that a mean of so many people may be away from what it estimates.
SURE = 4.5


@pytest.fixture(scope="module")
def women() -> Cohort:
    return draw(population("us-women"), PEOPLE, "test of covariates")


@pytest.fixture(scope="module")
def men() -> Cohort:
    return draw(population("us-men"), PEOPLE, "test of covariates")


def mean_is(values: np.ndarray, expected: float) -> None:
    error = values.std() / math.sqrt(values.size)
    assert abs(values.mean() - expected) < SURE * error


def share_is(condition: np.ndarray, percent: float) -> None:
    expected = percent / 100
    error = math.sqrt(expected * (1 - expected) / condition.size)
    assert abs(condition.mean() - expected) < SURE * error


def correlation_is(one: np.ndarray, other: np.ndarray, expected: float, bias: float = 0.0) -> None:
    found = float(np.corrcoef(one, other)[0, 1])
    assert abs(found - expected) < bias + SURE * (1 - expected**2) / math.sqrt(one.size)


def test_bodies_have_the_published_means(women: Cohort, men: Cohort) -> None:
    for people, sex in ((women, "female"), (men, "male")):
        mean_is(people.table["body_mass_index"], middle(f"fryar-2018-body-measures/body-mass-index-{sex}"))
        mean_is(people.table["height_cm"], middle(f"fryar-2018-body-measures/height-{sex}"))
        # Weight follows from both; nobody put it in.
        published = 0.45359237 * middle(f"fryar-2018-body-measures/weight-{sex}")
        assert people.table["weight_kg"].mean() == pytest.approx(published, rel=0.01)


def test_vitamin_d_has_the_published_shares(women: Cohort) -> None:
    level = women.table["vitamin_d"] / 0.40064
    below = middle("nchs-2011-vitamin-d/below-30")
    share_is(level < 30, below)
    share_is(level < 50, below + middle("nchs-2011-vitamin-d/from-30-to-49"))
    share_is(level > 125, middle("nchs-2011-vitamin-d/above-125"))


def test_calcium_has_the_published_mean_and_share_by_age_and_sex(women: Cohort, men: Cohort) -> None:
    for people, sex in ((women, "female"), (men, "male")):
        age, intake = people.table["age"], people.table["calcium_intake"]
        for band, here in (("51-70", (age > 51) & (age < 71)), ("71", age >= 71)):
            mean_is(intake[here], middle(f"bailey-2010-calcium/diet-{sex}-{band}"))
            share_is(intake[here] > 1200, middle(f"bailey-2010-calcium/diet-{sex}-{band}-above-1200"))


def test_kidneys_filter_as_published_and_creatinine_gives_it_back(women: Cohort) -> None:
    from osteocast.person import kidney

    age, filtration = women.table["age"], women.table["filtration"]
    near = np.abs(age - 65) < 2
    mean_is(filtration[near] + 0.77 * (age[near] - 65), 100 - 0.77 * 30)
    share_is(filtration[near] < 60, middle("fenton-2018-filtration/below-60-over-60"))
    for i in range(20):
        estimate = kidney.estimated_filtration(women.table["creatinine"][i], age[i], "female")
        assert estimate == pytest.approx(filtration[i])


def test_menopause_adherence_and_hormones_have_the_published_numbers(women: Cohort, men: Cohort) -> None:
    age = women.table["menopause_age"]
    assert age.min() >= 40
    assert age.max() <= 62
    # Limits that are not symmetric about the published mean move it a little.
    assert age.mean() == pytest.approx(middle("appiah-2021-menopause/mean-2015-2018"), abs=0.25)
    mean_is(100 * women.table["adherence"], middle("partridge-2008-adherence/mean-12"))
    share_is(women.table["adherence"] < 0.8, middle("partridge-2008-adherence/below-80-12"))
    testosterone = men.table["testosterone"] / 28.84
    assert np.median(testosterone) == pytest.approx(middle("kelsey-2014/age40-testosterone"), rel=0.02)
    low, high = evidence.load().value("kelsey-2014/age40-testosterone-range").range or (None, None)
    assert low is not None and high is not None
    # The trait is estimated; it may not leave more than one in ten outside the published 95%.
    assert np.mean((testosterone > low) & (testosterone < high)) > 0.9


@pytest.mark.parametrize("sex", ["female", "male"])
def test_density_is_that_of_the_age(sex: str, women: Cohort, men: Cohort) -> None:
    people = women if sex == "female" else men
    for site in SITES:
        z = z_score(site, sex, people.table["age"], people.table[f"t_score_{site}"])
        for low, high in ((45, 55), (55, 65), (65, 75), (75, 90)):
            here = z[(people.table["age"] >= low) & (people.table["age"] < high)]
            mean_is(here, 0.0)
            assert here.std() == pytest.approx(1.0, abs=SURE / math.sqrt(2 * here.size))


@pytest.mark.parametrize("name", ["us-women", "us-men"])
def test_covariates_and_density_correlate_as_the_file_says(name: str, women: Cohort, men: Cohort) -> None:
    people = women if name == "us-women" else men
    where = population(name)
    traits = dict(zip(where.covariates[-people.traits.shape[1] :], people.traits.T, strict=True))
    # Of normal scores: logarithms of what is lognormal.
    logs = ("body_mass_index", "vitamin_d", "calcium_intake")
    scores = {key: np.log(values) if key in logs else values for key, values in people.table.items()} | traits
    old = np.abs(people.table["age"] - 62) < 8
    for one in where.correlations:
        first, second = (scores[key] for key in one.of)
        if "filtration" in one.of:  # which falls with age
            first, second = first[old], second[old]
        correlation_is(first, second, one.r, bias=0.02)
    z = {
        site: z_score(site, where.sex, people.table["age"], people.table[f"t_score_{site}"]) for site in SITES
    }
    for one in where.density:
        correlation_is(z.get(one.of[0], scores.get(one.of[0], np.zeros(1))), z[one.of[1]], one.r)


def test_fast_losers_are_less_dense_and_peak_bone_does_not_know_them(women: Cohort) -> None:
    # What the life did to density, by its loadings, taken off again: peak bone and straying are left.
    names_of = population("us-women").covariates
    traits = dict(zip(names_of[-women.traits.shape[1] :], women.traits.T, strict=True))
    for site in SITES:
        life = loadings("female", site, women.table)
        lost = sum(life[key] * traits[key] for key in life if key in traits)
        young = young_reference(site)
        log_density = np.log(np.maximum(women.table[f"bmd_{site}"], 0.2))
        old = (women.table["age"] > 60) & (women.table["age"] < 80)
        assert np.corrcoef(lost[old], log_density[old])[0, 1] > 0.08
        # Of the rest nothing that is due to the speed of loss remains.
        z = z_score(site, "female", women.table["age"], women.table[f"t_score_{site}"])[old]
        weight = life["ageing"][old] * women.table[f"bmd_{site}"].mean() / young.sd
        assert np.corrcoef(z - weight * traits["ageing"][old], traits["ageing"][old])[0, 1] == pytest.approx(
            0.0, abs=0.04
        )


def test_the_table_of_loadings_is_what_the_equations_say() -> None:
    for sex in ("female", "male"):
        again = computed(sex)
        for site in SITES:
            stored = loadings(sex, site, {"age": np.array(AGES)})
            assert set(stored) == set(again)
            for name, values in stored.items():
                assert values == pytest.approx(again[name][site], abs=5e-4)


def test_a_person_is_the_same_whoever_else_is_drawn() -> None:
    limits: Limits = (None, -1.5)
    people = population("inhibitor-women", Eligibility(lowest_t_score=limits, age=(55, 70)))
    many = draw(people, 60, "same")
    assert many.attempts.max() > 1
    for first, n in ((0, 7), (13, 20), (59, 1)):
        some = draw(people, n, "same", first)
        for name, values in some.table.items():
            assert np.array_equal(values, many.table[name][first : first + n]), name
        assert np.array_equal(some.traits, many.traits[first : first + n])
    assert not np.array_equal(draw(people, 60, "other").table["age"], many.table["age"])


def test_the_rules_hold_for_everybody() -> None:
    rules = Eligibility(
        age=(60, 75),
        years_since_menopause=(5, None),
        t_score={"total_hip": (-2.0, 0.5)},
        creatinine_clearance=(60, None),
        body_mass_index=(None, 32.0),
    )
    people = draw(population("us-women", rules), 500, "rules")
    for name, (low, high) in rules.limits().items():
        assert people.table[name].min() >= (low if low is not None else -np.inf)
        assert people.table[name].max() <= (high if high is not None else np.inf)
    # What the population itself asks for stays.
    mine = population("inhibitor-women", rules).eligibility
    assert mine.years_since_menopause == (5, None)
    assert population("inhibitor-women", Eligibility(years_since_menopause=(-9, 30))).eligibility.limits()[
        "years_since_menopause"
    ] == (0, 30)


def test_rules_that_nobody_meets_are_told() -> None:
    with pytest.raises(InputError, match="eligibility"):
        draw(population("us-women", Eligibility(lowest_t_score=(6.0, None))), 2, "none")
    with pytest.raises(InputError, match="eligibility"):
        draw(population("us-women", Eligibility(age=(120, None))), 2, "none")
    with pytest.raises(ValueError, match="no site spine"):
        Eligibility(t_score={"spine": (None, 0.0)})
    with pytest.raises(ValueError, match="above the upper"):
        Eligibility(age=(70, 60))
    with pytest.raises(InputError, match="us-women"):
        population("us-woman")


def test_a_trial_may_print_its_own_age_and_density() -> None:
    people = population("inhibitor-women").with_age(60.0, 5.0).with_t_scores({"lumbar_spine": (-1.0, 0.8)})
    drawn = draw(people, 20_000, "trial")
    assert drawn.table["age"].mean() == pytest.approx(60.5, abs=0.6)  # women before the menopause are out
    assert drawn.table["t_score_lumbar_spine"].mean() == pytest.approx(-1.0, abs=0.06)
    assert drawn.table["t_score_lumbar_spine"].std() == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("name", names())
def test_every_population_names_its_sources_and_says_what_is_estimated(name: str) -> None:
    people = population(name)
    registry = evidence.load()
    assert people.sources()
    assert all(source in registry for source in people.sources())
    for one in (people.age, *people.marginals, *people.correlations, *people.density):
        assert one.basis in ("published", "derived", "estimate")
        assert one.sources or one.basis == "estimate", one
    for reference in (item for one in people.marginals for item in one.sources):
        assert registry.value(reference).status == "used", reference


def test_a_distribution_without_a_basis_is_refused() -> None:
    with pytest.raises(OsteocastError, match="basis"):
        marginal_from("age", {"normal": {"mean": 60, "sd": 5}})
    with pytest.raises(OsteocastError, match="one of"):
        marginal_from("age", {"uniform": {"low": 60, "high": 65}, "basis": "estimate"})
