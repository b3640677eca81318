"""Whatever a record sends, it is answered with cards or with an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from osteocast.web import Settings, create_app
from osteocast.web.cds.settings import CdsSettings

from .conftest import HOST
from .ehr import ANASTROZOLE, DENOSUMAB, dose, medication, search, select, sign, spine, view

DRAFT = medication("103", ANASTROZOLE, None, "draft")
HELD = {
    "densities": search(spine(700), spine(30, 0.8)),
    "medications": search(medication("ai", ANASTROZOLE, 900), medication("bone", DENOSUMAB, 800)),
    "administrations": search(dose("a", DENOSUMAB, 570), dose("b", DENOSUMAB, 300)),
}
FEEDBACK = {
    "feedback": [
        {
            "card": str(uuid4()),
            "outcome": "overridden",
            "overrideReason": {"reason": {"code": "later", "system": "urn:osteocast:override-reasons"}},
            "outcomeTimestamp": "2025-03-10T09:30:00Z",
        }
    ]
}
CALLS = (
    ("patient-view", view(**HELD)),
    ("order-sign", sign(DRAFT, **HELD)),
    ("order-select", select(DRAFT, chosen=("MedicationRequest/103",), **HELD)),
    ("patient-view/feedback", FEEDBACK),
)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["2023-02-30", "9999-12-31", "0000-01-01", "Patient/1288992", "#x", "active"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An application that makes no forecasts, which no call can change."""
    cds = CdsSettings(forecast_ms=0, calls_per_minute=1_000_000)
    database = f"sqlite:///{tmp_path_factory.mktemp('any') / 'cases.db'}"
    with TestClient(create_app(Settings(database=database, warm=False, cds=cds)), base_url=HOST) as made:
        yield made


def places(content: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a call."""
    found = [path] if path else []
    if isinstance(content, dict | list):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            found += places(value, (*path, key))
    return found


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_call_is_answered(quick: TestClient, data: st.DataObject) -> None:
    service, seed = data.draw(st.sampled_from(CALLS))
    content = deepcopy(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        *above, last = data.draw(st.sampled_from(places(seed)))
        try:
            holder: Any = content
            for key in above:
                holder = holder[key]
            if data.draw(st.booleans()):
                holder[last] = data.draw(JUNK)
            else:
                del holder[last]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    answer = quick.post(f"/cds-services/osteocast-{service}", json=content)
    assert answer.status_code in (200, 400, 412), answer.text
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
    elif "/" not in service:
        assert all(len(card["summary"]) < 140 for card in answer.json()["cards"])
