"""What to look at, and when: from the change that a forecast expects against what a scan can tell.

A scan is worth making once the expected change since the last one exceeds the least significant change of its
site; guidelines give the earliest and the latest. Samples follow from what is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from osteocast import evidence
from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.warnings import relative_change
from osteocast.guidance.facts import Facts
from osteocast.guidance.guidelines import Guidelines, guidelines
from osteocast.guidance.samples import samples
from osteocast.guidance.schedule import Basis, Schedule, Visit, ends, intervals, visit
from osteocast.person import Case, least_significant_change
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

__all__ = ["surveillance"]


def surveillance(forecast: Forecast, plan: PlanForecast, *, years: float = 3.0) -> Schedule:
    """Lay out what to measure under a plan.

    Parameters
    ----------
    forecast : Forecast
    plan : PlanForecast
        One of its plans.
    years : float
        How far ahead.

    Returns
    -------
    Schedule
    """
    case = forecast.case
    until = min(years * DAYS_PER_YEAR, plan.horizon)
    said = guidelines(case, next((each for each in case.plans if each.name == plan.name), None))
    visits = [
        *_scans(forecast, plan, until),
        *samples(case, plan.courses, until),
        *_imaging(case, said),
    ]
    ordered = sorted(visits, key=lambda each: (each.day, each.kind, each.what))
    return Schedule(plan.name, case.as_of, tuple(ordered), tuple(_notes(case, said)))


def _scans(forecast: Forecast, plan: PlanForecast, until: float) -> Iterator[Visit]:
    """Yield the scans: the first if it is missing or old, then each when the change can be seen."""
    case = forecast.case
    source = intervals()["scan"]["interval"]["source"]
    earliest, latest = (months * DAYS_PER_MONTH for months in ends(source))
    last = max((case.day(scan.date) for scan in case.scans), default=None)
    if last is None or last < -earliest:
        why = "bone density was never measured" if last is None else "the last scan is more than a year old"
        yield visit(
            case,
            0.0,
            "scan",
            "DXA of lumbar spine and hip, the baseline of everything that follows",
            why,
            _scan_consequences(),
            "guideline",
            _first_scan_sources(case),
        )
        last = 0.0
    basis: Basis
    while True:
        seen = _seen(forecast, plan, last, last + latest)
        day = max(last + earliest, min(last + latest, last + latest if seen is None else seen[0]))
        if day > until:
            return
        if seen is None:
            why, basis = _latest(case)
        else:
            _, site, change, least = seen
            how = "already exceeds" if seen[0] < last + earliest else "comes to exceed"
            why = (
                f"the expected change at the {site} ({change:+.1f}%) {how} the least significant change "
                f"({least:.1f}%)"
            ).replace("-", "−")
            basis = "model"
        yield visit(
            case,
            max(day, 0.0),
            "scan",
            "DXA of lumbar spine and hip, on the same device",
            why,
            _scan_consequences(),
            basis,
            (source,),
        )
        last = max(day, 0.0)


def _first_scan_sources(case: Case) -> tuple[str, ...]:
    if case.person.sex == "male":
        return ("endocrine-society-2012-men/scan",)
    return (intervals()["scan"]["first_months"]["source"], "racgp-2024-osteoporosis/baseline")


def _latest(case: Case) -> tuple[str, Basis]:
    """Say why a scan comes at the latest day, and on what that rests: the interval is one for women."""
    unseen = "no change is expected to exceed the least significant change by then"
    if case.person.sex == "female" and Facts(case)["aromatase_inhibitor"].value:
        return f"{unseen}; the guideline's latest", "guideline"
    return f"{unseen}; no guideline gives an interval here, this one is of women on an inhibitor", "estimate"


def _seen(
    forecast: Forecast, plan: PlanForecast, start: float, stop: float
) -> tuple[float, str, float, float] | None:
    """Return day, site, change and least significant change when the first site's change can be seen."""
    found = []
    days = forecast.days[(forecast.days > start) & (forecast.days <= stop)]
    for name, basis in forecast.sites.items():
        used = basis.used[-1] if basis.used else None
        if used is not None and used.least_significant_change is not None:
            least = 100.0 * used.least_significant_change / used.bmd
        else:
            usual = least_significant_change(name, 1.0, "hologic")
            if usual is None:
                continue
            least = usual.percent
        curve = plan.curves[f"change_{name}"]
        for day in days:
            change = relative_change(curve, forecast.days, start, float(day))
            if np.isfinite(change) and abs(change) >= least:
                found.append((float(day), basis.label, change, least))
                break
    return min(found, default=None)


def _scan_consequences() -> tuple[str, ...]:
    return (
        "a fall beyond the least significant change: ask whether the drugs are taken, look for other causes, "
        "and look at the plans again",
        "no rise on a drug that should bring one: ask whether it is taken and absorbed",
        "a T-score below a guideline's threshold (osteocast guidelines): that guideline's treatment",
        "new vertebral fractures: treatment whatever the density",
    )


def _imaging(case: Case, said: Guidelines) -> Iterator[Visit]:
    """Yield imaging of the spine if a guideline asks for it now."""
    asking = [
        verdict
        for verdict in said.verdicts
        if verdict.rule.about == "vertebral imaging" and verdict.outcome == "applies"
    ]
    if asking:
        bodies = ", ".join(dict.fromkeys(verdict.body.body for verdict in asking))
        yield visit(
            case,
            0.0,
            "imaging",
            "spine from the side, with the DXA or by X-ray",
            f"asked for by {bodies}",
            ("a vertebral fracture: treatment whatever the density",),
            "guideline",
            tuple(verdict.rule.source for verdict in asking),
        )


def _notes(case: Case, said: Guidelines) -> Iterator[str]:
    lost = evidence.load().value("iscd-2019-vertebrae/height-loss").number
    yield f"Measure height at each visit: with over {lost:.0f} cm lost, or new back pain, image the spine"
    yield "New pain in thigh or groin on a drug for bone: image both femurs"
    yield from (gap.text for gap in said.gaps)
