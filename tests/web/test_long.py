from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

import osteocast as oc
from osteocast.web import Settings
from osteocast.web.computing import Busy, Computations
from osteocast.web.examples import examples
from osteocast.web.showing.standing import main_part

DOCUMENT = examples()["postmenopausal-anastrozole"].document


def until_done(client: TestClient, address: str) -> dict[str, object]:
    for _ in range(600):
        told: dict[str, object] = client.get(address).json()
        if told["state"] not in ("waiting", "running"):
            return told
        time.sleep(0.1)
    raise AssertionError("it never ends")


@pytest.fixture(scope="module")
def path(client: TestClient) -> str:
    return client.get("/examples/postmenopausal-anastrozole").url.path


@pytest.mark.parametrize(("page", "within"), [("verdict", "Each plan, and why"), ("search", "The plans")])
def test_a_report_is_shown_inside_a_page(client: TestClient, path: str, page: str, within: str) -> None:
    for _ in range(100):
        text = client.get(f"{path}/{page}").text
        if "<progress" not in text:
            break
        assert "Cancel" in text
        time.sleep(0.2)
    assert within in text
    assert " style=" not in text


@pytest.mark.parametrize("reader", ["clinician", "patient"])
def test_the_reports_of_a_visit(client: TestClient, path: str, reader: str) -> None:
    for _ in range(100):
        page = client.get(f"{path}/visit/{reader}")
        if "<progress" not in page.text:
            break
        time.sleep(0.2)
    assert "sandbox" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]
    pdf = client.get(f"{path}/visit/{reader}?format=pdf")
    assert pdf.content.startswith(b"%PDF")
    assert "attachment" in pdf.headers["content-disposition"]


def test_long_work_for_programs(client: TestClient) -> None:
    begun = client.post("/v1/jobs", params={"kind": "verdict", "count": 64}, json=DOCUMENT)
    assert begun.status_code == 202
    address = begun.headers["location"]
    told = until_done(client, address)
    assert (told["state"], told["progress"]) == ("done", 1.0)
    result = client.get(str(told["result"])).text
    assert result == client.post("/v1/verdict", params={"people": 64}, json=DOCUMENT).text
    assert client.get("/v1/jobs/none").status_code == 404
    assert client.post("/v1/jobs", json={"person": {}}).status_code == 422


def test_a_search_for_programs(client: TestClient) -> None:
    answer = client.post("/v1/plan", params={"people": 32}, json=DOCUMENT)
    assert answer.json()["plans"]


@pytest.fixture
def computations() -> Iterator[Computations]:
    made = Computations(Settings(workers=1, waiting=1, patience=5, warm=False), most=2)
    yield made
    made.close()


def test_the_same_question_is_computed_once(computations: Computations) -> None:
    begun, count = threading.Event(), []

    def slow() -> str:
        count.append(1)
        begun.wait(5)
        return "answer"

    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(computations.get("one", slow))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    begun.set()
    for thread in threads:
        thread.join()
    assert answers == ["answer"] * 8
    assert len(count) == 1


def test_more_than_may_wait_is_told_to_come_back(computations: Computations) -> None:
    hold = threading.Event()
    computations.start("running", lambda: hold.wait(5))
    computations.start("waiting", lambda: hold.wait(5))
    with pytest.raises(Busy) as refused:
        computations.start("too many", lambda: True)
    assert refused.value.retry_after > 0
    hold.set()


def test_what_failed_is_not_remembered(computations: Computations) -> None:
    def fails() -> str:
        raise oc.NotCovered(["for a reason"])

    with pytest.raises(oc.NotCovered):
        computations.get("one", fails)
    assert computations.get("one", lambda: "now") == "now"


def test_what_was_not_asked_for_for_longest_is_forgotten(computations: Computations) -> None:
    for name in "abc":
        computations.get(name, lambda name=name: name)  # type: ignore[misc]
    assert [computations.peek(name) for name in "abc"] == [None, "b", "c"]


def test_colours_that_a_report_sets_become_classes() -> None:
    inside = '<i class="mark" style="background:var(--plan-3)"></i><b style="color:var(--plan-1)">x</b>'
    assert (
        main_part(f'<main id="main">{inside}</main>') == '<i class="mark back-3"></i><b class="ink-1">x</b>'
    )
