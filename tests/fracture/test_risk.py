"""Probabilities behave as probabilities, and as biology does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast.fracture import KINDS, Exposures, FractureRisk, RiskProfile, Spell, probability
from osteocast.population.density import z_score

DAYS = np.array([0.0, 1826.25, 3652.5])
MAIN = [kind for kind in KINDS if kind != "multiple_vertebral"]
SEX = st.sampled_from(["female", "male"])
AGE = st.floats(40, 90)
SCORE = st.floats(-4.5, 2.0)
SITE = st.sampled_from(["lumbar_spine", "total_hip", "femoral_neck"])


def risk(
    sex: str = "female",
    age: float = 70.0,
    score: float | None = -2.0,
    *,
    site: str = "femoral_neck",
    factors: dict[str, bool] | None = None,
    **more: object,
) -> FractureRisk:
    scores = {} if score is None else {site: np.full(len(DAYS), score)}
    profile = RiskProfile(sex, age, factors=factors or {})
    return probability(profile, DAYS, scores, **{"draws": 0, **more})  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(SEX, AGE, SCORE, SITE)
def test_a_probability_lies_between_0_and_1_and_grows(sex: str, age: float, score: float, site: str) -> None:
    found = risk(sex, age, score, site=site)
    for kind in MAIN:
        curve = found.curves[kind]
        assert curve[0] == 0.0
        assert (np.diff(curve) >= 0).all()
        assert 0 < found.at(kind, 5.0).value < found.at(kind, 10.0).value < 1
    assert found.curves["any_clinical"][-1] + found.death[-1] < 2
    # A fracture before death and death without one exclude each other.
    assert found.curves["any_clinical"][-1] <= 1.0


@settings(max_examples=25, deadline=None)
@given(SEX, AGE, SCORE, SITE, st.floats(0.05, 2.0))
def test_less_dense_bones_break_more(sex: str, age: float, score: float, site: str, less: float) -> None:
    dense, thin = risk(sex, age, score, site=site), risk(sex, age, score - less, site=site)
    assert all(thin.at(kind, 10.0).value > dense.at(kind, 10.0).value for kind in MAIN)


@settings(max_examples=20, deadline=None)
@given(SEX, st.floats(50, 80), st.floats(1, 10))
def test_older_people_of_average_density_break_more(sex: str, age: float, later: float) -> None:
    young, old = (risk(sex, one, None, competing_death=False) for one in (age, age + later))
    assert all(old.at(kind, 10.0).value > young.at(kind, 10.0).value for kind in MAIN)


@settings(max_examples=20, deadline=None)
@given(SEX, AGE, SCORE, st.floats(1.1, 5.0), st.floats(0.001, 0.2))
def test_who_dies_first_breaks_nothing(
    sex: str, age: float, score: float, ratio: float, cancer: float
) -> None:
    immortal = risk(sex, age, score, competing_death=False)
    usual, frail = risk(sex, age, score), risk(sex, age, score, mortality_ratio=ratio)
    ill = risk(sex, age, score, breast_cancer_mortality=cancer)
    for kind in MAIN:
        found = [one.at(kind, 10.0).value for one in (immortal, usual, frail)]
        assert found[0] > found[1] > found[2]
        assert ill.at(kind, 10.0).value < found[1]
    assert immortal.death[-1] == 0.0
    assert ill.death[-1] > usual.death[-1]


@settings(max_examples=20, deadline=None)
@given(SEX, AGE, SCORE, SITE)
def test_a_major_fracture_is_never_rarer_than_one_of_the_hip_or_spine(
    sex: str, age: float, score: float, site: str
) -> None:
    found = {kind: risk(sex, age, score, site=site).at(kind, 10.0).value for kind in MAIN}
    assert found["hip"] < found["major_osteoporotic"] < found["any_clinical"]
    assert found["hip"] < found["non_vertebral"] < found["any_clinical"]


def test_a_ratio_of_one_changes_nothing() -> None:
    plain, one = risk(), risk(turnover=np.ones(len(DAYS)), exposures=Exposures(), mortality_ratio=1.0)
    # Turnover known to be average is a little less than the mean of people with all turnovers.
    assert one.at("hip", 10.0).value == pytest.approx(plain.at("hip", 10.0).value, rel=0.01)
    quiet = Exposures(inhibitor=(Spell(-900.0, -10.0),))
    assert risk(exposures=quiet).at("hip", 10.0) == plain.at("hip", 10.0)
    assert risk(breast_cancer_mortality=0.0).curves["hip"] == pytest.approx(plain.curves["hip"])


def test_the_average_of_all_densities_is_the_population() -> None:
    age, z = np.full(2, 60.0), np.linspace(-6, 6, 801)
    at_0, at_1 = z_score("femoral_neck", "female", age, np.array([0.0, 1.0]))
    scores = (z - at_0) / (at_1 - at_0)
    short = np.array([0.0, 365.25])
    people = {"femoral_neck": np.repeat(scores[:, None], 2, axis=1)}
    who = RiskProfile("female", 60.0)
    of_all = probability(who, short, people, weights=np.exp(-0.5 * z**2), draws=0, years=(1.0,))
    without = probability(who, short, {}, draws=0, years=(1.0,))
    for kind in MAIN:
        # Within the year the mean of the population falls a little; the people here keep their densities.
        assert of_all.at(kind, 1.0).value == pytest.approx(without.at(kind, 1.0).value, rel=0.03)


def test_people_are_independent_of_each_other() -> None:
    scores = np.array([[-1.0, -1.2, -1.5], [-2.5, -2.6, -3.0], [-2.0, -1.0, -0.5]])
    who = RiskProfile("female", 66.0)
    together = probability(who, DAYS, {"total_hip": scores})
    fewer = probability(who, DAYS, {"total_hip": scores[:2]})
    for kind in MAIN:
        assert together.samples[kind, 10.0][:2] == pytest.approx(fewer.samples[kind, 10.0])
    alone = [probability(who, DAYS, {"total_hip": row}, draws=0).at("hip", 10.0).value for row in scores]
    medians = probability(who, DAYS, {"total_hip": scores}, draws=0)
    assert medians.samples["hip", 10.0] == pytest.approx(alone)


def test_intervals_are_nested_and_hold_the_median_and_come_from_draws() -> None:
    found = risk(draws=400).at("major_osteoporotic", 10.0)
    lows, highs = zip(*(found.intervals[level] for level in (95, 80, 50)), strict=True)
    assert list(lows) == sorted(lows)
    assert list(highs) == sorted(highs, reverse=True)
    assert lows[-1] < found.value < highs[-1]
    assert risk(draws=400).at("major_osteoporotic", 10.0) == found
    assert risk(draws=0).at("major_osteoporotic", 10.0).intervals == {}


def test_weights_choose_among_people() -> None:
    scores = {"total_hip": np.array([[0.0] * 3, [-3.0] * 3])}
    who = RiskProfile("female", 70.0)
    thin = probability(who, DAYS, scores, weights=np.array([0.0, 1.0]), draws=0)
    alone = probability(who, DAYS, {"total_hip": scores["total_hip"][1]}, draws=0)
    assert thin.at("hip", 10.0).value == pytest.approx(alone.at("hip", 10.0).value)


def test_a_horizon_that_is_not_reached_is_not_answered() -> None:
    short = probability(RiskProfile("female", 70.0), DAYS[:2], {"total_hip": np.zeros(2)}, draws=0)
    assert {found.years for found in short.probabilities} == {5.0}
    with pytest.raises(KeyError, match="no probability of hip in 10 years; there are"):
        short.at("hip", 10.0)


def test_the_past_of_a_trajectory_may_be_unknown_and_does_not_count() -> None:
    days = np.array([-365.25, *DAYS])
    before = {"total_hip": np.array([np.nan, -2.0, -2.0, -2.0])}
    found = probability(RiskProfile("female", 70.0), days, before, draws=0)
    assert found.at("hip", 10.0).value == risk(site="total_hip").at("hip", 10.0).value


@pytest.mark.parametrize(
    ("days", "scores", "more", "message"),
    [
        ([0.0, 3652.5], [-1.0, -1.0, -1.0], {}, "3 times for 2 days"),
        ([0.0, 3652.5], [-1.0, np.nan], {}, "not finite after day 0"),
        ([3652.5, 0.0], [-1.0, -1.0], {}, "increasing"),
        ([-10.0, -5.0], [-1.0, -1.0], {}, "after day 0"),
        ([0.0, 3652.5], [-1.0, -1.0], {"weights": np.array([-1.0]), "draws": 0}, "weights"),
        ([0.0, 3652.5], [-1.0, -1.0], {"turnover": np.ones(3)}, "turnover: 3 times"),
    ],
)
def test_trajectories_that_do_not_fit_are_refused(
    days: list[float], scores: list[float], more: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        probability(RiskProfile("female", 70.0), np.array(days), {"total_hip": np.array(scores)}, **more)  # type: ignore[arg-type]


def test_what_is_not_known_is_said() -> None:
    notes = " ".join(risk(score=None).notes)
    assert "No density is known" in notes
    assert "earlier fractures" in notes
    assert "falls" not in " ".join(risk(factors={"falls": False}).notes)
    assert "spine tells less" in " ".join(risk(site="lumbar_spine").notes)
    assert "Turnover is not known" in " ".join(risk(exposures=Exposures(inhibitor=(Spell(0.0),))).notes)
    on_testosterone = Exposures(testosterone=(Spell(0.0),), inhibitor=(Spell(0.0),))
    told = " ".join(risk("male", exposures=on_testosterone).notes)
    assert "TRAVERSE" in told
    assert "No study has counted fractures of men" in told


def test_drivers_name_what_raises_the_risk_most_first() -> None:
    found = risk(factors={"parental_hip_fracture": True, "rheumatoid_arthritis": True, "falls": False})
    assert found.drivers[0].name == "rheumatoid_arthritis"
    assert found.drivers[0].ratios["hip"] > 2
    assert "mccloskey-2025-family-history" in found.sources
