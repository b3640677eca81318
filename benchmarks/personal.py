"""Time of what a verdict needs: virtual people under six plans, and an update after one more scan.

    python benchmarks/personal.py [--people 4000] [--years 10]

Exits with 1 if either takes longer than it may: 3 s for the simulation (the past is simulated once, not
once for each plan), 0.3 s for the update. A first, small run compiles and is not counted.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any

import numpy as np

from osteocast.inference.personal import measured, update
from osteocast.inference.posterior import draws
from osteocast.person import load_case
from osteocast.population import futures, people
from osteocast.simulation import Subject
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

SIMULATION_LIMIT, UPDATE_LIMIT = 3.0, 0.3  # seconds
PLANS = {
    "inhibitor alone": (),
    "zoledronate every 6 months": (Course("zoledronate", n_doses=10),),
    "zoledronate every year": (Course("zoledronate", interval_days=DAYS_PER_YEAR, n_doses=3),),
    "denosumab": (Course("denosumab"),),
    "denosumab, then zoledronate": (Course("denosumab", n_doses=6), Course("zoledronate", 1096.0, n_doses=1)),
    "alendronate": (Course("alendronate", stop_day=5 * DAYS_PER_YEAR),),
}


def timed(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Return the shortest of a few runs, and its result."""
    seconds, result = [], None
    for _ in range(repeats):
        begun = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - begun)
    return min(seconds), result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=4000)
    parser.add_argument("--years", type=float, default=10.0)
    options = parser.parse_args()
    case = load_case((files("osteocast.inference.personal") / "checked-case.yaml").read_text("utf-8"))
    own = measured(case)
    subject = Subject(age=case.age, menopause_age=50.0)
    average = draws(256)
    regimens = [(*case.treatments, *courses) for courses in PLANS.values()]
    days = np.linspace(0.0, options.years * DAYS_PER_YEAR, int(4 * options.years) + 1)

    def simulate(n: int) -> Any:
        return futures(
            people(subject, n, average, study="benchmark"),
            regimens,
            days,
            past_days=own.days,
            past_observables=own.observables,
        )

    simulate(16)
    seconds, stored = timed(lambda: simulate(options.people), 3)
    print(
        f"{options.people} virtual people, past and {len(PLANS)} plans over {options.years:g} years, "
        f"{os.cpu_count()} cores: {seconds:.2f} s (limit {SIMULATION_LIMIT:g} s), "
        f"{int(stored.usable.sum())} usable"
    )
    earlier = replace(case, scans=case.scans[:-1])
    update(earlier, stored)
    again, found = timed(lambda: update(case, stored, fallback=False), 5)
    print(
        f"update after one more scan, {len(own.readings)} readings: {again:.3f} s "
        f"(limit {UPDATE_LIMIT:g} s), {found.ess:.0f} effective people"
    )
    moved, found = timed(lambda: update(case, stored, least_ess=options.people + 1.0), 1)
    print(f"new people where too few fit: {moved:.2f} s, {found.ess:.0f} different people")
    return int(seconds > SIMULATION_LIMIT or again > UPDATE_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
