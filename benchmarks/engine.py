"""Speed, accuracy and memory of the engine, beside SciPy and libroadrunner on the same equations.

    python benchmarks/engine.py [--patients 10000] [--referees 20]

10,000 different women, 10 years on anastrozole with denosumab every 6 months, monthly output of density at
three sites and of two turnover markers. Each starts from her own state at 55 to 75 years (her life before is
simulated once, and timed apart). The ratios hold on any machine; the absolute figures belong to the machine
that printed them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from osteocast import physiology
from osteocast.engine.layout import Precision
from osteocast.engine.schedule import Event, Schedule
from osteocast.engine.solver import FINEST_SINGLE, Batch, input_table, parameter_table, simulate, state_table
from osteocast.files import storage
from osteocast.physiology import SITES

# At which no density of any month is off by a ten-thousandth, with some room.
TOLERANCE = 7e-4
YEARS = 10.0
HALF_YEAR = 182.625
MONTH = 30.4375
DENSITY = [f"bmd_{site}" for site in SITES]
MARKERS = ["ctx", "p1np"]
OBSERVED = [*DENSITY, *MARKERS]
PRECISIONS: tuple[Precision, ...] = ("double", "single")
VARIED = (
    *(f"turnover_{site}" for site in SITES),
    "denosumab_clearance",
    "denosumab_volume",
    "e2_half_effect",
    "rankl_e2_gain",
    "precursor_supply",
    "osteoclast_turnover",
    "mechanostat_resorption",
    "postmenopausal_e2",
)
COMPILE = """
import time
start = time.perf_counter()
import numpy as np
from osteocast.simulation import Subject, run
from osteocast.therapies import Course
run([Subject(61, 50)], [[Course("anastrozole")]], np.array([0.0, 365.25]))
print(time.perf_counter() - start)
"""


def women(n: int, seed: int = 20261122) -> Batch:
    """Draw women who differ in age, menopause and eleven parameters (25% each), at their state of day 0."""
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(n):
        own = physiology.values()
        for name in VARIED:
            own[name] *= float(np.exp(0.25 * generator.standard_normal()))
        own["menopause_age"] += 3.0 * generator.standard_normal()
        values.append(own)
    age = 55.0 + 20.0 * generator.random(n)
    events = [
        [Event(0.0, "input", "anastrozole_rate", 1.0)]
        + [Event(HALF_YEAR * k, "dose", "denosumab_depot", 60.0) for k in range(int(2 * YEARS))]
    ] * n
    past = Batch(
        parameters=parameter_table(values),
        inputs=input_table([{}] * n),
        initial=state_table([physiology.peak_state(own) for own in values]),
        start=(30.0 - age) * 365.25,
        end=np.zeros(n),
        schedule=Schedule.of([[]] * n),
        days=np.array([0.0]),
    )
    start = time.perf_counter()
    today = simulate(past, ["ctx"], relative_tolerance=1e-6).raise_on_failure()
    seconds = time.perf_counter() - start
    print(
        f"lives up to day 0: {n} women, {age.mean() - 30:.0f} years on average, {seconds:.2f} s on all cores"
    )
    return replace(
        past,
        initial=today.final,
        start=np.zeros(n),
        end=np.full(n, YEARS * 365.25),
        schedule=Schedule.of(events),
        days=np.arange(int(12 * YEARS) + 1) * MONTH,
    )


def first(batch: Batch, n: int) -> Batch:
    """Return the first n women of a batch."""
    s = batch.schedule
    stop = s.offset[n]
    return Batch(
        *(getattr(batch, name)[:n] for name in ("parameters", "inputs", "initial", "start", "end")),
        Schedule(s.offset[: n + 1], s.day[:stop], s.kind[:stop], s.index[:stop], s.value[:stop]),
        batch.days,
    )


def timed(run: Callable[[], Any], repeats: int = 5) -> tuple[float, Any]:
    """Return the shortest of a few runs, and the result."""
    best, result = np.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        result = run()
        best = min(best, time.perf_counter() - start)
    return best, result


def worst(
    values: dict[str, np.ndarray],
    reference: dict[str, np.ndarray],
    n: int,
    names: Sequence[str] = DENSITY,
) -> float:
    """Return the largest relative error of density, or of others, over women and months."""
    return max(float(np.max(np.abs(values[name][:n] / reference[name][:n] - 1.0))) for name in names)


def alone(n: int) -> dict[Precision, float]:
    """Decades a second of the engine on one core in either precision, on n women."""
    batch = women(n)
    found = {}
    for precision in PRECISIONS:
        seconds, _ = timed(
            lambda p=precision: simulate(
                batch, OBSERVED, relative_tolerance=TOLERANCE, threads=1, precision=p
            )
        )
        found[precision] = n * YEARS / 10.0 / seconds
    return found


def scipy_lsoda(batch: Batch, n: int) -> tuple[float, dict[str, np.ndarray]]:
    """Integrate n women with SciPy's LSODA and a right-hand side compiled by Numba."""
    from numba import njit
    from scipy.integrate import LSODA

    from osteocast.engine import kernel

    rates, observe = njit(kernel.rates), njit(kernel.observe)
    constants = njit(kernel.constants)
    size = kernel.N_GIVEN + kernel.N_CONSTANT
    table = {name: np.full((n, batch.days.size), np.nan) for name in OBSERVED}
    where = [physiology.OBSERVABLE_INDEX[name] for name in OBSERVED]

    def one(i: int) -> None:
        q = np.zeros(size)
        q[: kernel.N_GIVEN] = np.concatenate([batch.parameters[i], batch.inputs[i]])
        constants(q)
        f, out = np.zeros(kernel.N_STATE), np.zeros(kernel.N_OBSERVABLE)

        def right_hand_side(t: float, y: np.ndarray) -> np.ndarray:
            rates(y, q, f)
            return f.copy()

        y, t, g = batch.initial[i].copy(), 0.0, 0
        s = batch.schedule
        span = range(s.offset[i], s.offset[i + 1])
        for stop in [*sorted({s.day[e] for e in span} - {0.0}), batch.end[i]]:
            for e in span:
                if s.day[e] == t:
                    if s.kind[e]:
                        y[s.index[e]] += s.value[e]
                    else:
                        name = physiology.INPUT_NAMES[s.index[e]]
                        q[len(kernel.PARAMETERS) + kernel.INPUTS.index(name)] = s.value[e]
                        constants(q)
            solver = LSODA(right_hand_side, t, y, stop, rtol=1e-5, atol=1e-7, first_step=0.05)
            while solver.status == "running":
                solver.step()
                if g < batch.days.size and batch.days[g] <= solver.t:
                    dense = solver.dense_output()
                while g < batch.days.size and batch.days[g] <= solver.t:
                    observe(dense(batch.days[g]), q, out)
                    for name, index in zip(OBSERVED, where, strict=True):
                        table[name][i, g] = out[index]
                    g += 1
            y, t = solver.y.copy(), stop

    one(0)  # compile
    seconds, _ = timed(lambda: [one(i) for i in range(n)], 1)
    return seconds, table


