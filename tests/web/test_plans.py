from __future__ import annotations

import pytest
from starlette.testclient import TestClient

import osteocast as oc
from osteocast.errors import Problem
from osteocast.forecast.scenarios import planned
from osteocast.web.drafts import Draft
from osteocast.web.examples import examples
from osteocast.web.forms.plan_problems import named_problems
from osteocast.web.forms.plans import MOST_PLANS, PRESETS, apply_plans, preset, shown_plans, with_plans

from .conftest import fields

ALL = pytest.mark.parametrize("name", examples())


@ALL
def test_the_standard_plans_written_out_are_the_same_plans(name: str) -> None:
    document = examples()[name].document
    case = Draft(document).case()
    written = Draft(with_plans(document, case)).case()
    expected, _ = planned(case)
    assert written.plans == expected.plans
    assert written.as_of == expected.as_of
    assert [course.drug for course in written.treatments] == [one.drug for one in expected.treatments]


def test_an_inhibitor_that_is_assumed_is_written_out_with_its_end() -> None:
    document = {
        "person": {"sex": "female", "birth_date": "1963-05-14", "menopause": {"age": 50}},
        "options": {"as_of": "2025-03-10"},
    }
    made = with_plans(document, Draft(document).case())
    assert made["treatments"] == [{"drug": "anastrozole", "start": "2025-03-10", "stop": "2030-03-10"}]
    assert Draft(made).case().plans


@ALL
def test_plans_that_are_sent_back_unchanged_stay_as_they_are(client: TestClient, name: str) -> None:
    document = examples()[name].document
    document = with_plans(document, Draft(document).case())
    page = client.get(f"{client.get(f'/examples/{name}').url.path}/plans").text
    assert apply_plans(document, fields(page)) == document


@pytest.mark.parametrize("name", PRESETS)
def test_every_plan_that_is_offered_can_be_read(name: str) -> None:
    document = examples()["postmenopausal-anastrozole"].document
    case = Draft(document).case()
    made = Draft({**document, "plans": [preset(name, case), preset(name, case) | {"name": "other"}]}).case()
    assert len(made.plans) == 2


def editor(client: TestClient, name: str = "letrozole-denosumab-exit") -> tuple[str, dict[str, str]]:
    path = client.get(f"/examples/{name}").url.path + "/plans"
    page = client.get(path).text
    return page, fields(page)


def test_a_change_is_shown_at_once_for_htmx(client: TestClient) -> None:
    page, sent = editor(client)
    assert 'hx-post="/plans/preview"' in page
    sent |= {"plans.1.courses.0.doses": "4", "plans.1.courses.1.start": "24 months"}
    answer = client.post("/plans/preview", data=sent, headers={"hx-request": "true"})
    part = answer.text
    assert "<html" not in part
    assert "4 injections of denosumab" in part
    here = answer.headers["hx-push-url"]
    assert "4 injections of denosumab" in client.get(here).text
    tabs = part[part.index('<nav id="case-nav" hx-swap-oob="true"') :]
    assert f'href="{here.removesuffix("/plans")}"' in tabs
    assert f'href="{here}" aria-current="page"' in tabs
    again = client.post("/plans/preview", data=sent, headers={"hx-current-url": f"http://testserver{here}"})
    assert "hx-push-url" not in again.headers


def test_an_unsafe_plan_is_refused_first(client: TestClient) -> None:
    _, sent = editor(client)
    names = [name for name in sent if name.startswith("plans.1.courses.1.")]
    without_exit = {name: text for name, text in sent.items() if name not in names}
    page = client.post("/plans", data=without_exit).text
    assert page.index("Refused:") < page.index('class="headline"')
    assert "the last dose wears off" in page


def test_plans_come_and_go_without_javascript(client: TestClient) -> None:
    _, sent = editor(client)
    page = client.post("/plans", data=sent | {"action": "plan:add", "preset": "drug:risedronate"}).text
    assert fields(page)["plans.4.name"] == "Risedronate"
    page = client.post("/plans", data=fields(page) | {"action": "copy:plans.4"}).text
    assert fields(page)["plans.5.name"] == "Risedronate (2)"
    page = client.post("/plans", data=fields(page) | {"action": "plan:add"}).text
    assert f"plans.{MOST_PLANS}.name" not in fields(page)
    page = client.post("/plans", data=fields(page) | {"action": "remove:plans.0"}).text
    assert fields(page)["plans.0.name"].startswith("denosumab 3 years, then")
    page = client.post("/plans", data=fields(page) | {"action": "add:plans.0.lifestyle.exercise"}).text
    programme = {"plans.0.lifestyle.exercise.0.programme": "walking"}
    page = client.post("/plans", data=fields(page) | programme).text
    assert "brisk walking" in page


def test_what_is_wrong_with_a_plan_is_told_beside_it(client: TestClient) -> None:
    _, sent = editor(client)
    wrong = sent | {"plans.1.courses.0.dose": "60 kg", "plans.1.courses.0.missed": "99"}
    answer = client.post("/plans", data=wrong)
    assert answer.status_code == 422
    assert 'href="#plans-1-courses-0-dose"' in answer.text
    assert 'id="plans-1-courses-0-dose-wrong-1"' in answer.text
    assert 'id="plans-1-courses-0-missed-wrong-1"' in answer.text
    for page in (answer.text, client.post("/plans/preview", data=wrong).text):
        assert 'courses-0-missed">denosumab 3 years, then zoledronate: denosumab, Missed doses</a>' in page
        assert "plans[1]" not in page


def test_the_plan_in_which_something_is_wrong_stands_open(client: TestClient) -> None:
    _, sent = editor(client)
    assert not any(plan.opened for plan in shown_plans(examples()["letrozole-denosumab-exit"].document))
    page = client.post("/plans", data=sent | {"plans.1.stop.letrozole": "some day"}).text
    closed, wrong = (page.split('<details class="part plan-edit"')[i] for i in (1, 2))
    assert closed.startswith(">")
    assert wrong.startswith(" open>")
    assert "<details open><summary>Food" in wrong
    page = client.post("/plans", data=sent | {"action": "add:plans.0.courses"}).text
    assert page.split('<details class="part plan-edit"')[1].startswith(" open>")


def test_what_is_wrong_outside_the_plans_leads_to_the_form() -> None:
    draft = Draft(examples()["letrozole-denosumab-exit"].document)
    problem = Problem("person.height", "9 m", "a height", "correct it")
    odd = Problem("plans[9].name", "x", "a name", "correct it")
    shown = shown_plans(draft.document)
    person, unknown = named_problems(draft, shown, (problem, odd))
    assert (person.href, person.words) == (f"/d/{draft.key}/edit#person-height", ("Height",))
    assert (unknown.href, unknown.words) == (f"/d/{draft.key}/edit", ())


def test_a_missed_dose_typed_on_the_page_is_the_one_of_the_case_file(client: TestClient) -> None:
    _, sent = editor(client)
    document = apply_plans(
        examples()["letrozole-denosumab-exit"].document,
        sent | {"plans.1.courses.0.missed": "4, 5", "plans.1.courses.0.late": "3: 4 months"},
    )
    course = oc.load_case(str(document).replace("'", '"')).plans[1].courses[0]
    assert course.missed == (4, 5)
    assert course.late == {3: pytest.approx(4 * 365.25 / 12)}


def test_documents_of_any_shape_are_shown() -> None:
    for odd in (None, "text", [], [None], ["text"], [{"courses": "x", "lifestyle": {"exercise": "walking"}}]):
        shown_plans({"plans": odd})
