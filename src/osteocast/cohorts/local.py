"""Chunks on this machine, by one process or several."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from osteocast.cohorts.work import Done, Task, do, watch_parent
from osteocast.errors import OsteocastError

__all__ = ["on_this_machine"]

_AHEAD = 2  # chunks for each worker that wait or are at work
_MOST_DEATHS = 3  # of workers, without a chunk finished in between


def on_this_machine(tasks: Iterable[Task], workers: int) -> Iterator[Done]:
    """Do chunks, and yield each as it is finished.

    Parameters
    ----------
    tasks : iterable of Task
        Taken as they are needed.
    workers : int
        Processes. One does without another process, and its engine uses all cores.

    Raises
    ------
    OsteocastError
        If a chunk cannot be done, or processes die one after the other.
    """
    if workers <= 1:
        yield from map(do, tasks)
        return
    # Each process keeps its cores to itself.
    threads = max((os.cpu_count() or 1) // workers, 1)
    waiting = (replace(task, threads=threads) for task in tasks)
    again: list[Task] = []
    deaths = 0
    while True:
        try:
            for done in _pooled(again, waiting, workers):
                deaths = 0
                yield done
            return
        except BrokenProcessPool:
            # A process was killed, by a person or for memory; what it was at is done again.
            deaths += 1
            if deaths >= _MOST_DEATHS:
                raise OsteocastError(
                    f"{deaths} worker processes died one after the other, as when memory runs out: "
                    "use fewer workers or smaller chunks; what was finished is kept"
                ) from None


def _pooled(again: list[Task], waiting: Iterator[Task], workers: int) -> Iterator[Done]:
    """Run one pool until nothing is left; `again` holds what a broken pool leaves undone."""
    context = multiprocessing.get_context("spawn")
    running: dict[Future[Done], Task] = {}
    with ProcessPoolExecutor(workers, mp_context=context, initializer=watch_parent) as pool:
        try:
            while True:
                while len(running) < workers * _AHEAD:
                    task = again.pop() if again else next(waiting, None)
                    if task is None:
                        break
                    try:
                        running[pool.submit(do, task)] = task
                    except BrokenProcessPool:
                        again.append(task)
                        raise
                if not running:
                    return
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    done = future.result()
                    del running[future]
                    yield done
        except BrokenProcessPool:
            # What was finished but not told is done once more, to the same end.
            again += running.values()
            raise
        finally:
            # What waits is not begun any more; what is at work is finished, and counts.
            for future in running:
                future.cancel()
