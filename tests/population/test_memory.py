from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from osteocast.population.memory import Memory, mark


@dataclass(frozen=True)
class Step:
    values: np.ndarray


def test_a_mark_tells_everything_apart() -> None:
    given = [
        (1,),
        (1.0,),
        ("1",),
        (1, 2),
        ((1, 2),),
        (np.zeros(2),),
        (np.zeros(2, np.float32),),
        (np.zeros((1, 2)),),
        (np.array([0.0, 1e-300]),),
        (Step(np.zeros(2)),),
        ("1;", "2"),
        ("1", ";2"),
        ({"a": 1, "b": 2},),
        ({"a": 1}, {"b": 2}),
        (True,),
        (None,),
        (date(2025, 3, 10),),
    ]
    assert len({mark(*one) for one in given}) == len(given)


def test_a_mark_does_not_tell_apart_what_is_the_same() -> None:
    joined = "".join(["zole", "dronate"])
    assert mark(("zoledronate", joined)) == mark((joined, joined))
    assert mark(np.arange(6.0).reshape(2, 3).T) == mark(np.arange(6.0).reshape(2, 3).T)


def test_a_step_is_made_once() -> None:
    memory, made = Memory(), []
    for _ in range(3):
        memory.get("a", lambda: made.append(1))
    assert made == [1]
    assert (memory.hits, memory.misses) == (2, 1)


def test_what_failed_is_tried_again() -> None:
    memory = Memory()

    def fails() -> None:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            memory.get("a", fails)
    assert memory.get("a", lambda: 3) == 3


def test_there_is_room_for_so_many_bytes_and_the_least_asked_for_goes() -> None:
    memory = Memory(3_500)
    for key in "abc":
        memory.get(key, lambda: Step(np.zeros(125)))
    first = memory.get("a", lambda: Step(np.ones(1)))
    assert first.values.size == 125
    memory.get("d", lambda: {"x": (np.zeros(100), [np.zeros(20)])})
    assert memory.size <= 3_500
    assert memory.get("a", lambda: Step(np.ones(1))) is first
    assert memory.get("b", lambda: "anew") == "anew"
    assert memory.get("larger than the room", lambda: np.zeros(1000)).size == 1000
    assert memory.size == 0


def test_threads_that_make_the_same_step_count_it_once() -> None:
    memory, together = Memory(), threading.Barrier(4)

    def make() -> np.ndarray:
        together.wait(timeout=10)
        return np.zeros(100)

    threads = [threading.Thread(target=memory.get, args=("a", make)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert 800 <= memory.size < 1000


def test_what_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises((TypeError, AttributeError)):
        mark(SimpleNamespace(run=lambda: 1))
