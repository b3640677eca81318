"""No number depends on workers, chunks or interruptions, and nobody is lost or there twice."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from osteocast.cohorts import CohortSpec, Progress, compute, run_cohort, verify
from osteocast.cohorts.manifest import COHORT, entries, table_name
from osteocast.cohorts.storage import Storage
from osteocast.cohorts.tables import from_parquet
from osteocast.errors import InputError, OsteocastError

from .conftest import TEXT, Undisturbed

KILLS = 20


def people_of(place: Path) -> list[int]:
    storage, found = Storage(place), []
    for chunk in sorted(entries(storage)):
        content = storage.read(table_name("people", chunk))
        found += from_parquet(content or b"")["person"].tolist()
    return found


@pytest.mark.parametrize("chunk", [1, 13, 64])
def test_chunks_of_any_size_hold_the_same_people(
    spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path, chunk: int
) -> None:
    few = replace(spec, n=7 if chunk == 1 else spec.n)
    run_cohort(few, tmp_path / "out", workers=1, chunk=chunk)
    if few.n == spec.n:
        assert verify(tmp_path / "out") == undisturbed.digests
    assert people_of(tmp_path / "out") == list(range(few.n))
    whole = from_parquet((undisturbed.place / table_name("course", 0, "both")).read_bytes())
    own = from_parquet((tmp_path / "out" / table_name("course", 0, "both")).read_bytes())
    for name, values in own.items():
        assert np.array_equal(values, whole[name][: values.size]), name


def test_threads_of_the_engine_change_nothing(spec: CohortSpec) -> None:
    one, two = (compute(spec, 0, 20, threads=threads) for threads in (1, 2))
    for arm in spec.arms:
        for name, values in one.course[arm].items():
            assert np.array_equal(values, two.course[arm][name], equal_nan=True)


def test_two_processes_of_which_one_is_killed_give_the_same(
    spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    killed = []

    def kill(progress: Progress) -> None:
        if progress.people and not killed:
            child = multiprocessing.active_children()[0]
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)
            killed.append(child.pid)

    done = run_cohort(spec, tmp_path / "out", workers=2, chunk=11, report=kill)
    assert killed
    assert done.people == spec.n
    assert verify(tmp_path / "out") == undisturbed.digests


# Everything is loaded once; each attempt is a copy of this process, which is killed.
_ATTEMPTS = """
import os, random, signal, sys, time
from osteocast.cohorts import compute, parse_spec, run_cohort

text, place, kills, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
spec, luck, killed = parse_spec(text), random.Random(seed), 0
compute(spec, 0, 2, threads=1)
while True:
    child = os.fork()
    if child == 0:
        run_cohort(spec, place, workers=1, chunk=5)
        os._exit(0)
    if killed < kills:
        time.sleep(luck.uniform(0.005, 0.15))
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        killed += 1
    elif os.WEXITSTATUS(status):
        sys.exit(f"an attempt failed with {status}")
    elif killed >= kills:
        break
    # One that was finished before it was killed has nothing left to do: a chunk is taken away again.
    else:
        os.unlink(f"{place}/manifest/chunk-000003.json")
