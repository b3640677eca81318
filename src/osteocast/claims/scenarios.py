"""The people and courses that claims are asked of, read from `scenarios.yaml`.

Drugs are written as in trial files, the way of life as in case files; day 0 is the start of the scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from osteocast import units
from osteocast.claims.schema import Scenario
from osteocast.errors import InputError, Problem, unknown_name
from osteocast.files import read_data
from osteocast.lifestyle import Exposure
from osteocast.person.fields import Fields
from osteocast.physiology import INPUTS, parameters
from osteocast.simulation import Subject
from osteocast.trials.courses import read_courses

__all__ = ["ARM_FIELDS", "SCENARIOS", "SUBJECT_FIELDS", "load_scenarios"]

#: The scenarios that come with osteocast.
SCENARIOS = Path(__file__).parent / "scenarios.yaml"

SUBJECT_FIELDS = ("says", *(one.name for one in fields(Subject) if one.name != "exposures"))
ARM_FIELDS = ("says", "subject", "person", "courses", "lifestyle", "inputs", "parameters", "weeks")
_INPUT_NAMES = tuple(one.name for one in INPUTS)


@dataclass(frozen=True)
class _Reader:
    """What reading the arms needs: subjects, the names of parameters, and the list of problems."""

    subjects: Mapping[str, Subject]
    problems: list[Problem]


def load_scenarios(path: Path = SCENARIOS) -> dict[str, Scenario]:
    """Read scenarios by name.

    Parameters
    ----------
    path : Path
        YAML with ``subjects`` and ``arms``.

    Raises
    ------
    InputError
        If anything is wrong; lists every problem.
    """
    content = read_data(path)
    problems: list[Problem] = []
    document = Fields(content, "", problems, ("subjects", "arms"))
    subjects = {
        name: subject
        for name, given, place in document.pairs("subjects", "subjects by name")
        if (subject := _read_subject(Fields(given, place, problems, SUBJECT_FIELDS), given)) is not None
    }
    reader = _Reader(subjects, problems)
    arms = {
        name: arm
        for name, given, place in document.pairs("arms", "scenarios by name")
        if (arm := _read_arm(reader, name, Fields(given, place, problems, ARM_FIELDS))) is not None
    }
    if problems:
        raise InputError(problems, path.name)
    return arms


def _read_subject(given: Fields, content: Any) -> Subject | None:
    if not given.usable:
        return None
    own = {key: value for key, value in content.items() if key in SUBJECT_FIELDS and key != "says"}
    try:
        return Subject(**own)
    except (TypeError, ValueError) as error:
        given.problems.append(Problem(given.path, str(own), "the fields of a Subject", str(error)))
        return None


def _read_arm(reader: _Reader, name: str, given: Fields) -> Scenario | None:
    from osteocast.lifestyle import Body
    from osteocast.person.reading_lifestyle import read_lifestyle

    before = len(reader.problems)
    base = given.text("subject", "a subject") or ""
    if base not in reader.subjects:
        reader.problems.append(unknown_name(given.place("subject"), base, reader.subjects, "subject"))
        return None
    subject = reader.subjects[base]
    person = given.raw("person") or {}
    Fields(person, given.place("person"), reader.problems, SUBJECT_FIELDS)
    overridden = {**subject.parameters, **(given.raw("parameters") or {})}
    for key in overridden:
        if key not in parameters():
            reader.problems.append(unknown_name(given.place("parameters"), key, parameters(), "parameter"))
    courses = read_courses(given, "courses")
    life = read_lifestyle(given, "lifestyle", None)
    direct = _read_inputs(given)
    if len(reader.problems) > before:
        return None
    subject = replace(subject, **person, parameters=overridden)
    exposures: tuple[Exposure, ...] = direct
    hazards: dict[str, float] = {}
    if life is not None:
        body = Body(
            sex=subject.sex,
            age=subject.age,
            weight_kg=subject.weight_kg,
            calcium_intake=subject.calcium_intake,
            vitamin_d=subject.vitamin_d,
            menopause_age=subject.menopause_age if subject.sex == "female" else None,
        )
        exposures += life.exposures(body)
        for hazard in life.hazards():
            hazards[hazard.outcome] = hazards.get(hazard.outcome, 1.0) * hazard.ratio
    return Scenario(name, subject, courses, exposures, hazards, given.text("says", "a sentence") or name)


def _read_inputs(given: Fields) -> tuple[Exposure, ...]:
    """Read inputs of the physiology that a scenario sets directly, from day 0 on or for some weeks."""
    inputs = given.raw("inputs")
    if inputs is None:
        return ()
    Fields(inputs, given.place("inputs"), given.problems, _INPUT_NAMES)
    weeks = given.number("weeks", 0, 2000, "weeks that it lasts")
    stop = None if weeks is None else weeks * units.read_duration("1 week")
    if any(name not in _INPUT_NAMES for name in inputs):
        return ()
    added = {name: float(value) for name, value in inputs.items()}
    return (Exposure("set by the scenario", added, start_day=0.0, stop_day=stop),)
