"""One application for all tests: small forecasts, and a memory that makes the second one free."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from osteocast.web import Settings, create_app

HOST = "http://localhost:8750"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("cases")
    return Settings(
        database=f"sqlite:///{folder / 'cases.db'}",
        draws=16,
        people=64,
        warm=False,
        computations_per_minute=10_000,
    )


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), base_url=HOST) as made:
        made.get("/")
        yield made


def token(page: str) -> str:
    """Token of the forms of a page."""
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found is not None
    return found[1]


def fields(page: str) -> dict[str, str]:
    """Everything that the form of a case would send, as a browser without JavaScript does."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, str] = {}
            self.inside = False
            self.select = self.area = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if tag == "form":
                self.inside = "case" in (given.get("class") or "")
            if not self.inside:
                return
            name = given.get("name") or ""
            if tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
                self.found[name] = (
                    given.get("value") or "on"
                    if given.get("type") == "checkbox"
                    else given.get("value") or ""
                )
            elif tag == "select" and name:
                self.select = name
                self.found.setdefault(name, "")
            elif tag == "option" and self.select and ("selected" in given):
                self.found[self.select] = given["value"] or "" if "value" in given else "\0"
            elif tag == "textarea":
                self.area = name
                self.found[name] = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area] += data
            if self.select and self.found.get(self.select) == "\0":
                self.found[self.select] = data

        def handle_endtag(self, tag: str) -> None:
            if tag == "select":
                self.select = ""
            elif tag == "textarea":
                self.area = ""
            elif tag == "form":
                self.inside = False

    reader = Reader()
    reader.feed(page)
    return reader.found
