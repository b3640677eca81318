"""Every way to get a case wrong that we could think of: the field named, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteocast.errors import InputError, Problem
from osteocast.person import load_case

from .cases import CASE, REMOVE, TODAY, changed, load


def problems_of(*changes: tuple[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load(changed(*changes))
    return caught.value.problems


DENOSUMAB = "plans.0.courses.0"

# Path changed, new value, field reported, part of the remedy.
BAD: list[tuple[str, Any, str, str]] = [
    # Unknown names
    ("treatments.0.drug", "anastrazole", "treatments[0].drug", "did you mean anastrozole?"),
    ("treatments.0.drug", "aspirin", "treatments[0].drug", "use one of these"),
    ("treatments.0.route", "inhaled", "treatments[0].route", "use one of these"),
    ("treatments.0.route", "intravenous", "treatments[0].route", "correct or remove the route"),
    ("scans.0.sites.hip", {"bmd": 0.8}, "scans[0].sites.hip", "say which hip region"),
    ("scans.0.device.vendor", "holgic", "scans[0].device.vendor", "did you mean hologic?"),
    ("persn", {}, "persn", "did you mean person?"),
    ("person.wieght", "68 kg", "person.wieght", "did you mean weight?"),
    ("labs.0.analyte", "estrdiol", "labs[0].analyte", "did you mean estradiol?"),
    ("person.conditions", ["pagets"], "person.conditions[0]", "goes under notes"),
    ("person.sex", "other", "person.sex", "use one of these"),
    (f"{DENOSUMAB}.evry", "6 months", "plans[0].courses[0].evry", "did you mean every?"),
    # Numbers that contradict each other
    ("scans.0.sites.total_hip.t_score", 1.8, "scans[0].sites.total_hip.t_score", "the sign of the T-score"),
    # Impossible dates
    ("treatments.0.start", "1950-01-01", "treatments[0].start", "correct the date or the birth date"),
    ("treatments.0.stop", "2025-03-01", "treatments[0].stop", "correct one of the two"),
    ("treatments.0.stop", "2025-03-10", "treatments[0].stop", "correct one of the two"),
    ("treatments.0.start", "2052-03-10", "treatments[0].start", "correct the year"),
    ("treatments.0.start", "2025-02-30", "treatments[0].start", "not in the calendar"),
    ("scans.0.date", "1960-02-20", "scans[0].date", "correct one of the two dates"),
    ("scans.1.date", "2052-02-24", "scans[1].date", "correct the date"),
    ("scans.1.date", "2025-04-24", "scans[1].date", "move as_of"),
    ("labs.0.date", "3 March 2025", "labs[0].date", "2024-05-31"),
    ("person.birth_date", "2063-05-14", "person.birth_date", "correct the birth date"),
    ("person.birth_date", "1863-05-14", "person.birth_date", "correct the birth date"),
    ("options.as_of", "2035-01-01", "options.as_of", "correct the year"),
    ("plans.0.start", "2024-01-01", "plans[0].start", "move the start"),
    (f"{DENOSUMAB}.start", "2024-01-01", "plans[0].courses[0].start", "under treatments"),
    (f"{DENOSUMAB}.start", "-3 months", "plans[0].courses[0].start", "remove the minus sign"),
    (f"{DENOSUMAB}.stop", "0 months", "plans[0].courses[0].stop", "correct one of the two"),
    # Menopause
    ("person.menopause.age", 30, "person.menopause.age", "type: surgical"),
    ("person.menopause.age", 70, "person.menopause.age", "premenopausal if it has not come"),
    ("person.menopause", {"date": "2026-01"}, "person.menopause.date", "premenopausal if it has not come"),
    ("person.menopause", {"age": 50, "date": "2013-05"}, "person.menopause.age", "better known"),
    ("person.menopause", {"type": "natural"}, "person.menopause.age", "best estimate"),
    ("person.menopause", {"type": "premenopausal", "age": 50}, "person.menopause.age", "correct the type"),
    ("person.menopause", REMOVE, "person.menopause", "write premenopausal"),
    ("person.sex", "male", "person.menopause", "correct the sex"),
    # Units and values
    ("scans.0.sites.lumbar_spine.bmd", 928, "scans[0].sites.lumbar_spine.bmd", "probably 928 mg/cm2"),
    ("scans.0.sites.lumbar_spine.bmd", "0,928", "scans[0].sites.lumbar_spine.bmd", "a point for decimals"),
    (
        "scans.0.sites.lumbar_spine.reference",
        REMOVE,
        "scans[0].sites.lumbar_spine.reference",
        "name the reference",
    ),
    ("scans.0.sites.lumbar_spine.t_score", -11, "scans[0].sites.lumbar_spine.t_score", "correct the number"),
    ("scans.0.sites.total_hip", {}, "scans[0].sites.total_hip.bmd", "copy it from the report"),
    ("scans.0.sites.total_hip.vertebrae", 4, "scans[0].sites.total_hip.vertebrae", "remove it"),
    ("scans.0.sites", {}, "scans[0].sites", "give BMD or T-score by site"),
    ("scans.0.device", REMOVE, "scans[0].device", "write one per line"),
    ("scans.0.precision", {"lumbar_spine": "25%"}, "scans[0].precision.lumbar_spine", "as in 1.2%"),
    ("labs.0.value", "70 pg/mL", "labs[0].value", "probably 70 pmol/L (19.1 pg/mL)"),
    ("labs.0.value", 19, "labs[0].value", "add the unit"),
    ("labs.0.value", "19 mmol", "labs[0].value", "pmol/L"),
    ("labs.0.hours_since_dose", -3, "labs[0].hours_since_dose", "correct the number"),
    ("person.weight", 68, "person.weight", "add the unit"),
    ("person.weight", "680 kg", "person.weight", "check value and unit"),
    ("person.calcium_intake", {"diet": "-5 mg/d"}, "person.calcium_intake.diet", "negative"),
    ("person.menopause.age", "50", "person.menopause.age", "remove the quotes"),
    ("options.forecast_years", 200, "options.forecast_years", "correct the number"),
    # Doses and courses
    ("treatments.0.dose", "-1 mg", "treatments[0].dose", "a negative value is impossible"),
    ("treatments.0.dose", "1 g", "treatments[0].dose", "probably 1 mg"),
    ("treatments.0.every", "0 days", "treatments[0].every", "correct the interval"),
    ("treatments.0.adherence", 90, "treatments[0].adherence", "correct the number"),
    (f"{DENOSUMAB}.missed", [7], "plans[0].courses[0].missed[0]", "count the first dose as 1"),
    (f"{DENOSUMAB}.missed", 3, "plans[0].courses[0].missed", "start every item with '- '"),
    (f"{DENOSUMAB}.late", {0: "4 months"}, "plans[0].courses[0].late.0", "count the first dose as 1"),
    (f"{DENOSUMAB}.late", {3: 4}, "plans[0].courses[0].late.3", "'4 months'"),
    (f"{DENOSUMAB}.doses", 2.5, "plans[0].courses[0].doses", "round it"),
    ("treatments.0.drug", REMOVE, "treatments[0].drug", "name the drug"),
    ("treatments.0.start", REMOVE, "treatments[0].start", "give the date"),
    ("treatments.1", {"drug": "anastrozole", "start": "2025-03-20"}, "treatments[1]", "remove the duplicate"),
    (
        "treatments.1",
        {"drug": "letrozole", "start": "2025-03-20"},
        "treatments[1]",
        "give the first one a stop",
    ),
    ("scans.2", dict(CASE["scans"][1]), "scans[2].sites.lumbar_spine", "remove the duplicate"),
    ("plans.0.stop", {"tamoxifen": "2 years"}, "plans[0].stop.tamoxifen", "under treatments"),
    ("plans.0.name", REMOVE, "plans[0].name", "name it"),
    ("plans.0.horizon", "80 years", "plans[0].horizon", "shorten"),
    ("plans.1", dict(CASE["plans"][0]), "plans[1].name", "rename one of the plans"),
    ("plans.0.stop", {"anastrazole": "2 years"}, "plans[0].stop.anastrazole", "under treatments"),
    ("plans.0.stop", {"anastrozole": "soon"}, "plans[0].stop.anastrozole", "days, weeks, months or years"),
    ("plans.0.stop", {"anastrozole": "2024-01-01"}, "plans[0].stop.anastrozole", "under treatments"),
    (f"{DENOSUMAB}.start", "soon", "plans[0].courses[0].start", "days, weeks, months or years"),
    (
        DENOSUMAB,
        {"drug": "denosumab", "doses": 6, "missed": [3], "late": {3: "4 months"}},
        "plans[0].courses[0].late.3",
        "late or missed, not both",
    ),
    # Wrong shapes
    ("plans.0.stop", "anastrozole", "plans[0].stop", "write a mapping"),
    ("plans.0.name", ["a", "b"], "plans[0].name", "write a short text"),
    ("scans.0.sites", ["spine"], "scans[0].sites", "write a mapping"),
    ("person.conditions", "osteoporosis", "person.conditions", "start every item with '- '"),
    ("person", "a woman", "person", "write one per line"),
    ("scans", {"date": "2023-02-20"}, "scans", "start every item with '- '"),
    ("scans.0", "2023-02-20", "scans[0]", "write one per line"),
    ("treatments.0", ["anastrozole"], "treatments[0]", "write one per line"),
    ("person.height", {"feet": 5}, "person.height", "a point for decimals"),
    ("person.weight", float("nan"), "person.weight", "remove the field"),
]


@pytest.mark.parametrize(("path", "value", "field", "remedy"), BAD, ids=lambda part: str(part)[:40])
def test_a_mistake_is_named_with_its_field_and_what_to_do(
    path: str, value: Any, field: str, remedy: str
) -> None:
    problems = problems_of((path, value))
    found = [problem for problem in problems if problem.field == field]
    assert found, f"{field} is not among {[str(problem) for problem in problems]}"
    assert any(remedy in problem.remedy for problem in found), [problem.remedy for problem in found]
    assert all(problem.expected and problem.remedy for problem in problems)


@pytest.mark.parametrize(("path", "value", "field", "remedy"), BAD, ids=lambda part: str(part)[:40])
def test_one_mistake_is_not_reported_many_times(path: str, value: Any, field: str, remedy: str) -> None:
    assert len(problems_of((path, value))) <= 3


def test_the_unchanged_case_has_no_problem() -> None:
    assert load(CASE).warnings == ()


def test_all_mistakes_of_a_document_come_in_one_message() -> None:
    changes: list[tuple[str, Any]] = [
        ("person.weight", "680 kg"),
        ("person.height", float("nan")),
        ("scans.0.sites.lumbar_spine.bmd", 928),
        ("scans.1.sites.lumbar_spine.reference", REMOVE),
        ("labs.0.value", "110 pg/mL"),
        ("treatments.0.drug", "anastrazole"),
        ("plans.0.courses.0.start", "-3 months"),
        ("options.horizon", 3),
    ]
    fields = {problem.field for problem in problems_of(*changes)}
    assert fields == {
        "person.weight",
        "person.height",
        "scans[0].sites.lumbar_spine.bmd",
        "scans[1].sites.lumbar_spine.reference",
        "labs[0].value",
        "treatments[0].drug",
        "plans[0].courses[0].start",
        "options.horizon",
    }


def test_the_message_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("person: {sex: female}\n")
    with pytest.raises(InputError) as caught:
        load_case(path, today=TODAY)
    assert str(caught.value).startswith("mine.yaml: 2 problems")


@pytest.mark.parametrize("text", ["{}", "notes: nobody\n", "person:\n"])
def test_a_document_without_a_person_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="person"):
        load_case(text + "\n", today=TODAY)


def paths(content: Any, path: str = "") -> Iterator[str]:
    """Every place of a document."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        place = f"{path}.{key}" if path else str(key)
        yield place
        if isinstance(value, dict | list):
            yield from paths(value, place)


JUNK = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1e300,
        float("nan"),
        "",
        " ",
        "x",
        "no",
        "0",
        "-5 mg",
        "9999-99-99",
        "0001-01-01",
        [],
        {},
    ]
) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(list(paths(CASE))), JUNK), min_size=1, max_size=3))
def test_whatever_stands_anywhere_is_read_or_refused_with_a_message(changes: list[tuple[str, Any]]) -> None:
    try:
        content = changed(*changes)
    except (IndexError, KeyError, TypeError):
        return  # an earlier change took away the place of a later one
    try:
        load(content)
    except InputError as error:
        assert all(problem.expected and problem.remedy for problem in error.problems)
