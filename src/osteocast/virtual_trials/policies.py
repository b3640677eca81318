"""Policies to compare in a population, read from a file; `policies.yaml` holds osteocast's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osteocast.errors import InputError, Problem, unknown_name
from osteocast.person.documents import read_document
from osteocast.person.fields import Fields
from osteocast.population import Eligibility, names
from osteocast.population.reading import read_eligibility
from osteocast.therapies import Course
from osteocast.trials.courses import read_courses, read_rules
from osteocast.trials.load import read_sources, read_visits
from osteocast.trials.schema import RescueRule

__all__ = ["PolicyArm", "PolicyStudy", "load_policies"]

#: The policies that come with osteocast.
OWN = Path(__file__).parent / "policies.yaml"
_STUDY_FIELDS = (
    "title",
    "question",
    "sources",
    "population",
    "eligibility",
    "history",
    "reference",
    "arms",
    "visits",
)


@dataclass(frozen=True)
class PolicyArm:
    """One policy.

    Parameters
    ----------
    name : str
    courses : tuple of Course
        From day 0 on.
    rules : tuple of RescueRule
        What is started on a finding at a visit; one at most.
    """

    name: str
    courses: tuple[Course, ...]
    rules: tuple[RescueRule, ...] = ()


@dataclass(frozen=True)
class PolicyStudy:
    """Policies side by side in one population.

    Parameters
    ----------
    name, title, question : str
    population : str
        A name of `osteocast.population.names`.
    eligibility : osteocast.population.Eligibility
    arms : tuple of PolicyArm
    reference : str
        Arm that the others are compared with.
    history : tuple of Course
        Taken by all of them before day 0.
    visits : tuple of float
        Months at which rules are looked at.
    sources : tuple of str
        Registry ids.
    """

    name: str
    title: str
    question: str
    population: str
    eligibility: Eligibility
    arms: tuple[PolicyArm, ...]
    reference: str
    history: tuple[Course, ...] = ()
    visits: tuple[float, ...] = ()
    sources: tuple[str, ...] = ()

    def arm(self, name: str) -> PolicyArm:
        """Return an arm by name."""
        return next(arm for arm in self.arms if arm.name == name)


def load_policies(path: str | Path | None = None) -> dict[str, PolicyStudy]:
    """Read policy studies.

    Parameters
    ----------
    path : str or Path, optional
        A file of yours; the one that comes with osteocast by default.

    Raises
    ------
    InputError
        If anything in the file is wrong; lists every problem.

    Examples
    --------
    >>> list(load_policies())[:2]
    ['upfront-or-delayed-zoledronate', 'denosumab-exits']
    """
    document = read_document(OWN if path is None else path)
    problems = list(document.problems)
    studies = {str(name): _study(str(name), content, problems) for name, content in document.content.items()}
    if problems:
        raise InputError(problems, document.name)
    return {name: study for name, study in studies.items() if study is not None}


def _study(name: str, content: Any, problems: list[Problem]) -> PolicyStudy | None:
    before = len(problems)
    own = Fields(content, name, problems, _STUDY_FIELDS)
    for key, expected in (
        ("population", "a population"),
        ("arms", "policies by name"),
        ("reference", "the arm that others are compared with"),
    ):
        own.require(key, expected, f"write {key}")
    population = own.choice("population", [*names()], "population")
    arms = tuple(
        _arm(arm, item, place, problems) for arm, item, place in own.pairs("arms", "policies by name")
    )
    reference = own.text("reference", "an arm")
    if reference is not None and arms and reference not in [arm.name for arm in arms]:
        known = [arm.name for arm in arms]
        problems.append(unknown_name(own.place("reference"), reference, known, "arm"))
    visits = read_visits(own)
    if any(arm.rules for arm in arms) and not visits:
        own.report("visits", "a list of months", "say at which visits the rules are checked")
    eligibility = read_eligibility(own, "eligibility")
    history = read_courses(own, "history", past=True)
    sources = read_sources(own)
    if len(problems) > before or population is None or reference is None:
        return None
    return PolicyStudy(
        name=name,
        title=own.text("title", "a title") or name,
        question=own.text("question", "a question") or "",
        population=population,
        eligibility=eligibility,
        arms=arms,
        reference=reference,
        history=history,
        visits=visits,
        sources=sources,
    )


def _arm(name: str, content: Any, place: str, problems: list[Problem]) -> PolicyArm:
    own = Fields(content, place, problems, ("courses", "rules"))
    if isinstance(content, Mapping):
        own.require("courses", "a list of courses, [] for none", "write 'courses: []' for no treatment")
    rules = read_rules(own)
    if len(rules) > 1:
        own.report("rules", "one rule", "keep the one that starts most treatment")
    return PolicyArm(name, read_courses(own, "courses"), rules)
