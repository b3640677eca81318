"""What the service does, counted, in the text format of Prometheus. Nothing of a person is in it."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from osteocast.web.computing import Computations

__all__ = ["Counting", "Metrics"]

# Seconds; the bounds of the histogram.
_BOUNDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counters of requests, by the route's pattern and never by its address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self._slower: dict[str, list[int]] = defaultdict(lambda: [0] * (len(_BOUNDS) + 1))
        self._seconds: dict[str, float] = defaultdict(float)
        self._events: dict[tuple[str, tuple[tuple[str, str], ...]], int] = defaultdict(int)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        at = next((i for i, bound in enumerate(_BOUNDS) if seconds <= bound), len(_BOUNDS))
        with self._lock:
            self._requests[method, route, status] += 1
            self._slower[route][at] += 1
            self._seconds[route] += seconds

    def event(self, name: str, **labels: str) -> None:
        """Count something that happened, by labels that are the same for everybody."""
        with self._lock:
            self._events[name, tuple(labels.items())] += 1

    def text(self, computations: Computations) -> str:
        """Return everything as Prometheus reads it."""
        with self._lock:
            lines = [
                "# HELP osteocast_requests_total Answers by method, route and status.",
                "# TYPE osteocast_requests_total counter",
                *(
                    f'osteocast_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
                    for (method, route, status), count in sorted(self._requests.items())
                ),
                "# HELP osteocast_request_seconds How long answers took.",
                "# TYPE osteocast_request_seconds histogram",
                *(line for route in sorted(self._slower) for line in self._histogram(route)),
                *self._happened(),
            ]
        lines += [
            "# HELP osteocast_computations_total Results asked for: kept, computed, refused.",
            "# TYPE osteocast_computations_total counter",
            f'osteocast_computations_total{{outcome="kept"}} {computations.hits}',
            f'osteocast_computations_total{{outcome="computed"}} {computations.misses}',
            f'osteocast_computations_total{{outcome="refused"}} {computations.refused}',
            "# HELP osteocast_computations_running Being computed, or waiting for it.",
            "# TYPE osteocast_computations_running gauge",
            f"osteocast_computations_running {computations.running}",
            "# HELP process_cpu_seconds_total Processor time used by the program, in all its threads.",
            "# TYPE process_cpu_seconds_total counter",
            f"process_cpu_seconds_total {time.process_time():.3f}",
        ]
        return "\n".join(lines) + "\n"

    def _happened(self) -> Iterator[str]:
        before = ""
        for (name, labels), count in sorted(self._events.items()):
            if name != before:
                yield f"# TYPE osteocast_{name}_total counter"
            before = name
            told = ",".join(f'{key}="{value}"' for key, value in labels)
            yield f"osteocast_{name}_total{{{told}}} {count}" if told else f"osteocast_{name}_total {count}"

    def _histogram(self, route: str) -> list[str]:
        counts, total, lines = self._slower[route], 0, []
        for bound, count in zip((*map(str, _BOUNDS), "+Inf"), counts, strict=True):
            total += count
            lines.append(f'osteocast_request_seconds_bucket{{route="{route}",le="{bound}"}} {total}')
        lines.append(f'osteocast_request_seconds_sum{{route="{route}"}} {self._seconds[route]:.6f}')
        lines.append(f'osteocast_request_seconds_count{{route="{route}"}} {total}')
        return lines


class Counting:
    """Counts every answer.

    Parameters
    ----------
    app : ASGI application
    metrics : Metrics
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and count it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, note)
        finally:
            route = getattr(scope.get("route"), "path", None) or "none"
            self.metrics.count(scope["method"], route, status, time.perf_counter() - begun)
