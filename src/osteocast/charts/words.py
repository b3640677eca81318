"""What a chart shows, as a sentence and as a table."""

from __future__ import annotations

from osteocast.charts.chart import Table
from osteocast.forecast.results import Curve, Forecast, PlanForecast
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.summary import signed
from osteocast.units import DAYS_PER_YEAR

__all__ = ["band_table", "change_table", "describe", "describe_plan", "marker_table"]


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


def describe_plan(forecast: Forecast, basis: SiteBasis, plan: PlanForecast) -> str:
    """Say in words what the chart of one plan shows."""
    curve = plan.curves[f"change_{basis.site}"]
    years = plan.horizon / DAYS_PER_YEAR
    text = (
        f"Bone density of the {basis.label} under {plan.name}: "
        f"{signed(curve.at(forecast.days, plan.horizon))}% after {years:.0f} years"
    )
    bands = [
        f"{band.level}% of virtual people from {signed(low)}% to {signed(high)}%"
        for band in curve.bands
        for low, high in [_ends(curve, forecast, plan, band.level)]
    ]
    return f"{text}; {', '.join(bands)}." if bands else f"{text}."


def _ends(curve: Curve, forecast: Forecast, plan: PlanForecast, level: int) -> tuple[float, float]:
    ends = curve.band_at(forecast.days, plan.horizon, level)
    assert ends is not None, "the level is one of the curve's own"
    return ends


def band_table(forecast: Forecast, basis: SiteBasis, plan: PlanForecast) -> Table:
    """Tabulate the change of BMD under one plan with its bands, by year."""
    curve = plan.curves[f"change_{basis.site}"]
    years = [year for year in forecast.milestones() if year * DAYS_PER_YEAR <= plan.horizon + 1]
    head = ("Year", "Median", *(f"{band.level}%" for band in curve.bands))
    rows = []
    for year in years:
        day = year * DAYS_PER_YEAR
        cells = [f"{signed(curve.at(forecast.days, day))}%"]
        for band in curve.bands:
            ends = curve.band_at(forecast.days, day, band.level)
            cells.append("" if ends is None else f"{signed(ends[0])} to {signed(ends[1])}")
        rows.append((f"{year:g} y", *cells))
    caption = f"{plan.name}, {basis.label}: change of BMD since {forecast.case.as_of}, and what so many hold"
    return Table(caption, head, tuple(rows))


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
