"""Loading counts force above a threshold, saturates in cycles and sessions, and keeps nulls null."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast.lifestyle import (
    EXERCISES,
    PROGRAMMES,
    Bout,
    Programme,
    Session,
    loading,
    loading_range,
)
from osteocast.lifestyle.loading import parameters, segments, session_dose
from osteocast.physiology import SITES

JUMP = Bout("jump", sets=5, repetitions=10)


def of(*bouts: Bout, days: tuple[str, ...] = ("mon", "thu"), adherence: float = 1.0) -> dict[str, float]:
    return loading(Programme("own", (Session(days, bouts),), adherence=adherence))


def test_the_reference_is_one_at_every_site() -> None:
    assert loading(PROGRAMMES["high-intensity-resistance-and-impact"]) == dict.fromkeys(SITES, 1.0)


@pytest.mark.parametrize("name", ["walking", "low-intensity-vibration", "resistance-and-aerobic"])
def test_what_trials_found_empty_is_empty_because_of_its_forces(name: str) -> None:
    assert loading(PROGRAMMES[name]) == dict.fromkeys(SITES, 0.0)
    heavier = {**parameters(), "threshold": 0.5}
    assert loading(PROGRAMMES[name], heavier)["total_hip"] > 0.0


@pytest.mark.parametrize(
    "name", ["swimming", "cycling", "jog", "walk", "stairs", "step-aerobics", "yoga", "hike"]
)
def test_hours_below_the_threshold_are_worth_nothing(name: str) -> None:
    assert of(Bout(name, minutes=600)) == dict.fromkeys(SITES, 0.0)


def test_jumps_reach_the_hip_and_not_the_spine() -> None:
    jumps = loading(PROGRAMMES["jumps-50-a-day"])
    assert jumps["lumbar_spine"] == 0.0
    assert 0.1 < jumps["total_hip"] < 0.5


def test_moderate_training_has_about_half_of_the_reference_at_the_spine() -> None:
    assert loading(PROGRAMMES["moderate-resistance-and-jumps"])["lumbar_spine"] == pytest.approx(0.5, abs=0.1)


def test_progressive_lifting_on_machines_reaches_the_hip_and_not_the_spine() -> None:
    heavy = of(Bout("leg-press", sets=3, repetitions=8, share=0.85), days=("mon", "wed", "fri"))
    assert heavy["lumbar_spine"] == 0.0
    assert 0.1 < heavy["total_hip"] < 0.6


def test_bed_rest_is_minus_one_and_exercise_in_bed_makes_up_for_some_of_it() -> None:
    assert loading(PROGRAMMES["bed-rest"]) == dict.fromkeys(SITES, -1.0)
    both = loading((PROGRAMMES["bed-rest"], PROGRAMMES["moderate-resistance-and-jumps"]))
    assert -1.0 < both["lumbar_spine"] < 0.0


def test_fast_lifts_count_more_than_slow_ones_with_the_same_weight() -> None:
    lift = Bout("squat", sets=3, repetitions=8, share=0.8)
    slow, normal, fast = (
        of(replace(lift, speed=speed))["lumbar_spine"] for speed in ("slow", "normal", "explosive")
    )
    assert slow < normal < fast
    assert fast / slow == pytest.approx(1.25 / 0.6, rel=0.05)


def test_rest_between_jumps_helps_up_to_ten_seconds() -> None:
    hip = [of(replace(JUMP, rest=rest))["total_hip"] for rest in (0.0, 5.0, 10.0, 60.0)]
    assert hip[0] < hip[1] < hip[2] == hip[3]


forces = st.floats(0.0, 8.0)
counts = st.integers(1, 2000)
days = st.lists(st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), min_size=1, unique=True)


@settings(max_examples=60, deadline=None)
@given(low=forces, more=st.floats(0.0, 3.0), count=counts)
def test_more_force_never_loads_less(low: float, more: float, count: int) -> None:
    light, heavy = (of(Bout("jump", repetitions=count, body_weights=force)) for force in (low, low + more))
    assert all(heavy[site] >= light[site] for site in SITES)


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0.0, 0.99), more=st.floats(0.0, 0.1), name=st.sampled_from(sorted(EXERCISES)))
def test_a_heavier_lift_never_loads_less(share: float, more: float, name: str) -> None:
    light, heavy = (of(Bout(name, repetitions=10, share=load)) for load in (share, share + more))
    assert all(heavy[site] >= light[site] for site in SITES)


@settings(max_examples=60, deadline=None)
@given(force=forces, count=counts, more=counts)
def test_cycles_saturate(force: float, count: int, more: int) -> None:
    def hip(cycles: int) -> float:
        return of(Bout("jump", repetitions=cycles, body_weights=force))["total_hip"]

    first, next_ones = hip(count), hip(count + more) - hip(count)
    assert next_ones >= 0.0
    assert hip(2 * count) <= 2.0 * first + 1e-12


@settings(max_examples=60, deadline=None)
@given(on=days, force=st.floats(3.1, 8.0), share=st.floats(0.0, 1.0))
def test_sessions_saturate_and_missing_some_costs_less_than_their_share(
    on: list[str], force: float, share: float
) -> None:
    bout = Bout("jump", repetitions=50, body_weights=force)
    one = of(bout, days=("mon",))["total_hip"]
    week = of(bout, days=tuple(on))["total_hip"]
    assert one <= week + 1e-12
    assert week <= len(on) * one + 1e-12
    assert of(bout, days=tuple(on), adherence=share)["total_hip"] >= share * week - 1e-12


@settings(max_examples=40, deadline=None)
@given(force=forces, first=counts, second=counts)
def test_a_bout_split_in_two_counts_once(force: float, first: int, second: int) -> None:
    def bout(count: int) -> Bout:
        return Bout("jump", repetitions=count, body_weights=force)

    split = session_dose(Session(("mon",), (bout(first), bout(second))), "total_hip")
    whole = session_dose(Session(("mon",), (bout(first + second),)), "total_hip")
    assert split == pytest.approx(whole)


@settings(max_examples=40, deadline=None)
@given(extra=st.sampled_from(sorted(EXERCISES)))
def test_nothing_added_lowers_the_loading(extra: str) -> None:
    alone = of(Bout("squat", sets=3, repetitions=8), JUMP)
    more = of(Bout("squat", sets=3, repetitions=8), JUMP, Bout(extra, repetitions=20))
    assert all(more[site] >= alone[site] for site in SITES)


@settings(max_examples=40, deadline=None)
@given(force=st.floats(0.0, 2.99), count=counts)
def test_below_the_threshold_is_nothing(force: float, count: int) -> None:
    assert of(Bout("drop-jump", repetitions=count, body_weights=force))["total_hip"] == 0.0


@settings(max_examples=40, deadline=None)
@given(force=st.floats(3.0, 12.0), count=st.integers(1, 20_000), on=days)
def test_no_week_goes_beyond_the_ceiling(force: float, count: int, on: list[str]) -> None:
    hip = of(Bout("drop-jump", repetitions=count, body_weights=force), days=tuple(on))["total_hip"]
    assert 0.0 <= hip < 1.05 * parameters()["ceiling"]


def test_ranges_hold_the_value_and_say_what_is_hardly_known() -> None:
    for programme in PROGRAMMES.values():
        value, bounds = loading(programme), loading_range(programme)
        assert all(bounds[site][0] <= value[site] <= bounds[site][1] for site in SITES)
    low, high = loading_range(PROGRAMMES["jumps-50-a-day"])["total_hip"]
    assert high - low > 0.5
    assert loading_range(PROGRAMMES["walking"])["total_hip"] == (0.0, 0.0)


def test_programmes_that_overlap_load_together_and_not_one_on_top_of_the_other() -> None:
    reference = PROGRAMMES["high-intensity-resistance-and-impact"]
    assert 1.3 < loading((reference, reference))["lumbar_spine"] < 2**0.5


def test_time_is_cut_where_a_programme_starts_or_stops() -> None:
    first, second = PROGRAMMES["walking"].at(0.0, weeks=10), PROGRAMMES["sample-week"].at(35.0)
    cut = [(start, stop, [each.name for each in names]) for start, stop, names in segments((first, second))]
    assert cut == [
        (0.0, 35.0, ["walking"]),
        (35.0, 70.0, ["walking", "sample-week"]),
        (70.0, None, ["sample-week"]),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Bout("squat", sets=-1),
        lambda: Bout("squat", share=float("nan")),
        lambda: Session(("someday",), ()),
        lambda: Programme("x", adherence=1.5),
        lambda: Programme("x", weeks=0.0),
        lambda: Programme("x", daily_life=2.0),
    ],
)
def test_what_cannot_be_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"cannot|outside|days are|no time"):
        wrong()  # type: ignore[operator]
