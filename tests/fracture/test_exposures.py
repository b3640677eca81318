"""Drugs and exercise act while they last, and stopping denosumab does not go unnoticed."""

from __future__ import annotations

import numpy as np
import pytest

from osteocast.fracture import Exposures, RiskProfile, Spell, exposures_of, probability, relative_turnover
from osteocast.fracture.hazards import hazards
from osteocast.lifestyle import PROGRAMMES, Body, Lifestyle
from osteocast.simulation import Subject
from osteocast.simulation import run as simulate
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

DAYS = np.arange(0.0, 3653.0, 30.4375)
WOMAN, MAN = RiskProfile("female", 65.0), RiskProfile("male", 65.0)
FLAT = {"total_hip": np.full((1, len(DAYS)), -1.5)}


def rate(
    exposures: Exposures,
    component: str = "clinical_vertebral",
    *,
    who: RiskProfile = WOMAN,
    scores: dict[str, np.ndarray] | None = None,
    turnover: np.ndarray | None = None,
    n: int = 0,
) -> np.ndarray:
    found = hazards(who, DAYS, FLAT if scores is None else scores, turnover, exposures, n)
    return np.asarray(found.rates[component][0])


def against_none(exposures: Exposures, component: str = "clinical_vertebral") -> np.ndarray:
    return rate(exposures, component) / rate(Exposures(), component)


def test_an_inhibitor_counts_while_it_is_taken_and_no_longer() -> None:
    ratio = against_none(exposures_of([Course("letrozole", stop_day=1826.0)]), "other")
    assert ratio[DAYS < 1826] == pytest.approx(1.18)
    assert ratio[DAYS >= 1826] == pytest.approx(1.0)


def test_an_inhibitor_in_a_man_leaves_it_to_density() -> None:
    exposed = exposures_of([Course("anastrozole")])
    assert rate(exposed, who=MAN) == pytest.approx(rate(Exposures(), who=MAN))


def test_a_drug_that_lowers_turnover_takes_the_excess_of_the_inhibitor_away() -> None:
    low = np.full((1, len(DAYS)), 0.2)
    with_both = rate(Exposures(inhibitor=(Spell(0.0),)), "other", turnover=low)
    assert with_both / rate(Exposures(), "other", turnover=low) == pytest.approx(1.18**0.2)


def test_stopping_denosumab_is_followed_by_vertebral_fractures() -> None:
    ratio = against_none(exposures_of([Course("denosumab", n_doses=6)]))
    last = 5 * 182.625
    off = Spell(last + 213, last + 578).during(DAYS)
    assert (ratio[off] > 1.3).all()
    assert ratio[~off] == pytest.approx(1.0)
    assert against_none(exposures_of([Course("denosumab", n_doses=6)]), "hip") == pytest.approx(1.0)


def test_the_longer_denosumab_was_taken_the_worse_is_the_rebound() -> None:
    short, long = (against_none(exposures_of([Course("denosumab", n_doses=n)])).max() for n in (4, 12))
    assert long / short == pytest.approx(10.7 / 6.7)


@pytest.mark.parametrize(
    "courses",
    [
        [Course("denosumab")],
        [Course("denosumab", n_doses=6), Course("zoledronate", start_day=6 * 182.625, n_doses=1)],
        [Course("denosumab", n_doses=6), Course("alendronate", start_day=1100.0)],
    ],
)
def test_nothing_rebounds_while_it_goes_on_or_is_followed(courses: list[Course]) -> None:
    assert exposures_of(courses).rebounds() == ()
    assert against_none(exposures_of(courses)) == pytest.approx(1.0)


def test_a_follow_on_that_comes_late_ends_the_rebound_it_did_not_prevent() -> None:
    late = exposures_of([Course("denosumab", n_doses=2), Course("zoledronate", start_day=600.0, n_doses=1)])
    (rebound,) = late.rebounds()
    assert (rebound.spell.start_day, rebound.spell.stop_day) == (182.625 + 213, 600.0)


