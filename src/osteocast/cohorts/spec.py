"""What a cohort file says: who, under which regimens, for how long, and what is written down."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from osteocast.errors import InputError, Problem, unknown_name
from osteocast.lifestyle import Lifestyle
from osteocast.person.documents import Document, parse_document, read_document
from osteocast.person.fields import Fields
from osteocast.person.reading_lifestyle import read_lifestyle
from osteocast.physiology import OBSERVABLE_NAMES
from osteocast.population import Eligibility, VirtualPopulation, names, population
from osteocast.population.reading import read_eligibility
from osteocast.therapies import Course
from osteocast.trials.courses import read_courses

__all__ = ["COHORT_FIELDS", "CohortArm", "CohortSpec", "load_spec", "parse_spec"]

COHORT_FIELDS = (
    "cohort",
    "title",
    "population",
    "inclusion",
    "n",
    "seed",
    "years",
    "visits",
    "arms",
    "outputs",
    "draws",
    "adherence",
    "fractures",
    "notes",
)
ARM_FIELDS = ("courses", "lifestyle")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")
_MOST_PEOPLE = 1_000_000_000
_LONGEST = 30.0
#: What is written down of turnover, where a file does not say.
_USUAL_OUTPUTS = ("ctx", "p1np")
_USUAL_DRAWS = 200


@dataclass(frozen=True)
class CohortArm:
    """One regimen that everybody is followed under.

    Parameters
    ----------
    name : str
    courses : tuple of Course
    lifestyle : Lifestyle, optional
        Sized for the typical person of the population.
    """

    name: str
    courses: tuple[Course, ...]
    lifestyle: Lifestyle | None = None


@dataclass(frozen=True)
class CohortSpec:
    """A cohort, as its file describes it.

    Parameters
    ----------
    name, title : str
    population : VirtualPopulation
        With the limits of who is included.
    n : int
        People; each of them under every arm.
    seed : int
        Part of the key of the random streams, with the name.
    visits : tuple of float
        Months at which people are observed, from 0 on.
    arms : mapping of str to CohortArm
    outputs : tuple of str
        Observables beside density and T-score.
    draws : int
        Draws of the average response that people deviate from; 0 for the calibrated average.
    adherence : bool
        Whether people leave out tablets as women in studies did; else all is taken.
    fractures : bool
        Whether fractures are computed.
    content : mapping
        The document, for its key.
    """

    name: str
    title: str
    population: VirtualPopulation
    n: int
    seed: int
    visits: tuple[float, ...]
    arms: Mapping[str, CohortArm]
    outputs: tuple[str, ...] = _USUAL_OUTPUTS
    draws: int = _USUAL_DRAWS
    adherence: bool = False
    fractures: bool = True
    content: Mapping[str, Any] = field(default_factory=dict)

    @property
    def study(self) -> str:
        """Key of the random streams."""
        return f"{self.name} {self.seed}"

    @property
    def key(self) -> str:
        """First 16 digits of the SHA-256 of what people depend on; how many they are is not part of it."""
        kept = {name: item for name, item in self.content.items() if name not in ("n", "title", "notes")}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to other processes as the document that it was read from."""
        return _again, (dict(self.content), self.n)


def load_spec(path: str | Path) -> CohortSpec:
    """Read a cohort file.

    Raises
    ------
    InputError
        If the file cannot be read or anything in it is wrong; lists every problem.
    """
    file = Path(path)
    return _spec_from(read_document(file), file.name)


def parse_spec(text: str) -> CohortSpec:
    """Read a cohort from the text of a cohort file.

    Raises
    ------
    InputError
        As `load_spec`.

    Examples
    --------
    >>> spec = parse_spec('''
    ... cohort: two-arms
    ... population: inhibitor-women
    ... n: 1000
    ... years: 5
    ... arms:
    ...   letrozole: {courses: [{drug: letrozole}]}
    ...   with-denosumab: {courses: [{drug: letrozole}, {drug: denosumab}]}
    ... ''')
    >>> spec.visits
    (0.0, 12.0, 24.0, 36.0, 48.0, 60.0)
    """
    return _spec_from(parse_document(text), None)


def _again(content: dict[str, Any], n: int) -> CohortSpec:
    return replace(_spec_from(Document(content), None), n=n)


