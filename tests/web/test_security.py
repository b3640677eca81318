from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

import osteocast as oc
from osteocast.web import Settings
from osteocast.web.assets import assets, themed
from osteocast.web.security.rates import Rates, TooOften
from osteocast.web.security.tokens import token_of, verify
from osteocast.web.showing.behind import KINDS

from .conftest import token

PAGES = ("/", "/new", "/examples/postmenopausal-anastrozole", "/evidence/abcsg-18", "/nowhere", "/healthz")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_tells_the_browser_what_it_may_not_do(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def forbidden(page: str) -> list[str]:
    """What a page holds that the policy lets no browser run, style or load."""
    return re.findall(r"<[^>]*\s(?:style|on[a-z]+)=|<style|<script>|javascript:|<base|<i?frame|<object", page)


def test_all_parts_of_a_case_keep_to_the_policy(client: TestClient) -> None:
    path = client.get("/examples/letrozole-denosumab-exit").url.path
    asked = {"harm": "?plan=1", "input": "?of=0", "visit": "?of=0"}
    drawers = [f"/evidence/{kind}{asked.get(kind, '')}" for kind in KINDS]
    pages = ["", "/edit", "/plans", "/mechanism", "/verdict", "/search", "/keep", "/letter", *drawers]
    patient = TestClient(client.app, base_url="http://localhost:8750")
    patient.cookies.set("osteocast_view", "patient")
    for reader in (client, patient):
        for page in pages:
            for headers in ({}, {"hx-request": "true"}):
                answer = reader.get(path + page, headers=headers)
                assert answer.status_code == 200, page
                assert forbidden(answer.text) == [], page
                assert "unsafe" not in answer.headers["content-security-policy"], page
                assert answer.headers["cache-control"] == "no-store", page


def test_what_is_forbidden_is_seen() -> None:
    given = '<p style="a"><svg onload="b"><style>c</style><a href="javascript:d">'
    assert len(forbidden(given)) == 4
    assert forbidden('<p class="style=">once="1"</p>') == []


@pytest.mark.parametrize("path", PAGES[:5])
def test_pages_need_nothing_that_the_policy_forbids_and_nothing_from_elsewhere(
    client: TestClient, path: str
) -> None:
    page = client.get(path).text
    assert forbidden(page) == []
    loads = [
        part.split('"')[0] for part in page.split('src="')[1:] + page.split('rel="stylesheet" href="')[1:]
    ]
    assert loads
    assert all(address.startswith("/static/") for address in loads)


def test_the_session_is_out_of_reach_of_scripts_and_of_other_sites(client: TestClient) -> None:
    fresh = TestClient(client.app, base_url="http://localhost:8750")
    cookie = fresh.get("/new").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "10.0.0.1:8750"])
def test_another_name_for_this_machine_is_turned_away(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8750", "127.0.0.1", "[::1]:8750"])
def test_the_names_of_this_machine_are_served(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://["},
    {"sec-fetch-site": "cross-site"},
)


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/edit", "/import", "/preferences", "/v1/forecast"])
def test_another_site_can_send_nothing(client: TestClient, path: str, headers: dict[str, str]) -> None:
    answer = client.post(path, headers=headers, data={"csrf": token(client.get("/new").text)})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/edit", "/import", "/preferences"])
@pytest.mark.parametrize("sent", [{"a": "b"}, {"csrf": "wrong"}, {"csrf": "é"}])
def test_a_form_without_the_token_of_the_session_does_nothing(
    client: TestClient, path: str, sent: dict[str, str]
) -> None:
    assert client.post(path, data=sent).status_code == 403


def test_a_token_belongs_to_one_session() -> None:
    assert verify(b"secret", "one", token_of(b"secret", "one"))
    assert not verify(b"secret", "two", token_of(b"secret", "one"))
    assert not verify(b"other", "one", token_of(b"secret", "one"))


def test_a_body_that_is_too_large_is_not_read(client: TestClient, settings: Settings) -> None:
    large = b" " * (settings.largest_body + 1)
    headers = {"content-type": "application/json"}
    assert client.post("/v1/forecast", content=large, headers=headers).status_code == 413

    def parts() -> object:
        yield from (large[:500_000], large[:500_000], b"  ")

    assert client.post("/v1/forecast", content=parts(), headers=headers).status_code == 413  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example/d/a/evidence/b",
        "https://evil.example/d/a/evidence/b",
        "javascript:alert(1)",
        "http://[",
    ],
)
def test_a_source_leads_back_to_a_number_of_a_case_alone(client: TestClient, back: str) -> None:
    for headers in ({}, {"hx-request": "true"}):
        way = "Back to the number"
        assert way not in client.get("/evidence/abcsg-18", params={"back": back}, headers=headers).text
        given = {"back": '/d/a/evidence/b?plan=1&of="><script>'}
        page = client.get("/evidence/abcsg-18", params=given, headers=headers).text
        assert way in page and forbidden(page) == []


def test_somebody_elses_page_is_not_led_to(client: TestClient) -> None:
    sent = {"csrf": token(client.get("/new").text), "theme": "dark", "back": "//evil.example/"}
    answer = client.post("/preferences", data=sent, follow_redirects=False)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"host": "0.0.0.0"}, "--multi-user"),
        ({"host": "0.0.0.0", "multi_user": True, "names": ("a.example",)}, "--behind-tls"),
        ({"host": "0.0.0.0", "multi_user": True, "behind_tls": True}, "--name"),
    ],
)
def test_it_is_not_opened_to_others_without_logins_and_https(wrong: dict[str, object], expected: str) -> None:
    with pytest.raises(oc.InputError, match=expected):
        Settings(**wrong)  # type: ignore[arg-type]


def test_rates_refill_with_time() -> None:
    now = [0.0]
    rates = Rates(2, clock=lambda: now[0])
    rates.spend("a")
    rates.spend("a")
    rates.spend("b")
    with pytest.raises(TooOften) as refused:
        rates.spend("a")
    assert refused.value.retry_after == 30
    now[0] = 30.0
    rates.spend("a")


def test_files_may_be_kept_because_their_names_change_with_them(client: TestClient) -> None:
    for asset in assets().values():
        answer = client.get(f"/static/{asset.name}")
        assert answer.content == asset.content
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/app.css").status_code == 404
    assert client.get("/static/..%2fapp.py").status_code == 404


def test_a_choice_of_dark_goes_before_that_of_the_system() -> None:
    css = assets()["app.css"].content.decode()
    assert ":root[data-theme=dark]" in css
    assert themed("nothing to do") == "nothing to do"


@pytest.mark.parametrize(
    "came", ["http://[", "https://evil.example/d/a", "//evil.example", "javascript:alert(1)"]
)
def test_what_was_refused_leads_back_to_no_other_site(client: TestClient, came: str) -> None:
    answer = client.post("/edit", data={"csrf": "wrong"}, headers={"referer": came})
    assert answer.status_code == 403
    assert "evil" not in answer.text and forbidden(answer.text) == []
