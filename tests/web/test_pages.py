from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from osteocast.web import Settings, create_app
from osteocast.web.examples import examples

from .conftest import fields, token

FIRST = {
    "person.sex": "female",
    "person.birth_date": "1963-05-14",
    "person.menopause.type": "natural",
    "person.menopause.age": "50",
    "treatments.1.from": "",
    "treatments.1.drug": "anastrozole",
    "treatments.1.start": "2025-03-10",
}


def send(client: TestClient, sent: dict[str, str], page: str | None = None) -> tuple[int, str, str]:
    """Send a form, and return status, page and address of the answer."""
    page = client.get("/new").text if page is None else page
    answer = client.post("/edit", data=fields(page) | sent)
    return answer.status_code, answer.text, answer.url.path


def test_the_first_page_opens_on_an_example(client: TestClient) -> None:
    page = client.get("/").text
    assert "the lumbar spine is forecast to" in page
    assert page.count('class="chart') >= 2
    assert all(f"/examples/{name}" in page for name in examples())


def test_no_more_than_eight_questions_stand_before_the_first_result(client: TestClient) -> None:
    page = client.get("/new").text
    first = page.split('<details class="part"')[0]
    assert 4 <= len(re.findall(r'<div class="field[ "]', first)) <= 8


def test_from_an_empty_form_to_a_forecast(client: TestClient) -> None:
    status, page, path = send(client, FIRST)
    assert status == 200
    assert path.startswith("/d/")
    assert "Anastrozole alone" in page
    assert "refused" in page


@pytest.mark.parametrize("name", examples())
def test_the_page_of_every_example_holds_what_a_visit_needs(client: TestClient, name: str) -> None:
    page = client.get(f"/examples/{name}").text
    for part in ("result", "safety", "plans", "next", "guidelines", "why", "sign"):
        assert f'id="{part}"' in page
    order = [page.index(f'id="{part}"') for part in ("result", "plans", "next", "guidelines", "why", "sign")]
    assert order == sorted(order)
    assert "refused" in page or name == "man-testosterone-anastrozole"


def test_everything_that_is_wrong_is_told_at_once_beside_its_field(client: TestClient) -> None:
    sent = FIRST | {
        "person.birth_date": "1963-02-31",
        "person.menopause.age": "5",
        "person.weight": "heavy",
        "person.weight.unit": "kg",
        "labs.0.from": "",
        "labs.0.analyte": "estradiol",
        "labs.0.value": "19",
        "labs.0.value.unit": "bushels",
        "labs.0.date": "2025-03-03",
    }
    status, page, path = send(client, sent)
    assert (status, path) == (422, "/edit")
    for place in ("person-birth_date", "person-weight", "labs-0-value"):
        assert f'<a href="#{place}">' in page
        assert f'id="{place}"' in page
        assert f'id="{place}-wrong-1"' in page
    assert 'value="heavy"' in page
    assert 'aria-invalid="true"' in page
    assert fields(page)["labs.0.value.unit"] == "bushels"


def test_a_form_that_was_wrong_can_be_corrected(client: TestClient) -> None:
    _, page, _ = send(client, FIRST | {"person.weight": "heavy", "person.weight.unit": "kg"})
    status, page, path = send(client, {"person.weight": "70"}, page)
    assert (status, path[:3]) == (200, "/d/")


def test_rows_come_and_go_without_javascript(client: TestClient) -> None:
    _, page, path = send(client, FIRST | {"action": "add:scans"})
    assert path == "/edit"
    assert "scans.0.date" in fields(page)
    spine = "scans.0.sites.lumbar_spine"
    scan = {
        "scans.0.date": "2025-02-24",
        "scans.0.device.vendor": "hologic",
        f"{spine}.bmd": "0.919",
        f"{spine}.bmd.unit": "g/cm2",
    }
    _, page, _ = send(client, scan | {"action": "add:labs"}, page)
    assert fields(page)[f"{spine}.bmd"] == "0.919"
    status, page, path = send(client, {}, page)
    assert status == 200
    assert "From 1 scan" in page or "1 own scan" in page
    edit = client.get(f"{path}/edit").text
    _, page, _ = send(client, {"action": "remove:scans.0"}, edit)
    assert "scans.0.date" not in fields(page)
    assert fields(page)["person.sex"] == "female"


def test_an_example_through_its_form_is_the_same_forecast(client: TestClient) -> None:
    answer = client.get("/examples/letrozole-denosumab-exit")
    edit = client.get(f"{answer.url.path}/edit").text
    status, page, path = send(client, {}, edit)
    assert status == 200
    assert path == answer.url.path
    assert page == answer.text


