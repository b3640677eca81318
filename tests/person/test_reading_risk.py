"""Earlier fractures, the parents, falls and FRAX in a case file."""

from __future__ import annotations

from datetime import date

import pytest

from osteocast.errors import InputError
from osteocast.person import Fracture, Frax, Person, load_case

from .cases import TODAY


def person(fields: str) -> Person:
    base = "sex: female, birth_date: 1963-05-14, menopause: {age: 50}"
    return load_case(f"person: {{{base}, {fields}}}", today=TODAY).person


def test_everything_is_read() -> None:
    read = person(
        "fractures: [{site: spine, date: 2024-05}, wrist], parental_hip_fracture: no, falls: 2, "
        "frax: {major: 14%, hip: 3.1 %}"
    )
    assert read.fractures == (Fracture("vertebra", date(2024, 5, 15)), Fracture("forearm"))
    assert (read.parental_hip_fracture, read.falls, read.frax) == (False, 2, Frax(14.0, 3.1))


def test_not_known_is_not_the_same_as_none() -> None:
    unknown, never = person("weight: 70 kg"), person("fractures: none, falls: 0")
    assert (unknown.fractures, unknown.falls, unknown.parental_hip_fracture, unknown.frax) == (None,) * 4
    assert (never.fractures, never.falls) == ((), 0)


def test_the_year_of_the_case_may_stand_for_a_fracture_before_it() -> None:
    read = person("fractures: [{site: hip, date: 2025}]").fractures
    assert read is not None
    assert read[0].date == TODAY


@pytest.mark.parametrize(
    ("fields", "place", "expected"),
    [
        ("fractures: [{site: skull}]", "person.fractures[0].site", "a known bone"),
        ("fractures: [{date: 2024-01-01}]", "person.fractures[0].site", "a bone"),
        ("fractures: [{site: hip, date: 2031-01-01}]", "person.fractures[0].date", "not after"),
        ("fractures: [{site: forearm, date: 1971-06-01}]", "person.fractures[0].date", "from the age of 18"),
        ("fractures: some", "person.fractures", "a list"),
        ("fractures: none, conditions: [previous_fracture]", "person.fractures", "as conditions name one"),
        ("parental_hip_fracture: maybe", "person.parental_hip_fracture", "yes or no"),
        ("falls: -1", "person.falls", "number of falls"),
        ("falls: 1.5", "person.falls", "whole number"),
        ("frax: {major: 3%, hip: 14%}", "person.frax.hip", "at most that of a major fracture"),
        ("frax: {major: 0.14}", "person.frax.major", "in percent"),
        ("frax: {major: 140%}", "person.frax.major", "in percent"),
        ("frax: {}", "person.frax.major", "ten-year probability"),
        ("frax: 14%", "person.frax", "fields: major, hip"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(fields: str, place: str, expected: str) -> None:
    with pytest.raises(InputError) as error:
        person(fields)
    assert [problem.field for problem in error.value.problems] == [place]
    assert expected in error.value.problems[0].expected