print(killed)
"""


def test_a_run_killed_at_random_moments_ends_with_the_same_people(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    place = tmp_path / "out"
    seed = time.time_ns() % 1_000_000
    arguments = [sys.executable, "-c", _ATTEMPTS, TEXT, str(place), str(KILLS), str(seed)]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, f"seed {seed}: {ended.stderr}"
    assert int(ended.stdout) >= KILLS
    assert verify(place) == undisturbed.digests, f"seed {seed}"
    assert people_of(place) == list(range(90))
    # What was being written when a run was killed is swept away by the next.
    assert [path for path in place.rglob("*") if path.name.startswith(".unfinished")] == []


_COMMAND = "from osteocast.cli.app import main; main()"


def test_worker_processes_do_not_outlive_a_run_that_is_killed(
    spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    place, file = tmp_path / "out", tmp_path / "small.yaml"
    file.write_text(TEXT)
    command = [sys.executable, "-c", _COMMAND, "cohort", str(file), "--out", str(place)]
    run = subprocess.Popen([*command, "--workers", "2", "--chunk", "3"], stderr=subprocess.DEVNULL)
    manifest = place / "manifest"
    wait_for(lambda: manifest.is_dir() and any(manifest.glob("*.json")))
    workers = children_of(run.pid)
    assert workers
    run.kill()
    run.wait()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    finished = sum(entry.n for entry in entries(Storage(place)).values())
    done = run_cohort(spec, place, workers=1)
    assert 0 < finished <= done.found <= spec.n
    assert verify(place) == undisturbed.digests


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = status.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == pid:
            found.append(int(status.parent.name))
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.05)


def test_what_was_damaged_is_made_again(spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path) -> None:
    place = tmp_path / "out"
    run_cohort(spec, place, workers=1, chunk=30)
    (place / table_name("people", 0)).unlink()
    torn = place / table_name("course", 1, "both")
    torn.write_bytes(torn.read_bytes()[:200])
    # Another person's numbers under this one's name, in a file that is whole.
    other = place / table_name("outcomes", 2, "letrozole")
    other.write_bytes((place / table_name("outcomes", 1, "letrozole")).read_bytes())
    with pytest.raises(OsteocastError, match=r"is missing.*not a whole Parquet file.*holds other values"):
        verify(place)
    done = run_cohort(spec, place, workers=1)
    assert done.found == 0
    assert len(done.repaired) == 3
    assert verify(place) == undisturbed.digests


def test_a_finished_run_is_not_computed_again(
    spec: CohortSpec, undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("osteocast.cohorts.work.compute", never)
    assert run_cohort(spec, undisturbed.place, workers=1).found == spec.n


def test_another_cohort_is_refused_and_nothing_is_written(
    spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in undisturbed.place.rglob("*.json")}
    changed = replace(spec, content={**spec.content, "seed": 8}, n=91)
    with pytest.raises(InputError) as raised:
        run_cohort(changed, undisturbed.place, chunk=7)
    assert {problem.field for problem in raised.value.problems} == {"spec", "n", "--chunk"}
    with pytest.raises(InputError, match="no-resume"):
        run_cohort(spec, undisturbed.place, resume=False)
    assert {path: path.read_bytes() for path in undisturbed.place.rglob("*.json")} == before
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "holiday.jpg").write_bytes(b"sun")
    with pytest.raises(InputError, match="nothing was written"):
        run_cohort(spec, foreign)
    assert [path.name for path in foreign.iterdir()] == ["holiday.jpg"]
    with pytest.raises(InputError, match="name a folder"):
        run_cohort(spec, foreign / "holiday.jpg")
    with pytest.raises(InputError, match="at least one person"):
        run_cohort(spec, tmp_path / "new", chunk=0)


def test_a_run_of_another_version_is_not_gone_on_with(
    spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    place = tmp_path / "old"
    place.mkdir()
    content = json.loads((undisturbed.place / COHORT).read_text())
    content["made_with"]["engine"] = "000000000000"
    (place / COHORT).write_text(json.dumps(content))
    with pytest.raises(InputError, match="engine"):
        run_cohort(spec, place)


def test_a_full_disk_is_told_and_the_run_goes_on_later(
    spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, real, calls = tmp_path / "out", os.fsync, []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > 25:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OsteocastError, match=r"No space left on device.*run the same command again"):
        run_cohort(spec, place, workers=1, chunk=10)
    monkeypatch.undo()
    assert [path for path in place.rglob("*") if path.name.startswith(".unfinished")] == []
    done = run_cohort(spec, place, workers=1)
    assert 0 < done.found < spec.n
    assert verify(place) == undisturbed.digests


_PEAK = """
import resource, sys
from osteocast.cohorts import parse_spec, run_cohort
text = '''
cohort: memory
population: us-women
n: {n}
years: 1
draws: 0
fractures: false
outputs: []
arms: {{none: {{courses: []}}}}
'''
run_cohort(parse_spec(text.format(n=sys.argv[1])), sys.argv[2], workers=1, chunk=500)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.usefixtures("undisturbed")  # so that the engine is compiled already
def test_memory_does_not_grow_with_the_people(tmp_path: Path) -> None:
    def peak(n: int) -> float:
        arguments = [sys.executable, "-c", _PEAK, str(n), str(tmp_path / str(n))]
        ended = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=True)
        return int(ended.stdout) / 1024

    # A table of 20,000 people alone would be 10 MB, and their states ten times that.
    assert peak(20_000) < peak(2000) + 12
