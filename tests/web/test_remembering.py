from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.testclient import TestClient

from osteocast import store
from osteocast.web import Settings, create_app
from osteocast.web.drafts import Draft
from osteocast.web.examples import examples
from osteocast.web.packing import pack
from osteocast.web.remembering import Pages, remembered
from osteocast.web.service import Service
from osteocast.web.visitors import Visitor

from .conftest import HOST, token

PASSWORD = "correct horse battery staple"
PEOPLE = {"ada": "admin", "carl": "clinician", "cleo": "clinician"}
EXAMPLE = "postmenopausal-anastrozole"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("service")
    made = Service(Settings(database=f"sqlite:///{folder / 'cases.db'}", draws=8, people=64, warm=False))
    yield made
    made.close()


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TestClient]]:
    folder: Path = tmp_path_factory.mktemp("remembered")
    url = f"sqlite:///{folder / 'cases.db'}"
    with store.open_store(url) as db:
        for name, role in PEOPLE.items():
            store.add_user(db, store.local_user(db), name, role, PASSWORD)  # type: ignore[arg-type]
    settings = Settings(database=url, multi_user=True, draws=8, people=64, warm=False, logins_per_minute=1000)
    with TestClient(create_app(settings), base_url=HOST) as running:
        clients = {}
        for name in PEOPLE:
            clients[name] = TestClient(running.app, base_url=HOST)
            csrf = token(clients[name].get("/login").text)
            clients[name].post("/login", data={"csrf": csrf, "name": name, "password": PASSWORD})
        yield clients


def another(client: TestClient) -> TestClient:
    return TestClient(client.app, base_url=HOST)


def pages_of(client: TestClient) -> Pages:
    found: Pages = client.app.state.service.pages  # type: ignore[attr-defined]
    return found


def without_token(page: str) -> str:
    return page.replace(token(page), "TOKEN")


def prefer(client: TestClient, **choice: str) -> None:
    page = client.get("/new").text
    client.post("/preferences", data={"csrf": token(page), "back": "/new", **choice})


def paths(client: TestClient) -> list[str]:
    path = client.get(f"/examples/{EXAMPLE}").url.path
    ends = (
        "",
        "/edit",
        "/edit?section=labs",
        "/plans",
        "/mechanism",
        "/mechanism?year=5&plan=1",
        "/evidence/density",
    )
    return ["/", "/new", *(path + end for end in ends)]


def test_a_page_that_is_kept_is_the_page_that_would_be_made(client: TestClient) -> None:
    for choice in (("dark", "clinician"), ("auto", "patient")):
        reader = another(client)
        prefer(reader, theme=choice[0], view=choice[1])
        for path in paths(reader):
            kept = [reader.get(path).text for _ in range(2)][1]
            client.app.state.service.pages = Pages()  # type: ignore[attr-defined]
            assert reader.get(path).text == kept


def test_visitors_get_the_same_page_with_a_token_of_their_own(client: TestClient) -> None:
    first, second = another(client), another(client)
    for path in paths(first):
        own, others = first.get(path).text, second.get(path).text
        assert without_token(own) == without_token(others)
        assert token(own) != token(others)
        assert token(others) not in own
    sent = {"theme": "dark", "back": "/new"}
    assert first.post("/preferences", data=sent | {"csrf": token(own)}).status_code == 200
    assert first.post("/preferences", data=sent | {"csrf": token(others)}).status_code == 403


def test_the_first_visit_is_given_a_session_though_the_page_is_kept(client: TestClient) -> None:
    path = paths(client)[2]
    client.get(path)
    fresh = another(client)
    page = fresh.get(path)
    assert fresh.cookies["osteocast_session"]
    assert fresh.cookies["osteocast_session"] not in page.text
    assert token(page.text) == token(fresh.get("/cases").text)


def test_every_view_and_theme_has_its_own_page(client: TestClient) -> None:
    path = paths(client)[2]
    clinician, patient, dark = another(client), another(client), another(client)
    prefer(patient, view="patient")
    prefer(dark, theme="dark")
    for _ in range(2):
        assert "Sign-off" in clinician.get(path).text
        assert "Sign-off" not in patient.get(path).text
        assert 'data-theme="dark"' in dark.get(path).text
        assert 'data-theme="dark"' not in clinician.get(path).text


def test_a_part_for_htmx_is_not_taken_for_the_page(client: TestClient) -> None:
    path = f"{paths(client)[2]}/mechanism"
    for _ in range(2):
        assert "<html" not in client.get(path, headers={"hx-request": "true"}).text
        assert "<html" in client.get(path).text


def test_other_plans_have_another_page(client: TestClient) -> None:
    from .conftest import fields

    before = client.get(f"{paths(client)[2]}/plans").text
    sent = fields(before) | {"plans.1.name": "A plan of my own"}
    after = client.post("/plans", data=sent).text
    assert "A plan of my own" in after
    assert "A plan of my own" not in client.get(f"{paths(client)[2]}/plans").text


