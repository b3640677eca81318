from __future__ import annotations

import json
import re

import pytest
from starlette.testclient import TestClient

import osteocast as oc
from osteocast.web.examples import examples

from .conftest import fields, token

NAME = "postmenopausal-anastrozole"


def save(client: TestClient, path: str, **sent: str) -> str:
    """Save the case under an address, and return the address of the kept one."""
    page = client.get(f"{path}/keep").text
    answer = client.post(f"{path}/keep", data={"csrf": token(page), "action": "new", **sent})
    assert answer.status_code == 200
    return answer.url.path


def test_a_case_that_is_saved_and_opened_again_has_the_same_numbers(client: TestClient) -> None:
    path = client.get(f"/examples/{NAME}").url.path
    before = client.get(path).text
    kept = save(client, path, title="Ward 7", note="first visit")
    opened = client.get(f"{kept}/open")
    numbers = re.compile(r"[+−][\d.]+%|T [+−][\d.]+")
    assert numbers.findall(opened.text) == numbers.findall(before)
    one, other = (client.get(f"{at}/forecast.json").json() for at in (path, opened.url.path))
    del one["case"], other["case"]
    assert one == other


def test_a_change_becomes_the_next_version_and_the_first_one_stays(client: TestClient) -> None:
    kept = save(client, client.get(f"/examples/{NAME}").url.path, title="Versions")
    opened = client.get(f"{kept}/open").url.path
    edited = client.post("/edit", data=fields(client.get(f"{opened}/edit").text) | {"person.weight": "75"})
    path = edited.url.path
    page = client.get(f"{path}/keep").text
    assert "Save as the next version" in page
    client.post(f"{path}/keep", data={"csrf": token(page), "action": "version", "title": "Versions"})
    assert "75 kg" in client.get(f"{kept}/export").text
    assert "75 kg" not in client.get(f"{kept}/export?version=1").text
    stale = client.post(f"{path}/keep", data={"csrf": token(page), "action": "version", "title": "Versions"})
    assert stale.status_code == 409


def test_a_case_is_listed_found_duplicated_archived_and_deleted(client: TestClient) -> None:
    kept = save(client, client.get(f"/examples/{NAME}").url.path, title="Needle in hay")
    csrf = {"csrf": token(client.get(kept).text)}
    assert "Needle in hay" in client.get("/cases?search=needle").text
    assert "Needle in hay" not in client.get("/cases?search=haystack").text
    copy = client.post(f"{kept}/duplicate", data=csrf | {"title": "Copied"})
    assert copy.url.path != kept
    client.post(f"{kept}/archive", data=csrf)
    assert "Needle in hay" not in client.get("/cases?search=needle").text
    assert "Needle in hay" in client.get("/cases?search=needle&archived=true").text
    assert client.post(f"{kept}/delete", data=csrf).status_code == 422
    client.post(f"{kept}/delete", data=csrf | {"sure": "yes"})
    assert client.get(kept).status_code == 404


def test_a_case_that_is_taken_away_comes_back_and_runs_on_the_command_line(client: TestClient) -> None:
    path = client.get(f"/examples/{NAME}").url.path
    text = client.get(f"{path}/case.json").text
    assert oc.load_case(text).person == oc.load_case(json.dumps(examples()[NAME].document)).person
    csrf = {"csrf": token(client.get("/cases").text)}
    kept = client.post("/cases/import", data=csrf, files={"file": ("x.json", text)})
    assert kept.status_code == 200
    assert kept.url.path.startswith("/cases/")
    opened = client.post("/import", data=csrf, files={"file": ("x.json", text)})
    assert opened.url.path.startswith("/d/")
    damaged = text.replace("68 kg", "86 kg")
    assert client.post("/cases/import", data=csrf, files={"file": ("x.json", damaged)}).status_code == 422


@pytest.mark.parametrize(
    ("name", "kind", "within"),
    [
        ("case.json", "application/json", '"osteocast-case-1"'),
        ("forecast.json", "application/json", '"headline"'),
        ("page.html", "text/html", "<style>"),
        ("calendar.ics?plan=1", "text/calendar", "BEGIN:VEVENT"),
    ],
)
def test_downloads(client: TestClient, name: str, kind: str, within: str) -> None:
    answer = client.get(client.get(f"/examples/{NAME}").url.path + "/" + name)
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert within in answer.text


def test_each_plan_has_its_dates_for_a_calendar(client: TestClient) -> None:
    path = client.get(f"/examples/{NAME}").url.path
    page = client.get(f"{path}/keep").text
    dates = re.findall(r'href="([^"]+calendar\.ics\?plan=\d)">([^<]+)<', page)
    assert len(dates) > 1
    assert len({client.get(address).text for address, _ in dates}) == len(dates)


def test_the_letter_is_of_the_plan_that_was_chosen(client: TestClient) -> None:
    path = client.get(f"/examples/{NAME}").url.path
    assert "zoledronate 4 mg every 6 months" in client.get(f"{path}/letter?plan=1").text
    assert "This plan is refused" in client.get(f"{path}/letter?plan=3").text
    assert client.get(f"{path}/letter?plan=9").status_code == 404


def test_what_was_sent_in_vain_leads_back_to_its_page(client: TestClient) -> None:
    case = save(client, client.get(f"/examples/{NAME}").url.path, title="Kept")
    csrf = {"csrf": token(client.get(case).text)}
    came = {"referer": f"{client.base_url.copy_with(path=case)}?version=1"}
    failed = client.post(f"{case}/delete", data=csrf, headers=came)
    assert failed.status_code == 422
    assert f'<a href="{case}?version=1">Back</a>' in failed.text
    for other in ("http://elsewhere.example/x", ""):
        assert ">Back</a>" not in client.post(f"{case}/delete", data=csrf, headers={"referer": other}).text


def test_a_case_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/cases/nothing").status_code == 404
    csrf = {"csrf": token(client.get("/cases").text)}
    assert client.post("/cases/nothing/archive", data=csrf).status_code == 404
    assert client.post("/cases/nothing/burn", data=csrf).status_code == 404
