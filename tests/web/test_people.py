from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from osteocast import store
from osteocast.web import Settings, create_app
from osteocast.web.app import ROUTERS

from .conftest import HOST, fields, token

PASSWORD = "correct horse battery staple"
PEOPLE = {"ada": "admin", "carl": "clinician", "cleo": "clinician", "vera": "viewer"}
#: What anybody may ask for; everything else needs somebody who is logged in.
OPEN = {
    "/login",
    "/logout",
    "/preferences",
    "/static/{name}",
    "/favicon.ico",
    "/robots.txt",
    "/healthz",
    "/readyz",
    "/metrics",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder: Path = tmp_path_factory.mktemp("people")
    url = f"sqlite:///{folder / 'cases.db'}"
    with store.open_store(url) as db:
        first = store.local_user(db)
        for name, role in PEOPLE.items():
            store.add_user(db, first, name, role, PASSWORD)  # type: ignore[arg-type]
    settings = Settings(
        database=url,
        multi_user=True,
        draws=8,
        people=64,
        warm=False,
        computations_per_minute=10_000,
        logins_per_minute=1000,
    )
    return create_app(settings)


@pytest.fixture(scope="module")
def running(app: object) -> Iterator[TestClient]:
    with TestClient(app, base_url=HOST) as made:  # type: ignore[arg-type]
        yield made


def sign_in(running: TestClient, name: str, password: str = PASSWORD) -> TestClient:
    made = TestClient(running.app, base_url=HOST)
    page = made.get("/login").text
    made.post("/login", data={"csrf": token(page), "name": name, "password": password})
    return made


@pytest.fixture(scope="module")
def people(running: TestClient) -> dict[str, TestClient]:
    return {name: sign_in(running, name) for name in PEOPLE}


def routes() -> list[tuple[str, str]]:
    return sorted(
        (method, route.path)
        for module in ROUTERS
        for route in module.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
        if method != "HEAD"
    )


def test_the_matrix_knows_every_route() -> None:
    paths = {path for _, path in routes()}
    assert len(paths) > 40
    assert paths >= OPEN


@pytest.mark.parametrize(("method", "path"), routes())
def test_nobody_gets_in_without_logging_in(running: TestClient, method: str, path: str) -> None:
    fresh = TestClient(running.app, base_url=HOST)
    csrf = token(fresh.get("/login").text)
    address = path.replace(":path}", "}").format(
        key="x",
        name="x",
        case_id="x",
        action="archive",
        job_id="x",
        reference="abcsg-18",
        reader="patient",
        quantity="pth",
        service_id="x",
        kind="density",
    )
    if address.startswith("/cds-services"):
        # Records show tokens of their own; without settings that know any there are no cards here.
        assert fresh.request(method, address).status_code == 404
        return
    sent = {"json": {}} if address.startswith("/v1/") else {"data": {"csrf": csrf}}
    answer = fresh.request(
        method,
        address,
        follow_redirects=False,
        **({} if method in ("GET", "DELETE") else sent),  # type: ignore[arg-type]
    )
    if path in OPEN:
        assert answer.status_code in (200, 303, 404) or (method, path) == ("POST", "/login")
        assert answer.headers.get("location") in (None, "/", "/login")
    elif method == "GET" and not address.startswith("/v1/"):
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    else:
        assert answer.status_code == 401


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(running: TestClient) -> None:
    fresh = TestClient(running.app, base_url=HOST)
    csrf = {"csrf": token(fresh.get("/login").text)}
    wrong = fresh.post("/login", data=csrf | {"name": "cleo", "password": "wrong"})
    unknown = fresh.post("/login", data=csrf | {"name": "nobody", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("cleo", "nobody") == unknown.text


def test_logging_in_gives_another_session_and_logging_out_ends_it(running: TestClient) -> None:
    fresh = TestClient(running.app, base_url=HOST)
    page = fresh.get("/login").text
    before = fresh.cookies["osteocast_session"]
    fresh.post("/login", data={"csrf": token(page), "name": "carl", "password": PASSWORD})
    after = fresh.cookies["osteocast_session"]
    assert after != before
    page = fresh.get("/account").text
    fresh.post("/logout", data={"csrf": token(page)})
    thief = TestClient(running.app, base_url=HOST, cookies={"osteocast_session": after})
    assert thief.get("/cases", follow_redirects=False).status_code == 303


def kept(client: TestClient, title: str) -> str:
    path = client.get("/examples/postmenopausal-anastrozole").url.path
    page = client.get(f"{path}/keep").text
    return client.post(f"{path}/keep", data={"csrf": token(page), "title": title, "action": "new"}).url.path


def test_a_case_is_seen_by_its_owner_and_those_it_is_shared_with(people: dict[str, TestClient]) -> None:
    carl, cleo, vera, ada = (people[name] for name in ("carl", "cleo", "vera", "ada"))
    case = kept(carl, "Carl's own")
    assert carl.get(case).status_code == 200
    for other in (cleo, vera, ada):
        for page in (case, f"{case}/open", f"{case}/export"):
            assert other.get(page).status_code == 404
        csrf = {"csrf": token(other.get("/account").text)}
        for action in ("duplicate", "archive", "share", "delete"):
            sent = csrf | {"name": "vera", "access": "read", "sure": "yes"}
            assert other.post(f"{case}/{action}", data=sent).status_code == 404
    csrf = {"csrf": token(carl.get(case).text)}
    carl.post(f"{case}/share", data=csrf | {"name": "vera", "access": "read"})
    assert "Carl&#39;s own" in vera.get("/cases").text
    opened = vera.get(f"{case}/open")
    assert opened.status_code == 200
    page = vera.get(f"{opened.url.path}/keep").text
    assert 'name="title"' not in page
    assert 'value="version"' in carl.get(f"{carl.get(f'{case}/open').url.path}/keep").text
    sent = {"csrf": token(page), "title": "mine", "action": "version"}
    assert vera.post(f"{opened.url.path}/keep", data=sent).status_code == 403
    # Pages that were kept, and drafts of it, go with the share; those of its owner stay.
    own = carl.get(f"{case}/open").url.path
    pages = ("", "/edit", "/plans", "/mechanism", "/evidence/density", "/keep", "/forecast.json")
    assert [vera.get(opened.url.path + page).status_code for page in pages] == [200] * len(pages)
    carl.post(f"{case}/share", data=csrf | {"name": "vera", "access": "none"})
    assert vera.get(case).status_code == 404
    assert [vera.get(opened.url.path + page).status_code for page in pages] == [404] * len(pages)
    assert [carl.get(own + page).status_code for page in pages] == [200] * len(pages)


def test_a_draft_belongs_to_who_brought_it(people: dict[str, TestClient]) -> None:
    path = people["carl"].get("/examples/postmenopausal-anastrozole").url.path
    assert people["carl"].get(path).status_code == 200
    for page in (
        "",
        "/edit",
        "/plans",
        "/keep",
        "/case.json",
        "/forecast.json",
        "/verdict",
        "/evidence/burden",
    ):
        assert people["cleo"].get(path + page).status_code == 404
    csrf = {"csrf": token(people["cleo"].get("/account").text)}
    assert people["cleo"].post(f"{path}/keep", data=csrf | {"title": "mine now"}).status_code == 404
    assert "mine now" not in people["cleo"].get("/cases").text


def test_long_work_belongs_to_who_began_it(people: dict[str, TestClient]) -> None:
    case = {"person": {"sex": "female", "birth_date": "1963-05-14", "menopause": {"age": 50}}}
    begun = people["carl"].post("/v1/jobs", params={"count": 32}, json=case).headers["location"]
    assert people["carl"].get(begun).status_code == 200
    for method in ("GET", "DELETE"):
        assert people["cleo"].request(method, begun).status_code == 404
    assert people["cleo"].get(f"{begun}/result").status_code == 404
    page = begun.replace("/v1/jobs", "/jobs")
    told = people["cleo"].get(f"{page}/progress", params={"then": "/d/abc"})
    assert "<progress" not in told.text and "called off" not in told.text
    csrf = token(people["cleo"].get("/cases").text)
    assert people["cleo"].post(f"{page}/cancel", data={"csrf": csrf}).status_code == 404
    assert people["carl"].get(begun).json()["state"] != "cancelled"


@pytest.mark.parametrize("name", ["carl", "cleo", "vera"])
def test_only_an_administrator_looks_after_people(people: dict[str, TestClient], name: str) -> None:
    someone = people[name]
    assert someone.get("/admin").status_code == 403
    assert someone.get("/admin/verify").status_code == 403
    csrf = {"csrf": token(someone.get("/account").text)}
    new = csrf | {"name": "eve", "role": "admin", "password": PASSWORD}
    assert someone.post("/admin/users", data=new).status_code == 403
    for action in ("role", "password", "disable", "enable"):
        sent = csrf | {"name": "ada", "role": "viewer", "password": PASSWORD}
        assert someone.post(f"/admin/users/{action}", data=sent).status_code == 403


def test_an_administrator_adds_somebody_and_shuts_them_out(
    running: TestClient, people: dict[str, TestClient]
) -> None:
    ada = people["ada"]
    csrf = {"csrf": token(ada.get("/admin").text)}
    ada.post("/admin/users", data=csrf | {"name": "nina", "role": "clinician", "password": PASSWORD})
    nina = sign_in(running, "nina")
    assert nina.get("/cases", follow_redirects=False).status_code == 200
    ada.post("/admin/users/disable", data=csrf | {"name": "nina"})
    assert nina.get("/cases", follow_redirects=False).status_code == 303
    assert "nina" in ada.get("/admin").text
    assert "intact" in ada.get("/admin/verify").text
    weak = csrf | {"name": "otto", "role": "viewer", "password": "1234"}
    assert ada.post("/admin/users", data=weak).status_code == 422


def test_who_sees_only_creates_nothing(people: dict[str, TestClient]) -> None:
    vera = people["vera"]
    path = vera.get("/examples/postmenopausal-anastrozole").url.path
    page = vera.get(f"{path}/keep").text
    assert vera.post(f"{path}/keep", data={"csrf": token(page), "action": "new"}).status_code == 403


def test_an_own_password_is_changed_with_the_one_before(running: TestClient) -> None:
    cleo = sign_in(running, "cleo")
    sent = {"csrf": token(cleo.get("/account").text), "current": PASSWORD, "new": "another long password"}
    assert cleo.post("/account/password", data=sent | {"again": "else"}).status_code == 422
    cleo.post("/account/password", data=sent | {"again": sent["new"]})
    assert sign_in(running, "cleo").get("/cases", follow_redirects=False).status_code == 303
    assert sign_in(running, "cleo", sent["new"]).get("/cases", follow_redirects=False).status_code == 200


def test_one_address_tries_only_so_often(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    made = create_app(Settings(database=url, multi_user=True, warm=False, logins_per_minute=2))
    with TestClient(made, base_url=HOST) as fresh:
        csrf = {"csrf": token(fresh.get("/login").text)}
        answers = [fresh.post("/login", data=csrf | {"name": "x", "password": "y"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert "retry-after" in answers[-1].headers


def test_cookies_go_by_https_alone_where_there_is_https(tmp_path: Path) -> None:
    settings = Settings(
        host="0.0.0.0",
        multi_user=True,
        behind_tls=True,
        names=("bones.example.org",),
        database=f"sqlite:///{tmp_path / 'cases.db'}",
        warm=False,
    )
    with TestClient(create_app(settings), base_url="https://bones.example.org") as fresh:
        answer = fresh.get("/login")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]
    assert fields(answer.text) == {}
