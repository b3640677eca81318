"""Assessments of the examples, and of people of whom little or much is known, each made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import osteocast as oc
from osteocast.person import Plan
from osteocast.planning import Assessment, assess
from osteocast.therapies import Course

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = tuple(sorted(path.stem for path in EXAMPLES.glob("*.yaml")))
#: What must never be read as markup, in a name that a person gives to a plan and in that of the file.
HOSTILE = "#import \"x\" <script>alert(1)</script> $x^2$ *bold* _it_ `raw` @ref // \\ {{ 7*7 }} & 'quote'"
PEOPLE = 16


def case(name: str) -> oc.Case:
    return oc.load_case(EXAMPLES / f"{name}.yaml", today=date(2026, 6, 1))


def _unknown_woman() -> oc.Case:
    return oc.load_case(
        "person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}\noptions: {as_of: 2025-03-10}"
    )


def _unknown_man() -> oc.Case:
    return oc.load_case(
        "person: {sex: male, birth_date: 1970-01-01}\n"
        "treatments: [{drug: testosterone gel, start: 2024-01-01}, {drug: anastrozole, start: 2025-01-01}]\n"
        "options: {as_of: 2025-03-10}"
    )


def _hostile() -> oc.Case:
    made = case("postmenopausal-anastrozole")
    denosumab = Course("denosumab", 0.0, None, 60.0, 182.625, n_doses=10)
    follow = Course("zoledronate", 1826.25, None, 5.0, n_doses=1)
    return replace(
        made,
        name=f"{HOSTILE}.yaml",
        plans=(Plan(HOSTILE, (denosumab, follow)), Plan(f"{HOSTILE} 2", (denosumab,))),
    )


def _all_refused() -> oc.Case:
    made = case("man-testosterone-anastrozole")
    return replace(made, person=replace(made.person, conditions=("prostate_cancer",)))


_OTHERS: dict[str, Callable[[], oc.Case]] = {
    "woman-of-whom-nothing-is-known": _unknown_woman,
    "man-of-whom-nothing-is-known": _unknown_man,
    "hostile": _hostile,
    "all-refused": _all_refused,
}
ALL = (*NAMES, *_OTHERS)


@cache
def assessed(name: str) -> Assessment:
    made = _OTHERS[name]() if name in _OTHERS else case(name)
    return assess(made, people=PEOPLE)


@pytest.fixture(params=ALL)
def found(request: pytest.FixtureRequest) -> Assessment:
    return assessed(request.param)
