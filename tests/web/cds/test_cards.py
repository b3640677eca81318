from __future__ import annotations

import re
import uuid

from hypothesis import given
from hypothesis import strategies as st

from osteocast.web.cds.cards import (
    LONGEST_SUMMARY,
    Action,
    Card,
    Link,
    Source,
    Suggestion,
    escaped,
    shortened,
)

from .conftest import Cards
from .ehr import ANASTROZOLE, DENOSUMAB, medication, search, sign, spine, view


@given(st.text(), st.integers(2, 300))
def test_a_text_that_is_cut_keeps_to_its_length_and_to_its_words(text: str, most: int) -> None:
    short = shortened(text, most)
    line = " ".join(text.split())
    assert len(short) <= most
    assert "\n" not in short
    assert line.startswith(short.removesuffix("…")) or short == line


@given(st.text(), st.text())
def test_whatever_a_card_says_its_summary_is_short(summary: str, detail: str) -> None:
    data = Card("topic", "info", summary, detail).as_data(Source("osteocast"), [])
    assert len(data["summary"]) < 140
    assert data["detail"] == detail


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_nothing_from_a_record_becomes_markup(text: str) -> None:
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>|#~]", escaped(text))


def test_a_card_is_written_as_the_specification_has_it() -> None:
    create = Action("create", "Order it", {"resourceType": "ServiceRequest"})
    remove = Action("delete", "Take it back", resource_id="MedicationRequest/1")
    card = Card("topic", "warning", "s", "d", (Suggestion("l", (create, remove), True),), (Link("a", "b"),))
    reason = {"code": "c", "system": "s", "display": "d"}
    data = card.as_data(Source("osteocast", "https://bones.example.org/"), [reason])
    assert uuid.UUID(data["uuid"])
    assert data["source"]["url"] == "https://bones.example.org/"
    assert data["selectionBehavior"] == "any"
    assert data["overrideReasons"] == [reason]
    (suggestion,) = data["suggestions"]
    assert suggestion["isRecommended"] is True
    assert suggestion["actions"] == [
        {"type": "create", "description": "Order it", "resource": {"resourceType": "ServiceRequest"}},
        {"type": "delete", "description": "Take it back", "resourceId": ["MedicationRequest/1"]},
    ]
    assert "suggestions" not in Card("t", "info", "s", "d").as_data(Source("o"), [])


def test_every_card_keeps_the_limits_and_says_what_it_is(cards: Cards) -> None:
    inhibitor = search(medication("1", ANASTROZOLE, 400))
    found = [
        *cards(view(medications=inhibitor, densities=search(spine(900, bmd=0.70)))),
        *cards(sign(medication("9", DENOSUMAB, None, "draft"))),
        *cards(sign(medication("9", ANASTROZOLE, None, "draft"))),
        *cards(view(medications=search({**medication("5", DENOSUMAB, 700), "status": "stopped"}))),
    ]
    assert len(found) >= 4
    assert len({card["uuid"] for card in found}) == len(found)
    for card in found:
        assert len(card["summary"]) <= LONGEST_SUMMARY
        assert card["indicator"] in ("info", "warning", "critical")
        assert "not a medical device" in card["source"]["label"]
        assert "not a medical device" in card["detail"]
        assert card["overrideReasons"]
        assert all(link["url"].startswith("http://localhost:8750/") for link in card["links"])


def test_the_gravest_card_comes_first(cards: Cards) -> None:
    drafts = (medication("9", DENOSUMAB, None, "draft"), medication("8", ANASTROZOLE, None, "draft"))
    severity = ["critical", "warning", "info"]
    found = [card["indicator"] for card in cards(sign(*drafts))]
    assert len(found) > 1
    assert found == sorted(found, key=severity.index)
