"""Searches that several tests look at, each done once."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from osteocast.person import Case, Goal, load_case
from osteocast.planning import PlanSearch, search

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 6, 1)
NAMES = (
    "postmenopausal-anastrozole",
    "letrozole-denosumab-exit",
    "ovarian-suppression-exemestane",
    "man-testosterone-anastrozole",
)
FEW = 32

WOMAN = """
person: {sex: female, birth_date: 1958-05-14, menopause: {age: 50}, weight: 64 kg, height: 165 cm%s}
treatments: [{drug: letrozole, start: 2025-03-10, stop: 2030-03-10}%s]
labs:
  - {date: 2025-03-01, analyte: creatinine, value: %s}
  - {date: 2025-03-01, analyte: vitamin_d, value: 30 ng/mL}
options: {as_of: 2025-03-10%s}
"""


def woman(more: str = "", drugs: str = "", creatinine: str = "0.8 mg/dL", options: str = "") -> Case:
    """A woman who starts letrozole, with what is to be added."""
    return load_case(WOMAN % (more, drugs, creatinine, options), today=TODAY)


@cache
def example(name: str = NAMES[0], goal: Goal = "balanced") -> PlanSearch:
    """Search for plans of an example."""
    return search(load_case(EXAMPLES / f"{name}.yaml", today=TODAY), goal=goal, people=FEW)
