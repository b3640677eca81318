"""Most people are integrated with fewer equations, and get the same numbers."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from osteocast.engine import kernel, solver
from osteocast.engine.schedule import Event, Schedule
from osteocast.engine.solver import Batch, Result, simulate
from osteocast.physiology import SITES, STATE_NAMES
from osteocast.simulation import Subject, batch_of
from osteocast.therapies import Course

from .lives import YEAR, crowd, lives, only

WOMAN = Subject(age=61.0, menopause_age=50.0)
MAN = Subject(age=65.0, menopause_age=None, sex="male")
ON_ANASTROZOLE = [Course("anastrozole")]


def forms(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Say of each patient whether the reduced form was taken."""
    taken: list[np.ndarray] = []
    chosen = solver._reduced

    def noted(given: object) -> np.ndarray:
        taken.append(chosen(given))  # type: ignore[arg-type]
        return taken[-1]

    monkeypatch.setattr(solver, "_reduced", noted)
    simulate(batch, ("ctx",)).raise_on_failure()
    monkeypatch.undo()
    return taken[0]


def with_event(event: Event) -> Batch:
    base = batch_of([WOMAN, WOMAN], [[], []], np.array([0.0, YEAR]))
    start = replace(base, start=np.zeros(2), end=np.full(2, YEAR))
    return replace(start, schedule=Schedule.of([[event], []]))


def test_women_without_training_need_fewer_equations(monkeypatch: pytest.MonkeyPatch) -> None:
    assert forms(lives(), monkeypatch).all()


def test_a_man_needs_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = batch_of([WOMAN, MAN], [ON_ANASTROZOLE, ON_ANASTROZOLE], np.array([0.0, YEAR]))
    assert forms(batch, monkeypatch).tolist() == [True, False]


@pytest.mark.parametrize(
    ("event", "reduced"),
    [
        (Event(100.0, "input", f"loading_{SITES[0]}", 0.5), False),
        (Event(100.0, "input", f"loading_{SITES[0]}", 0.0), True),
        (Event(100.0, "dose", "testosterone_depot", 5.0), False),
        (Event(100.0, "dose", "denosumab_depot", 60.0), True),
        (Event(100.0, "input", "calcium_intake", 1200.0), True),
    ],
)
def test_what_wakes_an_equation_takes_the_whole_form_for_that_patient_alone(
    event: Event, reduced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert forms(with_event(event), monkeypatch).tolist() == [reduced, True]


def test_training_that_lasts_from_before_takes_the_whole_form(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = with_event(Event(100.0, "dose", "denosumab_depot", 60.0))
    initial = batch.initial.copy()
    initial[1, STATE_NAMES.index("accommodation_total_hip")] = 0.1
    assert forms(replace(batch, initial=initial), monkeypatch).tolist() == [True, False]


def test_both_forms_give_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = crowd(18)
    few = simulate(batch, threads=1).raise_on_failure()
    monkeypatch.setattr(solver, "_reduced", lambda given: np.zeros(given["n_patient"], dtype=bool))
    every = simulate(batch, threads=1).raise_on_failure()
    np.testing.assert_array_equal(few.attempts, every.attempts)
    np.testing.assert_allclose(few.final, every.final, rtol=1e-8, atol=1e-10)
    for name, values in few.values.items():
        np.testing.assert_allclose(values, every.values[name], rtol=1e-8, atol=1e-10)


def test_in_mixed_company_a_patient_is_the_same_to_the_last_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    subjects = [MAN if i % 3 == 0 else replace(WOMAN, age=55.0 + i) for i in range(13)]
    batch = batch_of(subjects, [ON_ANASTROZOLE] * 13, np.array([0.0, YEAR]))
    alone: list[Result] = [simulate(only(batch, i), ("ctx",)) for i in range(13)]
    for block in (1, 4, 256):
        monkeypatch.setattr(solver, "BLOCK", block)
        together = simulate(batch, ("ctx",), threads=3).raise_on_failure()
        for i, own in enumerate(alone):
            np.testing.assert_array_equal(together.values["ctx"][i], own.values["ctx"][0])
            np.testing.assert_array_equal(together.final[i], own.final[0])


def operations(name: str) -> Counter[str]:
    """Count the operations in a function of the kernel."""
    tree = ast.parse(inspect.getsource(getattr(kernel, name)))
    kinds = [type(node.op).__name__ for node in ast.walk(tree) if isinstance(node, ast.BinOp)]
    return Counter(kinds)


@pytest.mark.parametrize("name", ["rates", "factor", "solve"])
def test_the_reduced_form_is_less_work(name: str) -> None:
    whole, reduced = operations(name), operations(f"reduced_{name}")
    assert reduced.total() < (0.75 if name != "solve" else 0.9) * whole.total()
    assert reduced["Div"] <= whole["Div"]


def test_ten_years_of_denosumab_take_few_steps_at_one_ten_thousandth() -> None:
    """Speed without a clock: what a patient costs is the number of attempts."""
    months = np.arange(121) * 30.4375
    women = [
        replace(WOMAN, age=56.0 + i, parameters={"turnover_total_hip": 0.1 + 0.01 * i}) for i in range(8)
    ]
    courses = [Course("anastrozole"), Course("denosumab", n_doses=20)]
    base = batch_of(women, [courses] * 8, months)
    # The life before is not counted: everybody begins at day 0 with what it left.
    lived = simulate(replace(base, end=np.zeros(8), days=np.array([0.0])), relative_tolerance=1e-6)
    batch = replace(base, initial=lived.final, start=np.zeros(8))
    exact = simulate(batch, relative_tolerance=1e-9).raise_on_failure()
    quick = simulate(batch, relative_tolerance=8e-4).raise_on_failure()
    assert quick.attempts.mean() < 345
    for site in SITES:
        name = f"bmd_{site}"
        np.testing.assert_allclose(quick.values[name], exact.values[name], rtol=1e-4)
