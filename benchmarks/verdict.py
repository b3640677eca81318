"""Speed of a verdict: 4,096 virtual people, six plans, ten years, weighted by own scans and blood values.

    python benchmarks/verdict.py [--people 4096] [--times 5]

Times one verdict after another in a process that has judged once already, so that the compiled engine, the
evidence and the posterior are in memory, and prints the best and the middle one, with where the time goes.
Each virtual person's past is simulated once, and every plan from the state it left. The bar is 3 seconds on
two cores.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import time
from pathlib import Path

import osteocast as oc
from osteocast.units import DAYS_PER_YEAR

BAR_SECONDS = 3.0
EXAMPLE = Path(__file__).parents[1] / "examples" / "postmenopausal-anastrozole.yaml"
#: Parts of a verdict, by the function that does each.
PARTS = {
    "virtual people, their past and every plan": ("futures.py", "futures"),
    "weights by own scans and blood values": ("update.py", "update"),
    "plans held against the criteria": ("verdict.py", "judge"),
    "what the verdict hangs on": ("movers.py", "movers"),
    "imagined scans": ("settling.py", "outlook"),
}


def main() -> None:
    """Time verdicts, and say where the time goes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=4096)
    parser.add_argument("--times", type=int, default=5)
    chosen = parser.parse_args()
    case = oc.load_case(EXAMPLE)
    oc.verdict(case, people=64)
    seconds = []
    for _ in range(chosen.times):
        start = time.perf_counter()
        found = oc.verdict(case, people=chosen.people)
        seconds.append(time.perf_counter() - start)
    years = case.forecast_years
    assert years * DAYS_PER_YEAR >= found.criteria.last_day
    print(
        f"{chosen.people} virtual people x {len(found.plans)} plans x {years:g} years, {os.cpu_count()} cores"
    )
    print(
        f"best {min(seconds):.2f} s, middle {statistics.median(seconds):.2f} s; the bar is {BAR_SECONDS:g} s"
    )
    profile = cProfile.Profile()
    profile.runcall(oc.verdict, case, people=chosen.people)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(row[2] for row in stats.values())
    for name, (file, function) in PARTS.items():
        spent = sum(
            row[3]
            for (path, _, called), row in stats.items()
            if Path(path).name == file and called == function
        )
        print(f"  {name:45} {spent / total:5.0%}")


if __name__ == "__main__":
    main()
