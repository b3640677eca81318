from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.testclient import TestClient

import osteocast as oc
from osteocast.errors import Problem
from osteocast.therapies import DRUGS
from osteocast.web.drafts import Draft, canonical
from osteocast.web.examples import examples
from osteocast.web.forms.document import apply, fill
from osteocast.web.forms.fields import ROWS, SCALARS, plausible
from osteocast.web.forms.origins import imported
from osteocast.web.forms.paths import find, put
from osteocast.web.forms.shown import Place, shown_form

ALL = pytest.mark.parametrize("name", examples())


@ALL
def test_a_form_that_is_sent_back_unchanged_changes_nothing(name: str) -> None:
    document = examples()[name].document
    assert apply(document, fill(document)).document == document


@ALL
def test_a_case_typed_into_an_empty_form_is_the_same_case(name: str) -> None:
    document = examples()[name].document
    typed = {key: text for key, text in fill(document).items() if not key.endswith(".from")}
    boxes = {"person.conditions.asked": "1"}
    made = apply({}, typed | boxes).document | {"plans": document.get("plans", [])}
    ours = oc.load_case(canonical({key: value for key, value in made.items() if value}))
    theirs = oc.load_case(canonical(document))
    assert ours == theirs


@ALL
def test_every_value_of_a_file_is_marked_as_imported_until_it_is_typed_over(name: str) -> None:
    document = examples()[name].document
    origins = imported(document)
    assert set(origins.values()) == {"imported"}
    changed = apply(document, fill(document) | {"person.weight": "71"}, origins).origins
    assert changed["person.weight"] == "typed"
    assert changed["person.sex"] == "imported"


def test_what_the_form_does_not_show_is_kept() -> None:
    document: dict[str, Any] = {
        "person": {"sex": "male", "birth_date": "1960-01-01", "unheard": {"of": 1}},
        "scans": [
            {"date": "2024-01-01", "precision": {"lumbar_spine": "1.2%"}, "sites": {"L1-L4": {"bmd": 1}}}
        ],
        "labs": [{"date": "2024-01-01", "analyte": "E2", "value": 22, "unit": "pmol/L", "own": True}],
        "options": {"goal": "hold_bone"},
        "plans": [{"name": "as it is"}],
    }
    sent = fill(document) | {"labs.0.value": "30", "scans.0.sites.lumbar_spine.bmd": "1.01"}
    made = apply(document, sent).document
    assert made["person"] == document["person"]
    assert made["scans"][0]["precision"] == {"lumbar_spine": "1.2%"}
    assert made["scans"][0]["sites"] == {"L1-L4": {"bmd": "1.01 g/cm2"}}
    assert made["labs"] == [{"date": "2024-01-01", "analyte": "E2", "value": "30 pmol/L", "own": True}]
    assert (made["options"], made["plans"]) == (document["options"], document["plans"])


def test_not_known_no_and_yes_are_three_answers() -> None:
    sent = {"": None, "no": False, "yes": True}
    for text, meant in sent.items():
        made = apply({"person": {"sex": "female"}}, {"person.parental_hip_fracture": text}).document
        assert made["person"].get("parental_hip_fracture") is meant


@pytest.mark.parametrize(
    ("answer", "rows", "expected"),
    [
        ("", {}, None),
        ("none", {}, "none"),
        ("none", {"person.fractures.0.from": "", "person.fractures.0.site": "hip"}, "none"),
        ("some", {}, [{}]),
        ("some", {"person.fractures.0.from": "", "person.fractures.0.site": "hip"}, [{"site": "hip"}]),
    ],
)
def test_fractures_are_none_or_which_or_not_known(
    answer: str, rows: dict[str, str], expected: object
) -> None:
    made = apply({}, {"person.fractures.answer": answer, **rows}).document
    assert made.get("person", {}).get("fractures") == expected


def test_a_row_can_go_and_come_and_the_others_stay_as_they_were() -> None:
    document = examples()["letrozole-denosumab-exit"].document
    sent = {key: text for key, text in fill(document).items() if not key.startswith("labs.1.")}
    sent |= {"labs.9.from": "", "labs.9.analyte": "pth", "labs.9.value": "4", "labs.9.value.unit": "pmol/L"}
    made = apply(document, sent, imported(document))
    before = document["labs"]
    assert made.document["labs"] == [before[0], *before[2:], {"analyte": "pth", "value": "4 pmol/L"}]
    assert [made.origins[f"labs.{i}"] for i in (0, 4, 5)] == ["imported", "imported", "typed"]


