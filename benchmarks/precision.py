"""Single beside double precision: errors over people of both sexes, all drugs and whole lives.

    python benchmarks/precision.py [--people 400] [--tolerance 1e-4]

Each person is drawn: sex, age, menopause, intake, weight, a few parameters (25% each), one to four courses of
the drugs that there are, and a span of 10 to 60 years that begins with the life up to day 0. The reference is
the engine in double precision at a tolerance of 1e-10. Errors are relative; of a marker, to no less than a
tenth of its mean over all.
"""

from __future__ import annotations

import argparse

import numpy as np

from osteocast.engine.solver import Batch, Result, simulate
from osteocast.physiology import OBSERVABLE_NAMES, SITES
from osteocast.simulation import Subject, batch_of
from osteocast.therapies import DRUGS, Course

YEAR = 365.25
MONTH = YEAR / 12.0
DENSITY = tuple(f"bmd_{site}" for site in SITES)
VARIED = (
    *(f"turnover_{site}" for site in SITES),
    "denosumab_clearance",
    "e2_half_effect",
    "rankl_e2_gain",
    "osteoclast_turnover",
    "mechanostat_resorption",
)
# Of its mean: a marker under denosumab comes close to nothing, and there an error is one of its usual size.
FLOOR = 0.1


def people(n: int, seed: int = 20261122) -> tuple[list[Subject], list[list[Course]], np.ndarray]:
    """Draw people, what they take, and to which day of theirs they are followed."""
    random = np.random.default_rng(seed)
    from osteocast import physiology

    usual = physiology.values()
    subjects, courses, until = [], [], []
    for i in range(n):
        male = i % 4 == 3
        age = float(random.uniform(35.0, 80.0))
        own = {name: usual[name] * float(np.exp(0.25 * random.standard_normal())) for name in VARIED}
        subjects.append(
            Subject(
                age=age,
                menopause_age=float(random.normal(50.0, 3.0)),
                calcium_intake=float(random.uniform(400.0, 1200.0)),
                vitamin_d=float(random.uniform(10.0, 40.0)),
                weight_kg=float(random.uniform(45.0, 100.0)),
                parameters=own,
                sex="male" if male else "female",
                testosterone=float(random.uniform(300.0, 800.0)) if male else None,
            )
        )
        drugs = [name for name in DRUGS if male or not name.startswith(("testosterone", "hcg"))]
        taken = random.choice(drugs, size=int(random.integers(1, 5)), replace=False)
        own_courses = []
        for drug in taken:
            start = float(random.uniform(0.0, 5.0 * YEAR))
            stop = start + float(random.uniform(0.5, 8.0)) * YEAR
            own_courses.append(Course(str(drug), start_day=start, stop_day=stop))
        courses.append(own_courses)
        # Lives begin at 30 at the latest; what follows day 0 is cut so that none is longer than 60 years.
        until.append(min(float(random.uniform(5.0, 30.0)), 60.0 - max(age - 30.0, 0.0)) * YEAR)
    return subjects, courses, np.array(until)


def batch(n: int, seed: int = 20261122) -> Batch:
    """Lay out the people drawn, with an observation a month."""
    subjects, courses, until = people(n, seed)
    return batch_of(subjects, courses, np.arange(0.0, until.max() + 1.0, MONTH), until=until)


def errors(found: Result, exact: Result, name: str) -> np.ndarray:
    """Return each person's largest relative error of an observable."""
    true = exact.values[name]
    floor = 1e-3 if name in DENSITY else FLOOR * float(np.nanmean(np.abs(true)))
    apart = np.abs(found.values[name] - true) / np.maximum(np.abs(true), floor)
    # Before a start and after an end there is nothing.
    largest: np.ndarray = np.max(apart, axis=1, initial=0.0, where=np.isfinite(true))
    return largest


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()
    lives = batch(arguments.people)
    exact = simulate(lives, relative_tolerance=1e-10, rescue=False, max_steps=3_000_000)
    good = exact.status == 0
    double = simulate(lives, relative_tolerance=arguments.tolerance, rescue=False)
    single = simulate(lives, relative_tolerance=arguments.tolerance, rescue=False, precision="single")
    years = (lives.end - lives.start) / YEAR
    print(
        f"{arguments.people} people, {years.min():.0f} to {years.max():.0f} years each, tolerance "
        f"{arguments.tolerance:g}; solved: {int(good.sum())} by the reference, "
        f"{int((double.status == 0).sum())} in double, {int((single.status == 0).sum())} in single precision"
    )
    print(f"{'':24} {'double':>10} {'':>10} {'single':>10} {'':>10}")
    print(f"{'':24} {'median':>10} {'worst':>10} {'median':>10} {'worst':>10}")
    both = good & (double.status == 0) & (single.status == 0)
    for name in OBSERVABLE_NAMES:
        row = [errors(one, exact, name)[both] for one in (double, single)]
        cells = " ".join(f"{np.median(one):>10.1e} {one.max():>10.1e}" for one in row)
        print(f"{name:24} {cells}")
    print(
        f"{'attempts a person':24} {double.attempts.mean():>10.0f} {'':>10} {single.attempts.mean():>10.0f}"
    )


if __name__ == "__main__":
    main()
