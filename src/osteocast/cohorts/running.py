"""Running a cohort: what is missing is made, chunk by chunk, on one machine or many."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osteocast.cohorts.manifest import COHORT, Entry, entries, intact, table_name
from osteocast.cohorts.provenance import made_with
from osteocast.cohorts.spec import CohortSpec
from osteocast.cohorts.storage import Storage
from osteocast.cohorts.tables import from_parquet, rows_of
from osteocast.cohorts.work import Done, Task
from osteocast.errors import InputError, OsteocastError, Problem

__all__ = ["CHUNK", "CohortRun", "Progress", "run_cohort", "verify"]

#: People of a chunk: large enough that a task's overhead is below one percent, small enough for any memory.
CHUNK = 5000
_WORTH_A_PROCESS = 4  # chunks


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Parameters
    ----------
    people, total : int
        Finished, and in all.
    found : int
        Of them, finished by an earlier run.
    chunk_seconds : float or None
        Of the chunk that was finished last.
    """

    people: int
    total: int
    found: int
    chunk_seconds: float | None = None


@dataclass(frozen=True)
class CohortRun:
    """A finished run.

    Parameters
    ----------
    place : str
    spec : CohortSpec
    people : int
    found : int
        People of them that an earlier run had finished.
    repaired : tuple of str
        What of an earlier run was not as it had been written, and was made again.
    entries : tuple of Entry
        In the order of the chunks.
    about : mapping
        What it was made with.
    """

    place: str
    spec: CohortSpec
    people: int
    found: int
    repaired: tuple[str, ...]
    entries: tuple[Entry, ...]
    about: Mapping[str, Any]


