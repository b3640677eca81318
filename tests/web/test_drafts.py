"""What somebody looks at and did not save is there after a restart."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from osteocast.errors import Unavailable
from osteocast.store import Store, open_store
from osteocast.web import Settings, create_app
from osteocast.web.drafts import Draft, Drafts
from osteocast.web.examples import examples
from osteocast.web.shelf import Shelf

from .conftest import HOST, fields, token


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database=f"sqlite:///{tmp_path / 'cases.db'}", draws=0, people=64, warm=False)


def started(settings: Settings) -> TestClient:
    return TestClient(create_app(settings), base_url=HOST)


def test_a_case_that_was_not_saved_is_there_after_a_restart(settings: Settings) -> None:
    with started(settings) as client:
        form = client.get("/examples/postmenopausal-anastrozole").url.path + "/edit"
        page = client.get(form).text
        sent = fields(page) | {"person.weight": "71", "csrf": token(page)}
        changed = client.post("/edit", data=sent)
        address = changed.url.path
        assert address.startswith("/d/") and address != form.removesuffix("/edit")
        numbers = client.get(f"{address}/forecast.json").text
        cookies = dict(client.cookies)
    # Nothing of the first program is left but its database and the browser.
    with started(settings) as client:
        client.cookies.update(cookies)
        assert client.get(f"{address}/forecast.json").text == numbers
        assert 'value="71' in client.get(f"{address}/edit").text
        # A form that was open all the time can still be sent.
        again = client.post("/edit", data=sent | {"person.weight": "72"})
        assert again.status_code == 200 and again.url.path.startswith("/d/")


def test_a_draft_is_read_back_as_it_was(settings: Settings) -> None:
    with open_store(settings.database) as db:
        shelf = Shelf(lambda: db)
        draft = Draft(
            {"person": {"birth_date": date(1963, 5, 14)}, "notes": "ä \u2028 \ud800 \0"},
            "a name",
            {"person.sex": "imported"},
        )
        kept = Drafts(shelf.secret, shelf).keep(draft, "local")
        later = Drafts(shelf.secret, Shelf(lambda: db))
        found = later.find(kept.key, "local")
        assert found is not None
        assert found.document == {"person": {"birth_date": "1963-05-14"}, "notes": "ä \u2028 \ud800 \0"}
        assert dataclasses.replace(found, document={}) == dataclasses.replace(kept, document={})
        assert later.keep(found, "local").key == kept.key
        assert Drafts(shelf.secret, Shelf(lambda: db)).find(kept.key, "user-1") is None


def test_what_came_from_a_record_is_kept_in_memory_only(settings: Settings) -> None:
    with open_store(settings.database) as db:
        shelf = Shelf(lambda: db)
        drafts = Drafts(shelf.secret, shelf)
        kept = drafts.keep(Draft({"notes": "from the record"}), "local", lasting=False)
        assert drafts.find(kept.key, "local") == kept
        assert Drafts(shelf.secret, shelf).find(kept.key, "local") is None


def test_who_only_looks_at_what_came_from_a_record_writes_nothing_down(settings: Settings) -> None:
    document = examples()["postmenopausal-anastrozole"].document
    bare = {name: given for name, given in document.items() if name != "plans"} | {"notes": "Mrs Record"}
    with started(settings) as client:
        client.get("/")
        drafts = client.app.state.service.drafts  # type: ignore[attr-defined]
        kept = drafts.keep(Draft(bare), "local", lasting=False)
        for page in ("", "/plans", "/edit", "/mechanism", "/evidence/density", "/keep"):
            assert client.get(f"/d/{kept.key}{page}").status_code == 200
        with open_store(settings.database) as db, db.reading() as session:
            written = session.execute(text("SELECT content FROM drafts")).scalars().all()
        assert written and not any("Mrs Record" in one for one in written)


def test_without_the_store_drafts_live_in_memory_and_are_kept_once_it_is_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    with open_store(settings.database) as db:
        gone = True

        def reach() -> Store:
            asked.append(1)
            if gone:
                raise Unavailable("the disk is full: nothing was saved", "free some space")
            return db

        shelf = Shelf(reach)
        drafts = Drafts(shelf.secret, shelf)
        kept = drafts.keep(Draft({"notes": "one"}), "local")
        drafts.keep(Draft({"notes": "two"}), "local")
        assert drafts.find(kept.key, "local") == kept
        assert len(asked) == 1  # nobody waits for it again and again
        with pytest.raises(Unavailable):
            drafts.find("unknown", "local")
        gone = False
        shelf._paused_until = 0.0
        assert drafts.find(kept.key, "local") == kept
        assert Drafts(shelf.secret, Shelf(reach)).find(kept.key, "local") is not None


def test_pages_go_on_while_the_database_is_held_by_another_program(
    settings: Settings, tmp_path: Path
) -> None:
    with started(settings) as client:
        client.get("/")
        holder = sqlite3.connect(tmp_path / "cases.db", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        try:
            page = client.get("/examples/man-testosterone-anastrozole")
            assert page.status_code == 200
            assert client.get(f"{page.url.path}/plans").status_code == 200
        finally:
            holder.rollback()
            holder.close()
        assert client.get(page.url.path).status_code == 200


def test_a_case_that_is_deleted_takes_its_drafts_along(settings: Settings) -> None:
    with started(settings) as client:
        case = client.get("/examples/postmenopausal-anastrozole").url.path
        page = client.get(f"{case}/keep").text
        saved = client.post(f"{case}/keep", data={"csrf": token(page), "title": "Ward 7"})
        assert saved.url.path.startswith("/cases/")
        opened = client.get(f"{saved.url.path}/open").url.path
        assert client.get(f"{opened}/edit").status_code == 200
        for action in ("archive", "delete"):
            client.post(
                f"{saved.url.path}/{action}", data={"csrf": token(client.get("/cases").text), "sure": "yes"}
            )
        assert client.get(f"{opened}/edit").status_code == 404
