"""The page on case files names everything a case file may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from osteocast import units
from osteocast.person import CONDITIONS, SITES, VENDORS, load_case
from osteocast.person.documents import MAXIMUM_BYTES
from osteocast.person.loading import CASE_FIELDS, OPTION_FIELDS
from osteocast.person.reading_courses import COURSE_FIELDS, PLAN_FIELDS, ROUTES
from osteocast.person.reading_exercise import BOUT_FIELDS, PROGRAMME_FIELDS, SESSION_FIELDS
from osteocast.person.reading_labs import LAB_FIELDS
from osteocast.person.reading_lifestyle import HABIT_FIELDS, LIFESTYLE_FIELDS, NUTRITION_FIELDS
from osteocast.person.reading_person import PERSON_FIELDS
from osteocast.person.reading_scans import SCAN_FIELDS, SITE_FIELDS
from osteocast.therapies import DRUGS

from .cases import TODAY

PAGE = (Path(__file__).parents[2] / "docs" / "case-files.md").read_text()
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("person", PERSON_FIELDS),
        ("scans", (*SCAN_FIELDS, *SITE_FIELDS, *SITES, *VENDORS)),
        ("labs", LAB_FIELDS),
        ("treatments", (*COURSE_FIELDS, *ROUTES)),
        ("lifestyle", (*LIFESTYLE_FIELDS, *PROGRAMME_FIELDS, *SESSION_FIELDS, *BOUT_FIELDS)),
        ("lifestyle", (*NUTRITION_FIELDS, *HABIT_FIELDS)),
        ("plans", PLAN_FIELDS),
        ("options", OPTION_FIELDS),
    ],
)
def test_every_field_stands_in_its_section(section: str, fields: tuple[str, ...]) -> None:
    assert [field for field in fields if f"`{field}`" not in SECTIONS[section]] == []


def test_every_section_is_a_field_of_a_case() -> None:
    assert set(SECTIONS) == set(CASE_FIELDS) - {"notes"}
    assert "`notes`" in PAGE


def test_every_condition_and_drug_is_named() -> None:
    assert [name for name in CONDITIONS if f"`{name}`" not in SECTIONS["person"]] == []
    names = {name.partition("_")[0] for name in DRUGS}
    assert [name for name in names if name not in SECTIONS["treatments"]] == []


def test_the_units_on_the_page_are_the_units_accepted() -> None:
    table = PAGE.partition("## Quantities")[2].partition("## person")[0]
    rows = dict(re.findall(r"^\| `?([^`|]+?)`?(?: \(.*?\))? \| (.+) \|$", table, re.MULTILINE))
    for name, quantity in units.QUANTITIES.items():
        label = {"bmd": "BMD", "calcium_intake": "calcium intake"}.get(name, name)
        listed = [unit.split(" (")[0] for unit in rows[label].split(", ")]
        assert listed == list(quantity.units)


def test_the_limit_of_size_is_the_one_on_the_page() -> None:
    assert f"at most {MAXIMUM_BYTES / 1e6:.1f} MB" in PAGE


def test_the_example_on_the_page_is_a_correct_case() -> None:
    example, lifestyle, wishes = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    case = load_case(example, today=TODAY)
    assert [plan.name for plan in case.plans] == ["denosumab with an exit"]
    assert case.warnings == ()
    person = "person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}\n"
    today = load_case(person + lifestyle, today=TODAY).person.lifestyle
    assert today is not None
    assert today.habits is not None
    assert today.habits.smoking == "former"
    wanted = load_case(person + wishes, today=TODAY)
    assert (wanted.goal, wanted.constraints.max_visits_per_year) == ("fewest_fractures", 4)
