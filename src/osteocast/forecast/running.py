"""From a case to its forecast: every plan, and every virtual person who might be this one, in one batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from osteocast import physiology
from osteocast.errors import EngineError
from osteocast.forecast.bands import curve, with_paths
from osteocast.forecast.events import timeline
from osteocast.forecast.fractures import OBSERVED, average_fracture_risk, fracture_risk
from osteocast.forecast.grading import as_known
from osteocast.forecast.habits import body_of, exposures_of, own_effects, plan_effects
from osteocast.forecast.learning import learnt_from
from osteocast.forecast.paths import sampled
from osteocast.forecast.plans import inhibitor_course
from osteocast.forecast.programme_reach import beyond_all
from osteocast.forecast.provenance import provenance
from osteocast.forecast.results import Alert, Band, Curve, Forecast, Learnt, PlanForecast
from osteocast.forecast.scans import SiteBasis, level, site_basis
from osteocast.forecast.scenarios import planned
from osteocast.forecast.subjects import subject_of
from osteocast.forecast.twins import spread_out, twins
from osteocast.forecast.unstudied import widening
from osteocast.forecast.warnings import cautions, crossings, rebound_alerts
from osteocast.person import SITES, Case, Plan, TScale
from osteocast.population.memory import mark
from osteocast.progress import Report, part, silent
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteocast.fracture import FractureRisk
    from osteocast.lifestyle import Effect, Exposure
    from osteocast.population.memory import Memory
    from osteocast.simulation import Subject

__all__ = ["DRAWS", "run_forecast"]

Result = TypeVar("Result")

#: Virtual people behind the bands, unless asked otherwise.
DRAWS = 256
_SHOWN = (
    *(f"bmd_{site}" for site in SITES),
    *("ctx", "p1np", "ntx", "bsap", "estradiol", "testosterone", "pth", "rankl_opg_ratio", "sclerostin"),
    *("resorption", "formation"),
)
# Share of the time that virtual people are followed; the rest is spent on their curves and fractures.
_FOLLOWING = 0.6
# A chart begins a little before the first scan, and not more than this before day 0.
_MARGIN_DAYS = 4 * DAYS_PER_MONTH
_LONGEST_PAST_DAYS = 15 * DAYS_PER_YEAR


def run_forecast(
    case: Case,
    *,
    years: float | None = None,
    draws: int = DRAWS,
    threads: int | None = None,
    report: Report = silent,
    memory: Memory | None = None,
) -> Forecast:
    """Forecast bone density and turnover of one person under each of her plans.

    Her life is simulated from peak bone mass through menopause and past treatment to day 0 (`Case.as_of`),
    each site is set to her own scans, and each plan is followed to the horizon. Without plans of her own the
    standard ones are compared (`osteocast.forecast.standard_plans`). The bands of a curve hold 50, 80 and 95%
    of virtual people who might be this one: they share age, history and intake, take what the trials leave
    open about the average response, differ from it as people do, and are weighted by how well they explain
    the person's own scans and blood values. The error of the next scan is not part of them.

    Parameters
    ----------
    case : Case
        As `osteocast.load_case` returns it.
    years : float, optional
        Horizon from day 0; that of the case by default.
    draws : int
        Number of virtual people behind the bands; 0 for none, and for the response of the average person
        instead of their median. There are none either as long as the parameters have not been calibrated.
    threads : int, optional
        As in `osteocast.simulation.run`.
    report : callable
        Told how far it is, between plans (`osteocast.progress`).
    memory : osteocast.population.memory.Memory, optional
        Where what was computed before for the same plans is found again; the numbers stay the same.

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
    count = draws if used.calibrated else 0
    body = body_of(case, subject)
    effects = [plan_effects(plan, body) for plan in case.plans]
    exposures = [exposures_of(one) for one in effects]
    answer = (
        _people(case, subject, exposures, count, grid, threads, part(report, 0.0, _FOLLOWING), memory)
        if count
        else _average(case, subject, exposures, grid, days, sites, threads)
    )
    reading = part(report, _FOLLOWING, 1.0)
    made = []
    for i, plan in enumerate(case.plans):
        made.append(_plan(case, plan, i, answer, grid, sites, (*own_effects(case, body), *effects[i])))
        reading(f"curves of plan {i + 1} of {len(case.plans)}", i + 1, len(case.plans))
    plans = tuple(made)
    course = inhibitor_course(case)
    return Forecast(
        case=case,
        days=grid,
        plans=plans,
        sites=sites,
        inputs=inputs,
        assumptions=tuple(assumptions),
        extrapolated=beyond_all(
            case,
            [(plan, one.courses) for plan, one in zip(case.plans, plans, strict=True)],
            max(plan.horizon for plan in plans),
        ),
        alerts=tuple(
            Alert("case", text)
            for text in (
                *case.warnings,
                *(one.warning for one in inputs if one.warning),
                *_calibration(used.calibrated),
            )
        ),
        origin=0.0 if course is None else course.start_day,
        origin_label=f"the start of {course.drug}" if course is not None else "today",
        n_draws=count,
        provenance=used,
        learnt=answer.learnt,
    )


