from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteocast.therapies import Course


def days(course: Course, interval: float = 180.0, until: float = 1000.0) -> list[float]:
    return list(course.dose_days(interval, until))


def test_doses_keep_their_interval_to_the_last_day_included() -> None:
    assert days(Course("denosumab"), until=540.0) == [0.0, 180.0, 360.0, 540.0]
    assert days(Course("denosumab"), until=539.9) == [0.0, 180.0, 360.0]


def test_no_dose_is_given_on_the_day_of_the_stop() -> None:
    assert days(Course("denosumab", stop_day=360.0)) == [0.0, 180.0]
    assert days(Course("denosumab", start_day=5.0, stop_day=5.0)) == []


def test_a_number_of_doses_is_kept() -> None:
    assert days(Course("zoledronate", start_day=-90.0, n_doses=2)) == [-90.0, 90.0]
    assert days(Course("zoledronate", n_doses=0)) == []


def test_a_missed_dose_leaves_the_calendar_as_it_is() -> None:
    assert days(Course("denosumab", missed=(1, 3), n_doses=4)) == [180.0, 540.0]


def test_a_late_dose_moves_those_after_it() -> None:
    assert days(Course("denosumab", late={2: 30.0}, n_doses=4)) == [0.0, 210.0, 390.0, 570.0]


def test_a_dose_too_late_for_the_course_is_not_given() -> None:
    assert days(Course("denosumab", late={2: 200.0}, stop_day=360.0)) == [0.0]


@given(
    st.floats(-1000.0, 500.0),
    st.floats(5.0, 400.0),
    st.integers(0, 12),
    st.sets(st.integers(1, 12), max_size=4),
    st.dictionaries(st.integers(1, 12), st.floats(0.0, 100.0), max_size=4),
)
def test_the_calendar_is_in_order_and_counts_what_is_given(
    start: float, interval: float, n: int, missed: set[int], late: dict[int, float]
) -> None:
    course = Course("denosumab", start_day=start, n_doses=n, missed=tuple(missed), late=late)
    given_on = days(course, interval, until=1e6)
    assert given_on == sorted(given_on)
    assert len(given_on) == n - len({number for number in missed if number <= n})
    delay = sum(day for number, day in late.items() if number <= n)
    if given_on and n not in missed:
        assert given_on[-1] == pytest.approx(start + (n - 1) * interval + delay, abs=1e-6)


def test_the_end_is_the_stop_or_the_last_interval() -> None:
    assert Course("anastrozole").end_day(1.0) == math.inf
    assert Course("anastrozole", stop_day=90.0).end_day(1.0) == 90.0
    assert Course("anastrozole", start_day=10.0, n_doses=30).end_day(1.0) == 40.0
    assert Course("anastrozole", stop_day=20.0, n_doses=30).end_day(1.0) == 20.0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"adherence": 1.1}, "outside 0 to 1"),
        ({"adherence": -0.1}, "outside 0 to 1"),
        ({"adherence": math.nan}, "outside 0 to 1"),
        ({"start_day": 10.0, "stop_day": 9.0}, "before it starts"),
        ({"interval_days": 0.0}, "above 0 days"),
        ({"interval_days": math.nan}, "above 0 days"),
        ({"dose": -1.0}, "0 or more"),
        ({"dose": math.inf}, "0 or more"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Course("denosumab", **wrong)
