"""Chunks on a Dask cluster: workers and the scheduler may die, be slow, or come back.

A task is a few numbers, never data, and doing it twice leaves what doing it once leaves. So whatever becomes
of a task, it is given out again: by Dask where a worker died, and from here where the scheduler did, or where
a worker takes many times as long as the others.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from statistics import median
from typing import Any

from osteocast.cohorts.extra import library
from osteocast.cohorts.work import Done, Task, do
from osteocast.errors import OsteocastError

__all__ = ["on_cluster"]

_AHEAD = 3  # chunks for each worker that wait or are at work
_RETRIES = 3
_PATIENCE = 300.0  # seconds to wait for a scheduler
_TICK = 1.0  # seconds between looks at what is slow or lost
_PAUSE = 0.02  # seconds between looks at what is finished
#: A chunk counts as stuck after this many times the usual time, and at least so many seconds.
_STUCK_TIMES, _STUCK_SECONDS = 5.0, 60.0
_GIVEN_UP = ("cancelled", "lost")


def on_cluster(
    tasks: Iterable[Task], address: str, *, workers: int | None = None, patience: float = _PATIENCE
) -> Iterator[Done]:
    """Do chunks on a cluster, and yield each once, as it is finished.

    Parameters
    ----------
    tasks : iterable of Task
        Taken as they are needed.
    address : str
        ``local`` for workers of this machine, started and ended here, or the address of a scheduler, such as
        ``tcp://host:8786``. Its workers need this version of osteocast.
    workers : int, optional
        How many, of a local cluster; one for each core by default.
    patience : float
        Seconds to wait for a scheduler that does not answer.

    Raises
    ------
    OsteocastError
        If a chunk fails wherever it is done, or no scheduler answers.
    """
    if address == "local":
        distributed = library("distributed")
        # Tasks run in processes of their own; the numbers of a page of diagnostics are not needed.
        with distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
        ) as cluster:
            yield from _Run(tasks, cluster.scheduler_address, patience).results()
    else:
        yield from _Run(tasks, address, patience).results()


class _Run:
    """Tasks given out to a cluster, with those that are out."""

    def __init__(self, tasks: Iterable[Task], address: str, patience: float) -> None:
        self._waiting = iter(tasks)
        self._again: list[Task] = []
        self._address = address
        self._patience = patience
        self._client: Any = None
        self._out: dict[Any, tuple[Task, float]] = {}
        self._finished: set[int] = set()
        self._took: list[float] = []
        self._serial = itertools.count()

    def results(self) -> Iterator[Done]:
        try:
            self._connect()
            while True:
                self._give_out()
                if not self._out:
                    return
                yield from self._collect()
                self._look_after()
        finally:
            self._disconnect()

    def _connect(self) -> None:
        distributed = library("distributed")
        last = time.monotonic() + self._patience
        while True:
            try:
                self._client = distributed.Client(
                    self._address, timeout=min(10.0, self._patience), set_as_default=False
                )
                return
            except (OSError, TimeoutError, ValueError) as error:
                if isinstance(error, ValueError) or time.monotonic() > last:
                    raise OsteocastError(
                        f"no scheduler answers at {self._address}: {error}; what was finished is kept"
                    ) from None
                time.sleep(_TICK)

    def _disconnect(self) -> None:
        if self._client is not None:
            # A scheduler that is gone cannot be told; there is nothing to tell it.
            with suppress(OSError, TimeoutError):
                self._client.close(timeout=5.0)
        self._client = None

    def _give_out(self) -> None:
        room = _AHEAD * max(len(self._client.nthreads()), 1) if self._connected() else 0
        while len(self._out) < room:
            task = self._again.pop() if self._again else next(self._waiting, None)
            if task is None:
                return
            if task.chunk not in self._finished:
                self._submit(task)

    def _submit(self, task: Task) -> None:
        key = f"chunk-{task.chunk}-{next(self._serial)}"
        future = self._client.submit(do, task, key=key, pure=False, retries=_RETRIES)
        self._out[future] = (task, time.monotonic())

    def _collect(self) -> Iterator[Done]:
        distributed = library("distributed")
        until = time.monotonic() + _TICK
        while time.monotonic() < until and all(future.status == "pending" for future in self._out):
            time.sleep(_PAUSE)
        for future in list(self._out):
            if future not in self._out:
                continue  # a copy of one that was finished just now
            if future.status == "finished":
                task, _ = self._out.pop(future)
                try:
                    done: Done = future.result(timeout=30.0)
                except (OSError, TimeoutError, distributed.client.FutureCancelledError):
                    self._again.append(task)  # the answer got lost on its way
                    continue
                self._took.append(done.seconds)
                if task.chunk not in self._finished:
                    self._finished.add(task.chunk)
                    self._forget(task.chunk)
                    yield done
            elif future.status == "error":
                self._fail(*self._out.pop(future)[:1], future)
            elif future.status in _GIVEN_UP:
                self._again.append(self._out.pop(future)[0])

    def _forget(self, chunk: int) -> None:
        """Wait no longer for other copies of a chunk that is finished."""
        for future, (task, _) in list(self._out.items()):
            if task.chunk == chunk:
                del self._out[future]
                future.release()

    def _fail(self, task: Task, future: Any) -> None:
        distributed = library("distributed")
        error = future.exception()
        if isinstance(error, distributed.scheduler.KilledWorker):
            raise OsteocastError(
                f"chunk {task.chunk}: worker after worker died on it, as when memory runs out: use smaller "
                "chunks; what was finished is kept"
            )
        if isinstance(error, OsteocastError):
            raise error
        raise OsteocastError(
            f"chunk {task.chunk}: {type(error).__name__}: {error}; what was finished is kept"
        )

    def _look_after(self) -> None:
        """Find the scheduler again if it is gone, and give out again what seems stuck."""
        if not self._connected():
            self._again += [task for task, _ in self._out.values()]
            self._out.clear()
            self._disconnect()
            self._connect()
            return
        if not self._took:
            return
        limit = max(_STUCK_TIMES * median(self._took) * _AHEAD, _STUCK_SECONDS)
        for task, since in list(self._out.values()):
            copies = sum(other.chunk == task.chunk for other, _ in self._out.values())
            if time.monotonic() - since > limit and copies == 1:
                self._submit(task)

    def _connected(self) -> bool:
        return self._client is not None and self._client.status == "running"
