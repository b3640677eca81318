"""Reading trial files: every problem of a file in one message, numbers from the evidence registry."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from osteocast import evidence
from osteocast.errors import InputError, Problem, TrialError, close_matches
from osteocast.person.documents import parse_document, read_document
from osteocast.person.fields import Fields
from osteocast.person.reading_lifestyle import read_lifestyle
from osteocast.trials.courses import read_courses, read_rules
from osteocast.trials.observations import read_observations
from osteocast.trials.population import read_population
from osteocast.trials.schema import Arm, Population, Trial

__all__ = [
    "ARM_FIELDS",
    "PUBLISHED",
    "TRIAL_FIELDS",
    "load_trial",
    "load_trials",
    "parse_trial",
    "read_arms",
    "read_sources",
    "read_visits",
    "trial_from",
]

#: The trials that come with osteocast.
PUBLISHED = Path(__file__).parent / "published"

TRIAL_FIELDS = ("trial", "title", "sources", "population", "visits", "arms", "observations", "notes")
ARM_FIELDS = ("courses", "lifestyle", "rules", "population")


def load_trials(directory: str | Path | None = None) -> list[Trial]:
    """Read every trial file of a directory, in the order of the names.

    Parameters
    ----------
    directory : str or Path, optional
        The trials that come with osteocast by default.

    Raises
    ------
    TrialError
        If the directory has no trial file, or a file is wrong; lists the problems of all files, each field
        with its file in front.

    Examples
    --------
    >>> [trial.name for trial in load_trials()][:3]
    ['abcsg-18', 'adamant', 'amory']
    """
    return _read_trials(Path(directory)) if directory is not None else list(_published())


@cache
def _published() -> tuple[Trial, ...]:
    # Read once: they come with the package and are asked for by several parts of one report.
    return tuple(_read_trials(PUBLISHED))


def _read_trials(folder: Path) -> list[Trial]:
    paths = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")], key=lambda path: path.name)
    if not paths:
        problem = Problem("", str(folder), "a directory with trial files (*.yaml)", "check the path")
        raise TrialError([problem])
    trials: list[Trial] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            trials.append(load_trial(path))
        except InputError as error:
            problems += [
                Problem(f"{path.name}: {one.field}".rstrip(": "), one.value, one.expected, one.remedy)
                for one in error.problems
            ]
    names = [trial.name for trial in trials]
    problems += [
        Problem("trial", name, "a name of its own for every trial", "rename one of the two")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise TrialError(problems, str(folder))
    return trials


def load_trial(path: str | Path) -> Trial:
    """Read one trial file.

    Raises
    ------
    TrialError
        If the file cannot be read or anything in it is wrong; lists every problem.
    """
    file = Path(path)
    try:
        document = read_document(file)
    except InputError as error:
        raise TrialError(error.problems, file.name) from None
    return trial_from(document.content, list(document.problems), file)


def parse_trial(text: str, name: str | None = None) -> Trial:
    """Read a trial from the text of a trial file.

    Raises
    ------
    TrialError
        As `load_trial`.
    """
    try:
        document = parse_document(text, name)
    except InputError as error:
        raise TrialError(error.problems, name) from None
    return trial_from(document.content, list(document.problems), None)


def trial_from(content: Mapping[str, Any], problems: list[Problem], path: Path | None) -> Trial:
    """Read a trial from the content of a document, with the problems found in it so far."""
    fields = Fields(content, "", problems, TRIAL_FIELDS)
    fields.require("trial", "a short name", "write it as in 'trial: zo-fast'")
    name = fields.text("trial", "a short name") or (path.stem if path else "")
    title = fields.text("title", "what the trial is") or name
    sources = read_sources(fields)
    population = read_population(fields, None)
    visits = read_visits(fields)
    arms = read_arms(fields, population)
    observations = read_observations(fields, arms)
    if any(arm.rules for arm in arms.values()) and not visits:
        fields.report("visits", "a list of months", "say at which visits the rules are checked")
    notes = fields.text("notes", "a text")
    if problems or population is None:
        raise TrialError(problems, path.name if path else None)
    return Trial(name, title, population, arms, observations, sources, visits, notes, path)


def read_sources(fields: Fields) -> tuple[str, ...]:
    """Read registry ids; a source outside the registry is described by a DOI or a text of several words."""
    registry = evidence.load()
    sources = []
    for item, place in fields.items("sources"):
        text = str(item).strip()
        if text in registry or " " in text or text.startswith("10."):
            sources.append(text)
        else:
            near = close_matches(text, registry.ids)
            hint = f"did you mean {', '.join(near)}?" if near else "name it in words if the registry lacks it"
            fields.problems.append(Problem(place, item, "a source of the registry, or a description", hint))
    return tuple(sources)


def read_visits(fields: Fields) -> tuple[float, ...]:
    """Read the field ``visits``: months in rising order."""
    visits = []
    for item, place in fields.items("visits"):
        holder = Fields({"month": item}, place, fields.problems, ("month",))
        month = holder.number("month", 0, 600, "a month")
        if month is not None:
            visits.append(month)
    if visits != sorted(set(visits)):
        fields.report("visits", "months in rising order, each once", "sort them")
    return tuple(visits)


def read_arms(fields: Fields, population: Population | None) -> dict[str, Arm]:
    """Read the field ``arms``; an arm has the population of the trial in what it does not say itself."""
    arms: dict[str, Arm] = {}
    if not fields.require("arms", "at least one arm", "write 'arms: {name: {courses: []}}'"):
        return arms
    for name, content, place in fields.pairs("arms", "arms by name"):
        arm_fields = Fields(content, place, fields.problems, ARM_FIELDS)
        if isinstance(content, Mapping):
            arm_fields.require(
                "courses", "a list of courses, [] for none", "write 'courses: []' for an untreated arm"
            )
        courses = read_courses(arm_fields, "courses")
        rules = read_rules(arm_fields)
        if len(rules) > 1:
            arm_fields.report("rules", "one rule", "simulate the rule that starts most treatment")
        lifestyle = read_lifestyle(arm_fields, "lifestyle", None)
        own = read_population(arm_fields, population) if "population" in arm_fields else population
        if own is not None:
            arms[name] = Arm(name, courses, own, rules, lifestyle)
    return arms
