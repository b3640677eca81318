"""From a case to its forecast: every plan, and every draw of the uncertain parameters, in one batch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from osteocast import physiology
from osteocast.errors import EngineError
from osteocast.forecast.events import timeline
from osteocast.forecast.plans import inhibitor_course
from osteocast.forecast.provenance import provenance
from osteocast.forecast.reach import beyond_the_trials
from osteocast.forecast.results import Alert, Curve, Forecast, PlanForecast
from osteocast.forecast.scans import SiteBasis, level, site_basis
from osteocast.forecast.scenarios import planned
from osteocast.forecast.subjects import subject_of
from osteocast.forecast.warnings import cautions, crossings, rebound_alerts
from osteocast.person import SITES, Case, Plan
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.simulation import Simulation, Subject

__all__ = ["DRAWS", "run_forecast"]

#: Draws of the parameters behind the bands, unless asked otherwise.
DRAWS = 64
#: Half of what a 90% band leaves out on each side, percent.
_TAIL = 5.0
_SEED = 1
_SHOWN = (
    *(f"bmd_{site}" for site in SITES),
    *("ctx", "p1np", "ntx", "bsap", "estradiol", "pth", "rankl_opg_ratio", "sclerostin"),
)
# A chart begins a little before the first scan, and not more than this before day 0.
_MARGIN_DAYS = 4 * DAYS_PER_MONTH
_LONGEST_PAST_DAYS = 15 * DAYS_PER_YEAR


def run_forecast(
    case: Case, *, years: float | None = None, draws: int = DRAWS, threads: int | None = None
) -> Forecast:
    """Forecast bone density and turnover of one person under each of her plans.

    Her life is simulated from peak bone mass through menopause and past treatment to day 0 (`Case.as_of`),
    each site is set to her own scans, and each plan is followed to the horizon. Without plans of her own the
    standard ones are compared (`osteocast.forecast.standard_plans`). The band of a curve is the central 90%
    of what the trials leave open about the average response to age, menopause and drugs; differences between
    people are larger and not part of it.

    Parameters
    ----------
    case : Case
        As `osteocast.load_case` returns it.
    years : float, optional
        Horizon from day 0; that of the case by default.
    draws : int
        Number of draws from the calibrated parameters for the bands; 0 for none. There are none either as
        long as the parameters have not been calibrated.
    threads : int, optional
        As in `osteocast.simulation.run`.

    Returns
    -------
    Forecast

    Raises
    ------
    NotCovered
        If the model does not cover the person, with the reasons.
    EngineError
        If a plan cannot be solved.

    Examples
    --------
    >>> import osteocast as oc
    >>> case = oc.load_case('''
    ... person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
    ... treatments: [{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}]
    ... ''')
    >>> forecast = run_forecast(case, years=5, draws=0)
    >>> [plan.name for plan in forecast.plans][:2]
    ['Anastrozole alone', 'Zoledronate every 6 months']
    >>> alone, zoledronate = forecast.plans[:2]
    >>> forecast.at(alone, "change_lumbar_spine", 2.0) < forecast.at(zoledronate, "change_lumbar_spine", 2.0)
    True
    """
    if years is not None:
        shorn = tuple(replace(plan, horizon_days=None) for plan in case.plans)
        case = replace(case, forecast_years=years, plans=shorn)
    case, assumptions = planned(case)
    subject, inputs = subject_of(case)
    sites = {site: site_basis(case, site) for site in SITES}
    grid, days = _days(case, sites)
    used = provenance()
    sample = _draws(draws) if used.calibrated else []
    simulation = _simulate(case, subject, sample, days, threads)
    width = 1 + len(sample)
    plans: tuple[PlanForecast, ...] = tuple(
        _plan(case, plan, slice(i * width, (i + 1) * width), simulation, grid, sites)
        for i, plan in enumerate(case.plans)
    )
    course = inhibitor_course(case)
    return Forecast(
        case=case,
        days=grid,
        plans=plans,
        sites=sites,
        inputs=inputs,
        assumptions=tuple(assumptions),
        extrapolated=beyond_the_trials(
            case, [plan.courses for plan in plans], max(plan.horizon for plan in plans)
        ),
        alerts=tuple(Alert("case", text) for text in (*case.warnings, *_calibration(used.calibrated))),
        origin=0.0 if course is None else course.start_day,
        origin_label=f"the start of {course.drug}" if course is not None else "today",
        n_draws=len(sample),
        provenance=used,
    )


def _calibration(calibrated: bool) -> list[str]:
    if calibrated:
        return []
    return [
        "The parameters of the model have not been fitted to the trials yet: these numbers are provisional."
    ]


def _days(case: Case, sites: Mapping[str, SiteBasis]) -> tuple[np.ndarray, np.ndarray]:
    """Monthly days that are kept, and those with the days of the scans that are simulated."""
    horizon = max(case.horizon_days(plan) for plan in case.plans)
    scans = [scan.day for basis in sites.values() for scan in basis.scans]
    first = max(min([*scans, 0.0]) - _MARGIN_DAYS if scans else 0.0, -_LONGEST_PAST_DAYS)
    months = np.arange(np.floor(first / DAYS_PER_MONTH), np.floor(horizon / DAYS_PER_MONTH + 1e-9) + 1)
    grid = np.union1d(months * DAYS_PER_MONTH, [horizon])
    return grid, np.union1d(grid, scans)


def _draws(count: int) -> list[dict[str, float]]:
    """Draw parameter values from what the calibration left open."""
    # Not needed for a forecast without bands, and not read then.
    from osteocast.inference.posterior import draws

    return draws(count, _SEED) if count else []


def _simulate(
    case: Case, subject: Subject, sample: Sequence[Mapping[str, float]], days: np.ndarray, threads: int | None
) -> Simulation:
    """Run every plan with the calibrated parameters and with every draw, in one batch."""
    from osteocast.simulation import run as simulate

    population = physiology.values()
    subjects, courses = [], []
    for plan in case.plans:
        regimen = case.regimen(plan)
        subjects.append(subject)
        courses.append(regimen)
        for values in sample:
            # A person's own values stay hers in every draw.
            own = subject.own_parameters({**population, **values})
            changed = {name: own[name] for name in values}
            subjects.append(replace(subject, parameters=changed))
            courses.append(regimen)
    simulation = simulate(subjects, courses, days, observables=_SHOWN, threads=threads)
    if simulation.failures:
        raise EngineError("the forecast could not be solved: " + "; ".join(simulation.failures[:5]))
    return simulation


def _plan(
    case: Case,
    plan: Plan,
    rows: slice,
    simulation: Simulation,
    grid: np.ndarray,
    sites: Mapping[str, SiteBasis],
) -> PlanForecast:
    """Cut one plan out of the batch and set it to the person's scans."""
    horizon = case.horizon_days(plan)
    kept = np.searchsorted(simulation.days, grid)
    beyond = grid > horizon + 1e-6
    curves: dict[str, Curve] = {}
    for name in _SHOWN:
        values = simulation.values[name][rows]
        if not name.startswith("bmd_"):
            curves[name] = _curve(_UNITS[name], values[:, kept], beyond)
            continue
        basis = sites[name.removeprefix("bmd_")]
        relative = values[:, kept]
        curves[f"change_{basis.site}"] = _curve("%", 100.0 * (relative - 1.0), beyond)
        if basis.scale is not None:
            scanned = np.searchsorted(simulation.days, [scan.day for scan in basis.used])
            bmd = relative * level(basis, values[:, scanned])[:, None]
            curves[name] = _curve("g/cm2", bmd, beyond)
            score = (bmd - basis.scale.mean) / basis.scale.sd
            curves[f"t_{basis.site}"] = _curve("SD", score, beyond)
    courses = case.regimen(plan)
    alerts = (*rebound_alerts(courses, curves, sites, grid, case, horizon), *cautions(courses))
    return PlanForecast(
        plan.name,
        re.sub(r"[^a-z0-9]+", "-", plan.name.casefold()).strip("-") or "plan",
        courses,
        timeline(courses, horizon),
        curves,
        tuple(crossings(curves, grid, horizon)),
        alerts,
        horizon,
    )


_UNITS = {item.name: item.unit for item in physiology.OBSERVABLES}


def _curve(unit: str, values: np.ndarray, beyond: np.ndarray) -> Curve:
    """Take the first row as the value, and the spread of the others as the band."""
    value = np.where(beyond, np.nan, values[0])
    if values.shape[0] == 1:
        return Curve(unit, value)
    low, high = np.percentile(values[1:], [_TAIL, 100 - _TAIL], axis=0)
    # The point and the draws are separate runs: with few draws the point must not lie outside its own band.
    low, high = np.minimum(low, values[0]), np.maximum(high, values[0])
    return Curve(unit, value, np.where(beyond, np.nan, low), np.where(beyond, np.nan, high))
