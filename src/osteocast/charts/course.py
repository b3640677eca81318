"""Markers of turnover, hormones and signals over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from osteocast.charts.chart import SCHEMA, Chart
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


def _layers(forecast: Forecast, shown: Shown, width: int) -> Sequence[dict[str, Any]]:
    years = forecast.years
    today = -forecast.origin / DAYS_PER_YEAR
    # What came before the first year of treatment says little here, and the first months say most.
    kept = years >= min(today, 0.0) - 1.0
    x_domain = list(years_domain(float(years[kept][0]), float(years[-1])))
    top = max(float(np.nanmax(plan.curves[shown.name].value[kept])) for plan in forecast.plans)
    values = [
        (lab.date, forecast.case.day(lab.date), lab.value)
        for lab in forecast.case.labs
        if lab.analyte == shown.analyte
    ]
    top = max([top, *(value for _, _, value in values)])
    x = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": x_domain, "nice": False, "zero": False},
        "axis": {"grid": False, "format": "d", "tickMinStep": 1, "tickCount": min(12, width // 40)},
    }
    y = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, 1.08 * top], "nice": False},
        "axis": {"tickCount": 4, "format": "~r", "gridColor": GRID},
    }
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"year": round(today, 4)}]},
            "mark": {"type": "rule", "color": MUTED},
            "encoding": {"x": {**x, "field": "year"}},
        }
    ]
    past = kept & (forecast.days <= 0)
    ahead = forecast.days >= 0
    plans = list(enumerate(forecast.plans))
    series = [plan.curves[shown.name].value for _, plan in plans]
    if all(np.allclose(one, series[0], rtol=0.01, equal_nan=True) for one in series):
        # What no plan changes is drawn once, in no plan's colour.
        past, plans = kept, []
    before = [
        {"year": year, "value": value}
        for year, value in together(years[past], series[0][past], digits=_DIGITS)
    ]
    layers.append(
        {
            "data": {"values": before},
            "mark": {"type": "line", "color": MUTED, "strokeWidth": 1.5},
            "encoding": {"x": {**x, "field": "year"}, "y": {**y, "field": "value"}},
        }
    )
    bands, lines = [], []
    for i, plan in plans:
        curve = plan.curves[shown.name]
        known = ahead & np.isfinite(curve.value)
        lines += [
            {"plan": i, "year": year, "value": value}
            for year, value in together(years[known], curve.value[known], digits=_DIGITS)
        ]
        band = curve.band(_BAND)
        if band is not None:
            bands += [
                {"plan": i, "year": year, "low": low, "high": high}
                for year, low, high in together(
                    years[known], band.low[known], band.high[known], digits=_DIGITS
                )
            ]
    count = len(forecast.plans)
    if bands:
        layers.append(
            {
                "data": {"values": bands},
                "mark": {"type": "area", "opacity": 0.1, "clip": True},
                "encoding": {
                    "x": {**x, "field": "year"},
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                    "color": colour(count),
                },
            }
        )
    if lines:
        layers.append(
            {
                "data": {"values": lines},
                "mark": {"type": "line", "strokeWidth": 2, "strokeJoin": "round"},
                "encoding": {
                    "x": {**x, "field": "year"},
                    "y": {**y, "field": "value"},
                    "color": colour(count),
                    "strokeDash": dash(count),
                },
            }
        )
    points = [
        {"year": rounded((day - forecast.origin) / DAYS_PER_YEAR, _DIGITS), "value": rounded(value, _DIGITS)}
        for _, day, value in values
        if (day - forecast.origin) / DAYS_PER_YEAR >= x_domain[0]
    ]
    if points:
        layers.append(
            {
                "data": {"values": points},
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1, "color": INK},
                "encoding": {"x": {**x, "field": "year"}, "y": {**y, "field": "value"}},
            }
        )
    return layers