@dataclass(frozen=True)
class _Answer:
    """What the simulation of all plans gave.

    Parameters
    ----------
    curve : callable
        From plan number, observable and times beyond the horizon to a curve: ``bmd_<site>`` in g/cm2, the
        rest in its unit.
    change : callable
        The same for the change of a density since day 0, percent.
    fracture : callable
        From plan number to probabilities of fracture.
    learnt : Learnt or None
    """

    curve: Callable[[int, str, np.ndarray], Curve]
    change: Callable[[int, str, np.ndarray], Curve]
    fracture: Callable[[int], FractureRisk]
    learnt: Learnt | None = None


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


def _average(
    case: Case,
    subject: Subject,
    exposures: Sequence[tuple[Exposure, ...]],
    grid: np.ndarray,
    days: np.ndarray,
    sites: Mapping[str, SiteBasis],
    threads: int | None,
) -> _Answer:
    """Simulate the average person under every plan."""
    from osteocast.simulation import run as simulate

    regimens = [case.regimen(plan) for plan in case.plans]
    subjects = [subject] * len(regimens)
    simulation = simulate(subjects, regimens, days, observables=_SHOWN, exposures=exposures, threads=threads)
    if simulation.failures:
        raise EngineError("the forecast could not be solved: " + "; ".join(simulation.failures[:5]))
    kept = np.searchsorted(simulation.days, grid)

    def start(i: int, site: str) -> float:
        scanned = np.searchsorted(simulation.days, [scan.day for scan in sites[site].used])
        return float(level(sites[site], simulation.values[f"bmd_{site}"][i][None, scanned])[0])

    def shown(i: int, name: str, beyond: np.ndarray) -> Curve:
        found = simulation.values[name][i][kept]
        if name.startswith("bmd_"):
            found = found * start(i, name.removeprefix("bmd_"))
        return Curve(_UNITS[name], np.where(beyond, np.nan, found))

    def change(i: int, site: str, beyond: np.ndarray) -> Curve:
        relative = simulation.values[f"bmd_{site}"][i][kept]
        return Curve("%", np.where(beyond, np.nan, 100.0 * (relative - 1.0)))

    def fracture(i: int) -> FractureRisk:
        courses = {name: simulation.values[name][i][kept] for name in OBSERVED}
        return average_fracture_risk(
            case,
            case.plans[i],
            subject,
            grid,
            {site: courses[f"bmd_{site}"] for site in SITES},
            {site: start(i, site) for site, basis in sites.items() if basis.measured},
            courses["ctx"],
        )

    return _Answer(shown, change, fracture)


