from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from osteocast.web.cds.services import load_services

from .conftest import Cards
from .ehr import (
    ANASTROZOLE,
    DENOSUMAB,
    PATIENT,
    bundle,
    days_ago,
    dose,
    hook,
    medication,
    observation,
    prefetched,
    search,
    select,
    sign,
    spine,
    view,
)

DRAFT = medication("103", ANASTROZOLE, None, "draft")
ON_INHIBITOR = {"medications": search(medication("1", ANASTROZOLE, 400))}
ON_DENOSUMAB = medication("5", DENOSUMAB, 700)
BLOOD = {
    "laboratory": search(
        observation("d", "62292-8", 31, "ng/mL", 30),
        observation("c", "17861-6", 9.4, "mg/dL", 30),
        observation("k", "2160-0", 0.8, "mg/dL", 30),
    )
}


def topics(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in found]


def created(card: dict[str, Any]) -> list[dict[str, Any]]:
    """What a card offers to create."""
    actions = [action for each in card.get("suggestions", ()) for action in each["actions"]]
    return [action["resource"] for action in actions if action["type"] == "create"]


def codes(card: dict[str, Any]) -> set[str]:
    """Codes of what a card offers to order."""
    concepts = [each.get("code") or each["medicationCodeableConcept"] for each in created(card)]
    return {coding["code"] for concept in concepts for coding in concept["coding"]}


def test_discovery_tells_each_service_with_its_hook_and_templates(ehr: TestClient) -> None:
    services = ehr.get("/cds-services").json()["services"]
    assert {each["hook"] for each in services} == {"patient-view", "order-select", "order-sign"}
    for each in services:
        assert each["id"] and each["title"] and each["description"]
        assert "{{context.patientId}}" in each["prefetch"]["patient"]
        assert "|24966-4," in each["prefetch"]["densities"]
        assert "{codes}" not in str(each)


@pytest.mark.parametrize("name", ["order-select", "order-sign"])
def test_an_inhibitor_that_is_drafted_asks_for_a_scan_and_blood_first(cards: Cards, name: str) -> None:
    drafts = (DRAFT,)
    call = sign(*drafts) if name == "order-sign" else select(*drafts, chosen=("MedicationRequest/103",))
    (card,) = cards(call)
    assert topics([card]) == [("baseline", "warning")]
    assert card["summary"].startswith(
        "Before anastrozole: measure bone density, 25-hydroxyvitamin D, calcium"
    )
    assert codes(card) == {"38268-9", "62292-8", "17861-6"}
    assert "fragility fracture" in card["detail"]
    assert "RACGP 2024" in card["detail"]


def test_what_is_known_or_ordered_already_is_not_asked_for_again(cards: Cards) -> None:
    (card,) = cards(sign(DRAFT, densities=search(spine(60)), **BLOOD))
    assert card["indicator"] == "info"
    assert not created(card)
    ordered = {
        "resourceType": "ServiceRequest",
        "id": "dxa",
        "status": "draft",
        "code": {"coding": [{"system": "http://loinc.org", "code": "38268-9"}]},
        "subject": DRAFT["subject"],
    }
    (card,) = cards(sign(DRAFT, ordered, **BLOOD))
    assert "bone density" not in card["summary"]
    assert "38268-9" not in codes(card)


def test_an_order_that_was_not_chosen_is_not_what_the_card_is_about(cards: Cards) -> None:
    aspirin = medication("104", "1191", None, "draft")
    assert cards(select(DRAFT, aspirin, chosen=("MedicationRequest/104",))) == []


def test_orders_of_other_drugs_need_no_data(ehr: TestClient) -> None:
    call = hook("order-sign", None, draftOrders=bundle(medication("7", "1191", None, "draft")))
    answer = ehr.post("/cds-services/osteocast-order-sign", json=call)
    assert (answer.status_code, answer.json()) == (200, {"cards": []})


