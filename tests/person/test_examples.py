"""The cases that come with osteocast are correct and stay interesting."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from osteocast.person import SITES, Case, change, coverage, load_case, t_score

EXAMPLES = Path(__file__).parents[2] / "examples"
CASES = [
    "postmenopausal-anastrozole",
    "letrozole-denosumab-exit",
    "man-testosterone-anastrozole",
    "ovarian-suppression-exemestane",
]


def example(name: str) -> Case:
    return load_case(EXAMPLES / f"{name}.yaml", today=date(2026, 6, 1))


@pytest.mark.parametrize("name", CASES)
def test_an_example_is_covered_and_without_warning(name: str) -> None:
    case = example(name)
    assert coverage(case) == []
    assert case.warnings == ()
    assert set(case.baseline()) == set(SITES)


@pytest.mark.parametrize("name", CASES)
def test_the_t_scores_of_an_example_fit_its_bmd(name: str) -> None:
    for scan in example(name).scans:
        for site, measured in scan.sites.items():
            assert measured.bmd is not None and measured.t_score is not None
            assert t_score(site, measured.bmd, vendor=scan.vendor).value == pytest.approx(
                measured.t_score, abs=0.1
            )


def test_the_first_example_loses_bone_slowly_before_its_inhibitor() -> None:
    case = example("postmenopausal-anastrozole")
    assert case.plans == ()
    assert case.treatments[0].start_day == 0
    for site in SITES:
        first, last = case.series(site)
        result = change(site, first, last)
        assert result.percent is not None and -2 < result.percent < 0
        assert result.significant is False


def test_the_second_example_plans_an_exit_from_denosumab() -> None:
    case = example("letrozole-denosumab-exit")
    spine = change("lumbar_spine", *case.series("lumbar_spine"))
    assert spine.significant is True
    drugs = [[course.drug for course in plan.courses] for plan in case.plans]
    assert drugs == [[], ["denosumab", "zoledronate"], ["denosumab", "zoledronate"], ["denosumab"]]
    last_dose = list(case.plans[1].courses[0].dose_days(182.625, 4000.0))[-1]
    assert case.plans[1].courses[1].start_day - last_dose == pytest.approx(182.625)
    late_dose = list(case.plans[2].courses[0].dose_days(182.625, 4000.0))[-1]
    assert case.plans[2].courses[1].start_day - late_dose == pytest.approx(182.625)


def test_the_man_has_hormones_of_his_own_and_on_treatment() -> None:
    case = example("man-testosterone-anastrozole")
    own = case.own_testosterone()
    assert own is not None and own.value == 262
    assert case.own_estradiol() is None
    estradiol = case.latest("estradiol")
    assert estradiol is not None and estradiol.value == 9 and estradiol.method == "lc-ms"
    assert set(case.movers(case.day(estradiol.date))) == {"testosterone_cypionate", "anastrozole"}


def test_the_younger_woman_is_covered_because_goserelin_starts_with_the_inhibitor() -> None:
    case = example("ovarian-suppression-exemestane")
    assert case.person.menopause is not None and case.person.menopause.age is None
    assert {course.drug: course.start_day for course in case.treatments} == {
        "goserelin": 0,
        "exemestane": 0,
    }
