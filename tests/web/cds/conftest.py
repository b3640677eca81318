"""One application for all calls, with time enough for the forecast on a busy machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from osteocast.web import Settings, create_app
from osteocast.web.cds.settings import CdsSettings

HOST = "http://localhost:8750"
SANDBOX = "https://sandbox.cds-hooks.org"

Cards = Callable[[dict[str, Any]], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def feedback_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="session")
def ehr(tmp_path_factory: pytest.TempPathFactory, feedback_file: Path) -> Iterator[TestClient]:
    cds = CdsSettings(origins=(SANDBOX,), forecast_ms=5000, calls_per_minute=100_000, feedback=feedback_file)
    folder = tmp_path_factory.mktemp("cds")
    settings = Settings(database=f"sqlite:///{folder / 'cases.db'}", warm=False, draws=16, cds=cds)
    with TestClient(create_app(settings), base_url=HOST) as made:
        yield made


@pytest.fixture(scope="session")
def cards(ehr: TestClient) -> Cards:
    def ask(call: dict[str, Any]) -> list[dict[str, Any]]:
        answer = ehr.post(f"/cds-services/osteocast-{call['hook']}", json=call)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["cards"]
        return found

    return ask
