"""Markers of turnover, hormones and signals over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from osteocast.charts.chart import SCHEMA, Chart
from osteocast.charts.layers import Layer, layer
from osteocast.charts.layout import years_domain
from osteocast.charts.scales import colour, dash, rounded, together
from osteocast.charts.theme import CONFIG, GRID, INK, MUTED
from osteocast.charts.words import marker_table
from osteocast.errors import InputError, unknown_name
from osteocast.forecast.results import Forecast
from osteocast.units import DAYS_PER_YEAR

__all__ = ["MARKERS", "MECHANISM", "Shown", "course"]

# Percent of virtual people in the band that is drawn: several plans share a small chart.
_BAND = 80
_DIGITS = 4


@dataclass(frozen=True)
class Shown:
    """How a quantity is shown.

    Parameters
    ----------
    name : str
        In `PlanForecast.curves`.
    title : str
    unit : str
    digits : int
        After the point, in tables.
    meaning : str
        What it says, for those who do not know it.
    analyte : str or None
        Name of the laboratory values to show beside it.
    """

    name: str
    title: str
    unit: str
    digits: int
    meaning: str
    analyte: str | None = None


MARKERS = (
    Shown("ctx", "CTX", "ng/mL", 2, "resorption: fragments of bone collagen in blood", "ctx"),
    Shown("p1np", "P1NP", "ng/mL", 0, "formation: a by-product of new collagen", "p1np"),
    Shown("ntx", "NTX", "nmol BCE/L", 1, "resorption, another fragment", "ntx"),
    Shown("bsap", "BSAP", "µg/L", 1, "formation: an enzyme of bone-forming cells", "bsap"),
)
MECHANISM = (
    Shown(
        "estradiol",
        "Oestradiol",
        "pg/mL",
        2,
        "what aromatase makes and the inhibitor takes away",
        "estradiol",
    ),
    Shown("testosterone", "Testosterone", "ng/dL", 0, "what aromatase makes oestradiol from", "testosterone"),
    Shown(
        "rankl_opg_ratio",
        "RANKL / OPG",
        "relative",
        2,
        "the signal that makes osteoclasts; denosumab binds it",
    ),
    Shown("sclerostin", "Sclerostin", "relative", 2, "a brake on formation, from osteocytes"),
    Shown("pth", "PTH", "pg/mL", 0, "keeps blood calcium up, from bone if need be", "pth"),
)


def course(forecast: Forecast, name: str, *, width: int = 300, height: int = 170) -> Chart:
    """Chart a marker, a hormone or a signal under every plan, with own laboratory values as points.

    Parameters
    ----------
    forecast : Forecast
    name : str
        One of the names in `MARKERS` and `MECHANISM`.
    width, height : int
        Of the plot itself.

    Raises
    ------
    InputError
        If there is no such quantity; lists the known ones.
    """
    known = {shown.name: shown for shown in (*MARKERS, *MECHANISM)}
    if name not in known:
        raise InputError([unknown_name("name", name, known, "quantity")])
    shown = known[name]
    spec: dict[str, Any] = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "width": width,
        "height": height,
        "layer": list(_layers(forecast, shown, width)),
    }
    table = marker_table(forecast, shown.name, shown.title, shown.unit, shown.digits)
    unit = "" if shown.unit == "relative" else f" {shown.unit}"
    ends = "; ".join(
        f"{plan.name}: {plan.curves[name].at(forecast.days, DAYS_PER_YEAR):.{shown.digits}f}{unit}"
        for plan in forecast.plans
    )
    today = forecast.plans[0].curves[name].at(forecast.days, 0.0)
    summary = f"{shown.title}, {shown.meaning}. Today {today:.{shown.digits}f}{unit}; after a year {ends}."
    return Chart(name.replace("_", "-"), f"{shown.title} ({shown.unit})", summary, table, spec)


def _layers(forecast: Forecast, shown: Shown, width: int) -> Iterator[Layer]:
    years, today = forecast.years, -forecast.origin / DAYS_PER_YEAR
    # What came before the first year of treatment says little here, and the first months say most.
    kept = years >= min(today, 0.0) - 1.0
    x_domain = list(years_domain(float(years[kept][0]), float(years[-1])))
    series = [plan.curves[shown.name].value for plan in forecast.plans]
    measured = list(_measured(forecast, shown))
    top = max([float(np.nanmax(one[kept])) for one in series] + [value for _, value in measured])
    x = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": x_domain, "nice": False, "zero": False},
        "axis": {"grid": False, "format": "d", "tickMinStep": 1, "tickCount": min(12, width // 40)},
        "field": "year",
    }
    y = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, 1.08 * top], "nice": False},
        "axis": {"tickCount": 4, "format": "~r", "gridColor": GRID},
    }
    place = {"x": x, "y": {**y, "field": "value"}}
    yield layer([{"year": round(today, 4)}], {"type": "rule", "color": MUTED}, {"x": x})
    # What no plan changes is drawn once, in no plan's colour.
    alike = all(np.allclose(one, series[0], rtol=0.01, equal_nan=True) for one in series)
    past = kept if alike else kept & (forecast.days <= 0)
    before = together(years[past], series[0][past], digits=_DIGITS)
    rows = [{"year": year, "value": value} for year, value in before]
    yield layer(rows, {"type": "line", "color": MUTED, "strokeWidth": 1.5}, place)
    if not alike:
        yield from _by_plan(forecast, shown.name, x, y)
    points = [
        {"year": rounded(year, _DIGITS), "value": rounded(value, _DIGITS)}
        for year, value in measured
        if year >= x_domain[0]
    ]
    if points:
        mark = {"type": "point", "filled": True, "size": 55, "opacity": 1, "color": INK}
        yield layer(points, mark, place)


def _measured(forecast: Forecast, shown: Shown) -> Iterator[tuple[float, float]]:
    """Yield year and value of the person's own measurements."""
    for lab in forecast.case.labs:
        if lab.analyte == shown.analyte:
            yield (forecast.case.day(lab.date) - forecast.origin) / DAYS_PER_YEAR, lab.value


def _by_plan(forecast: Forecast, name: str, x: Layer, y: Layer) -> Iterator[Layer]:
    """Yield bands and lines of every plan, from day 0 on."""
    bands: list[dict[str, float]] = []
    lines: list[dict[str, float]] = []
    for i, plan in enumerate(forecast.plans):
        curve = plan.curves[name]
        known = (forecast.days >= 0) & np.isfinite(curve.value)
        years = forecast.years[known]
        lines += [
            {"plan": i, "year": year, "value": value}
            for year, value in together(years, curve.value[known], digits=_DIGITS)
        ]
        band = curve.band(_BAND)
        if band is not None:
            ends = together(years, band.low[known], band.high[known], digits=_DIGITS)
            bands += [{"plan": i, "year": year, "low": low, "high": high} for year, low, high in ends]
    own = colour(len(forecast.plans))
    if bands:
        between = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": own}
        yield layer(bands, {"type": "area", "opacity": 0.1, "clip": True}, between)
    if lines:
        mark = {"type": "line", "strokeWidth": 2, "strokeJoin": "round"}
        place = {"x": x, "y": {**y, "field": "value"}, "color": own}
        yield layer(lines, mark, {**place, "strokeDash": dash(len(forecast.plans))})
