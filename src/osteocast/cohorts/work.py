"""One chunk of work, the same wherever it is done."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from osteocast.cohorts.chunk import compute
from osteocast.cohorts.manifest import Entry, keep
from osteocast.cohorts.provenance import made_with
from osteocast.cohorts.spec import CohortSpec
from osteocast.cohorts.storage import Storage
from osteocast.errors import OsteocastError

__all__ = ["Done", "Task", "do", "watch_parent"]


@dataclass(frozen=True)
class Task:
    """What a worker needs to know to make one chunk.

    Parameters
    ----------
    spec : CohortSpec
    place : str
        Where the cohort is kept.
    chunk, first, n : int
        Number of the chunk; number of its first person, and how many.
    about : mapping
        What the run is made with; a worker that is made with something else refuses.
    threads : int or None
    """

    spec: CohortSpec
    place: str
    chunk: int
    first: int
    n: int
    about: Mapping[str, Any]
    threads: int | None = None


@dataclass(frozen=True)
class Done:
    """A chunk that is finished.

    Parameters
    ----------
    entry : Entry
    seconds : float
        From the first number to the last byte.
    """

    entry: Entry
    seconds: float


def do(task: Task) -> Done:
    """Compute a chunk and write it; doing it twice leaves what doing it once leaves.

    Raises
    ------
    OsteocastError
        If this worker is made with something else than the run, or a file cannot be written.
    """
    own = made_with(task.spec)
    if own != dict(task.about):
        other = ", ".join(sorted(name for name in own if own[name] != task.about.get(name)))
        raise OsteocastError(f"this worker would compute other numbers: {other} differ from those of the run")
    began = time.perf_counter()
    found = compute(task.spec, task.first, task.n, threads=task.threads)
    entry = keep(Storage(task.place), found, task.chunk, task.first, task.about)
    return Done(entry, time.perf_counter() - began)


def watch_parent() -> None:
    """End this worker when the process that started it is gone, however that ended."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