def test_a_missed_dose_is_a_rebound_until_the_next_one() -> None:
    (rebound,) = exposures_of([Course("denosumab", missed=(3,))]).rebounds()
    assert rebound.spell.start_day == pytest.approx(182.625 + 213)
    assert rebound.spell.stop_day == pytest.approx(3 * 182.625)


def test_denosumab_stopped_before_today_still_counts() -> None:
    ratio = against_none(exposures_of([Course("denosumab", start_day=-1200.0, n_doses=6)]))
    last = -1200 + 5 * 182.625
    assert (ratio[Spell(last + 213, last + 578).during(DAYS)] > 1.3).all()


def test_several_vertebrae_are_reported_after_stopping_only() -> None:
    stopped = exposures_of([Course("denosumab", n_doses=6)])
    risk = probability(WOMAN, DAYS, FLAT, exposures=stopped, draws=0)
    assert 0 < risk.at("multiple_vertebral", 10.0).value < risk.at("clinical_vertebral", 10.0).value
    assert any("denosumab" in note for note in risk.notes)
    assert "multiple_vertebral" not in probability(WOMAN, DAYS, FLAT, draws=0).curves


def test_what_a_man_gains_on_testosterone_is_not_counted_and_what_he_loses_is() -> None:
    exposed = exposures_of([Course("testosterone_gel", start_day=365.25)])
    gaining = {"total_hip": np.linspace(-2.0, 0.0, len(DAYS))[None, :]}
    losing = {"total_hip": np.linspace(0.0, -2.0, len(DAYS))[None, :]}
    on = rate(exposed, "hip", who=MAN, scores=gaining)
    start = DAYS >= 365.25
    capped = {"total_hip": np.where(start, gaining["total_hip"][0, 12], gaining["total_hip"])}
    assert on == pytest.approx(rate(Exposures(), "hip", who=MAN, scores=capped))
    assert (on[start][1:] > rate(Exposures(), "hip", who=MAN, scores=gaining)[start][1:]).all()
    assert rate(exposed, "hip", who=MAN, scores=losing) == pytest.approx(
        rate(Exposures(), "hip", who=MAN, scores=losing)
    )


def test_exercise_that_trains_falls_spares_bones_while_it_is_done() -> None:
    life = Lifestyle(exercise=(PROGRAMMES["high-intensity-resistance-and-impact"].at(weeks=104),))
    exposed = exposures_of([], life.effects(Body()))
    ratio = against_none(exposed, "hip")
    assert ratio[DAYS < 700] == pytest.approx(1 - 0.755 * 0.23)
    assert ratio[DAYS > 740] == pytest.approx(1.0)
    walking = Lifestyle(exercise=(PROGRAMMES["walking"].at(weeks=104),))
    assert exposures_of([], walking.effects(Body())).exercise == ()


def test_low_turnover_protects_more_where_a_drug_made_it() -> None:
    low = np.full((1, len(DAYS)), 0.3)
    own = rate(Exposures(), turnover=low)
    drug = rate(Exposures(antiresorptive=(Spell(0.0),)), turnover=low)
    assert (drug < own).all()
    assert (own < rate(Exposures(), turnover=np.ones_like(low))).all()
    high = np.full((1, len(DAYS)), 2.0)
    assert rate(Exposures(antiresorptive=(Spell(0.0),)), turnover=high) == pytest.approx(
        rate(Exposures(), turnover=high)
    )


def test_turnover_is_read_against_the_average_untreated_person_of_the_model() -> None:
    subjects = [Subject(age=65.0, menopause_age=50.0), Subject(age=65.0, sex="male")]
    found = simulate(subjects, [(), ()], np.array([0.0]), observables=("ctx",)).values["ctx"][:, 0]
    for ctx, sex in zip(found, ("female", "male"), strict=True):
        assert float(relative_turnover(ctx, sex)) == pytest.approx(1.0, rel=0.1)
    assert float(relative_turnover(np.array(0.4), "female", untreated=0.2)) == 2.0


def test_a_drug_never_taken_is_no_exposure() -> None:
    assert exposures_of([Course("letrozole", adherence=0.0)]) == Exposures()
    assert exposures_of([Course("tamoxifen")], until=10 * DAYS_PER_YEAR) == Exposures()
