"""Check the personal update: ``python -m osteocast.inference.personal`` (`scripts/check-personal-update`).

Simulation-based calibration, the slow reference sampler against reweighting and against the fallback, the
tolerance of the integrator, and the time of an update. Exits with 1 if anything is off.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from importlib.resources import files

import numpy as np

from osteocast.inference.personal import PersonalLikelihood, Update, measured, update
from osteocast.inference.personal.calibration import calibrate, flag_rates, uniformity
from osteocast.inference.personal.reference import reference_sample, split_r_hat
from osteocast.inference.posterior import draws
from osteocast.person import SITE_LABELS, SITES, Case, load_case
from osteocast.population import RELATIVE_TOLERANCE, Futures, People, futures, people, quantiles
from osteocast.simulation import Subject
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["main"]

_BAND = (0.05, 0.5, 0.95)
_LEAST_P = 0.01
_WRONG, _WRONG_BY = 6, 0.1  # a scan of the total hip, 10% too high
_MOST_FLAGGED = 0.06
_LARGEST_R_HAT = 1.05
#: Largest difference of a median or a 5th or 95th percentile, in standard deviations of the reference.
_LARGEST_DIFFERENCE = 0.3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks and print what they found; return 0 if nothing is off."""
    parser = argparse.ArgumentParser(description="Check the update of virtual people by scans and blood.")
    parser.add_argument("--people", type=int, default=4000, help="virtual people that are reweighted")
    parser.add_argument("--truths", type=int, default=1000, help="made-up persons whose truth is ranked")
    parser.add_argument("--chains", type=int, default=128, help="Markov chains of the reference sampler")
    parser.add_argument("--steps", type=int, default=600, help="steps of each chain after its warm-up")
    options = parser.parse_args(arguments)
    case = load_case((files("osteocast.inference.personal") / "checked-case.yaml").read_text("utf-8"))
    stored = _futures(case, "stored", options.people)
    off = _check_ranks(case, stored, options.truths)
    off += _check_samplers(case, stored, options.chains, options.steps)
    _show_tolerance(case, stored.people.like(stored.people.deviations[:1000], stored.people.draw[:1000]))
    print("\nnothing is off" if not off else "\noff: " + "; ".join(off))
    return 1 if off else 0


def _futures(case: Case, study: str, n: int) -> Futures:
    own = measured(case)
    menopause = case.person.menopause
    subject = Subject(age=case.age, menopause_age=None if menopause is None else menopause.age)
    everybody = people(subject, n, draws(256), study=study)
    return futures(
        everybody,
        [case.treatments],
        np.array([0.0, 5.0 * DAYS_PER_YEAR]),
        past_days=own.days,
        past_observables=own.observables,
        wander=False,
    )


def _check_ranks(case: Case, stored: Futures, n: int) -> list[str]:
    truth = _futures(case, "truth", n)
    own = measured(case)
    off = []
    print(f"Simulation-based calibration: {n} made-up persons, {len(stored.people)} virtual people each")
    for site in SITES:
        found = calibrate(stored, truth, own, site)
        if site == SITES[0]:
            low, middle = np.percentile(found.ess, [5, 50])
            print(f"  effective number of people: median {middle:.0f}, 5th percentile {low:.0f}")
        for quantity, ranks in found.values.items():
            distance, p = uniformity(ranks)
            print(f"  {SITE_LABELS[site]:13} {quantity:15} largest distance {distance:.3f}, p = {p:.2f}")
            if p < _LEAST_P:
                off.append(f"ranks of {quantity} at the {SITE_LABELS[site]}")
    sound, found_wrong = flag_rates(stored, truth, own, wrong=_WRONG, by=float(np.log1p(_WRONG_BY)))
    reading = own.readings[_WRONG]
    print(
        f"  flags: {100 * sound:.1f}% of sound series; a {SITE_LABELS[reading.name]} scan of {reading.date} "
        f"that is {100 * _WRONG_BY:.0f}% too high is found in {100 * found_wrong:.0f}%"
    )
    if sound > _MOST_FLAGGED:
        off.append("sound series are flagged too often")
    return off


