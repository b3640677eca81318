"""How fast the page answers when many people look at it at once, over the loopback of this machine.

The server is a process of its own, as it is for people. Twenty of them, each with a session and a connection
that stays open, ask for a page as soon as the one before is answered, for some seconds: pages of a case that
was computed before, then cases that nobody computed before. Last, one person changes a plan and waits for
the result, again and again. Prints the median, the 95th percentile and the largest time, how many were
answered in a second, and how much processor time the server took for each.

    python benchmarks/load.py
    python benchmarks/load.py --users 20 --seconds 20
    python benchmarks/load.py --only "forecast page" --only form
"""

from __future__ import annotations

import argparse
import copy
import http.client
import json
import math
import multiprocessing
import os
import re
import socket
import statistics
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from osteocast.web import Settings, create_app
from osteocast.web.examples import examples
from osteocast.web.serving import listen

# A server closes a connection on which nobody asks for a while; a browser opens another one then.
_IDLE_SECONDS = 3.0


def serve(settings: Settings) -> None:
    """Run the server, in the process that calls it."""
    import uvicorn

    app = create_app(settings)
    config = uvicorn.Config(app, log_level="error", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listen(settings)])


@dataclass
class Browser:
    """Somebody with a session, whose connection stays open."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None
    last: float = 0.0

    def ask(
        self, method: str, path: str, body: str | None = None, kind: str = ""
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Ask for something, and give status, body as it was sent, and headers."""
        headers = {"Accept-Encoding": "gzip"} | ({"Content-Type": kind} if kind else {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.connection is None or time.monotonic() > self.last + _IDLE_SECONDS:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        self.last = time.monotonic()
        content = answer.read()
        for line in answer.headers.get_all("set-cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content, answer.headers

    def get(self, path: str) -> int:
        """Look at a page."""
        return self.ask("GET", path)[0]

    def read(self, path: str) -> str:
        """Read a page, which is sent uncompressed here."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", path, headers=headers)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def post(self, path: str, content: object) -> int:
        """Send JSON, as a program does."""
        return self.ask("POST", path, json.dumps(content), "application/json")[0]


class Fields(HTMLParser):
    """What the form of the plans sends."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._inside, self._select = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take inputs, and the options that are chosen."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "case" in given.get("class", "").split()
        elif not self._inside:
            return
        elif tag == "input" and "name" in given:
            self.found[given["name"]] = given.get("value", "")
        elif tag == "select" and "name" in given:
            self._select = given["name"]
            self.found.setdefault(self._select, "")
        elif tag == "option" and self._select and "selected" in given and "value" in given:
            self.found[self._select] = given["value"]


def processor_seconds(port: int) -> float:
    """Processor time that the server has used, as it counts it itself."""
    found = re.search(r"^process_cpu_seconds_total (\S+)$", Browser(port).read("/metrics"), re.MULTILINE)
    assert found is not None
    return float(found[1])


def load(
    browsers: list[Browser], seconds: float, ask: Callable[[Browser], int]
) -> tuple[list[float], int, float]:
    """Let everybody ask at once, each again as soon as it is answered: times, failures, seconds in all."""
    times: list[float] = []
    failures = [0]
    begun = time.perf_counter()

    def person(browser: Browser) -> None:
        while time.perf_counter() < begun + seconds:
            asked = time.perf_counter()
            status = ask(browser)
            times.append(time.perf_counter() - asked)
            if status != 200:
                failures[0] += 1

    people = [threading.Thread(target=person, args=(browser,)) for browser in browsers]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return times, failures[0], time.perf_counter() - begun


def told(name: str, times: list[float], failures: int, seconds: float, used: float) -> None:
    """Print what came out."""
    ordered = sorted(times)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    print(
        f"{name:34} median {1000 * statistics.median(ordered):6.0f} ms   p95 {1000 * p95:6.0f} ms   "
        f"largest {1000 * ordered[-1]:6.0f} ms   {len(ordered) / seconds:6.1f}/s   "
        f"server {1000 * used / len(ordered):6.1f} ms each   failed {failures}",
        flush=True,
    )


def started(settings: Settings) -> multiprocessing.process.BaseProcess:
    """Start the server, and wait until it answers."""
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(settings,), daemon=True)
    process.start()
    while True:
        try:
            if Browser(settings.port).get("/healthz") == 200:
                return process
        except OSError:
            time.sleep(0.1)


def doings(port: int, users: int) -> dict[str, tuple[int, Callable[[Browser], int]]]:
    """Return what people do, by name: how many at once, and how each asks."""
    name, example = next(iter(examples().items()))
    first = Browser(port)
    path = first.ask("GET", f"/examples/{name}")[2]["location"]
    numbers = iter(range(10**9))

    def new_case(browser: Browser) -> int:
        document: dict[str, Any] = copy.deepcopy(example.document)
        document["person"]["weight"] = f"{60 + next(numbers) * 0.01:.2f} kg"
        return browser.post("/v1/forecast", document)

    fields = Fields()
    fields.feed(first.read(f"{path}/plans"))

    def changed_plan(browser: Browser) -> int:
        # One dose of the last plan comes a day later than the time before.
        start = {"plans.1.courses.0.start": f"{30 + next(numbers)} days", "csrf": fields.found["csrf"]}
        body = urllib.parse.urlencode(fields.found | start)
        browser.cookies |= first.cookies
        return browser.ask("POST", "/plans/preview", body, "application/x-www-form-urlencoded")[0]

    return {
        "forecast page, warm case": (users, lambda browser: browser.get(path)),
        "home, warm": (users, lambda browser: browser.get("/")),
        "form": (users, lambda browser: browser.get(f"{path}/edit")),
        "plans, warm case": (users, lambda browser: browser.get(f"{path}/plans")),
        "mechanism, warm case": (users, lambda browser: browser.get(f"{path}/mechanism")),
        "POST /v1/forecast, warm case": (
            users,
            lambda browser: browser.post("/v1/forecast", example.document),
        ),
        "change of a plan, one person": (1, changed_plan),
        "POST /v1/forecast, one new case": (1, new_case),
        "POST /v1/forecast, new cases": (users, new_case),
    }


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Load on the page, over loopback.")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", action="append", default=[], help="beginning of a name; may be repeated")
    given = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tempfile.TemporaryDirectory()
    settings = Settings(
        port=port,
        database=f"sqlite:///{folder.name}/cases.db",
        warm=False,
        computations_per_minute=1_000_000,
    )
    process = started(settings)
    try:
        print(f"{given.users} people, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
        for title, (users, ask) in doings(port, given.users).items():
            if given.only and not title.startswith(tuple(given.only)):
                continue
            browsers = [Browser(port) for _ in range(users)]
            for browser in browsers:
                browser.get("/robots.txt")
            ask(browsers[0])
            load(browsers, min(1.0, given.seconds), ask)
            before = processor_seconds(port)
            times, failures, seconds = load(browsers, given.seconds, ask)
            told(title, times, failures, seconds, processor_seconds(port) - before)
    finally:
        process.terminate()
        process.join()
        folder.cleanup()


if __name__ == "__main__":
    main()