def test_a_person_outside_the_model_gets_the_reason(client: TestClient) -> None:
    status, page, _ = send(
        client,
        FIRST
        | {
            "person.birth_date": "1999-05-14",
            "person.menopause.type": "surgical",
            "person.menopause.age": "24",
        },
    )
    assert status == 200
    assert "is not covered" in page
    assert 'class="chart' not in page


def test_a_case_file_can_be_opened_and_one_that_is_none_is_refused(client: TestClient) -> None:
    csrf = {"csrf": token(client.get("/").text)}
    text = json.dumps(examples()["postmenopausal-anastrozole"].document)
    opened = client.post("/import", data=csrf, files={"file": ("mine.json", text)})
    assert opened.status_code == 200
    assert "imported" in client.get(f"{opened.url.path}/edit").text
    for content in (b"\xff\xfe", b"- a list", b"a: [", b""):
        refused = client.post("/import", data=csrf, files={"file": ("bad.yaml", content)})
        assert refused.status_code == 422


def test_a_draft_that_is_not_there_is_explained(client: TestClient) -> None:
    answer = client.get("/d/nothing")
    assert answer.status_code == 404
    assert "open the case again" in answer.text


def test_the_choice_of_theme_is_kept(client: TestClient) -> None:
    fresh = TestClient(client.app, base_url="http://localhost:8750")
    page = fresh.get("/new").text
    answer = fresh.post("/preferences", data={"csrf": token(page), "theme": "dark", "back": "/new"})
    assert answer.url.path == "/new"
    assert 'data-theme="dark"' in answer.text


def test_the_drawer_and_the_page_of_a_source(client: TestClient) -> None:
    page = client.get("/evidence/atac-bone-60-months/ana-total-hip-60")
    assert "-7.24" in page.text
    part = client.get("/evidence/abcsg-18", headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert client.get("/evidence/no-such-source").status_code == 404


def test_every_chart_has_its_words_and_its_table(client: TestClient) -> None:
    page = client.get("/examples/postmenopausal-anastrozole").text
    charts = re.findall(r'<svg [^>]*class="chart[^>]*>', page)
    assert charts
    assert all('role="img"' in one and 'aria-label="' in one for one in charts)
    assert page.count("The numbers</summary>") >= len(charts) - page.count('class="chart narrow')


def test_another_unit_shows_its_own_range(client: TestClient) -> None:
    shown = client.get("/form/range/estradiol", params={"labs.0.value.unit": "pmol/L"})
    assert shown.text == "0.184 to 3670 pmol/L"
    assert client.get("/form/range/nothing").status_code == 404


def test_a_patient_reads_another_page_with_the_same_numbers(client: TestClient) -> None:
    reader = TestClient(client.app, base_url="http://localhost:8750")
    path = reader.get("/examples/postmenopausal-anastrozole").url.path
    clinician = reader.get(path).text
    sent = {"csrf": token(clinician), "view": "patient", "back": path}
    patient = reader.post("/preferences", data=sent).text
    assert "How many of 100 people like you" in patient
    assert "Sign-off" not in patient
    headline = re.search(r'class="headline">([^<]+)<', patient)
    assert headline is not None
    assert headline[1] in clinician
    assert patient.count("A filled square is a person who") >= 4


def test_a_patient_sees_single_people_whose_numbers_the_api_gives(client: TestClient) -> None:
    reader = TestClient(client.app, base_url="http://localhost:8750")
    path = reader.get("/examples/postmenopausal-anastrozole").url.path
    clinician = reader.get(path).text
    sent = {"csrf": token(clinician), "view": "patient", "back": path}
    patient = html.unescape(reader.post("/preferences", data=sent).text)
    document = examples()["postmenopausal-anastrozole"].document
    data = client.post("/v1/forecast", params={"draws": 16}, json=document).json()
    # A fan for the clinician, a line for each person for the patient.
    assert "mark-area" in clinician
    assert "mark-area" not in patient
    assert "people like you" not in clinician
    assert "What becomes of the same 16 people with each plan" in patient
    for plan in data["plans"]:
        at_end = [path[-1] for path in plan["curves"]["change_lumbar_spine"]["paths"]]
        losing = sum(change < 0 for change in at_end)
        name = plan["name"][:1].lower() + plan["name"][1:]
        words = (
            f"16 people like you with {name}: after 10 years, {losing} of the 16 have less bone than today."
        )
        assert f"<figcaption>{words}</figcaption>" in patient
        assert f"{losing} of 16</td>" in patient


def test_without_virtual_people_a_patient_sees_the_average(settings: Settings) -> None:
    with TestClient(create_app(replace(settings, draws=0)), base_url="http://localhost:8750") as reader:
        reader.cookies.set("osteocast_view", "patient")
        page = reader.get("/examples/postmenopausal-anastrozole").text
    assert "What becomes of the same" not in page
    assert "Each thin line" not in page
    assert "Bone density of the lumbar spine" in page