def test_an_inhibitor_that_goes_on_is_no_beginning(cards: Cards) -> None:
    assert cards(sign(DRAFT, densities=search(spine(200)), **ON_INHIBITOR)) == []


def test_a_view_of_somebody_on_an_inhibitor_without_a_scan(cards: Cards) -> None:
    (card,) = cards(view(**ON_INHIBITOR))
    assert topics([card]) == [("scan", "warning")]
    assert codes(card) == {"38268-9"}


def test_a_scan_is_overdue_only_after_the_guidelines_latest(cards: Cards) -> None:
    old = cards(view(densities=search(spine(900)), **ON_INHIBITOR))
    assert topics(old) == [("scan", "warning")]
    assert "30 months old" in old[0]["summary"]
    recent = cards(view(densities=search(spine(200)), **ON_INHIBITOR))
    assert "scan" not in dict(topics(recent))
    assert "scan" not in dict(topics(cards(view(densities=search(spine(900))))))


def test_a_scan_that_could_not_be_used_is_said(cards: Cards) -> None:
    unspecified = {**spine(60), "code": {"coding": [{"system": "http://loinc.org", "code": "46383-6"}]}}
    (card,) = cards(view(densities=search(unspecified), **ON_INHIBITOR))
    assert "is not used" in card["detail"]


def test_a_threshold_that_is_about_to_be_crossed(cards: Cards) -> None:
    found = cards(view(densities=search(spine(30, bmd=0.780)), **ON_INHIBITOR))
    crossing = next(card for card in found if card["source"]["topic"]["code"] == "crossing")
    assert crossing["indicator"] == "warning"
    assert re.search(r"lumbar spine is expected to reach −2\.5 in \w+ 20\d\d", crossing["summary"])
    protected = {"medications": search(medication("1", ANASTROZOLE, 400), ON_DENOSUMAB)}
    after = cards(view(densities=search(spine(30, bmd=0.780)), **protected))
    assert "crossing" not in dict(topics(after))


def test_a_guideline_that_asks_for_a_drug_for_bone(cards: Cards) -> None:
    found = cards(view(densities=search(spine(30, bmd=0.70)), **ON_INHIBITOR))
    card = next(card for card in found if card["source"]["topic"]["code"] == "bone-drug")
    assert "joint statement" in card["summary"]
    assert {"62292-8", "17861-6", "2160-0", "77655", "993449"} <= codes(card)
    drafts = [each for each in created(card) if each["resourceType"] == "MedicationRequest"]
    assert {each["status"] for each in drafts} == {"draft"}
    assert all(each["subject"] == {"reference": "Patient/1288992"} for each in created(card))
    assert "Probability of" in card["detail"]


def test_a_drug_that_is_unsafe_can_be_taken_back(cards: Cards) -> None:
    kidneys = {"laboratory": search(observation("k", "2160-0", 3.1, "mg/dL", 20))}
    draft = medication("9", DENOSUMAB, None, "draft")
    first = cards(sign(draft, **kidneys))[0]
    assert topics([first]) == [("unsafe", "critical")]
    action = first["suggestions"][0]["actions"][0]
    assert (action["type"], action["resourceId"]) == ("delete", ["MedicationRequest/9"])
    assert "993449" not in codes(first)


def test_denosumab_that_is_late(cards: Cards) -> None:
    given = search(dose("a", DENOSUMAB, 480), dose("b", DENOSUMAB, 297))
    (card,) = cards(view(medications=search(ON_DENOSUMAB), administrations=given))
    assert topics([card]) == [("denosumab-overdue", "warning")]
    drafts = {each["medicationCodeableConcept"]["text"] for each in created(card) if "code" not in each}
    assert "denosumab" in drafts


def test_denosumab_on_time_is_no_matter_for_a_card(cards: Cards) -> None:
    given = search(dose("a", DENOSUMAB, 280), dose("b", DENOSUMAB, 97))
    assert cards(view(medications=search(ON_DENOSUMAB), administrations=given)) == []
    assert cards(view(medications=search(ON_DENOSUMAB))) == []