def _spec_from(document: Document, source: str | None) -> CohortSpec:
    problems = list(document.problems)
    fields = Fields(document.content, "", problems, COHORT_FIELDS)
    name = _read_name(fields)
    people = _read_population(fields)
    inclusion = read_eligibility(fields, "inclusion")
    visits = _read_visits(fields)
    fields.require("n", "a number of people", "write 'n: 1000000'")
    n = fields.whole("n", 1, _MOST_PEOPLE, "a number of people")
    seed = fields.whole("seed", 0, 2**31 - 1, "a number that keys the random streams")
    arms = _read_arms(fields)
    outputs = _read_outputs(fields)
    draws = fields.whole("draws", 0, 2000, "draws of the average response")
    fractures = _read_flag(fields, "fractures")
    adherence = fields.choice("adherence", ("full", "drawn"), "adherence")
    title, _ = fields.text("title", "what the cohort is"), fields.text("notes", "a text")
    if problems or name is None or people is None or n is None:
        raise InputError(problems, source)
    return CohortSpec(
        name=name,
        title=title or name,
        population=_included(people, inclusion),
        n=n,
        seed=seed or 0,
        visits=visits,
        arms=arms,
        outputs=outputs,
        draws=_USUAL_DRAWS if draws is None else draws,
        adherence=adherence == "drawn",
        fractures=True if fractures is None else fractures,
        content=document.content,
    )


def _included(people: VirtualPopulation, inclusion: Eligibility) -> VirtualPopulation:
    return people.eligible(inclusion) if inclusion.limits() else people


def _read_name(fields: Fields) -> str | None:
    if not fields.require("cohort", "a short name", "write it as in 'cohort: two-arms'"):
        return None
    name = fields.text("cohort", "a short name")
    if name is not None and not _NAME.fullmatch(name):
        fields.report("cohort", "letters, digits, hyphens and underscores", "shorten or rename it")
        return None
    return name


def _read_population(fields: Fields) -> VirtualPopulation | None:
    if not fields.require("population", "who takes part", f"one of {', '.join(names())}"):
        return None
    name = fields.choice("population", names(), "population")
    return None if name is None else population(name)


def _read_visits(fields: Fields) -> tuple[float, ...]:
    fields.require("years", "how long people are followed", "write 'years: 5'")
    years = fields.number("years", 0.25, _LONGEST, "years of follow-up")
    if years is None:
        return ()
    last = years * 12.0
    if "visits" not in fields:
        return tuple(float(month) for month in range(0, int(last) + 1, 12)) + ((last,) if last % 12 else ())
    found = []
    for item, place in fields.items("visits"):
        holder = Fields({"month": item}, place, fields.problems, ("month",))
        month = holder.number("month", 0, last, "a month of the follow-up")
        if month is not None:
            found.append(month)
    if found != sorted(set(found)):
        fields.report("visits", "months in rising order, each once", "sort them")
    # Change and thresholds count from day 0, and the follow-up ends where it is said to.
    return tuple(sorted({0.0, last, *found}))


def _read_arms(fields: Fields) -> dict[str, CohortArm]:
    arms: dict[str, CohortArm] = {}
    if not fields.require("arms", "at least one arm", "write 'arms: {name: {courses: []}}'"):
        return arms
    for name, content, place in fields.pairs("arms", "arms by name"):
        own = Fields(content, place, fields.problems, ARM_FIELDS)
        if isinstance(content, Mapping):
            own.require("courses", "a list of courses, [] for none", "write 'courses: []' for no treatment")
        if not _NAME.fullmatch(name):
            remedy = "use letters, digits, hyphens and underscores: an arm is a folder"
            fields.problems.append(Problem(place, name, "a short name", remedy))
        arms[name] = CohortArm(name, read_courses(own, "courses"), read_lifestyle(own, "lifestyle", None))
    return arms


def _read_outputs(fields: Fields) -> tuple[str, ...]:
    if "outputs" not in fields:
        return _USUAL_OUTPUTS
    known = [name for name in OBSERVABLE_NAMES if not name.startswith("bmd_")]
    found = []
    for item, place in fields.items("outputs"):
        if item in known:
            found.append(str(item))
        else:
            fields.problems.append(unknown_name(place, item, known, "observable"))
    return tuple(dict.fromkeys(found))


def _read_flag(fields: Fields, key: str) -> bool | None:
    given = fields.raw(key)
    if given is None or fields.is_unusable(key):
        return None
    if not isinstance(given, bool):
        fields.report(key, "true or false", "write one of the two")
        return None
    return given
