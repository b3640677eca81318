"""Which plans are offered to whom, and which of them constraints leave out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from osteocast.forecast.habits import body_of
from osteocast.forecast.plans import with_inhibitor
from osteocast.forecast.subjects import subject_of
from osteocast.person import Case, Constraints, load_case
from osteocast.planning.burden import burden_of
from osteocast.planning.candidates import Candidate, candidates
from osteocast.planning.constraining import excluded_by
from osteocast.planning.programmes import programmes_of
from osteocast.planning.searching import _sorted_out
from osteocast.units import DAYS_PER_YEAR

from .searches import EXAMPLES, NAMES, TODAY, woman

TEN_YEARS = 10 * DAYS_PER_YEAR


def offered(case: Case, **more: bool | float) -> tuple[Candidate, ...]:
    own = case.plans
    case = with_inhibitor(replace(case, plans=(), forecast_years=10.0))[0]
    programmes = programmes_of(replace(case, plans=own), body_of(case, subject_of(case)[0]))
    return candidates(case, own, programmes, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_have_dozens_of_plans_and_no_two_are_the_same(name: str) -> None:
    found = offered(load_case(EXAMPLES / f"{name}.yaml", today=TODAY))
    assert 20 <= len(found) <= 60
    assert len({one.key for one in found}) == len({one.name for one in found}) == len(found)
    plain = [one.plan for one in found if not one.waits]
    for i, plan in enumerate(plain):
        assert all(
            (plan.courses, dict(plan.stop_days), plan.lifestyle)
            != (other.courses, dict(other.stop_days), other.lifestyle)
            for other in plain[i + 1 :]
        )


def test_what_is_urgent_is_neither_put_off_nor_waited_for() -> None:
    calm, urgent = offered(woman()), offered(woman(), urgent=True)
    assert any(one.name.startswith("In 1 year, ") for one in calm)
    assert any(one.kind == "watch" for one in calm)
    assert not any(one.name.startswith("In ") or one.kind == "watch" for one in urgent)
    assert {one.key for one in urgent} < {one.key for one in calm}


def test_denosumab_never_ends_without_something_to_follow() -> None:
    for one in offered(woman()):
        for plan in one.plans:
            drugs = [course.drug for course in sorted(plan.courses, key=lambda course: course.start_day)]
            assert drugs[-1:] != ["denosumab"], one.name


def test_somebody_on_denosumab_goes_on_stops_or_switches() -> None:
    found = offered(woman(drugs=", {drug: denosumab, start: 2023-03-10}"))
    kinds = {one.kind for one in found}
    assert {"as it is", "stop"} <= kinds
    stopped = [one for one in found if not one.plan.courses and "denosumab" in one.plan.stop_days]
    assert [one.name for one in stopped] == ["Denosumab stopped now, nothing after it"]
    due = min(course.start_day for one in found for course in one.plan.courses)
    assert due > 0
    assert any(one.name.startswith("Switch to zoledronate") for one in found)
    # Two years of the ten in all are over.
    longest = max(
        course.n_doses or 0 for one in found for course in one.plan.courses if course.drug == "denosumab"
    )
    assert longest == 16
    assert any(one.name.startswith("Denosumab for 8 more years, then") for one in found)
    late = offered(woman(drugs=", {drug: denosumab, start: 2018-03-10}"))
    assert any(one.name.startswith("Denosumab for 3 more years, then") for one in late)
    assert not any("8 more years" in one.name for one in late)


def test_only_a_man_may_leave_his_inhibitor() -> None:
    man = offered(load_case(EXAMPLES / f"{NAMES[3]}.yaml", today=TODAY))
    left = [one for one in man if "anastrozole" in one.plan.stop_days]
    assert left
    assert all(one.name.startswith("Without anastrozole") for one in left)
    assert not any("ibandronate" in one.key for one in man)
    assert not any("letrozole" in one.plan.stop_days for one in offered(woman()))


WANTED = (
    Constraints(routes=("oral",)),
    Constraints(without=("denosumab", "alendronate")),
    Constraints(without=("exercise",)),
    Constraints(without=("supervised_training",)),
    Constraints(max_visits_per_year=4),
    Constraints(routes=("infusion",), without=("exercise",), max_visits_per_year=5),
)


@pytest.mark.parametrize("constraints", WANTED)
def test_a_constraint_only_removes(constraints: Constraints) -> None:
    case = replace(woman(), forecast_years=10.0)
    found = offered(case)
    excluded, refused, chosen = _sorted_out(case, found, constraints)
    _, all_refused, all_chosen = _sorted_out(case, found, Constraints())
    assert excluded
    assert {one.key for one, _ in chosen} < {one.key for one, _ in all_chosen}
    assert {one.key for one in refused} <= {one.key for one in all_refused}
    assert "nothing-more" in {one.key for one, _ in chosen}
    assert len(excluded) + len(refused) + len(chosen) == len(found)
    assert all(one.reason for one in excluded)


def test_what_is_left_keeps_to_the_constraint() -> None:
    case = replace(woman(), forecast_years=10.0)
    left = [one for one in offered(case) if excluded_by(case, one, Constraints(routes=("oral",))) is None]
    given = {course.drug for one in left for plan in one.plans for course in plan.courses}
    assert given == {"alendronate", "risedronate", "ibandronate"}
    few = Constraints(max_visits_per_year=4)
    for one in offered(case):
        most = max(
            burden_of(
                case, case.regimen(plan), plan.lifestyle, TEN_YEARS, scan_years=1.0 if one.waits else None
            ).busiest_year_visits
            for plan in one.plans
        )
        assert (excluded_by(case, one, few) is None) == (most <= 4)


def test_a_start_is_moved_and_an_inhibitor_kept() -> None:
    later = offered(woman(), earliest=200.0)
    assert min(course.start_day for one in later for course in one.plan.courses) == 200.0
    man = load_case(EXAMPLES / f"{NAMES[3]}.yaml", today=TODAY)
    left = [one for one in offered(man) if excluded_by(man, one, Constraints(keep_inhibitor=True)) is None]
    assert left
    assert not any("anastrozole" in one.plan.stop_days for one in left)


def test_burden_counts_doses_visits_and_sessions() -> None:
    case = replace(woman(), forecast_years=10.0)
    by_name = {one.name: one.plan for one in offered(case)}

    def asked(name: str) -> tuple[float, float, float, float]:
        plan = by_name[name]
        found = burden_of(case, case.regimen(plan), plan.lifestyle, TEN_YEARS)
        assert found.per_year == pytest.approx(found.tablet_days + found.visits + found.sessions)
        return found.tablet_days, found.infusions, found.injections, found.sessions

    assert asked("Nothing more") == (0, 0, 0, 0)
    assert asked("Zoledronate once a year for 5 years")[1] == pytest.approx(0.5)
    assert asked("Alendronate every week for 5 years")[0] == pytest.approx(5 * 52.18 / 10, rel=0.01)
    assert asked("Denosumab for 5 years, then zoledronate")[1:3] == pytest.approx((0.2, 1.0))
    # Two sessions a week, four of five done.
    assert asked("Programme alone")[3] == pytest.approx(2 * 52.18 * 0.8, rel=0.01)
