"""What changes from one forecast to the next is computed; the rest is found again, to the last bit."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from osteocast.forecast import Forecast, run_forecast
from osteocast.person import load_case
from osteocast.person.portable import document_text
from osteocast.population.memory import Memory

DRAWS = 24
DOCUMENT: dict[str, Any] = {
    "person": {"sex": "female", "birth_date": "1958-06-02", "menopause": {"age": 51}, "weight": "68 kg"},
    "scans": [
        {
            "date": "2025-04-14",
            "device": {"vendor": "hologic"},
            "sites": {"lumbar_spine": {"bmd": "0.88 g/cm2"}},
        }
    ],
    "treatments": [{"drug": "letrozole", "start": "2023-03-01", "stop": "2028-03-01"}],
    "options": {"as_of": "2025-04-20", "forecast_years": 3},
    "plans": [
        {"name": "Letrozole alone"},
        {"name": "Zoledronate", "courses": [{"drug": "zoledronate", "start": "30 days"}]},
        {
            "name": "Training",
            "lifestyle": {"exercise": [{"programme": "high-intensity-resistance-and-impact"}]},
        },
    ],
}

Change = Callable[[dict[str, Any]], Any]
#: What is changed, how many plans are followed anew, and of how many curves and fractures are read anew.
CHANGES: dict[str, tuple[Change, int, int]] = {
    "nothing": (lambda d: None, 0, 0),
    "a later dose": (lambda d: d["plans"][1]["courses"][0].update(start="60 days"), 1, 1),
    "another plan": (
        lambda d: d["plans"].append({"name": "None at all", "stop": {"letrozole": "1 year"}}),
        1,
        1,
    ),
    "a plan less": (lambda d: d["plans"].pop(1), 0, 0),
    "another order": (lambda d: d["plans"].reverse(), 0, 0),
    "another name": (lambda d: d["plans"][0].update(name="As it is"), 0, 1),
    "less exercise": (lambda d: d["plans"][2]["lifestyle"]["exercise"][0].update(adherence="50%"), 1, 1),
    "a shorter plan": (lambda d: d["plans"][0].update(horizon="2 years"), 0, 1),
    "a scan": (lambda d: d["scans"][0]["sites"]["lumbar_spine"].update(bmd="0.86 g/cm2"), 0, 3),
    "the weight": (lambda d: d["person"].update(weight="80 kg"), 3, 3),
}


def same(one: Any, other: Any) -> bool:
    """Whether two results are the same to the last bit."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if is_dataclass(one):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return bool(one == other)


def forecast(document: dict[str, Any], memory: Memory | None = None) -> Forecast:
    return run_forecast(load_case(document_text(document)), draws=DRAWS, memory=memory)


@pytest.fixture(scope="module")
def before() -> Memory:
    memory = Memory()
    forecast(DOCUMENT, memory)
    return memory


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_gives_the_forecast_that_it_gives_alone(before: Memory, change: str) -> None:
    document, memory = copy.deepcopy(DOCUMENT), copy_of(before)
    changes, followed, read = CHANGES[change]
    changes(document)
    found, alone = forecast(document, memory), forecast(document)
    assert same(found.plans, alone.plans)
    assert same(found.learnt, alone.learnt)
    anew = set(memory._kept) - set(before._kept)
    assert sum(" " not in key for key in anew) == followed
    assert sum(key.endswith(" fracture") for key in anew) == read
    assert sum(key.endswith(" change_lumbar_spine") for key in anew) == read


def test_who_cannot_be_followed_under_one_plan_counts_under_none(
    monkeypatch: pytest.MonkeyPatch, before: Memory
) -> None:
    # People left out under one plan change the weights under all, although those plans were followed before.
    import importlib

    futures = importlib.import_module("osteocast.population.futures")
    solved = futures._solved

    def some_fail(*given: Any) -> Any:
        made = solved(*given)
        made.status[::2] = futures._SOLVED + 1
        return made

    document = copy.deepcopy(DOCUMENT)
    document["plans"][1]["courses"][0]["start"] = "90 days"
    memory = copy_of(before)
    with monkeypatch.context() as patched:
        patched.setattr(futures, "_solved", some_fail)
        found = forecast(document, memory)
        alone = forecast(document)
    assert same(found.plans, alone.plans)
    assert not same(found.plans[0], forecast(DOCUMENT, memory).plans[0])


def test_it_is_told_how_far_it_is_though_plans_are_known(before: Memory) -> None:
    told: list[float] = []
    run_forecast(
        load_case(document_text(DOCUMENT)),
        draws=DRAWS,
        memory=copy_of(before),
        report=lambda _, done, total: told.append(done / total),
    )
    assert told == sorted(told)
    assert told[-1] == 1.0


def copy_of(memory: Memory) -> Memory:
    made = Memory()
    made._kept, made._size, made.misses = memory._kept.copy(), memory._size, memory.misses
    return made
