"""How fast the page answers when many people look at it at once, over the loopback of this machine.

Twenty people open the forecast of a case that has been computed before, as fast as they are answered, for
some seconds; then the same with a first look at a case that nobody has computed. Prints the median, the
95th percentile and the largest time, and how many were answered in a second.

    python benchmarks/load.py
    python benchmarks/load.py --users 20 --seconds 20
"""

from __future__ import annotations

import argparse
import copy
import http.client
import json
import socket
import statistics
import threading
import time
from collections.abc import Callable

import uvicorn

from osteocast.web import Settings, create_app
from osteocast.web.examples import examples
from osteocast.web.serving import listen


def serve(settings: Settings) -> uvicorn.Server:
    """Start the server in a thread of its own."""
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    sockets = [listen(settings)]
    threading.Thread(target=server.run, kwargs={"sockets": sockets}, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return server


def get(port: int, path: str) -> tuple[int, bytes, str]:
    """Ask for a page, and give status, body and where it leads."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, answer.headers.get("location", "")


def post(port: int, path: str, content: object) -> int:
    """Send JSON, and give the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, json.dumps(content), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def load(users: int, seconds: float, ask: Callable[[int], int]) -> tuple[list[float], int]:
    """Let so many people ask at once, each again as soon as it is answered."""
    times: list[float] = []
    failures = [0]
    until = time.perf_counter() + seconds

    def person(number: int) -> None:
        while time.perf_counter() < until:
            begun = time.perf_counter()
            status = ask(number)
            times.append(time.perf_counter() - begun)
            if status != 200:
                failures[0] += 1

    people = [threading.Thread(target=person, args=(i,)) for i in range(users)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return times, failures[0]


def told(name: str, times: list[float], failures: int, seconds: float) -> None:
    """Print what came out."""
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(
        f"{name:34} median {1000 * statistics.median(ordered):6.0f} ms   p95 {1000 * p95:6.0f} ms   "
        f"largest {1000 * ordered[-1]:6.0f} ms   {len(ordered) / seconds:6.1f}/s   failed {failures}"
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Load on the page, over loopback.")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(port=port, database="sqlite://", warm=False, computations_per_minute=1_000_000)
    server = serve(settings)
    name, example = next(iter(examples().items()))
    _, _, path = get(port, f"/examples/{name}")
    get(port, path)
    for title, where in (("forecast page, warm case", path), ("home, warm", "/"), ("form", f"{path}/edit")):
        load(given.users, 1.0, lambda _, where=where: get(port, where)[0])  # type: ignore[misc]
        times, failures = load(
            given.users,
            given.seconds,
            lambda _, where=where: get(port, where)[0],  # type: ignore[misc]
        )
        told(title, times, failures, given.seconds)
    times, failures = load(given.users, given.seconds, lambda _: post(port, "/v1/forecast", example.document))
    told("POST /v1/forecast, warm case", times, failures, given.seconds)
    counter = iter(range(10**9))

    def new_case(_: int) -> int:
        document = copy.deepcopy(example.document)
        document["person"]["weight"] = f"{60 + next(counter) * 0.01:.2f} kg"
        return post(port, "/v1/forecast", document)

    times, failures = load(given.users, given.seconds, new_case)
    told("POST /v1/forecast, new cases", times, failures, given.seconds)
    server.should_exit = True


if __name__ == "__main__":
    main()
