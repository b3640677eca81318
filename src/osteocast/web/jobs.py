"""Long work in the background: what it is, how far it is, and an end to it.

A job is somebody's wait for a computation. Several may wait for the same one; it is called off when the last
of them does not want it any more, and ends at its next step.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any, Literal

from osteocast.errors import Cancelled
from osteocast.progress import Report
from osteocast.web.computing import Computations
from osteocast.web.shared import Shared

__all__ = ["Job", "Jobs", "State"]

State = Literal["waiting", "running", "done", "failed", "cancelled"]

_MOST_KEPT = 256
_USUAL_SECONDS = 3.0  # until one of its kind has been measured
_ALMOST = 0.99  # nothing is done before it is done
_TELLING = 0.1  # the share from which on a computation tells better than its like how long it takes


@dataclass
class Job:
    """Somebody's wait for a computation.

    Parameters
    ----------
    id : str
    kind : str
        What is computed.
    owner : str
        Who may see it.
    shared : Shared
    usual : float
        Seconds that its like takes.
    cancelled : bool
    """

    id: str
    kind: str
    owner: str
    shared: Shared[Any]
    usual: float
    cancelled: bool = False

    @property
    def state(self) -> State:
        """Where it stands."""
        future = self.shared.future
        if self.cancelled or future.cancelled():
            return "cancelled"
        if future.done():
            return "failed" if future.exception() is not None else "done"
        return "running" if future.running() else "waiting"

    @property
    def is_going(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in ("waiting", "running")

    @property
    def progress(self) -> float:
        """How far it is, 0 to 1; never goes back."""
        return 1.0 if self.state == "done" else min(_ALMOST, self.shared.steps.share)

    @property
    def step(self) -> str:
        """What is being done, as the computation says itself; empty when nothing is."""
        return self.shared.steps.what if self.state == "running" else ""

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take, about; None unless it runs."""
        begun = self.shared.steps.begun
        if self.state != "running" or begun is None:
            return None
        taken, share = time.monotonic() - begun, self.shared.steps.share
        if share < _TELLING:
            return max(self.usual - taken, 1.0)
        return taken * (1.0 - share) / share


class Jobs:
    """Jobs, the newest of each owner.

    Parameters
    ----------
    computations : Computations
    """

    def __init__(self, computations: Computations) -> None:
        self._computations = computations
        self._kept: OrderedDict[str, Job] = OrderedDict()
        self._took: dict[str, float] = defaultdict(lambda: _USUAL_SECONDS)
        self._lock = threading.Lock()

    def start(self, kind: str, key: str, owner: str, make: Callable[[Report], Any]) -> Job:
        """Start a job, or wait for a computation that is on its way already.

        Parameters
        ----------
        kind : str
        key, make
            As in `Computations.join`.
        owner : str

        Raises
        ------
        Busy
            If too many wait already.
        """

        def timed(report: Report) -> Any:
            begun = time.monotonic()
            made = make(report)
            self._took[kind] = 0.5 * (self._took[kind] + time.monotonic() - begun)
            return made

        shared = self._computations.join(key, timed)
        job = Job(secrets.token_urlsafe(12), kind, owner, shared, self._took[kind])
        with self._lock:
            self._kept[job.id] = job
            while len(self._kept) > _MOST_KEPT:
                self._drop()
        return job

    def _drop(self) -> None:
        """Forget the oldest job of whoever has most, so that nobody pushes out what is of others."""
        owners = Counter(job.owner for job in self._kept.values())
        most = max(owners, key=lambda owner: owners[owner])
        del self._kept[next(one.id for one in self._kept.values() if one.owner == most)]

    def find(self, job_id: str, owner: str) -> Job | None:
        """Return a job of its owner."""
        with self._lock:
            job = self._kept.get(job_id)
        return job if job is not None and job.owner == owner else None

    def going(self, key: str, owner: str) -> Job | None:
        """Return a job in which its owner waits for this computation already."""
        with self._lock:
            mine = [job for job in self._kept.values() if job.owner == owner and job.shared.key == key]
        return next((job for job in reversed(mine) if job.is_going), None)

    def cancel(self, job: Job) -> None:
        """Call a job off: it has no result; nobody's computation is not begun, or ends at its next step."""
        with self._lock:
            if job.cancelled:
                return
            job.cancelled = True
        self._computations.leave(job.shared)

    def result(self, job: Job, patience: float) -> Any | None:
        """Return the result of a job if it comes within some seconds.

        Raises
        ------
        Cancelled
            If it was called off.
        OsteocastError
            What went wrong with it.
        """
        if job.state == "cancelled":
            raise Cancelled
        try:
            return job.shared.future.result(timeout=patience)
        except FutureTimeout:
            return None
