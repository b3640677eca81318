"""What a card offers to order, as resources that a record can take over: tests, and drugs as drafts."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from osteocast.forecast.events import in_words
from osteocast.guidance import Fact
from osteocast.interop.fhir.tables import LOINC, table
from osteocast.therapies import DRUGS, Course
from osteocast.web.cds.cards import Action, Suggestion
from osteocast.web.cds.services import content
from osteocast.web.cds.situations import Order, Situation

__all__ = ["draft_of", "removal_of", "requested_tests", "test_for", "tests_of"]


def tests_of(facts: Iterable[Fact]) -> list[str]:
    """Return the tests that would answer facts, by name, each once, in the order of the list."""
    names = {fact.name for fact in facts}
    return [test for test, item in content()["orders"].items() if names & set(item["facts"])]


def test_for(situation: Situation, tests: Iterable[str], *, why: str) -> Iterator[Suggestion]:
    """Yield a suggestion for each test that is not ordered yet.

    Parameters
    ----------
    situation : Situation
    tests : iterable of str
    why : str
        What stands in the order as its reason.
    """
    for test in tests:
        if test in situation.requested:
            continue
        label = content()["orders"][test]["label"]
        resource = {
            "resourceType": "ServiceRequest",
            "status": "draft",
            "intent": "proposal",
            "code": {"coding": [_coding(test)], "text": _coding(test)["display"]},
            "subject": {"reference": situation.patient},
            "reasonCode": [{"text": why}],
        }
        yield Suggestion(label, (Action("create", label, resource),), recommended=True)


def draft_of(situation: Situation, course: Course, *, on: date, why: str) -> Suggestion:
    """Return a suggestion to draft a drug.

    Parameters
    ----------
    situation : Situation
    course : Course
        Dose and interval; what is drafted begins on `on`.
    on : date
    why : str
    """
    drug = DRUGS[course.drug]
    days = course.interval_days or drug.label_interval_days
    dose = drug.label_dose if course.dose is None else course.dose
    label = f"Draft {in_words(course)}"
    resource = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "proposal",
        "medicationCodeableConcept": {"coding": [_drug_coding(course.drug)], "text": drug.words},
        "subject": {"reference": situation.patient},
        "reasonCode": [{"text": why}],
        "dosageInstruction": [
            {
                "text": in_words(course),
                "timing": {
                    "repeat": {
                        "boundsPeriod": {"start": on.isoformat()},
                        "frequency": 1,
                        "period": round(days),
                        "periodUnit": "d",
                    }
                },
                "doseAndRate": [
                    {
                        "doseQuantity": {
                            "value": dose,
                            "unit": drug.unit,
                            "system": "http://unitsofmeasure.org",
                            "code": drug.unit,
                        }
                    }
                ],
            }
        ],
    }
    return Suggestion(label, (Action("create", label, resource),))


def removal_of(order: Order) -> Suggestion:
    """Return a suggestion to take a draft back."""
    words = DRUGS[order.drug].words
    label = f"Do not stop {words}" if order.stops else f"Take back the order of {words}"
    return Suggestion(label, (Action("delete", label, resource_id=order.reference),), recommended=True)


def requested_tests(resources: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return what is ordered already, by name, from ServiceRequests that are drafts or active."""
    found: set[str] = set()
    for resource in resources:
        if resource.get("resourceType") != "ServiceRequest":
            continue
        if resource.get("status") not in ("draft", "active", "on-hold"):
            continue
        concept = resource.get("code")
        codings = concept.get("coding") if isinstance(concept, Mapping) else None
        for coding in codings if isinstance(codings, list) else ():
            if isinstance(coding, Mapping):
                found.update(_tests_by_code().get(str(coding.get("code")), ()))
    return frozenset(found)


@functools.cache
def _tests_by_code() -> dict[str, tuple[str, ...]]:
    """Return the tests that a code orders."""
    observations = table("observations")
    bone = [*observations["bone_density"], *observations["panels"]]
    found: dict[str, tuple[str, ...]] = {str(row["code"]): ("dxa",) for row in bone}
    found.update({code: ("dxa",) for code in table("conditions")["procedures"]["dxa"]["snomed"]})
    for test, item in content()["orders"].items():
        for row in observations["analytes"]:
            if row["analyte"] == item.get("analyte"):
                found[str(row["code"])] = (test,)
    return found


def _coding(test: str) -> dict[str, str]:
    item = content()["orders"][test]
    if "code" in item:
        return dict(item["code"])
    rows = table("observations")["analytes"]
    row = next(row for row in rows if row["analyte"] == item["analyte"])
    return {"system": LOINC, "code": str(row["code"]), "display": row["display"]}


def _drug_coding(drug: str) -> dict[str, str]:
    drugs = table("drugs")
    name = drug.removesuffix("_iv")
    code = drugs["drugs"][name]["rxnorm"][0]
    return {"system": drugs["systems"]["rxnorm"], "code": str(code), "display": DRUGS[name].words}
