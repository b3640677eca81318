"""Whatever is sent to the API is answered, and never with a failure of ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from starlette.testclient import TestClient

from osteocast.web import Settings, create_app

schemathesis = pytest.importorskip("schemathesis")

_APP = create_app(
    Settings(
        database="sqlite://",
        draws=0,
        people=64,
        warm=False,
        computations_per_minute=100_000,
        logins_per_minute=100_000,
        names=("testserver",),
    )
)
_SCHEMA = schemathesis.openapi.from_asgi("/v1/openapi.json", _APP)


@pytest.fixture(scope="module", autouse=True)
def running() -> Any:
    with TestClient(_APP):
        yield


@_SCHEMA.parametrize()
# The examples of the description run in test_api; here come requests that nobody meant.
@settings(max_examples=10, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_breaks_it(case: Any) -> None:
    # Few people: what is looked for are requests that break it, not numbers.
    given = dict(case.query or {})
    case.query = given | {
        name: few
        for name, few in (("draws", 0), ("people", 64), ("count", 64))
        if case.method == "POST" and isinstance(given.get(name, few), int)
    }
    response = case.call()
    assert response.status_code < 500 or response.status_code == 503
    if response.status_code >= 400:
        assert response.headers["content-type"][0].startswith("application/problem+json") or (
            response.headers["content-type"] == "application/problem+json"
        )


def test_every_answer_of_the_api_is_described() -> None:
    with TestClient(_APP, base_url="http://localhost") as client:
        paths = client.get("/v1/openapi.json").json()["paths"]
    assert {"/v1/forecast", "/v1/verdict", "/v1/plan", "/v1/jobs", "/v1/evidence/{reference}"} <= set(paths)
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation["summary"], (path, method)
