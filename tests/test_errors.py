from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteocast.errors import (
    Conflict,
    EngineError,
    EvidenceError,
    InputError,
    LoginRefused,
    NotAllowed,
    NotCovered,
    NotFound,
    OsteocastError,
    Problem,
    StoreError,
    TooManyAttempts,
    TrialError,
    Unavailable,
    close_matches,
    unknown_name,
)

PROBLEMS = [
    Problem("weight", "heavy", "a mass such as 70 kg", "give the weight with its unit"),
    Problem("scans[0].date", Problem.ABSENT, "a date", "give the day"),
]
CONFLICT = Conflict("anna saved version 2", "look", "anna", datetime(2026, 3, 1, tzinfo=UTC), 2)


def test_an_input_error_lists_every_problem_with_field_value_expectation_and_remedy() -> None:
    text = str(InputError(PROBLEMS, "case.yaml"))
    assert text.splitlines()[0] == "case.yaml: 2 problems"
    for problem in PROBLEMS:
        for part in (problem.field, problem.shown_value, problem.expected, problem.remedy):
            assert part in text


def test_one_problem_is_not_counted_in_the_plural() -> None:
    assert str(InputError(PROBLEMS[:1])).startswith("1 problem\n")


def test_an_absent_value_reads_as_nothing() -> None:
    assert PROBLEMS[1].shown_value == "nothing"


def test_a_problem_of_the_whole_document_says_so() -> None:
    assert str(Problem("", "x", "y", "z")).startswith("document: ")


@given(st.text() | st.lists(st.integers()) | st.dictionaries(st.text(), st.integers()))
def test_a_shown_value_is_one_short_line(value: object) -> None:
    shown = Problem("field", value, "x", "y").shown_value
    assert len(shown) <= 80
    assert len(shown.splitlines()) <= 1


def test_an_error_without_a_problem_or_reason_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="at least one problem"):
        InputError([])
    with pytest.raises(ValueError, match="at least one reason"):
        NotCovered([])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OsteocastError(), 1),
        (EngineError(), 1),
        (EvidenceError(), 1),
        (InputError(PROBLEMS), 2),
        (TrialError(PROBLEMS), 2),
        (NotCovered(["men are not covered"]), 3),
        (StoreError("a", "b"), 1),
        (NotFound("a", "b"), 2),
        (LoginRefused("a", "b"), 1),
        (CONFLICT, 1),
        (Unavailable("the disk is full", "free some space"), 1),
    ],
)
def test_every_error_has_its_exit_code_and_one_base(error: OsteocastError, code: int) -> None:
    assert error.exit_code == code
    assert isinstance(error, OsteocastError)


@pytest.mark.parametrize(
    "error",
    [
        InputError(PROBLEMS, "case.yaml"),
        NotCovered(["a", "b"]),
        NotAllowed("a", "b"),
        TooManyAttempts("a", "b", 30),
        CONFLICT,
    ],
)
def test_errors_survive_the_way_to_another_process(error: OsteocastError) -> None:
    arrived = pickle.loads(pickle.dumps(error))
    assert (str(arrived), vars(arrived)) == (str(error), vars(error))


def test_an_error_of_the_store_says_what_to_do() -> None:
    assert str(Unavailable("the disk is full", "free some space")) == "the disk is full; free some space"
    assert all(
        issubclass(each, StoreError)
        for each in (NotFound, NotAllowed, TooManyAttempts, Conflict, Unavailable)
    )


def test_not_covered_lists_its_reasons() -> None:
    assert str(NotCovered(["too young", "a man"])).splitlines()[1:] == ["  too young", "  a man"]


def test_a_problem_becomes_texts_for_json() -> None:
    problem = Problem("a", 3, "b", "c")
    assert problem.as_dict() == {"field": "a", "value": "3", "expected": "b", "remedy": "c"}


def test_close_matches_ignore_case_and_keep_the_known_spelling() -> None:
    assert close_matches("ZOLENDRONATE", ["Zoledronate", "denosumab"]) == ["Zoledronate"]
    assert close_matches("paracetamol", ["zoledronate", "denosumab"]) == []


def test_an_unknown_name_lists_the_known_ones_and_the_likeliest() -> None:
    problem = unknown_name("drug", "letrazole", ["anastrozole", "letrozole"], "drug")
    assert problem.expected == "a known drug: anastrozole, letrozole"
    assert problem.remedy == "did you mean letrozole?"
    assert "remove it" in unknown_name("drug", "aspirin", ["letrozole"], "drug").remedy
