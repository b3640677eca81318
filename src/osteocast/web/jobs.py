"""Long work in the background: what it is, how far it is, and an end to it.

A job is a computation that somebody waits for. How far it is, is told from how long its like took before,
because the engine solves everybody in one go. What waits can be called off; what runs already cannot be
stopped in the middle of a step, so its result is dropped.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from typing import Any, Literal

from osteocast.web.computing import Computations

__all__ = ["Job", "Jobs", "State"]

State = Literal["waiting", "running", "done", "failed", "cancelled"]

_MOST_KEPT = 256
_USUAL_SECONDS = 3.0  # until one of its kind has been measured
_ALMOST = 0.95  # nothing is done before it is done


@dataclass
class Job:
    """A computation that somebody waits for.

    Parameters
    ----------
    id : str
    kind : str
        What is computed.
    owner : str
        Who may see it.
    future : Future
    usual : float
        Seconds that its like takes.
    begun : float
        Seconds, of a clock that only goes forward.
    cancelled : bool
    """

    id: str
    kind: str
    owner: str
    future: Future[Any]
    usual: float
    begun: float = field(default_factory=time.monotonic)
    cancelled: bool = False

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.cancelled or self.future.cancelled():
            return "cancelled"
        if self.future.done():
            return "failed" if self.future.exception() is not None else "done"
        return "running" if self.future.running() else "waiting"

    @property
    def progress(self) -> float:
        """How far it is, 0 to 1."""
        if self.state == "done":
            return 1.0
        if self.state != "running":
            return 0.0
        return min(_ALMOST, (time.monotonic() - self.begun) / self.usual)


class Jobs:
    """Jobs, the newest of them.

    Parameters
    ----------
    computations : Computations
    """

    def __init__(self, computations: Computations) -> None:
        self._computations = computations
        self._kept: OrderedDict[str, Job] = OrderedDict()
        self._took: dict[str, float] = defaultdict(lambda: _USUAL_SECONDS)
        self._lock = threading.Lock()

    def start(self, kind: str, key: str, owner: str, make: Callable[[], Any]) -> Job:
        """Start a job, or wait for a computation that is on its way already.

        Parameters
        ----------
        kind : str
        key : str
            As in `Computations.start`.
        owner : str
        make : callable

        Raises
        ------
        Busy
            If too many wait already.
        """

        def timed() -> Any:
            begun = time.monotonic()
            made = make()
            self._took[kind] = 0.5 * (self._took[kind] + time.monotonic() - begun)
            return made

        job = Job(
            secrets.token_urlsafe(12), kind, owner, self._computations.start(key, timed), self._took[kind]
        )
        with self._lock:
            self._kept[job.id] = job
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return job

    def find(self, job_id: str, owner: str) -> Job | None:
        """Return a job of its owner."""
        with self._lock:
            job = self._kept.get(job_id)
        return job if job is not None and job.owner == owner else None

    def cancel(self, job: Job) -> None:
        """Call a job off: what waits is not begun, the result of what runs is dropped."""
        job.cancelled = True
        job.future.cancel()

    def result(self, job: Job, patience: float) -> Any | None:
        """Return the result of a job if it comes within some seconds.

        Raises
        ------
        OsteocastError
            What went wrong with it.
        """
        try:
            return job.future.result(timeout=patience)
        except FutureTimeout:
            return None
