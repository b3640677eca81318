"""Long work says how far it is, and ends where somebody calls it off."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import osteocast as oc
from osteocast.errors import Cancelled
from osteocast.forecast import run_forecast, verdict
from osteocast.planning import assess, search
from osteocast.population import futures, people
from osteocast.progress import part
from osteocast.simulation import Subject
from osteocast.therapies import Course

CASE = oc.load_case(
    """
    person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
    treatments: [{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}]
    scans:
      - {date: 2023-02-20, device: {vendor: hologic}, sites: {lumbar_spine: {bmd: 0.95 g/cm2}}}
      - {date: 2025-02-24, device: {vendor: hologic}, sites: {lumbar_spine: {bmd: 0.92 g/cm2}}}
    options: {as_of: 2025-03-10, constraints: {without: [bisphosphonates]}}
    """
)
LONG: dict[str, Callable[[Any], Any]] = {
    "forecast": lambda report: run_forecast(CASE, draws=16, report=report),
    "verdict": lambda report: verdict(CASE, people=64, report=report),
    "plan": lambda report: search(CASE, people=32, report=report),
    "visit": lambda report: assess(CASE, people=32, report=report),
}


@pytest.mark.parametrize("kind", LONG)
def test_long_work_says_how_far_it_is_and_never_goes_back(kind: str) -> None:
    told: list[tuple[str, float]] = []
    LONG[kind](lambda what, done, total: told.append((what, done / total)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] < 0.2
    assert shares[-1] == 1.0
    assert len(set(shares)) > 5
    assert any("plan 2 of" in what for what, _ in told)


@pytest.mark.parametrize("kind", LONG)
def test_long_work_ends_where_it_is_called_off(kind: str) -> None:
    told = 0

    def stop(what: str, done: int, total: int) -> None:
        nonlocal told
        told += 1
        if told == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        LONG[kind](stop)
    assert told == 3


def test_people_followed_in_blocks_are_the_same_to_the_last_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    few = people(Subject(age=61, menopause_age=50), 13, [oc.physiology.values()], study="blocks")
    plans, days = [[Course("anastrozole")], [Course("denosumab")]], np.array([0.0, 365.25])
    whole = futures(few, plans, days, past_days=[-365.25], threads=1)
    monkeypatch.setattr(importlib.import_module("osteocast.population.futures"), "_BETWEEN_REPORTS", 5)
    told: list[int] = []
    cut = futures(
        few,
        plans,
        days,
        past_days=[-365.25],
        threads=1,
        report=lambda what, done, total: told.append(done),
    )
    assert told == [5, 10, 13, 18, 23, 26, 31, 36, 39]
    for name, values in whole.values.items():
        np.testing.assert_array_equal(values, cut.values[name])
        np.testing.assert_array_equal(whole.past[name], cut.past[name])


def test_parts_of_parts_stay_inside_the_whole() -> None:
    told: list[float] = []
    inner = part(part(lambda what, done, total: told.append(done / total), 0.2, 0.6), 0.5, 1.0)
    inner("a", 0, 3)
    inner("a", 3, 3)
    inner("nothing to do", 0, 0)
    assert told == [0.4, 0.6, 0.6]
