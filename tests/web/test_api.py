from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from osteocast.cli import app
from osteocast.web.examples import examples

EXAMPLES = Path(__file__).parents[2] / "examples"
MINIMAL = {"person": {"sex": "female", "birth_date": "1963-05-14", "menopause": {"age": 50}}}


@pytest.mark.parametrize("command", ["forecast", "verdict"])
def test_the_api_answers_what_the_command_prints_to_the_last_digit(client: TestClient, command: str) -> None:
    name = "postmenopausal-anastrozole"
    count, option = {"forecast": ("draws", "--draws"), "verdict": ("people", "--people")}[command]
    printed = CliRunner().invoke(
        app, [command, str(EXAMPLES / f"{name}.yaml"), option, "64", "--json"], catch_exceptions=False
    )
    answer = client.post(
        f"/v1/{command}", params={"name": f"{name}.yaml", count: 64}, json=examples()[name].document
    )
    assert answer.text == printed.stdout


def test_the_page_shows_what_the_api_answers(client: TestClient) -> None:
    name = "postmenopausal-anastrozole"
    data = client.post("/v1/forecast", params={"draws": 16}, json=examples()[name].document).json()
    page = html.unescape(client.get(f"/examples/{name}").text)
    assert data["headline"] in page
    assert data["confidence"] in page
    alone = data["plans"][0]["curves"]["change_lumbar_spine"]["value"]
    at = min(range(len(data["days"])), key=lambda i: abs(data["days"][i] - 10 * 365.25))
    assert f"{alone[at]:+.1f}%".replace("-", "−") in page


@pytest.mark.parametrize("name", examples())
def test_the_examples_of_the_description_run(client: TestClient, name: str) -> None:
    described = client.get("/v1/openapi.json").json()["paths"]["/v1/forecast"]["post"]
    example = described["requestBody"]["content"]["application/json"]["examples"][name]["value"]
    answer = client.post("/v1/forecast", params={"draws": 0}, json=example)
    assert answer.status_code == 200
    assert answer.json()["format"].startswith("osteocast-forecast")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"person": NaN}', 422),
        (b'{"person": 1e999}', 422),
        (b'{"person": "\\ud800"}', 422),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, 400),
        (b'{"person": ' + b"[" * 50 + b"]" * 50 + b"}", 422),
        (b'{"notes": ' + b"9" * 5000 + b"}", 422),
    ],
)
def test_whatever_is_sent_is_answered_with_one_shape_of_problem(
    client: TestClient, body: bytes, status: int
) -> None:
    answer = client.post("/v1/forecast", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (status, 400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)
    assert problem["status"] == answer.status_code


def test_every_problem_of_a_case_is_listed(client: TestClient) -> None:
    wrong = {"person": {"sex": "neither", "birth_date": "yesterday", "menopause": {"age": 50}}}
    problems = client.post("/v1/forecast", json=wrong).json()["problems"]
    assert {"person.sex", "person.birth_date"} <= {problem["field"] for problem in problems}
    assert all(set(problem) == {"field", "value", "expected", "remedy"} for problem in problems)


def test_who_is_not_covered_gets_the_reasons(client: TestClient) -> None:
    young = {
        "person": {
            **MINIMAL["person"],
            "birth_date": "1999-05-14",
            "menopause": {"age": 24, "type": "surgical"},
        }
    }
    answer = client.post("/v1/forecast", json=young)
    assert answer.status_code == 422
    assert "is not covered" in answer.json()["reasons"][0]


def test_a_case_is_sent_as_json(client: TestClient) -> None:
    answer = client.post("/v1/forecast", content=json.dumps(MINIMAL), headers={"content-type": "text/plain"})
    assert answer.status_code == 415


def test_evidence_by_id_and_by_doi(client: TestClient) -> None:
    assert client.get("/v1/evidence/abcsg-18").json()["id"] == "abcsg-18"
    value = client.get("/v1/evidence/atac-bone-60-months/ana-total-hip-60").json()
    assert [one["value"] for one in value["values"]] == [-7.24]
    assert client.get("/v1/evidence/10.1200/JCO.2007.11.0726").json()["id"] == "atac-bone-60-months"
    assert client.get("/v1/evidence/none").headers["content-type"] == "application/problem+json"


def test_it_says_that_it_lives_and_what_it_did(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json()["status"] == "ready"
    key = client.get("/examples/postmenopausal-anastrozole").url.path
    text = client.get("/metrics").text
    assert 'osteocast_requests_total{method="GET",route="/d/{key}",status="200"}' in text
    assert key not in text
    assert "osteocast_computations_running 0" in text


@pytest.mark.parametrize("draws", [0, 1, 2])
def test_a_forecast_of_few_people_is_answered(client: TestClient, draws: int) -> None:
    assert client.post("/v1/forecast", params={"draws": draws}, json=MINIMAL).status_code == 200