def test_denosumab_that_ended_with_nothing_to_follow(cards: Cards) -> None:
    given = search(dose("a", DENOSUMAB, 280), dose("b", DENOSUMAB, 97))
    ended = search({**ON_DENOSUMAB, "status": "stopped"})
    (card,) = cards(view(medications=ended, administrations=given))
    assert topics([card]) == [("denosumab-stopped", "critical")]
    follow = next(each for each in created(card) if "zoledron" in str(each.get("medicationCodeableConcept")))
    start = follow["dosageInstruction"][0]["timing"]["repeat"]["boundsPeriod"]["start"]
    assert days_ago(-80) < start < days_ago(-90)


@pytest.mark.parametrize("given", [{}, {"administrations": search(dose("b", DENOSUMAB, 97))}])
def test_an_order_that_stops_denosumab(cards: Cards, given: dict[str, Any]) -> None:
    stop = {**ON_DENOSUMAB, "status": "stopped"}
    (card,) = cards(sign(stop, medications=search(ON_DENOSUMAB), **given))
    assert topics([card]) == [("denosumab-stopped", "critical")]
    assert card["suggestions"][0]["actions"][0]["resourceId"] == ["MedicationRequest/5"]
    follow = medication("6", "77655", None, "draft")
    safe = cards(sign(stop, follow, medications=search(ON_DENOSUMAB), **given, **BLOOD))
    assert "denosumab-stopped" not in dict(topics(safe))


def test_a_man_is_told_what_is_off_label(cards: Cards) -> None:
    man = {**PATIENT, "gender": "male"}
    found = cards(sign(DRAFT, patient=man))
    assert ("first", "warning") in topics(found)


def test_a_younger_woman_without_a_menopause_cannot_be_answered(ehr: TestClient) -> None:
    younger = {**PATIENT, "birthDate": days_ago(52 * 365)}
    call = sign(DRAFT, patient=younger)
    answer = ehr.post("/cds-services/osteocast-order-sign", json=call)
    assert answer.status_code == 412
    assert answer.json()["problems"][0]["field"] == "person.menopause"
    menopause = {
        "resourceType": "Condition",
        "id": "m",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "Z78.0"}]},
        "subject": DRAFT["subject"],
    }
    told = sign(DRAFT, patient=younger, conditions=search(menopause))
    answer = ehr.post("/cds-services/osteocast-order-sign", json=told)
    assert answer.status_code == 200
    assert "age at menopause is not recorded" in answer.json()["cards"][0]["detail"]


@pytest.mark.parametrize("service", load_services(), ids=lambda service: service.id)
def test_what_is_needed_and_was_not_sent_is_named(ehr: TestClient, service: Any) -> None:
    context = {"draftOrders": bundle(DRAFT), "selections": ["MedicationRequest/103"]}
    for key in service.required:
        sent = prefetched()
        del sent[key]
        call = hook(service.hook, sent, **(context if service.takes_orders else {}))
        answer = ehr.post(f"/cds-services/{service.id}", json=call)
        assert answer.status_code == 412
        assert answer.headers["content-type"] == "application/problem+json"
        assert [each["field"] for each in answer.json()["problems"]] == [f"prefetch.{key}"]


def test_a_list_that_goes_on_elsewhere_is_not_taken_for_all(ehr: TestClient) -> None:
    page = {**search(), "link": [{"relation": "next", "url": "https://elsewhere.example/2"}]}
    answer = ehr.post("/cds-services/osteocast-patient-view", json=view(densities=page))
    assert answer.status_code == 412
    assert "one page of several" in answer.json()["problems"][0]["value"]


def test_the_page_of_the_case_opens(ehr: TestClient, cards: Cards) -> None:
    (card,) = cards(view(**ON_INHIBITOR))
    (link,) = card["links"]
    assert link["type"] == "absolute"
    page = ehr.get(link["url"])
    assert page.status_code == 200
    assert "anastrozole" in page.text.lower()
