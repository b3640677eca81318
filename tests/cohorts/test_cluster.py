"""On Dask: the same people, whatever becomes of workers and schedulers."""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from osteocast.cohorts import CohortSpec, Progress, run_cohort, summarise, verify
from osteocast.cohorts.cluster import on_cluster
from osteocast.cohorts.provenance import made_with
from osteocast.cohorts.work import Done, Task, do
from osteocast.errors import OsteocastError

from .conftest import Undisturbed

_SLOW: list[int] = []


@contextmanager
def cluster(workers: int = 2, *, processes: bool = False, port: int = 0) -> Iterator[Any]:
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=processes,
        scheduler_port=port,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    ) as made:
        yield made


def test_a_cluster_of_which_a_worker_is_killed_gives_the_same(
    spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    killed: list[int] = []
    with cluster(processes=True) as made:

        def kill(progress: Progress) -> None:
            if progress.people and not killed:
                pid = next(iter(made.workers.values())).pid
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

        run_cohort(spec, tmp_path / "out", chunk=6, cluster=made.scheduler_address, report=kill)
    assert killed
    assert verify(tmp_path / "out") == undisturbed.digests


def test_a_scheduler_may_restart(spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clusters = [LocalCluster(**_settings(port))]

    def restart(progress: Progress) -> None:
        if progress.people and len(clusters) == 1:
            clusters[0].close()
            clusters.append(LocalCluster(**_settings(port)))

    try:
        run_cohort(spec, tmp_path / "out", chunk=9, cluster=f"tcp://127.0.0.1:{port}", report=restart)
    finally:
        for one in clusters:
            one.close()
    assert len(clusters) == 2
    assert verify(tmp_path / "out") == undisturbed.digests


def _settings(port: int) -> dict[str, Any]:
    return {
        "n_workers": 1,
        "threads_per_worker": 1,
        "processes": False,
        "scheduler_port": port,
        "dashboard_address": None,
        "silence_logs": logging.CRITICAL,
    }


def test_results_go_to_an_object_store_and_can_be_summarised(
    spec: CohortSpec, undisturbed: Undisturbed
) -> None:
    place = f"memory://cohorts/{time.time_ns()}"
    with cluster() as made:
        run_cohort(spec, place, chunk=25, cluster=made.scheduler_address)
    assert verify(place) == undisturbed.digests
    assert run_cohort(spec, place, workers=1).found == spec.n
    there, here = summarise(place), summarise(undisturbed.place)
    for one, other in zip(there.visits, here.visits, strict=True):
        assert (one.arm, one.month, one.people) == (other.arm, other.month, other.people)
        assert one.fractures["hip"].drawn == other.fractures["hip"].drawn
        assert one.values["ctx"].mean == pytest.approx(other.values["ctx"].mean)


def slow_at_first(task: Task) -> Done:
    """Do a chunk; the first time that chunk 0 is asked for it takes very long."""
    if task.chunk == 0 and not _SLOW:
        _SLOW.append(task.chunk)
        time.sleep(6.0)
    return do(task)


def test_a_slow_worker_does_not_hold_the_others_up(
    spec: CohortSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("osteocast.cohorts.cluster.do", slow_at_first)
    monkeypatch.setattr("osteocast.cohorts.cluster._STUCK_TIMES", 0.0)
    monkeypatch.setattr("osteocast.cohorts.cluster._STUCK_SECONDS", 0.5)
    few = replace(spec, n=20)
    about = made_with(few)
    tasks = [Task(few, str(tmp_path / "out"), k, 5 * k, 5, about, 1) for k in range(4)]
    with cluster() as made:
        began = time.monotonic()
        done = [one.entry.chunk for one in on_cluster(tasks, made.scheduler_address)]
        took = time.monotonic() - began
    assert _SLOW
    assert sorted(done) == [0, 1, 2, 3]  # each once, though one was given out twice
    assert took < 6.0


def test_a_worker_made_with_something_else_refuses(spec: CohortSpec, tmp_path: Path) -> None:
    few = replace(spec, n=2)
    task = Task(few, str(tmp_path / "out"), 0, 0, 2, {**made_with(few), "version": "0.0.1"})
    with cluster(1) as made, pytest.raises(OsteocastError, match="version differ"):
        list(on_cluster([task], made.scheduler_address))
    assert not (tmp_path / "out").exists()


def test_no_scheduler_is_told(spec: CohortSpec, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OsteocastError, match="no scheduler answers"):
        list(on_cluster([], f"tcp://127.0.0.1:{port}", patience=1.0))
