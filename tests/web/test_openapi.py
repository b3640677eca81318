"""Whatever is sent to the API is answered as its description says, and never with a failure of ours.

``OSTEOCAST_REQUESTS`` names how many requests each operation gets; a long run takes 200 and more.
"""

from __future__ import annotations

import copy
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from osteocast.person.documents import read_document
from osteocast.person.portable import document_text
from osteocast.web import Settings, create_app
from osteocast.web.api.bodies import CASE_BODY
from osteocast.web.examples import examples

from .conftest import HOST

schemathesis = pytest.importorskip("schemathesis")
jsonschema = pytest.importorskip("jsonschema")

REQUESTS = int(os.environ.get("OSTEOCAST_REQUESTS", "15"))
EXAMPLES = Path(__file__).parents[2] / "examples"
CASE = CASE_BODY["content"]["application/json"]["schema"]

_FOLDER = tempfile.TemporaryDirectory()
_SETTINGS = Settings(
    database=f"sqlite:///{_FOLDER.name}/cases.db",
    draws=0,
    people=64,
    # A full queue is answered with 503, which has a test of its own. Here none may come.
    waiting=10_000,
    warm=False,
    computations_per_minute=1_000_000,
    logins_per_minute=1_000_000,
    names=("testserver",),
)
_SCHEMA = schemathesis.openapi.from_asgi("/v1/openapi.json", create_app(_SETTINGS))
_CHECKS = schemathesis.checks.CHECKS
_UNDISTURBED = settings(
    max_examples=REQUESTS, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(_SETTINGS), base_url=HOST) as made:
        yield made


@_SCHEMA.parametrize()
# The examples of the description run in test_api; here come requests that nobody meant.
@_UNDISTURBED
def test_every_request_is_answered_as_described(case: Any) -> None:
    # Few people: what is looked for are requests that break it, not numbers.
    sent = dict(case.query or {})
    case.query = sent | {
        name: few
        for name, few in (("draws", 0), ("people", 64), ("count", 64))
        if case.method == "POST" and isinstance(sent.get(name, few), int) and sent.get(name, few) >= few
    }
    # Whom the model covers, and which quantities are plausible, no schema says.
    case.validate_response(case.call(), excluded_checks=[_CHECKS.get_one("positive_data_acceptance")])


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Everything in a document that could be something else."""
    if path:
        yield path
    inside = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for key, value in inside:
        yield from places(value, (*path, key))


_DOCUMENTS = [json.loads(document_text(example.document)) for example in examples().values()]
_STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["0 kg", "-1 years", "2025-02-30", "9999-12-31", "0001-01-01", "1e308 mg", "none", "80 %", "²"]
    ),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A case that comes along, with one to three things in it that are something else, or gone."""
    content: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(_DOCUMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(content))))
        parent = content
        for key in path[:-1]:
            parent = parent[key]
        if draw(st.booleans()):
            parent[path[-1]] = draw(_STRANGE)
        else:
            del parent[path[-1]]
        if not content:
            break
    return content


@given(document=spoilt())
@_UNDISTURBED
def test_a_case_with_something_wrong_in_it_is_answered(client: TestClient, document: dict[str, Any]) -> None:
    answer = client.post("/v1/forecast", params={"draws": 0}, json=document)
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        problem = answer.json()
        assert problem.get("problems") or problem.get("reasons")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_description_of_a_case_holds_for_those_that_come_along(path: Path) -> None:
    jsonschema.validate(json.loads(document_text(read_document(path).content)), CASE)


@pytest.mark.parametrize(("kind", "count"), [("forecast", 32), ("verdict", 64), ("plan", 32)])
def test_results_are_as_described(client: TestClient, kind: str, count: int) -> None:
    described = client.get("/v1/openapi.json").json()["paths"]
    schema = described[f"/v1/{kind}"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    size = {"draws": 0} if kind == "forecast" else {"people": count}
    answer = client.post(f"/v1/{kind}", params=size, json=_DOCUMENTS[0]).json()
    jsonschema.validate(answer, schema)
    assert schema["required"]
    begun = client.post("/v1/jobs", params={"kind": kind, "count": count}, json=_DOCUMENTS[0]).json()
    told = described["/v1/jobs/{job_id}"]["get"]["responses"]["200"]["content"]["application/json"]
    jsonschema.validate(begun, told["schema"])
    jsonschema.validate(told["example"], told["schema"])


def test_only_what_computes_may_be_busy(client: TestClient) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    busy = {
        path
        for path, operations in paths.items()
        for operation in operations.values()
        if "503" in operation["responses"]
    }
    assert busy == {"/v1/forecast", "/v1/verdict", "/v1/plan", "/v1/jobs", "/v1/evidence", "/readyz"}


def test_every_answer_of_the_api_is_described(client: TestClient) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert {"/v1/forecast", "/v1/verdict", "/v1/plan", "/v1/jobs", "/v1/evidence/{reference}"} <= set(paths)
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation["summary"], (path, method)