def test_everybody_reads_their_own_name_and_what_their_role_may_do(people: dict[str, TestClient]) -> None:
    for _ in range(2):
        for name, client in people.items():
            pages = [client.get(path).text for path in paths(client)[:4]]
            for page in pages:
                assert f'href="/account">{name}<' in page
                assert not any(f">{other}<" in page for other in PEOPLE if other != name)
                assert ('href="/admin"' in page) == (PEOPLE[name] == "admin")


def test_a_kept_page_is_shown_to_its_owner_alone(people: dict[str, TestClient]) -> None:
    for path in paths(people["carl"])[2:]:
        assert people["carl"].get(path).status_code == 200
        assert people["cleo"].get(path).status_code == 404
        assert another(people["carl"]).get(path).url.path == "/login"


def test_a_role_that_is_taken_away_is_gone_from_kept_pages(service: Service) -> None:
    user = store.add_user(service.store, store.local_user(service.store), "ada", "admin", PASSWORD)
    made = [
        remembered(Visitor(service, "s", who), (), lambda reader: HTMLResponse(reader.user.role))  # type: ignore[union-attr]
        for who in (user, replace(user, role="viewer"), user)
    ]
    assert [bytes(one.body) for one in made] == [b"admin", b"viewer", b"admin"]


def test_what_is_kept_holds_everything_that_a_page_can_know_of_its_reader(service: Service) -> None:
    telling = Visitor(
        service, "secret", None, True, "dark", "patient", "10.0.0.1", "/new", True, True, {"a": "b"}
    )
    anybody, nobody = telling.stand_in(), Visitor(service, "")
    for one in fields_of(Visitor):
        value = getattr(anybody, one.name)
        if one.name == "session":
            assert value not in ("", telling.session)
            assert value != telling.stand_in().session
        else:
            assert value in telling.shown or value == getattr(nobody, one.name)


@pytest.mark.parametrize(
    "answer",
    [RedirectResponse("/new", 303), HTMLResponse("wrong", 422), Response(b"x", media_type="text/plain")],
)
def test_only_pages_are_kept(service: Service, answer: Response) -> None:
    asked: list[Visitor] = []

    def make(reader: Visitor) -> Response:
        asked.append(reader)
        return answer

    for _ in range(2):
        found = remembered(Visitor(service, "s"), ("not a page", answer.status_code, answer.media_type), make)
        assert (found.status_code, found.body) == (answer.status_code, answer.body)
    assert len(asked) == 2


def test_there_is_room_for_so_much_and_the_least_asked_for_goes() -> None:
    page = pack(bytes(range(256)) * 4)
    pages = Pages(3 * page.size)
    for key in "abc":
        pages.keep(key, page)
    pages.keep("a", page)
    assert pages.find("b") is page
    pages.keep("d", page)
    assert [pages.find(key) is not None for key in "abcd"] == [True, True, False, True]
    assert pages.size == 3 * page.size
    pages.keep("too large", pack(bytes(range(256)) * 40))
    assert pages.size == 0


def test_a_browser_that_takes_no_compressed_pages_reads_the_same(client: TestClient) -> None:
    path = paths(client)[2]
    plain = client.get(path, headers={"accept-encoding": "identity"})
    packed = client.get(path, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.text == packed.text
    assert "Accept-Encoding" in plain.headers["vary"]
    assert "Accept-Encoding" in packed.headers["vary"]
    assert packed.headers["cache-control"] == "no-store"
    assert int(packed.headers["content-length"]) < 0.5 * len(plain.content)


def test_numbers_for_programs_are_the_same_compressed_or_not(client: TestClient) -> None:
    path = f"{paths(client)[2]}/forecast.json"
    plain = client.get(path, headers={"accept-encoding": "identity"}).content
    assert client.get(path, headers={"accept-encoding": "gzip"}).content == plain
    assert gzip.decompress(pack(plain).gzipped()) == plain


def test_kept_pages_are_counted(client: TestClient) -> None:
    client.get("/new")
    before = client.get("/metrics").text
    client.get("/new")
    after = client.get("/metrics").text
    name = 'osteocast_pages_total{outcome="kept"} '

    def count(text: str) -> int:
        return int(text.partition(name)[2].split("\n")[0])

    assert count(after) == count(before) + 1
    assert float(after.partition("process_cpu_seconds_total ")[2].split()[-1]) > 0


def test_a_page_is_of_its_day(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    # A case without any date is seen from today.
    class Later(date):
        @classmethod
        def today(cls) -> Later:
            return cls(2031, 1, 1)

    visitor, made = Visitor(service, "s"), iter("abc")
    pages = [remembered(visitor, ("day",), lambda _: HTMLResponse(next(made))).body for _ in range(2)]
    draft = Draft(examples()[EXAMPLE].document)
    before = service.computations.key_of("forecast", draft, 8)
    monkeypatch.setattr("osteocast.web.remembering.date", Later)
    monkeypatch.setattr("osteocast.web.computing.date", Later)
    pages.append(remembered(visitor, ("day",), lambda _: HTMLResponse(next(made))).body)
    assert pages == [b"a", b"a", b"b"]
    assert service.computations.key_of("forecast", draft, 8) != before
