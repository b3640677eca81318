"""Long work in the background: how far it is, and an end to it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from osteocast.errors import Cancelled
from osteocast.progress import Report
from osteocast.web import Settings, create_app
from osteocast.web.computing import Computations
from osteocast.web.examples import examples
from osteocast.web.jobs import Job, Jobs
from osteocast.web.long_work import KINDS

from .conftest import HOST, token

DOCUMENT = examples()["postmenopausal-anastrozole"].document
_SOON = 5.0  # seconds within which what is called off has ended, on a busy machine


class Slow:
    """Work of a hundred steps that goes on as long as it may, unless it is told to hurry."""

    def __init__(self) -> None:
        self.begun, self.ended, self.hurry = threading.Event(), threading.Event(), threading.Event()
        self.steps = 0

    def __call__(self, report: Report) -> str:
        try:
            self.begun.set()
            for self.steps in range(1, 101):
                report(f"step {self.steps} of 100", self.steps, 100)
                self.hurry.wait(0.1)
            return "done"
        finally:
            self.ended.set()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    late = time.monotonic() + _SOON
    while not holds():
        assert time.monotonic() < late, "it never comes"
        time.sleep(0.005)


@pytest.fixture
def computations() -> Iterator[Computations]:
    made = Computations(Settings(workers=1, waiting=2, patience=5, warm=False), most=2)
    yield made
    made.close()


@pytest.fixture
def jobs(computations: Computations) -> Jobs:
    return Jobs(computations)


def test_a_running_job_is_called_off_and_the_next_begins(jobs: Jobs, computations: Computations) -> None:
    slow = Slow()
    running = jobs.start("verdict", "running", "me", slow)
    waiting = jobs.start("verdict", "waiting", "me", lambda _: "next")
    until(lambda: running.progress > 0)
    assert (running.state, waiting.state) == ("running", "waiting")
    assert re.fullmatch(r"step \d+ of 100", running.step)
    assert running.seconds_left is not None and running.seconds_left > 0
    assert waiting.seconds_left is None
    jobs.cancel(running)
    assert slow.ended.wait(_SOON)
    assert slow.steps < 100
    assert jobs.result(waiting, _SOON) == "next"
    assert running.state == "cancelled"
    assert computations.peek("running") is None
    assert computations.running == 0
    with pytest.raises(Cancelled):
        jobs.result(running, 0)


def test_what_waits_is_not_begun_when_it_is_called_off(jobs: Jobs, computations: Computations) -> None:
    slow, ran = Slow(), threading.Event()
    running = jobs.start("verdict", "running", "me", slow)
    waiting = jobs.start("verdict", "waiting", "me", lambda _: ran.set())
    assert slow.begun.wait(_SOON)
    assert jobs.find(waiting.id, "me") is waiting
    assert jobs.find(waiting.id, "somebody else") is None
    jobs.cancel(waiting)
    assert waiting.state == "cancelled"
    jobs.cancel(running)
    until(lambda: computations.running == 0)
    assert not ran.is_set()


def test_what_somebody_else_waits_for_goes_on(jobs: Jobs, computations: Computations) -> None:
    go = threading.Event()

    def make(report: Report) -> str:
        go.wait(_SOON)
        report("the only step", 1, 1)
        return "answer"

    mine, theirs = (jobs.start("plan", "same", owner, make) for owner in ("me", "they"))
    assert mine.shared is theirs.shared
    jobs.cancel(mine)
    jobs.cancel(mine)
    go.set()
    assert jobs.result(theirs, _SOON) == "answer"
    assert (mine.state, theirs.state) == ("cancelled", "done")


def test_a_page_that_waits_is_not_disappointed(jobs: Jobs, computations: Computations) -> None:
    slow, got = Slow(), []
    job = jobs.start("plan", "same", "me", slow)
    assert slow.begun.wait(_SOON)
    page = threading.Thread(target=lambda: got.append(computations.get("same", lambda: "never made")))
    page.start()
    until(lambda: job.shared.waiting == 2)
    jobs.cancel(job)
    slow.hurry.set()
    page.join()
    assert got == ["done"]


def test_what_was_called_off_can_be_begun_again_at_once(jobs: Jobs) -> None:
    slow = Slow()
    first = jobs.start("plan", "same", "me", slow)
    assert slow.begun.wait(_SOON)
    jobs.cancel(first)
    second = jobs.start("plan", "same", "me", lambda _: "anew")
    assert jobs.result(second, _SOON) == "anew"


def test_who_begins_much_pushes_out_nothing_of_others(
    jobs: Jobs, computations: Computations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("osteocast.web.jobs._MOST_KEPT", 4)
    theirs = jobs.start("verdict", "a", "user-1", lambda report: "done")
    assert jobs.result(theirs, _SOON) == "done"
    mine = [jobs.start("verdict", "a", "user-2", lambda report: "done") for _ in range(20)]
    assert jobs.find(theirs.id, "user-1") is theirs
    assert [jobs.find(one.id, "user-2") for one in mine[-4:]] == [None, *mine[-3:]]


def test_progress_never_goes_back_and_nothing_is_done_before_it_is(jobs: Jobs) -> None:
    told: list[float] = []
    found: list[Job] = []
    ready = threading.Event()

    def make(report: Report) -> str:
        ready.wait(_SOON)
        for done, total in ((1, 4), (1, 8), (1, 2), (0, 0), (4, 4)):
            report("a step", done, total)
            told.append(found[0].progress)
        return "answer"

    found.append(jobs.start("plan", "one", "me", make))
    ready.set()
    assert jobs.result(found[0], _SOON) == "answer"
    assert told == [0.25, 0.25, 0.5, 0.5, 0.99]
    assert found[0].progress == 1.0


def test_the_end_of_the_program_ends_long_work() -> None:
    made, slow = Computations(Settings(workers=1, waiting=1, warm=False)), Slow()
    job = Jobs(made).start("plan", "one", "me", slow)
    assert slow.begun.wait(_SOON)
    made.close()
    assert slow.steps < 100
    assert job.state == "failed"


@pytest.fixture
def held(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TestClient, Slow]]:
    """An application with one worker, whose verdicts take long."""
    slow = Slow()
    monkeypatch.setitem(KINDS, "verdict", lambda draft, count, report: slow(report))
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'cases.db'}", draws=0, people=64, workers=1, warm=False
    )
    with TestClient(create_app(settings), base_url=HOST) as client:
        client.get("/cases")
        yield client, slow


def test_a_program_calls_off_what_runs(held: tuple[TestClient, Slow]) -> None:
    client, slow = held
    first = client.post("/v1/jobs", params={"kind": "verdict"}, json=DOCUMENT).headers["location"]
    second = client.post("/v1/jobs", params={"kind": "forecast", "count": 32}, json=DOCUMENT).headers[
        "location"
    ]
    until(lambda: client.get(first).json()["progress"] > 0)
    told = client.get(first).json()
    assert told["state"] == "running"
    assert told["step"].startswith("step ")
    assert told["seconds_left"] > 0
    assert client.get(second).json()["state"] == "waiting"
    assert client.get(f"{first}/result").status_code == 409
    assert client.delete(first).status_code == 204
    assert client.get(first).json()["state"] == "cancelled"
    assert "result" not in client.get(first).json()
    assert client.get(f"{first}/result").status_code == 409
    assert slow.ended.wait(_SOON)
    assert slow.steps < 100
    until(lambda: client.get(second).json()["state"] == "done")


def test_a_person_calls_off_what_runs_without_javascript(held: tuple[TestClient, Slow]) -> None:
    client, slow = held
    case = client.get("/examples/postmenopausal-anastrozole").url.path
    page = client.get(f"{case}/verdict").text
    again = re.search(r'content="1;url=([^"]+)"', page)
    assert again is not None
    address = again[1].replace("&amp;", "&")
    assert "step " in client.get(address).text
    job = re.search(r'action="(/jobs/[^/]+)/cancel"', page)
    assert job is not None
    progress = client.get(f"{job[1]}/progress", params={"then": f"{case}/verdict"}).text
    assert "<progress" in progress and "every 500ms" in progress
    gone = client.post(f"{job[1]}/cancel", data={"csrf": token(page), "back": case.removeprefix("/d/")})
    assert gone.url.path == case
    assert slow.ended.wait(_SOON)
    # The page that still waits elsewhere says so, and begins nothing by itself.
    text = client.get(address).text
    assert "It was called off" in text and "<meta http-equiv" not in text.partition("<body>")[0]
    progress = client.get(f"{job[1]}/progress", params={"then": f"{case}/verdict"}).text
    assert "It was called off" in progress and "every 500ms" not in progress


def test_a_page_that_looks_again_waits_for_the_same_work(held: tuple[TestClient, Slow]) -> None:
    client, _ = held
    case = client.get("/examples/postmenopausal-anastrozole").url.path
    jobs = {
        job
        for _ in range(2)
        for job in re.findall(r'action="/jobs/([^/]+)/cancel"', client.get(f"{case}/verdict").text)
    }
    assert len(jobs) == 1


def test_progress_leads_only_to_pages_of_a_case(held: tuple[TestClient, Slow]) -> None:
    client, _ = held
    assert client.get("/jobs/none/progress", params={"then": "https://elsewhere.example/"}).status_code == 404
    assert 'href="/d/abc"' in client.get("/jobs/none/progress", params={"then": "/d/abc"}).text
