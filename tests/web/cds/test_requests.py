from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from .conftest import SANDBOX
from .ehr import ANASTROZOLE, PATIENT, bundle, medication, prefetched, search, sign, view

DRAFT = medication("103", ANASTROZOLE, None, "draft")
SIGN, VIEW = "/cds-services/osteocast-order-sign", "/cds-services/osteocast-patient-view"


def without(call: dict[str, Any], *path: str) -> dict[str, Any]:
    """The call less one field."""
    made: dict[str, Any] = json.loads(json.dumps(call))
    holder = made
    for name in path[:-1]:
        holder = holder[name]
    del holder[path[-1]]
    return made


def shape(answer: Any, status: int) -> list[str]:
    """Check the one shape of errors, and return the fields of its problems."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(told)
    assert told["status"] == status
    return [each["field"] for each in told.get("problems", ())]


@pytest.mark.parametrize(
    "path",
    [
        ("hook",),
        ("hookInstance",),
        ("context",),
        ("context", "userId"),
        ("context", "patientId"),
        ("context", "draftOrders"),
    ],
)
def test_what_the_specification_requires_is_required(ehr: TestClient, path: tuple[str, ...]) -> None:
    fields = shape(ehr.post(SIGN, json=without(sign(DRAFT), *path)), 400)
    assert ".".join(path) in fields


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("hook", "patient-view"),
        ("hook", 7),
        ("hookInstance", "not a uuid"),
        ("context", []),
        ("prefetch", "text"),
    ],
)
def test_what_is_of_the_wrong_kind_is_named(ehr: TestClient, field: str, wrong: object) -> None:
    assert field in shape(ehr.post(SIGN, json={**sign(DRAFT), field: wrong}), 400)


def test_everything_wrong_is_told_at_once(ehr: TestClient) -> None:
    call = {**sign(DRAFT), "hookInstance": "x", "context": {"userId": "x", "patientId": "a b"}}
    fields = shape(ehr.post(SIGN, json=call), 400)
    assert {"hookInstance", "context.userId", "context.patientId", "context.draftOrders"} == set(fields)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"a": NaN}', b"[" * 50_000])
def test_what_is_no_object_is_malformed(ehr: TestClient, body: bytes) -> None:
    answer = ehr.post(VIEW, content=body, headers={"content-type": "application/json"})
    shape(answer, 400)


def test_a_call_is_json_and_not_endless(ehr: TestClient) -> None:
    shape(ehr.post(VIEW, content=b"{}", headers={"content-type": "text/plain"}), 415)
    large = b'{"a": "' + b"x" * 4_000_000 + b'"}'
    shape(ehr.post(VIEW, content=large, headers={"content-type": "application/json"}), 413)
    # Larger than a page may send, and still a call.
    padded = {**view(), "extension": {"pad": "x" * 1_500_000}}
    assert ehr.post(VIEW, json=padded).status_code == 200


def test_no_such_service_names_those_there_are(ehr: TestClient) -> None:
    answer = ehr.post("/cds-services/other", json=view())
    shape(answer, 404)
    assert "osteocast-order-sign" in answer.json()["remedy"]


def test_a_selection_is_one_of_the_orders(ehr: TestClient) -> None:
    call = {**sign(DRAFT), "hook": "order-select"}
    call["context"] = {**call["context"], "selections": ["MedicationRequest/other"]}
    assert shape(ehr.post("/cds-services/osteocast-order-select", json=call), 400) == [
        "context.selections[0]"
    ]


@pytest.mark.parametrize("given", ["text", 7, {"resourceType": 3}, {"no": "type"}])
def test_a_prefetch_that_is_no_resource_is_malformed(ehr: TestClient, given: object) -> None:
    call = view()
    call["prefetch"]["conditions"] = given
    assert shape(ehr.post(VIEW, json=call), 400) == ["prefetch.conditions"]


def test_another_patient_in_the_prefetch_is_refused(ehr: TestClient) -> None:
    other = {**PATIENT, "id": "somebody-else"}
    assert shape(ehr.post(VIEW, json=view(patient=other)), 400) == ["prefetch.patient"]


def test_what_belongs_to_somebody_else_counts_for_nothing(ehr: TestClient) -> None:
    theirs = {**medication("1", ANASTROZOLE, 400), "subject": {"reference": "Patient/somebody-else"}}
    assert ehr.post(VIEW, json=view(medications=search(theirs))).json() == {"cards": []}
    draft = {**DRAFT, "subject": {"reference": "Patient/somebody-else"}}
    assert ehr.post(SIGN, json=sign(draft)).json() == {"cards": []}


@pytest.mark.parametrize(
    "broken",
    [
        {"medicationCodeableConcept": "anastrozole"},
        {"medicationCodeableConcept": {"text": "anastrozole"}, "dosageInstruction": "daily"},
        {"medicationCodeableConcept": {"text": "anastrozole"}, "dosageInstruction": [{"timing": 7}]},
        {"medicationReference": {"reference": "#none"}},
        {"id": None, "medicationCodeableConcept": {"text": "anastrozole"}},
        {"status": 7, "medicationCodeableConcept": {"text": "anastrozole"}},
    ],
)
def test_orders_that_are_no_good_fhir_do_not_break_it(ehr: TestClient, broken: dict[str, Any]) -> None:
    draft = {**without(DRAFT, "medicationCodeableConcept"), **broken}
    assert ehr.post(SIGN, json=sign(draft)).status_code == 200


def test_a_patient_that_says_too_little_is_412(ehr: TestClient) -> None:
    nameless = {"resourceType": "Patient", "id": PATIENT["id"]}
    fields = shape(ehr.post(SIGN, json=sign(DRAFT, patient=nameless)), 412)
    assert "person.sex" in fields
    shape(ehr.post(SIGN, json=sign(DRAFT, patient=None)), 412)


def test_the_server_of_the_record_is_never_asked(ehr: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def forbidden(*_: object) -> None:
        raise AssertionError("nothing is asked of the record")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    call = {
        **sign(DRAFT),
        "fhirServer": "http://127.0.0.1:9/fhir",
        "fhirAuthorization": {"access_token": "secret", "token_type": "Bearer", "expires_in": 300},
    }
    answer = ehr.post(SIGN, json=call)
    assert answer.status_code == 200
    assert "secret" not in answer.text


def test_a_page_of_the_sandbox_may_call_and_no_other_may(ehr: TestClient) -> None:
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,authorization",
    }
    allowed = ehr.options(VIEW, headers={"origin": SANDBOX, **asked})
    assert allowed.headers["access-control-allow-origin"] == SANDBOX
    assert "authorization" in allowed.headers["access-control-allow-headers"].lower()
    answer = ehr.post(VIEW, json=view(), headers={"origin": SANDBOX, "sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, SANDBOX)
    foreign = ehr.options(VIEW, headers={"origin": "https://evil.example", **asked})
    assert "access-control-allow-origin" not in foreign.headers
    shape(ehr.post(VIEW, json=view(), headers={"origin": "https://evil.example"}), 403)
    # The rest of the application stays closed to it.
    shape(ehr.post("/v1/forecast", json={}, headers={"origin": SANDBOX}), 403)
    assert "access-control-allow-origin" not in ehr.get("/", headers={"origin": SANDBOX}).headers


def test_a_bundle_of_the_sandbox_has_no_type(ehr: TestClient) -> None:
    call = sign(DRAFT)
    assert call["context"]["draftOrders"] == bundle(DRAFT)
    assert "type" not in call["context"]["draftOrders"]
    assert ehr.post(SIGN, json=call).json()["cards"]
    assert prefetched()["densities"] is None
