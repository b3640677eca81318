"""Speed, memory and disk of cohort runs, beside SciPy and libroadrunner on the same equations.

    python benchmarks/cohort.py [--people 4000 16000] [--workers 1 2] [--dask] [--referees 10]

Women of 50 to 80 who are about to take an inhibitor: each life from peak bone mass to day 0, then five years
on letrozole, with denosumab and without, with fractures, everything written and forced to the disk. Each run
has processes of its own, whose start counts. A patient-decade is ten years of one simulated person, the life
before day 0 among them, once. All runs of one size have to end with the same checksums.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine import YEARS, alone, first, roadrunner, scipy_lsoda, women
from osteocast.cohorts import load_spec, verify

SPEC = Path(__file__).parents[1] / "examples" / "cohorts" / "two-arms.yaml"
_RUN = """
import json, resource, sys, time
from dataclasses import replace
from osteocast.cohorts import load_spec, run_cohort, summarise

if __name__ == "__main__":
    path, out, n, workers, cluster = sys.argv[1:]
    chunks = []
    start = time.perf_counter()
    run_cohort(
        replace(load_spec(path), n=int(n)), out, workers=int(workers), cluster=cluster or None,
        report=lambda progress: chunks.append((time.perf_counter() - start, progress.people)),
    )
    seconds = time.perf_counter() - start
    print(json.dumps({
        "seconds": seconds,
        "chunks": chunks,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "worker_peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
        "age": summarise(out).covariates["age"].mean,
    }))
"""


@dataclass(frozen=True)
class Run:
    """One run: how long, how fast, how large.

    Parameters
    ----------
    seconds : float
        With the start of all processes.
    steady : float
        People a second after the first chunk of each worker.
    decades : float
        Patient-decades.
    peak, worker_peak : float
        MiB, of the process that gives out and of the largest worker.
    disk : float
        MiB.
    digests : str
        Of all tables.
    """

    seconds: float
    steady: float
    decades: float
    peak: float
    worker_peak: float
    disk: float
    digests: str


def run(n: int, workers: int, cluster: str = "") -> Run:
    """Run a cohort in processes of its own, and measure it."""
    spec = load_spec(SPEC)
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/cohort"
        arguments = [sys.executable, "-c", _RUN, str(SPEC), out, str(n), str(workers), cluster]
        ended = subprocess.run(arguments, capture_output=True, text=True, check=True)
        found = json.loads(ended.stdout.splitlines()[-1])
        disk = sum(path.stat().st_size for path in Path(out).rglob("*") if path.is_file())
        digests = json.dumps(verify(out))
    years = found["age"] - 30.0 + len(spec.arms) * spec.visits[-1] / 12.0
    # The first chunk of each worker is done while all of them start.
    at_once = min(workers, len(found["chunks"]) - 1)
    (begun, early), (ended_at, last) = found["chunks"][at_once], found["chunks"][-1]
    left = ended_at - begun
    return Run(
        found["seconds"],
        (last - early) / left if left > 0 else float("nan"),
        n * years / 10.0,
        found["peak"] / 1024,
        found["worker_peak"] / 1024,
        disk / 2**20,
        digests,
    )


def table(people: Sequence[int], workers: Sequence[int], dask: bool) -> dict[int, Run]:
    """Run every combination, print it, and return the last run of each size."""
    print(
        f"{'people':>8} {'workers':>8} {'seconds':>8} {'people/s':>9} {'after start':>12} {'decades/s':>10} "
        f"{'peak MiB':>9} {'worker MiB':>11} {'disk MiB':>9}"
    )
    found = {}
    for n in people:
        runs = {str(count): run(n, count) for count in workers}
        if dask:
            runs[f"dask {max(workers)}"] = run(n, max(workers), "local")
        for name, one in runs.items():
            print(
                f"{n:>8} {name:>8} {one.seconds:>8.1f} {n / one.seconds:>9.0f} {one.steady:>12.0f} "
                f"{one.decades / one.seconds:>10.0f} {one.peak:>9.0f} "
                f"{one.worker_peak:>11.0f} {one.disk:>9.1f}"
            )
        if len({one.digests for one in runs.values()}) > 1:
            raise SystemExit(f"{n} people: the checksums differ between runs")
        found[n] = max(runs.values(), key=lambda one: one.steady)
    return found


def main() -> None:
    """Run and print."""
    cores = os.cpu_count() or 1
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, nargs="+", default=[5000, 20_000, 40_000])
    parser.add_argument("--workers", type=int, nargs="+", default=sorted({1, cores}))
    parser.add_argument("--dask", action="store_true", help="run each size on a local Dask cluster too")
    parser.add_argument("--referees", type=int, default=10, help="women given to SciPy")
    arguments = parser.parse_args()
    start = time.perf_counter()
    load_spec(SPEC)
    print(
        f"{cores} cores; {SPEC.name}, 2 arms x 5 years; a file is read in {time.perf_counter() - start:.2f} s"
    )
    found = table(arguments.people, arguments.workers, arguments.dask)
    largest = max(found)
    one = found[largest]
    rate = one.decades / one.seconds
    steady = one.steady * one.decades / largest
    print("the checksums of all runs of one size are equal")
    million = 1e6 / one.steady
    print(
        f"at {one.steady:.0f} people a second, 1,000,000 take {million / 60:.0f} minutes and "
        f"{one.disk * 1e6 / largest / 1024:.1f} GiB; 100,000,000 patient-decades take "
        f"{1e8 / steady / 3600 * cores:.0f} core-hours and {one.disk / one.decades * 1e8 / 2**20:.2f} TiB"
    )
    alone_rates = alone(2000)
    print(
        f"the engine alone on one core, density right to a ten-thousandth: {alone_rates['double']:.0f} "
        f"decades/s, {alone_rates['single']:.0f} in single precision"
    )
    if arguments.referees:
        batch = first(women(arguments.referees), arguments.referees)
        seconds, _ = scipy_lsoda(batch, arguments.referees)
        lsoda = arguments.referees * YEARS / 10.0 / seconds
        print(
            f"SciPy LSODA, compiled right-hand side: {lsoda:.1f} decades/s on one core, "
            f"ratio {rate / lsoda:.0f}"
        )
        try:
            theirs, ours = roadrunner()
            print(f"libroadrunner: {theirs:.0f} decades/s on one core; the engine alone: {ours:.0f}")
        except ImportError:
            print("libroadrunner is not installed")


if __name__ == "__main__":
    main()
