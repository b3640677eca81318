"""Orders, statements and administrations become courses; what was not taken does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from osteocast.interop.fhir import ImportedCase, import_resources

from .making import HER, RXNORM, bundle, concept, menopause, patient, request

Resource = dict[str, Any]
LETROZOLE = concept(RXNORM, "72965", "letrozole")


def imported(*resources: Resource) -> ImportedCase:
    (one,) = import_resources(bundle(patient(), menopause(), *resources)).cases
    return one


def courses(one: ImportedCase) -> list[tuple[str, str | None, str, str | None]]:
    return [
        (each["drug"], each.get("dose"), each["start"], each.get("stop"))
        for each in one.document.get("treatments", [])
    ]


def statement(name: str, code: Resource, **more: Any) -> Resource:
    return {
        "resourceType": "MedicationStatement",
        "id": name,
        "status": "active",
        "medicationCodeableConcept": code,
        "subject": HER,
        "effectivePeriod": {"start": "2023-05-08"},
    } | more


def often(period: float, unit: str, frequency: int = 1, **more: Any) -> list[Resource]:
    return [{"timing": {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit}}, **more}]


def dose(value: float, unit: str) -> Resource:
    return {"doseAndRate": [{"doseQuantity": {"value": value, "unit": unit}}]}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"status": "entered-in-error"}, "entered in error"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "draft"}, "a draft"),
        ({"status": "stopped"}, "when is not said"),
        ({"status": "on-hold"}, "on hold"),
        ({"intent": "proposal"}, "a proposal, not an order"),
        ({"doNotPerform": True}, "not to give"),
        ({"authoredOn": None}, "no start date"),
        ({"dosageInstruction": [{"asNeededBoolean": True}]}, "as needed"),
        ({"medicationCodeableConcept": {"text": "Ibuprofen 400 mg"}}, "not a drug of the model"),
        ({"medicationCodeableConcept": {"text": "Testosterone 50 mg"}}, "in which form"),
        ({"medicationCodeableConcept": concept(RXNORM, "1234567")}, "its code is not known here"),
    ],
)
def test_what_was_not_taken_is_no_course(more: Resource, reason: str) -> None:
    one = imported(request("x", LETROZOLE, **more))
    assert one.case.treatments == ()
    (row,) = [each for each in one.findings if each.resource == "MedicationRequest/x"]
    assert not row.used and reason in "; ".join(row.notes)


def test_a_statement_that_it_is_not_taken() -> None:
    assert imported(statement("x", LETROZOLE, status="not-taken")).case.treatments == ()


def test_the_last_day_is_counted_in() -> None:
    one = imported(
        statement(
            "x", LETROZOLE, status="completed", effectivePeriod={"start": "2020-01-01", "end": "2022-01-01"}
        )
    )
    assert courses(one) == [("letrozole", None, "2020-01-01", "2022-01-02")]


def test_renewed_prescriptions_are_one_course_and_a_change_of_dose_ends_the_first() -> None:
    daily = often(1, "d", **dose(1, "mg"))
    less = often(2, "d", **dose(1, "mg"))
    drug = {"text": "Anastrozole 1 MG Oral Tablet"}
    one = imported(
        request("a", drug, authoredOn="2022-01-01", dosageInstruction=daily),
        request("b", drug, authoredOn="2023-01-01", dosageInstruction=daily),
        request("c", drug, authoredOn="2024-01-01", dosageInstruction=less),
    )
    assert courses(one) == [
        ("anastrozole", "1 mg", "2022-01-01", "2024-01-01"),
        ("anastrozole", "1 mg", "2024-01-01", None),
    ]
    assert [each.interval_days for each in one.case.treatments] == [1.0, 2.0]


def test_a_gap_between_prescriptions_is_one_in_the_treatment() -> None:
    ended = {"status": "completed", "effectivePeriod": {"start": "2020-01-01", "end": "2020-12-31"}}
    one = imported(statement("a", LETROZOLE, **ended), statement("b", LETROZOLE))
    assert [start for _, _, start, _ in courses(one)] == ["2020-01-01", "2023-05-08"]


@pytest.mark.parametrize(
    ("dosage", "expected"),
    [
        (often(1, "wk", **dose(70, "mg")), ("70 mg", 7.0)),
        (often(1, "mo", **dose(1, "{tbl}")), ("70 mg", 30.4375)),
        (often(1, "d", 2, **dose(35000, "ug")), ("35000 ug", 0.5)),
        ([{"timing": {"code": {"coding": [{"code": "BID"}]}}}], (None, 0.5)),
        ([{"text": "as directed"}], (None, None)),
    ],
)
def test_dose_and_interval(dosage: list[Resource], expected: tuple[str | None, float | None]) -> None:
    one = imported(request("x", {"text": "alendronate 70 mg oral tablet"}, dosageInstruction=dosage))
    (course,) = one.document["treatments"]
    assert course.get("dose") == expected[0]
    (made,) = one.case.treatments
    assert made.interval_days == (None if expected[1] is None else pytest.approx(expected[1]))


def test_ibandronate_is_told_apart_by_its_route() -> None:
    infusion = {"route": {"text": "Intravenous"}}
    one = imported(request("x", concept(RXNORM, "115264"), dosageInstruction=[infusion]))
    assert [each.drug for each in one.case.treatments] == ["ibandronate_iv"]
    one = imported(request("x", {"text": "ibandronate 150 mg tablet"}))
    assert [each.drug for each in one.case.treatments] == ["ibandronate"]


def test_what_was_given_stands_over_what_was_ordered() -> None:
    given = {
        "resourceType": "MedicationAdministration",
        "id": "given",
        "status": "completed",
        "medicationCodeableConcept": {"text": "zoledronic acid 4 mg infusion"},
        "subject": HER,
        "effectiveDateTime": "2023-06-10",
        "dosage": {"dose": {"value": 4, "unit": "mg"}},
    }
    ordered = request("order", {"text": "zoledronic acid"}, authoredOn="2023-06-01")
    one = imported(
        ordered, given, given | {"id": "not", "status": "not-done", "effectiveDateTime": "2023-12-10"}
    )
    (course,) = one.case.treatments
    assert (course.drug, course.n_doses) == ("zoledronate", 1)
    assert one.case.date_of(course.start_day) == date(2023, 6, 10)


def test_a_dose_that_nobody_takes_is_dropped_with_the_reason() -> None:
    one = imported(request("x", LETROZOLE, dosageInstruction=often(1, "d", **dose(2500, "mg"))))
    assert one.case.treatments == ()
    (row,) = [each for each in one.findings if each.resource == "MedicationRequest/x"]
    assert not row.used and "2500 mg" in "; ".join(row.notes)


def test_a_statement_that_it_ended_stands_over_an_order_that_runs_on() -> None:
    ended = {"status": "completed", "effectivePeriod": {"start": "2023-05-08", "end": "2024-03-31"}}
    one = imported(request("order", LETROZOLE), statement("told", LETROZOLE, **ended))
    assert courses(one) == [("letrozole", None, "2023-05-08", "2024-04-01")]
    again = request("again", LETROZOLE, authoredOn="2024-09-02")
    both = imported(request("order", LETROZOLE), statement("told", LETROZOLE, **ended), again)
    assert [course[2:] for course in courses(both)] == [("2023-05-08", "2024-04-01"), ("2024-09-02", None)]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"effectivePeriod": {"start": "2024-01-10"}}, [("letrozole", None, "2023-05-08", "2024-01-10")]),
        ({"effectivePeriod": None}, []),
        ({"effectivePeriod": None, "dateAsserted": "2023-05-01"}, [("letrozole", None, "2023-05-08", None)]),
    ],
)
def test_a_drug_that_is_ordered_and_not_taken(when: Resource, expected: list[Any]) -> None:
    denied = statement("told", LETROZOLE, **{"status": "not-taken", **when})
    assert courses(imported(request("order", LETROZOLE), denied)) == expected


def test_a_renewal_tells_how_far_the_record_reaches() -> None:
    one = imported(request("a", LETROZOLE), request("b", LETROZOLE, authoredOn="2025-02-03"))
    assert one.case.as_of == date(2025, 2, 3)