def test_what_cannot_be_understood_comes_back_as_it_was_typed() -> None:
    made = apply({}, {"person.weight": "heavy", "person.weight.unit": "kg"}).document
    assert made == {"person": {"weight": "heavy kg"}}
    shown = fill(made)
    assert (shown["person.weight"], shown["person.weight.unit"]) == ("heavy", "kg")


def test_a_course_without_its_drug_goes() -> None:
    document = {"treatments": [{"drug": "letrozole", "start": "2024-01-01"}]}
    assert apply(document, fill(document) | {"treatments.0.drug": ""}).document == {}


texts = some.text(some.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
names = [one.path for group in SCALARS.values() for one in group]
row_names = [f"{path}.0.{one.path}" for path, rows in ROWS.items() for one in rows.fields]


@given(some.dictionaries(some.sampled_from(names + row_names), texts, max_size=8))
def test_whatever_is_typed_makes_a_document_that_is_read_or_refused(sent: dict[str, str]) -> None:
    document = apply({}, sent).document
    assert apply(document, fill(document)).document == document
    try:
        oc.load_case(canonical(document))
    except oc.InputError as error:
        assert error.problems


@given(
    some.recursive(
        some.none() | some.booleans() | texts,
        lambda inner: some.lists(inner) | some.dictionaries(texts, inner),
        max_leaves=8,
    )
)
def test_a_document_of_any_shape_can_be_shown(node: object) -> None:
    for section in ("person", "scans", "labs", "treatments", "lifestyle"):
        document = {section: node}
        assert apply(document, fill(document)).document == document


def test_places_inside_what_is_written_in_short() -> None:
    document: dict[str, Any] = {"person": {"menopause": "premenopausal", "fractures": ["hip"]}}
    assert find(document, "person.menopause.type") == "premenopausal"
    assert find(document, "person.fractures.0.site") == "hip"
    put(document, "person.menopause.type", "natural")
    put(document, "person.menopause.age", 51)
    assert document["person"]["menopause"] == {"type": "natural", "age": 51}


@pytest.mark.parametrize(
    ("quantity", "unit", "range_"),
    [
        ("estradiol", "pg/mL", "0.05 to 1000 pg/mL"),
        ("vitamin_d", "nmol/L", "4.99 to 374 nmol/L"),
        ("calcium", "mmol/L", "1.25 to 4.49 mmol/L"),
        ("testosterone", "nmol/L", "0.0347 to 104 nmol/L"),
    ],
)
def test_a_plausible_range_is_that_of_the_unit(quantity: str, unit: str, range_: str) -> None:
    assert plausible(quantity, unit) == range_


def test_text_that_yaml_would_break_stays_as_it_is() -> None:
    document = {"notes": "a\u2028b\x85c", "person": {"sex": "male", "birth_date": "1960-01-01"}}
    case = oc.load_case(canonical(document))
    assert replace(case, name="x").name == "x"
    assert json.loads(canonical(document)) == document


def test_what_is_wrong_is_called_as_the_form_calls_it_and_a_missing_unit_is_not_made_up() -> None:
    draft = Draft({"labs": [{"analyte": "estradiol", "value": "19", "date": "2035-01-01"}]})
    wrong = [Problem(field, "", "", "") for field in ("labs[0].value", "person.menopause.age", "labs[0].zz")]
    form = shown_form(draft, wrong)
    assert [place for _, _, place in form.problems] == [
        Place("Value", "Value", 1),
        Place("Age at the last period"),
        Place(),
    ]
    value = form.rows["labs"][0].fields["value"]
    assert (value.value, value.unit) == ("19", "")
    assert "pg/mL" in value.units
    body = {one.name: one for one in shown_form(Draft({"person": {"weight": "70 lb"}})).sections["body"]}
    assert [body[f"person.{name}"].unit for name in ("weight", "height")] == ["lb", "cm"]


def test_drugs_are_called_as_in_print(client: TestClient) -> None:
    course = {"drug": "ibandronate_iv", "dose": "3 mg", "every": "3 months", "start": "2025-03-10"}
    document = examples()["postmenopausal-anastrozole"].document
    draft = Draft(
        {
            **document,
            "treatments": [*document["treatments"], course],
            "plans": [{"name": "with it", "courses": [course]}],
        },
        "case",
    )
    kept = client.app.state.service.drafts.keep(draft, "local")  # type: ignore[attr-defined]
    for page in ("edit", "plans"):
        heads = re.findall(r"<legend>([^<]*)", client.get(f"/d/{kept.key}/{page}").text)
        assert any(head.startswith(DRUGS["ibandronate_iv"].words) for head in heads), page
        assert not any("_" in head or head.strip() == "ibandronate iv" for head in heads), page
