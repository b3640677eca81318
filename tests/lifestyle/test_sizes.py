"""The drives behind habits give, once simulated, the change of density or marker that was published.

No source prints a drive on RANKL or on osteoblasts. Each in ``habits.yaml`` and ``nutrition.yaml`` was chosen
so that a simulated woman of 60, ten years after the menopause, changes as people in the source did; these
tests show by how much, within the published uncertainty or what a new fit of the physiology may move.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from osteocast import evidence
from osteocast.lifestyle import PROGRAMMES, Body, Habits, Lifestyle, Nutrition, Span
from osteocast.simulation import Subject, run

YEARS = (0.0, 0.25, 0.5, 1.0, 2.0, 10.0)
OBSERVED = ("bmd_lumbar_spine", "bmd_total_hip", "bmd_femoral_neck", "ctx", "p1np")
LIVES = {
    "nothing": Lifestyle(),
    "smoking": Lifestyle(habits=Habits(smoking="current", span=Span(0.0))),
    "cortisone 20 mg": Lifestyle(habits=Habits(glucocorticoid=20.0, span=Span(0.0))),
    "cortisone 7.5 mg": Lifestyle(habits=Habits(glucocorticoid=7.5, span=Span(0.0))),
    "arthritis": Lifestyle(habits=Habits(rheumatoid_arthritis=True, span=Span(0.0))),
    "weight": Lifestyle(habits=Habits(weight_change=-7.0, span=Span(0.0))),
    "sleep": Lifestyle(habits=Habits(sleep=5.0, span=Span(0.0))),
    "shifts": Lifestyle(habits=Habits(shift_work=True, span=Span(0.0))),
    "ibutamoren": Lifestyle(habits=Habits(gh_secretagogue="ibutamoren", span=Span(0.0))),
    "little protein": Lifestyle(nutrition=Nutrition(protein=0.55, start_day=0.0)),
    "isoflavones": Lifestyle(nutrition=Nutrition(isoflavones=106.0, start_day=0.0)),
    "bed": Lifestyle((PROGRAMMES["bed-rest"],)),
    "training": Lifestyle((PROGRAMMES["high-intensity-resistance-and-impact"].at(weeks=52),)),
    "walking": Lifestyle((PROGRAMMES["walking"],)),
}


@pytest.fixture(scope="module")
def difference() -> Callable[[str, str, float], float]:
    """By life, observable and year: change against a woman without it, percent of day 0."""
    body = Body(age=60.0, menopause_age=50.0)
    result = run(
        [Subject(age=60.0, menopause_age=50.0)] * len(LIVES),
        [[]] * len(LIVES),
        np.array(YEARS) * 365.25,
        exposures=[list(life.exposures(body)) for life in LIVES.values()],
        observables=OBSERVED,
    )
    assert result.failures == []
    names = list(LIVES)

    def found(life: str, observable: str, year: float) -> float:
        change = result.change(observable)[:, YEARS.index(year)]
        return float(change[names.index(life)] - change[names.index("nothing")])

    return found


def published(reference: str) -> float:
    return evidence.load().value(reference).number


SITES = ("bmd_lumbar_spine", "bmd_total_hip", "bmd_femoral_neck")


def test_smoking_costs_two_percent_in_ten_years(difference: Callable[[str, str, float], float]) -> None:
    per_year = published("law-1997-smoking/current-difference")
    lost = np.mean([difference("smoking", site, 10.0) for site in SITES])
    assert lost == pytest.approx(10 * per_year, abs=0.8)


def test_cortisone_costs_what_those_who_start_lose(difference: Callable[[str, str, float], float]) -> None:
    lost = published("glucocorticoid-risedronate-prevention-1999/placebo-lumbar-spine-12")
    assert difference("cortisone 20 mg", "bmd_lumbar_spine", 1.0) == pytest.approx(lost, abs=0.8)
    assert -2.0 < difference("cortisone 7.5 mg", "bmd_lumbar_spine", 1.0) < -0.7
    assert difference("cortisone 20 mg", "p1np", 0.25) < -12.0


def test_active_arthritis_costs_the_spine_what_it_did(difference: Callable[[str, str, float], float]) -> None:
    source = "early-rheumatoid-arthritis-1994"
    lost = published(f"{source}/early-lumbar-spine-12") - published(f"{source}/control-lumbar-spine-12")
    assert difference("arthritis", "bmd_lumbar_spine", 1.0) == pytest.approx(lost, abs=0.8)


def test_weight_lost_costs_the_hip_a_hundredth_and_spares_the_spine(
    difference: Callable[[str, str, float], float],
) -> None:
    # 0.010 to 0.015 g/cm2 of a hip of about 0.9 g/cm2.
    for year in (1.0, 2.0):
        assert -2.0 < difference("weight", "bmd_total_hip", year) < -0.6
    assert -0.5 < difference("weight", "bmd_lumbar_spine", 2.0) <= 0.0
    assert difference("weight", "ctx", 0.25) > 1.0


def test_short_sleep_ends_a_hundredth_lower(difference: Callable[[str, str, float], float]) -> None:
    low, high = evidence.load().value("whi-sleep-2020/five-hours").range or (None, None)
    assert low is not None
    assert high is not None
    lost = np.mean([difference("sleep", site, 10.0) for site in SITES])
    # g/cm2 as percent of about 0.95 g/cm2, and as much again for what is not the cause.
    assert 1.4 * 100 * low / 0.95 < lost < 0.5 * 100 * high / 0.95


def test_work_in_shifts_lowers_formation_by_a_quarter_of_what_three_weeks_did(
    difference: Callable[[str, str, float], float],
) -> None:
    acute = np.mean([published(f"swanson-2017-sleep-men/{age}-men-p1np-0.69") for age in ("young", "older")])
    assert difference("shifts", "p1np", 0.5) == pytest.approx(acute / 4, abs=1.5)


def test_ibutamoren_raises_turnover_and_not_density(difference: Callable[[str, str, float], float]) -> None:
    for marker in ("ctx", "p1np"):
        assert 8.0 < difference("ibutamoren", marker, 0.5) < 41.0
    for site in SITES:
        assert abs(difference("ibutamoren", site, 1.0)) < 0.8
        assert abs(difference("ibutamoren", site, 10.0)) < 1.2


def test_little_protein_costs_the_spine_half_a_percent(
    difference: Callable[[str, str, float], float],
) -> None:
    gained = published("protein-meta-analysis-2017/prot-lumbar-spine-difference")
    assert difference("little protein", "bmd_lumbar_spine", 1.0) == pytest.approx(-gained, abs=0.25)


@pytest.mark.parametrize(
    ("site", "value"),
    [("lumbar_spine", "iso-lumbar-spine-difference"), ("total_hip", "iso-total-hip-difference")],
)
def test_isoflavones_lie_inside_the_pooled_trials(
    site: str, value: str, difference: Callable[[str, str, float], float]
) -> None:
    interval = evidence.load().value(f"isoflavone-density-meta-analysis-2022/{value}").ci
    assert interval is not None
    low, high = interval
    assert low is not None
    assert high is not None
    # The trials lasted half a year to two years.
    assert low - 0.1 < difference("isoflavones", f"bmd_{site}", 1.0) < high + 0.2
    assert difference("isoflavones", "ctx", 0.5) < 0.0


def test_bed_rest_and_training_act_and_walking_does_not(
    difference: Callable[[str, str, float], float],
) -> None:
    for site in SITES:
        assert difference("bed", site, 0.25) < -0.3
        assert difference("training", site, 1.0) > 0.5
        assert difference("walking", site, 10.0) == pytest.approx(0.0, abs=1e-6)
