"""Charts of a virtual trial: the arms over time, and power by size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.layout import domain
from osteocast.charts.scales import rounded
from osteocast.charts.theme import CONFIG, MUTED, style
from osteocast.charts.trials import Line, trial_course

if TYPE_CHECKING:
    from osteocast.virtual_trials import TrialResult

__all__ = ["UNITS", "arm_means", "power_curve"]

#: How the unit of an endpoint is written on an axis.
UNITS = {
    "pct": "change, %",
    "pct_per_year": "change, % a year",
    "change": "change",
    "absolute": "level",
    "g_per_cm2": "change, g/cm2",
}
_NORMAL_95 = 1.959963984540054


def arm_means(result: TrialResult, *, width: int = 460, height: int = 260) -> Chart:
    """Chart the mean of each arm at every visit, with the interval that one trial would report.

    Parameters
    ----------
    result : TrialResult
    width, height : int
        Of the plot.
    """
    design, endpoint = result.design, result.design.primary
    months = np.array([0.0, *design.visits])
    what = endpoint.observable.removeprefix("bmd_").replace("_", " ")
    lines, rows = [], []
    for name in design.arms:
        means, errors = (
            np.array(
                [
                    _middle(
                        [
                            one
                            for record in result.replicates
                            if (one := getattr(record.arms[name], key)[k]) is not None
                        ]
                    )
                    for k in range(len(design.visits))
                ]
            )
            for key in ("means", "errors")
        )
        # A level has no zero at the start of its own: leave the first visit out of it.
        known = np.isfinite(means) & np.isfinite(errors)
        starts = endpoint.unit != "absolute"
        at = np.concatenate([[0.0], months[1:][known]]) if starts else months[1:][known]
        middle = np.concatenate([[0.0], means[known]]) if starts else means[known]
        half = _NORMAL_95 * np.concatenate([[0.0], errors[known]] if starts else [errors[known]])
        if not middle.size:
            continue
        lines.append(Line(name, at, middle, middle - half, middle + half, ()))
        rows += [
            (f"{name}, month {month:g}", f"{m:+.2f}", f"{m - h:+.2f} to {m + h:+.2f}")
            for month, m, h in zip(at, middle, half, strict=True)
            if month > 0
        ]
    title = f"{what[0].upper()}{what[1:]} in each arm"
    chart = trial_course("arms", title, f"{what}, {UNITS[endpoint.unit]}", lines, width=width, height=height)
    ends = "; ".join(
        f"{line.name} {line.middle[-1]:+.1f} ({line.low[-1]:+.1f} to {line.high[-1]:+.1f})" for line in lines
    )
    summary = (
        f"Mean {what}, {UNITS[endpoint.unit]}, by arm over {months[-1]:g} months; the band is the 95% "
        f"interval that one trial would report, the mean of {len(result.replicates)} replicates. "
        f"At the end: {ends}."
    )
    table = Table(f"{title}: mean of the replicates", ("Arm and visit", "Mean", "95% interval"), tuple(rows))
    return replace(chart, summary=summary, table=table)


def _middle(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def power_curve(result: TrialResult, *, width: int = 460, height: int = 240, target: float = 0.8) -> Chart:
    """Chart power by the number of people, with its Monte Carlo interval.

    Parameters
    ----------
    result : TrialResult
        With at least one size.
    width, height : int
        Of the plot.
    target : float
        Power that is marked.
    """
    points = result.power
    values = [
        {
            "size": point.size,
            "power": rounded(100 * point.power),
            "low": rounded(100 * point.low),
            "high": rounded(100 * point.high),
        }
        for point in points
    ]
    own = style(1)
    x: dict[str, Any] = {
        "field": "size",
        "type": "quantitative",
        "scale": {"domain": list(domain([0.0, *(point.size for point in points)], 0.03)), "nice": False},
        "axis": {"title": "people randomised", "grid": False},
    }
    y: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [0, 104], "nice": False},
        "axis": {"title": "power, %", "values": [0, 20, 40, 60, 80, 100]},
    }
    layers = [
        {
            "data": {"values": [{"target": 100 * target}]},
            "mark": {"type": "rule", "color": MUTED, "strokeDash": [3, 3]},
            "encoding": {"y": {**y, "field": "target"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "area", "color": own.colour, "opacity": 0.14},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "line", "color": own.colour, "strokeWidth": 2},
            "encoding": {"x": x, "y": {**y, "field": "power"}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1, "color": own.colour},
            "encoding": {"x": x, "y": {**y, "field": "power"}},
        },
    ]
    spec = {"$schema": SCHEMA, "config": CONFIG, "width": width, "height": height, "layer": layers}
    n = len(result.replicates)
    told = ", ".join(f"{point.power:.0%} of {point.size}" for point in points)
    found = result.size_for(target)
    needed = "" if found is None else f" {target:.0%} is reached with about {found.size} people."
    rows = tuple(
        (f"{point.size}", f"{point.power:.1%}", f"{point.low:.1%} to {point.high:.1%}") for point in points
    )
    return Chart(
        "power",
        "Power by size",
        f"Power by the number of people randomised: {told}, with the 95% Monte Carlo interval of {n} "
        f"replicates.{needed}",
        Table("Power by size", ("People", "Power", "Monte Carlo 95% interval"), rows),
        spec,
    )
