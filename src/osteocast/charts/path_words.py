"""What a chart of single people shows, as a sentence and as a table, in words for the person herself."""

from __future__ import annotations

import numpy as np

from osteocast.charts.chart import Table
from osteocast.forecast.results import Curve, Forecast, PlanForecast
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.summary import lowered, signed
from osteocast.units import DAYS_PER_YEAR

__all__ = [
    "describe_paths",
    "describe_people",
    "describe_plan_paths",
    "path_table",
    "paths_table",
    "people_of",
]


def people_of(curve: Curve) -> int:
    """Return how many people have a line in a chart of a curve."""
    return 0 if curve.paths is None else len(curve.paths)


def describe_paths(forecast: Forecast, basis: SiteBasis, shown: PlanForecast) -> str:
    """Say in words what the chart of all plans shows, with single people under one of them."""
    middles = [f"{plan.name}: {_end(forecast, basis, plan)}" for plan in forecast.plans]
    scans = f"{len(basis.scans)} own scan{'s' if len(basis.scans) != 1 else ''}"
    people = describe_people(forecast, basis, shown)
    return (
        f"Bone density of the {basis.label} over time, from {scans}. {people} The middle of many people like "
        f"you. {'; '.join(middles)}."
    )


def describe_plan_paths(forecast: Forecast, basis: SiteBasis, plan: PlanForecast) -> str:
    """Say in words what the chart of single people under one plan shows."""
    people = describe_people(forecast, basis, plan)
    return (
        f"Bone density of the {basis.label} over time. {people} The middle of many people like you: "
        f"{_end(forecast, basis, plan)}."
    )


def describe_people(forecast: Forecast, basis: SiteBasis, plan: PlanForecast) -> str:
    """Say how many of the people that have a line lose bone under a plan."""
    curve = plan.curves[f"change_{basis.site}"]
    count = people_of(curve)
    return (
        f"{count} people like you with {lowered(plan.name)}: after {_years(plan)} years, "
        f"{_losing(forecast, curve, plan.horizon)} of the {count} have less bone than today."
    )


def _end(forecast: Forecast, basis: SiteBasis, plan: PlanForecast) -> str:
    days = forecast.days
    text = f"{signed(plan.curves[f'change_{basis.site}'].at(days, plan.horizon))}%"
    if f"t_{basis.site}" in plan.curves:
        text += f", T-score {signed(plan.curves[f't_{basis.site}'].at(days, plan.horizon))}"
    return f"{text} after {_years(plan)} years"


def _after(years: float) -> str:
    return f"{years:g} year{'s' if years != 1 else ''}"


def _years(plan: PlanForecast) -> str:
    return f"{plan.horizon / DAYS_PER_YEAR:.0f}"


def _on(forecast: Forecast, curve: Curve, day: float) -> np.ndarray:
    """Interpolate each person's change on a day, ndarray (n_path,)."""
    assert curve.paths is not None
    return np.array([np.interp(day, forecast.days, path) for path in curve.paths])


def _losing(forecast: Forecast, curve: Curve, day: float) -> int:
    return int((_on(forecast, curve, day) < 0.0).sum())


def paths_table(forecast: Forecast, basis: SiteBasis) -> Table:
    """Tabulate by plan and year where the middle stands, and how many people have less bone than today."""
    years = forecast.milestones()
    count = people_of(forecast.plans[0].curves[f"change_{basis.site}"])
    rows = []
    for plan in forecast.plans:
        curve = plan.curves[f"change_{basis.site}"]
        cells = []
        for year in years:
            day = year * DAYS_PER_YEAR
            if day > plan.horizon + 1:
                cells.append("–")
                continue
            day = min(day, plan.horizon)
            losing = _losing(forecast, curve, day)
            cells.append(f"{signed(curve.at(forecast.days, day))}%; {losing} of {count}")
        rows.append((plan.name, *cells))
    caption = (
        f"{basis.label.capitalize()}: change of bone density since {forecast.case.as_of} in the middle of "
        f"many people like you, and how many of the {count} have less bone than on that day"
    )
    return Table(caption, ("Plan", *(_after(year) for year in years)), tuple(rows))


def path_table(forecast: Forecast, basis: SiteBasis, plan: PlanForecast) -> Table:
    """Tabulate by year, under one plan, the middle, the ends and how many have less bone than today."""
    curve = plan.curves[f"change_{basis.site}"]
    count = people_of(curve)
    rows = []
    for year in forecast.milestones():
        day = year * DAYS_PER_YEAR
        if day > plan.horizon + 1:
            continue
        day = min(day, plan.horizon)
        found = _on(forecast, curve, day)
        rows.append(
            (
                _after(year),
                f"{signed(curve.at(forecast.days, day))}%",
                f"{signed(float(found.min()))}% to {signed(float(found.max()))}%",
                f"{_losing(forecast, curve, day)} of {count}",
            )
        )
    caption = f"{plan.name}, {basis.label}: change of bone density since {forecast.case.as_of}"
    head = ("After", "Middle", f"Lowest and highest of the {count}", "Less bone than on that day")
    return Table(caption, head, tuple(rows))