def _check_samplers(case: Case, stored: Futures, chains: int, steps: int) -> list[str]:
    own = measured(case)
    likelihood = PersonalLikelihood(own, stored.people.traits)
    begun = time.perf_counter()
    reference = reference_sample(stored, likelihood, chains=chains, warm_up=steps // 2, steps=steps)
    seconds = time.perf_counter() - begun
    past, _ = stored.past_of(reference.people)
    begun = time.perf_counter()
    quick = update(case, stored, fallback=False)
    quick_seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    moved = update(case, stored, least_ess=len(stored.people) + 1.0)
    moved_seconds = time.perf_counter() - begun
    print(
        f"\nOne woman, {len(own.readings)} readings: reweighting {quick_seconds:.3f} s ({quick.ess:.0f} of "
        f"{len(stored.people)} effective), new people {moved_seconds:.1f} s, reference {seconds:.0f} s "
        f"({chains} chains of {steps} steps, {100 * reference.acceptance:.0f}% accepted)"
    )
    off = []
    years = -float(own.days[0]) / DAYS_PER_YEAR
    for site in SITES:
        name = f"bmd_{site}"
        slow = -100.0 * np.log(past[name][:, 0]) / years
        r_hat = split_r_hat(reference.by_chain(slow))
        rows = {
            "before": _band(stored.past[name][:, 0], stored.weights, years),
            "reference": _band(past[name][:, 0], np.ones(slow.size), years),
            "reweighted": _of(quick, name, years),
            "new people": _of(moved, name, years),
        }
        print(f"  {SITE_LABELS[site]}, rate over {years:.1f} years, percent a year; R-hat {r_hat:.3f}")
        for label, band in rows.items():
            print(f"    {label:11} {band[1]:+.2f} ({band[0]:+.2f} to {band[2]:+.2f})")
        scale = float(slow.std())
        worst = max(float(np.abs(rows[k] - rows["reference"]).max()) for k in ("reweighted", "new people"))
        if r_hat > _LARGEST_R_HAT:
            off.append(f"chains of the {SITE_LABELS[site]} disagree")
        if worst > _LARGEST_DIFFERENCE * scale:
            off.append(f"samplers differ at the {SITE_LABELS[site]} by {worst:.2f}% a year")
    return off


def _of(found: Update, name: str, years: float) -> np.ndarray:
    return _band(found.futures.past[name][:, 0], found.weights, years)


def _band(first: np.ndarray, weights: np.ndarray, years: float) -> np.ndarray:
    """Quantiles of the rate from the first scan to day 0."""
    return quantiles(-100.0 * np.log(first) / years, weights, _BAND)


def _show_tolerance(case: Case, everybody: People) -> None:
    """Print what the integrator's tolerance costs where it works hardest."""
    plans = {
        "inhibitor alone": case.treatments,
        "with denosumab": (*case.treatments, Course("denosumab", n_doses=10)),
        "with zoledronate": (*case.treatments, Course("zoledronate", n_doses=10)),
    }
    days = np.array([0.0, 1.0, 5.0, 10.0]) * DAYS_PER_YEAR
    runs = [
        futures(everybody, list(plans.values()), days, wander=False, relative_tolerance=tolerance)
        for tolerance in (RELATIVE_TOLERANCE, 1e-4, 1e-7)
    ]
    print("\nTolerance of the integrator against 1e-7, density relative to day 0, percentage points:")
    probabilities = (0.025, 0.5, 0.975)
    for label, run in zip((RELATIVE_TOLERANCE, 1e-4), runs, strict=False):
        for i, plan in enumerate(plans):
            worst = band = 0.0
            for site in SITES:
                a, b = (one.values[f"bmd_{site}"][i].astype(np.float64) for one in (run, runs[-1]))
                worst = max(worst, float(100.0 * np.nanmax(np.abs(a - b))))
                quantile = [quantiles(x, run.weights, probabilities) for x in (a, b)]
                band = max(band, float(100.0 * np.abs(quantile[0] - quantile[1]).max()))
            print(f"  {label:g} {plan:16} worst person {worst:.4f}, bounds of the 95% band {band:.4f}")


if __name__ == "__main__":
    sys.exit(main())
