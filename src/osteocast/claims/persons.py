"""Invented people of whom the verdict or a titration is asked."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from osteocast.files import read_data

if TYPE_CHECKING:
    from osteocast.forecast import Verdict
    from osteocast.forecast.titration_results import Titration
    from osteocast.person import Case

__all__ = ["PERSONS", "PLANS", "TITRATED", "ask_persons", "persons"]

#: Case files by name.
PERSONS = Path(__file__).parent / "persons.yaml"
#: Kinds of plan that a claim can ask about: the chance that the best of the kind is adequate.
PLANS = ("nothing", "lifestyle", "drug", "combined")
#: What a claim can ask of a titration of anastrozole, and its unit.
TITRATED = {
    "estradiol without anastrozole": "pg/mL",
    "estradiol on 1 mg daily": "pg/mL",
    "dose below the level of fractures": "mg a week",
    "dose below the level of resorption": "mg a week",
    "spine on 1 mg daily less none": "%",
}

_PEOPLE = 2048


@cache
def persons() -> dict[str, str]:
    """Return the case files by name, as text."""
    import yaml

    return {name: yaml.safe_dump(case, sort_keys=False) for name, case in read_data(PERSONS).items()}


def ask_persons(asked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Answer what is asked of people.

    Parameters
    ----------
    asked : iterable of (str, str)
        Person in `persons`, and one of `PLANS` or `TITRATED`.

    Returns
    -------
    dict of (str, str) to float
        For a plan the probability that it is adequate, of the best plan of its kind (0 if it is barred); for
        a titration the quantity, a dose being infinite where no dose brings oestradiol below the level.
    """
    from osteocast.person import load_case

    found: dict[tuple[str, str], float] = {}
    for name, what in dict.fromkeys(asked):
        if (name, what) not in found:
            case = load_case(persons()[name])
            answers = _judged(case) if what in PLANS else _titrated(case)
            found |= {(name, one): value for one, value in answers.items()}
    return found


def _judged(case: Case) -> dict[str, float]:
    from osteocast.forecast import verdict

    judged = verdict(case, people=_PEOPLE)
    return {kind: _best(judged, kind) for kind in PLANS}


def _best(judged: Verdict, kind: str) -> float:
    chances = [plan.probability for plan in judged.plans if plan.kind == kind and plan.barred is None]
    return max(chances, default=0.0)


def _titrated(case: Case) -> dict[str, float]:
    from osteocast.forecast.titration import run_titration

    made = run_titration(case, draws=0)
    spine = made.spine[min(made.spine)].value
    values = (
        float(made.estradiol.value[0]),
        float(made.estradiol.value[-1]),
        _dose(made, "fracture"),
        _dose(made, "resorption"),
        float(spine[-1] - spine[0]),
    )
    return dict(zip(TITRATED, values, strict=True))


def _dose(made: Titration, threshold: str) -> float:
    """Return the smallest weekly dose that brings oestradiol below a level."""
    doses = [one.dose.value for one in made.crossings if one.threshold == threshold]
    return min(doses, default=math.inf)
