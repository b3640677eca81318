from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from osteocast.web.cds.services import content

from .conftest import Cards
from .ehr import ANASTROZOLE, medication, search, view

URL = "/cds-services/osteocast-patient-view/feedback"
CALL = {"medications": search(medication("1", ANASTROZOLE, 400))}


def said(card: str, **more: Any) -> dict[str, Any]:
    return {"feedback": [{"card": card, "outcomeTimestamp": "2026-05-20T23:30:00-05:00", **more}]}


def test_what_became_of_a_card_is_counted_and_written_down_without_a_word_about_anybody(
    ehr: TestClient, cards: Cards, feedback_file: Path
) -> None:
    (card,) = cards(view(**CALL))
    reason = card["overrideReasons"][0]
    comment = {"reason": reason, "userComment": "Mrs Doe has had her scan"}
    answer = ehr.post(URL, json=said(card["uuid"], outcome="overridden", overrideReason=comment))
    assert (answer.status_code, answer.content) == (200, b"")
    accepted = [{"id": card["suggestions"][0]["uuid"]}]
    ehr.post(URL, json=said(card["uuid"], outcome="accepted", acceptedSuggestions=accepted))
    text = ehr.get("/metrics").text
    line = 'cds_feedback_total{service="osteocast-patient-view",topic="scan",outcome='
    assert f'{line}"overridden",reason="done-elsewhere"}} 1' in text
    assert f'{line}"accepted",reason=""}} 1' in text
    assert 'osteocast_cds_cards_total{service="osteocast-patient-view",topic="scan"' in text
    written = feedback_file.read_text()
    assert "Doe" not in written + text
    assert json.loads(written.splitlines()[0]) == {
        "outcome": "overridden",
        "reason": "done-elsewhere",
        "day": "2026-05-21",
        "service": "osteocast-patient-view",
        "topic": "scan",
    }


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ({"reason": {"code": "x", "system": "http://elsewhere.example"}}, "other"),
        ({"reason": {"code": "x\n}", "system": "urn:osteocast:override-reasons"}}, "other"),
        ({"userComment": "no"}, "in words"),
        (None, ""),
    ],
)
def test_reasons_of_others_and_words_are_only_counted(ehr: TestClient, override: object, reason: str) -> None:
    ehr.post(URL, json=said("unseen", outcome="overridden", overrideReason=override))
    assert f'topic="unknown",outcome="overridden",reason="{reason}"}}' in ehr.get("/metrics").text


def test_a_card_of_another_service_is_unknown_here(ehr: TestClient, cards: Cards) -> None:
    (card,) = cards(view(**CALL))
    url = "/cds-services/osteocast-order-sign/feedback"
    assert ehr.post(url, json=said(card["uuid"], outcome="overridden")).status_code == 200
    assert 'service="osteocast-order-sign",topic="unknown"' in ehr.get("/metrics").text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "feedback"),
        ({"feedback": []}, "feedback"),
        ({"feedback": ["text"]}, "feedback[0]"),
        (said("x", outcome="ignored"), "feedback[0].outcome"),
        (said("x", outcome="accepted"), "feedback[0].acceptedSuggestions"),
        (said("", outcome="overridden"), "feedback[0].card"),
        (said("x", outcome="overridden", outcomeTimestamp="soon"), "feedback[0].outcomeTimestamp"),
    ],
)
def test_feedback_that_is_malformed_is_refused_and_not_counted(
    ehr: TestClient, body: dict[str, Any], field: str
) -> None:
    before = ehr.get("/metrics").text.count("cds_feedback_total{")
    answer = ehr.post(URL, json=body)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["problems"]] == [field]
    assert ehr.get("/metrics").text.count("cds_feedback_total{") == before


def test_every_reason_has_a_code_without_blanks() -> None:
    reasons = content()["override"]["reasons"]
    assert len(reasons) > 3
    assert not [code for code in reasons if " " in code]


def test_a_reason_whose_code_is_no_text_is_another_one(ehr: TestClient) -> None:
    reason = {"system": content()["override"]["system"], "code": ["later"]}
    told = said("somebody's card", outcome="overridden", overrideReason={"reason": reason})
    assert ehr.post(URL, json=told).status_code == 200
    assert 'outcome="overridden",reason="other"' in ehr.get("/metrics").text


def test_a_time_before_all_calendars_is_refused(ehr: TestClient) -> None:
    told = said("somebody's card", outcome="overridden")
    told["feedback"][0]["outcomeTimestamp"] = "0001-01-01T00:00:00+14:00"
    answer = ehr.post(URL, json=told)
    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (
        400,
        "feedback[0].outcomeTimestamp",
    )
