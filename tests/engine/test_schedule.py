from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast.engine.schedule import Event, Schedule
from osteocast.errors import InputError
from osteocast.physiology import INPUT_INDEX, STATE_INDEX

DOSE = Event(0.0, "dose", "denosumab_depot", 60.0)
INTAKE = Event(0.0, "input", "calcium_intake", 1200.0)
LOAD = Event(0.0, "input", "loading_total_hip", 1.2)


def rows(schedule: Schedule) -> list[tuple[float, int, int, float]]:
    return list(zip(schedule.day, schedule.kind, schedule.index, schedule.value, strict=True))


def test_the_events_of_one_instant_go_from_inputs_to_doses_in_the_order_of_the_model() -> None:
    schedule = Schedule.of([[DOSE, LOAD, INTAKE]])
    assert [row[1:] for row in rows(schedule)] == [
        (0, INPUT_INDEX["calcium_intake"], 1200.0),
        (0, INPUT_INDEX["loading_total_hip"], 1.2),
        (1, STATE_INDEX["denosumab_depot"], 60.0),
    ]


def test_of_two_settings_of_one_input_at_one_instant_the_later_listed_comes_last() -> None:
    twice = [Event(3.0, "input", "vitamin_d", 40.0), Event(3.0, "input", "vitamin_d", 20.0)]
    assert Schedule.of([twice]).value.tolist() == [40.0, 20.0]
    assert Schedule.of([twice[::-1]]).value.tolist() == [20.0, 40.0]


@given(st.permutations([DOSE, INTAKE, LOAD, Event(-5.0, "dose", "bisphosphonate_deep", 1.0)]))
@settings(max_examples=20)
def test_the_order_in_which_events_are_listed_does_not_matter(events: list[Event]) -> None:
    assert rows(Schedule.of([events])) == rows(Schedule.of([sorted(events)]))


def test_every_patient_keeps_her_own_events() -> None:
    schedule = Schedule.of([[DOSE], [], [INTAKE, LOAD]])
    assert schedule.offset.tolist() == [0, 1, 1, 3]


def test_nobody_has_an_empty_schedule() -> None:
    assert Schedule.of([]).offset.tolist() == [0]
    assert Schedule.of([[]]).day.size == 0


def test_all_that_is_wrong_with_events_is_told_at_once() -> None:
    wrong = [
        Event(0.0, "dose", "denosumab_depo", 60.0),
        Event(0.0, "input", "denosumab_depot", 60.0),
        Event(math.nan, "dose", "denosumab_depot", 60.0),
        Event(0.0, "dose", "denosumab_depot", math.inf),
    ]
    with pytest.raises(InputError) as caught:
        Schedule.of([[DOSE], wrong])
    problems = caught.value.problems
    assert len(problems) == 4
    assert {problem.field.split(".")[0] for problem in problems} == {"events[1]"}
    assert "denosumab_depot" in problems[0].remedy


def test_numbers_lie_as_the_integrator_reads_them() -> None:
    schedule = Schedule.of([[DOSE, INTAKE]])
    assert schedule.day.dtype == schedule.value.dtype == np.float64
    assert schedule.kind.dtype == schedule.index.dtype == schedule.offset.dtype == np.int64
    assert schedule.day.flags["C_CONTIGUOUS"]
    assert schedule.value.flags["C_CONTIGUOUS"]


def same(one: Schedule, other: Schedule) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(vars(one).values(), vars(other).values(), strict=True))


@given(st.permutations([DOSE, INTAKE, LOAD, Event(0.0, "input", "calcium_intake", 900.0)]), st.integers(0, 4))
@settings(max_examples=20)
def test_what_many_share_is_what_each_has(events: list[Event], n: int) -> None:
    assert same(Schedule.shared(events, n), Schedule.of([events] * n))


@given(st.permutations([DOSE, INTAKE, LOAD, Event(-9.0, "dose", "bisphosphonate_deep", 1.0)]))
@settings(max_examples=20)
def test_amounts_of_ones_own_stay_with_their_events(events: list[Event]) -> None:
    values = np.arange(12.0).reshape(3, 4)
    own = [[replace(event, value=v) for event, v in zip(events, row, strict=True)] for row in values]
    assert same(Schedule.shared(events, 3, values), Schedule.of(own))


@pytest.mark.parametrize("values", [np.ones((2, 1)), np.ones((3, 2)), np.full((3, 1), np.nan)])
def test_amounts_that_fit_nobody_are_refused(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match="3 rows of 1 finite"):
        Schedule.shared([DOSE], 3, values)