def run_cohort(
    spec: CohortSpec,
    out: str | Path,
    *,
    workers: int | None = None,
    chunk: int | None = None,
    resume: bool = True,
    cluster: str | None = None,
    report: Callable[[Progress], None] | None = None,
) -> CohortRun:
    """Compute a cohort and keep it.

    Parameters
    ----------
    spec : CohortSpec
    out : str or Path
        A new or empty folder, or one that holds a part of the same cohort; or an address that fsspec knows.
    workers : int, optional
        Processes of this machine, or of a local cluster; one for each core by default, fewer where there is
        little to do. No number depends on it.
    chunk : int, optional
        People computed and written together; `CHUNK`, or what the run began with. No number depends on it.
    resume : bool
        Whether to go on with what the folder holds; if not, it has to be empty.
    cluster : str, optional
        ``local``, or the address of a Dask scheduler.
    report : callable, optional
        Told how far it is, at the start and after every chunk.

    Returns
    -------
    CohortRun

    Raises
    ------
    InputError
        If the folder holds something else, or another cohort; nothing is written.
    OsteocastError
        If something cannot be computed or written; what was finished is kept, and the same command goes on.
    """
    storage, about = Storage(out), made_with(spec)
    size = _begin(storage, spec, about, chunk, resume)
    storage.sweep()
    finished, repaired = _whole(storage)
    planned = [(k, first, min(size, spec.n - first)) for k, first in enumerate(range(0, spec.n, size))]
    found = sum(entry.n for entry in finished.values())
    people = found
    if report is not None:
        report(Progress(people, spec.n, found))
    missing = [one for one in planned if one[0] not in finished]
    tasks = (Task(spec, storage.place, k, first, n, about) for k, first, n in missing)
    # A process takes seconds to start, and one of its own is only worth it for several chunks.
    usual = min(os.cpu_count() or 1, max(len(missing) // _WORTH_A_PROCESS, 1))
    for done in _results(tasks, workers or usual, cluster, workers):
        finished[done.entry.chunk] = done.entry
        people += done.entry.n
        if report is not None:
            report(Progress(people, spec.n, found, done.seconds))
    ordered = tuple(finished[k] for k, _, _ in planned)
    return CohortRun(storage.place, spec, spec.n, found, tuple(repaired), ordered, about)


def _results(
    tasks: Iterator[Task], processes: int, cluster: str | None, workers: int | None
) -> Iterator[Done]:
    if cluster is not None:
        from osteocast.cohorts.cluster import on_cluster

        return on_cluster(tasks, cluster, workers=workers)
    from osteocast.cohorts.local import on_this_machine

    return on_this_machine(tasks, processes)


def _begin(
    storage: Storage, spec: CohortSpec, about: Mapping[str, Any], chunk: int | None, resume: bool
) -> int:
    """Check what the folder holds, write what this run is if that is new, and return the size of a chunk."""
    problems: list[Problem] = []
    if chunk is not None and chunk < 1:
        problems.append(Problem("--chunk", chunk, "at least one person", "leave it out for the usual size"))
    if storage.is_file():
        expected = "a folder, or one that can be made"
        problems.append(Problem("--out", storage.place, expected, "name a folder, not a file"))
    if problems:
        raise InputError(problems)
    written = storage.read(COHORT)
    if written is None:
        if storage.names():
            expected = "a new or empty folder, or one with a part of this cohort"
            remedy = "choose another folder; nothing was written"
            raise InputError([Problem("--out", storage.place, expected, remedy)])
        size = CHUNK if chunk is None else chunk
        content = {"spec": dict(spec.content), "n": spec.n, "chunk": size, "made_with": dict(about)}
        storage.write(COHORT, (json.dumps(content, indent=1) + "\n").encode())
        return size
    if not resume:
        remedy = "choose another folder, or leave --no-resume out to go on with it"
        raise InputError([Problem("--no-resume", storage.place, "an empty folder", remedy)])
    return _same(json.loads(written), spec, about, chunk)


def _same(written: Mapping[str, Any], spec: CohortSpec, about: Mapping[str, Any], chunk: int | None) -> int:
    """Return the size of a chunk of a run that this one goes on with, or say how the two differ."""
    remedy = "choose another folder: people of two kinds must not be mixed"
    problems = [
        Problem(name, about.get(name), f"{given}, as the folder's run was made with", remedy)
        for name, given in written["made_with"].items()
        if about.get(name) != given
    ]
    if written["n"] != spec.n:
        problems.append(Problem("n", spec.n, f"{written['n']}, as the folder's run began with", remedy))
    size = int(written["chunk"])
    if chunk is not None and chunk != size:
        expected = f"{size}, as the folder's run began with"
        problems.append(Problem("--chunk", chunk, expected, "leave it out to go on"))
    if problems:
        raise InputError(problems)
    return size


def _whole(storage: Storage) -> tuple[dict[int, Entry], list[str]]:
    """Return the chunks that are finished and hold what was written, and what was wrong with others."""
    finished, wrong = {}, []
    for k, entry in entries(storage).items():
        problems = intact(storage, entry)
        wrong += problems
        if not problems:
            finished[k] = entry
    return finished, wrong


def verify(out: str | Path) -> dict[str, str]:
    """Read a whole run again and return the SHA-256 of each of its tables, person after person.

    The checksums do not depend on how the people were cut into chunks, nor on who computed them.

    Parameters
    ----------
    out : str or Path

    Returns
    -------
    dict of str to str
        By table, and arm: ``people``, ``course/<arm>``, ``outcomes/<arm>``.

    Raises
    ------
    InputError
        If there is no run.
    OsteocastError
        If a chunk is missing or does not hold what was written; names every table.
    """
    storage = Storage(out)
    about = settings(storage)
    found = entries(storage)
    size, n = int(about["chunk"]), int(about["n"])
    wrong = [
        f"people {k * size} to {min((k + 1) * size, n) - 1} are missing"
        for k in range((n + size - 1) // size)
        if k not in found
    ]
    arms = list(about["spec"]["arms"])
    names: dict[str, tuple[str, str | None]] = {"people": ("people", None)}
    names |= {f"{table}/{arm}": (table, arm) for table in ("course", "outcomes") for arm in arms}
    digests = {name: hashlib.sha256() for name in names}
    for k in sorted(found):
        problems = intact(storage, found[k])
        wrong += problems
        if problems:
            continue
        for name, (table, arm) in names.items():
            content = storage.read(table_name(table, k, arm))
            digests[name].update(rows_of(from_parquet(content or b"")))
    if wrong:
        raise OsteocastError(f"{storage.place}: " + "; ".join(wrong))
    return {name: digest.hexdigest() for name, digest in digests.items()}


def settings(storage: Storage) -> dict[str, Any]:
    """Return what the run of a folder is: its specification, its number of people, what made it.

    Raises
    ------
    InputError
        If the folder holds none.
    """
    written = storage.read(COHORT)
    if written is None:
        expected = f"a folder with a cohort ({COHORT})"
        raise InputError([Problem("DIR", storage.place, expected, "make one with: osteocast cohort SPEC")])
    content: dict[str, Any] = json.loads(written)
    return content