def roadrunner() -> tuple[float, float]:
    """Decades a second of libroadrunner's CVODE and of the engine on one average life with anastrozole.

    Without denosumab: over twenty doses CVODE gives up after one of them at any tolerance that was tried.
    """
    import roadrunner as rr

    from osteocast.interop import sbml
    from osteocast.simulation import Subject, batch_of
    from osteocast.therapies import Course

    woman, courses = Subject(61.0, 50.0), (Course("anastrozole"),)
    model = rr.RoadRunner(sbml.to_sbml(sbml.Scenario(woman, courses, YEARS * 365.25)))
    model.integrator.relative_tolerance = 1e-6
    model.integrator.absolute_tolerance = 1e-8
    model.integrator.setValue("maximum_num_steps", 200_000)
    life = 31.0 * 365.25
    times = [0.0, *(life + month * MONTH for month in range(int(12 * YEARS) + 1))]
    start = time.perf_counter()
    model.simulate(times=times)
    theirs = time.perf_counter() - start
    batch = batch_of([woman] * 1000, [courses] * 1000, np.arange(int(12 * YEARS) + 1) * MONTH)
    ours, _ = timed(lambda: simulate(batch, OBSERVED, relative_tolerance=TOLERANCE, threads=1))
    decades = (life + YEARS * 365.25) / 3652.5
    return decades / theirs, 1000 * decades / ours


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--referees", type=int, default=20, help="patients given to the slow referees")
    arguments = parser.parse_args()
    n, few = arguments.patients, min(arguments.referees, arguments.patients)
    decades = YEARS / 10.0

    cold, warm = compile_times()
    print(f"first simulation of a process: {cold:.1f} s compiling, {warm:.1f} s with the engine cached")
    batch = women(n)
    sample = first(batch, min(n, 200))
    exact = simulate(sample, OBSERVED, relative_tolerance=1e-10).raise_on_failure().values
    print(
        f"\n{n} women x {YEARS:.0f} years, one thread; "
        f"error against the engine at 1e-10 on {len(sample.start)} women"
    )
    print(
        f"{'precision':>9} {'tolerance':>10} {'decades/s/core':>15} {'worst density error':>20} "
        f"{'worst marker error':>19} {'attempts':>9} {'rates/woman':>12}"
    )
    rates = {}
    for precision in PRECISIONS:
        for tolerance in (TOLERANCE, 3.5e-4, 1e-4, 1e-5):
            if precision == "single" and tolerance < FINEST_SINGLE:
                continue
            seconds, result = timed(
                lambda t=tolerance, p=precision: simulate(
                    batch, OBSERVED, relative_tolerance=t, threads=1, precision=p
                )
            )
            result.raise_on_failure()
            n_exact = len(sample.start)
            density, markers = (worst(result.values, exact, n_exact, names) for names in (DENSITY, MARKERS))
            rates[precision, tolerance] = n * decades / seconds
            print(
                f"{precision:>9} {tolerance:>10.1e} {rates[precision, tolerance]:>15.0f} {density:>20.1e} "
                f"{markers:>19.1e} {result.attempts.mean():>9.0f} {6 * result.attempts.mean():>12.0f}"
            )
    for precision in PRECISIONS:
        seconds, _ = timed(
            lambda p=precision: simulate(batch, OBSERVED, relative_tolerance=TOLERANCE, precision=p)
        )
        print(f"all cores at {TOLERANCE:.1e}, {precision}: {n * decades / seconds:.0f} decades/s")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")

    lsoda, table = scipy_lsoda(batch, few)
    lsoda_rate = few * decades / lsoda
    print(
        f"\nSciPy LSODA, compiled right-hand side, {few} women: {lsoda_rate:.1f} decades/s, "
        f"density error {worst(table, exact, few):.1e}, ratio {rates['double', TOLERANCE] / lsoda_rate:.0f}"
    )
    try:
        theirs, ours = roadrunner()
        print(f"libroadrunner on the exported SBML, a life without the doses: {theirs:.0f} decades/s")
        print(
            f"the engine on a thousand such lives, one thread: {ours:.0f} decades/s, "
            f"ratio {ours / theirs:.0f}"
        )
    except ImportError:
        print("libroadrunner is not installed")


def compile_times() -> tuple[float, float]:
    """Time the first simulation in a fresh process, with an empty and with a filled cache."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, storage.VARIABLE: cache}
        times = [
            float(
                subprocess.run(
                    [sys.executable, "-c", COMPILE], env=environment, capture_output=True, check=True
                ).stdout
            )
            for _ in range(2)
        ]
    return times[0], times[1]


if __name__ == "__main__":
    main()