def _people(
    case: Case,
    subject: Subject,
    exposures: Sequence[tuple[Exposure, ...]],
    count: int,
    grid: np.ndarray,
    threads: int | None,
    report: Report,
    memory: Memory | None,
) -> _Answer:
    """Simulate virtual people under every plan, weighted by the person's own measurements."""
    regimens = [case.regimen(plan) for plan in case.plans]
    ahead, past = grid[grid >= 0], grid[grid < 0]
    before, found = twins(
        case,
        subject,
        regimens,
        exposures,
        count,
        ahead,
        observables=_SHOWN,
        past=past,
        threads=threads,
        report=report,
        memory=memory,
    )
    made, weights = found.futures, found.weights
    if not made.usable.any():
        raise EngineError("the forecast could not be solved for any virtual person")
    drawn = sampled(case, found)
    earlier = np.searchsorted(made.past_days, past)
    later = np.searchsorted(made.days, ahead)

    def whole(i: int, name: str) -> np.ndarray:
        """Everybody's course from the first day of the past to the horizon, ndarray (n, n_time)."""
        values = made.values[name][i][:, later]
        if name.startswith("bmd_"):
            values = spread_out(values, weights, widening(case, regimens[i]))
        return np.hstack([made.past[name][:, earlier], values])

    marks: list[str] = []
    if memory is not None:
        # Besides a plan's trajectories: the person, her measurements, and what was learnt from them.
        common = mark(replace(case, plans=()), made.past, made.usable, weights, found.levels, grid)
        marks = [mark(common, *one) for one in zip(made.marks, case.plans, strict=True)]

    def known(i: int, name: str, make: Callable[[], Result]) -> Result:
        """Return what follows from one plan and everybody's weights, and was perhaps made before."""
        return make() if memory is None else memory.get(f"{marks[i]} {name}", make)

    def shown(i: int, name: str, beyond: np.ndarray) -> Curve:
        if not name.startswith("bmd_"):
            return known(i, name, lambda: curve(_UNITS[name], whole(i, name), weights, beyond))
        values = whole(i, name) * found.levels[name.removeprefix("bmd_")][:, None]
        bands = known(i, name, lambda: curve(_UNITS[name], values, weights, beyond))
        return with_paths(bands, values, beyond, drawn)

    def change(i: int, site: str, beyond: np.ndarray) -> Curve:
        values = 100.0 * (whole(i, f"bmd_{site}") - 1.0)
        bands = known(i, f"change_{site}", lambda: curve("%", values, weights, beyond))
        return with_paths(bands, values, beyond, drawn)

    def fracture(i: int) -> FractureRisk:
        return known(i, "fracture", lambda: fracture_risk(case, case.plans[i], found, i))

    return _Answer(shown, change, fracture, learnt_from(case, before, found))


def _plan(
    case: Case,
    plan: Plan,
    i: int,
    answer: _Answer,
    grid: np.ndarray,
    sites: Mapping[str, SiteBasis],
    effects: tuple[Effect, ...],
) -> PlanForecast:
    """Put one plan together: its curves on the person's own level, and what to beware of."""
    horizon = case.horizon_days(plan)
    beyond = grid > horizon + 1e-6
    curves: dict[str, Curve] = {}
    for name in _SHOWN:
        if not name.startswith("bmd_"):
            curves[name] = answer.curve(i, name, beyond)
            continue
        basis = sites[name.removeprefix("bmd_")]
        curves[f"change_{basis.site}"] = answer.change(i, basis.site, beyond)
        if basis.scale is not None:
            curves[name] = answer.curve(i, name, beyond)
            curves[f"t_{basis.site}"] = _t_scores(curves[name], basis.scale)
    courses = case.regimen(plan)
    alerts = (
        *rebound_alerts(courses, curves, sites, grid, case, horizon),
        *cautions(courses, case.person.sex),
    )
    return PlanForecast(
        plan.name,
        re.sub(r"[^a-z0-9]+", "-", plan.name.casefold()).strip("-") or "plan",
        courses,
        timeline(courses, horizon),
        curves,
        tuple(crossings(curves, grid, horizon)),
        alerts,
        horizon,
        as_known(effects, courses),
        answer.fracture(i),
    )


_UNITS = {item.name: item.unit for item in physiology.OBSERVABLES} | {
    f"bmd_{site}": "g/cm2" for site in SITES
}


def _t_scores(bmd: Curve, scale: TScale) -> Curve:
    """Read a curve of densities as T-scores, line by line."""

    def read(values: np.ndarray) -> np.ndarray:
        return np.asarray((values - scale.mean) / scale.sd)

    bands = tuple(Band(band.level, read(band.low), read(band.high)) for band in bmd.bands)
    return Curve("SD", read(bmd.value), bands)
