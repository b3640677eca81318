"""What a chart shows, as a sentence and as a table."""

from __future__ import annotations

from osteocast.charts.chart import Table
from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.summary import signed
from osteocast.units import DAYS_PER_YEAR

__all__ = ["change_table", "describe", "marker_table"]


def describe(forecast: Forecast, basis: SiteBasis) -> str:
    """Say in words what the chart of a site shows."""
    parts = []
    for plan in forecast.plans:
        days, change = forecast.days, plan.curves[f"change_{basis.site}"]
        text = f"{plan.name}: {signed(change.at(days, plan.horizon))}%"
        if f"t_{basis.site}" in plan.curves:
            text += f", T-score {signed(plan.curves[f't_{basis.site}'].at(days, plan.horizon))}"
        parts.append(f"{text} after {plan.horizon / DAYS_PER_YEAR:.0f} years")
    scans = f"{len(basis.scans)} own scan{'s' if len(basis.scans) != 1 else ''}"
    return f"Bone density of the {basis.label} over time, from {scans}. {'; '.join(parts)}."


def change_table(forecast: Forecast, basis: SiteBasis) -> Table:
    """Tabulate change since day 0 and T-score by plan and year."""
    years = forecast.milestones()
    head = ("Plan", "today", *(f"{year:g} y" for year in years))
    rows = tuple(
        (
            plan.name,
            _cell(forecast, plan, basis, 0.0),
            *(_cell(forecast, plan, basis, year) for year in years),
        )
        for plan in forecast.plans
    )
    reference = "" if basis.scale is None else f"; T-scores against {basis.scale.reference}"
    caption = f"{basis.label.capitalize()}: change of BMD since {forecast.case.as_of}{reference}"
    return Table(caption, head, rows)


def _cell(forecast: Forecast, plan: PlanForecast, basis: SiteBasis, year: float) -> str:
    day = year * DAYS_PER_YEAR
    if day > plan.horizon + 1:
        return "–"
    score = plan.curves.get(f"t_{basis.site}")
    t = "" if score is None else f"T {signed(score.at(forecast.days, day))}"
    if year == 0.0:
        bmd = plan.curves.get(f"bmd_{basis.site}")
        return t if bmd is None else f"{bmd.at(forecast.days, 0.0):.3f} g/cm²  {t}".strip()
    change = f"{signed(plan.curves[f'change_{basis.site}'].at(forecast.days, day))}%"
    return f"{change}  {t}".strip()


def marker_table(forecast: Forecast, name: str, label: str, unit: str, digits: int) -> Table:
    """Tabulate a marker or hormone by plan at the times when it moves."""
    years = tuple(
        year for year in (0.0, 0.25, 0.5, 1.0, 2.0, 5.0) if year * DAYS_PER_YEAR <= forecast.horizon
    )
    head = ("Plan", *("today" if year == 0 else f"{12 * year:g} months" for year in years))
    rows = tuple(
        (
            plan.name,
            *(f"{plan.curves[name].at(forecast.days, year * DAYS_PER_YEAR):.{digits}f}" for year in years),
        )
        for plan in forecast.plans
    )
    return Table(f"{label}, {unit}", head, rows)
