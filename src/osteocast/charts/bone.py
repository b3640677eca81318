"""Bone density over time: plans, own scans, thresholds, doses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from osteocast.charts.chart import SCHEMA, Chart
from osteocast.charts.fan import END_ROOM, end_bars, fan
from osteocast.charts.lanes import dose_lanes
from osteocast.charts.layers import PIXELS, Layer, layer
from osteocast.charts.layout import domain, free_place, spread, wrapped, years_domain
from osteocast.charts.path_words import (
    describe_paths,
    describe_plan_paths,
    path_table,
    paths_table,
    people_of,
)
from osteocast.charts.paths import explained, halo, legend, strands
from osteocast.charts.scales import colour, dash, rounded, symbol, together
from osteocast.charts.theme import CONFIG, INK, MUTED, PAPER, THRESHOLD, style
from osteocast.charts.words import band_table, change_table, describe, describe_plan
from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.summary import reference_plan, signed
from osteocast.units import DAYS_PER_YEAR

__all__ = ["bone"]


_SYMBOL: Layer = {"type": "point", "filled": True, "size": 55, "opacity": 1}
#: A place in pixels, not on a scale.

# A threshold farther than this from everything drawn would only squeeze the lines, in T-scores.
_NEAR_THRESHOLD = 0.6
_ROOM_FOR_WORDS = 400  # pixels
_LABEL_WIDTH = 27  # characters
_LINE = 15.0  # height of a line of text
_THRESHOLD_CHARACTER = 5.9  # width of a character at 11 pixels, on average
_LEGEND_BEYOND = 40.0  # pixels that a legend may reach over the axes on both sides


def bone(
    forecast: Forecast,
    site: str | None = None,
    *,
    width: int = 620,
    height: int = 360,
    labels: bool = True,
    doses: bool = True,
    focus: str | None = None,
    people: bool = False,
) -> Chart:
    """Chart BMD of one site under every plan, with T-scores on the right.

    The fan holds 50, 80 and 95% of virtual people under one plan; bars at the end of each line hold 50%
    (thick) and 95% (thin) under the others. For patients about 20 single people take the place of both.

    Parameters
    ----------
    forecast : Forecast
    site : str, optional
        The first one that was scanned by default. A site never scanned is drawn as percent change.
    width, height : int
        Of the plot itself.
    labels : bool
        Whether each line carries its plan's name; where they would not fit, a legend has to stand beside the
        chart.
    doses : bool
        Whether doses and stops are drawn below.
    focus : str, optional
        Name or key of a plan to show alone, the others as thin grey lines behind it. By default all plans are
        shown, with the fan of the first without a drug for bone.
    people : bool
        Whether single virtual people (`Curve.paths`) are drawn as thin lines instead of bands, with words for
        the person herself. A forecast without virtual people has none, and is drawn without them.

    Returns
    -------
    Chart
    """
    basis = forecast.sites[site or forecast.first_site]
    people = people and people_of(forecast.plans[0].curves[f"change_{basis.site}"]) > 0
    view = _Bone(forecast, basis, width, height, labels, focus, people)
    plot = view.plot()
    lanes = dose_lanes(forecast, width, view.x_domain, labels) if doses else None
    spec: dict[str, Any] = {
        "$schema": SCHEMA,
        "config": CONFIG,
        **({"vconcat": [plot, lanes], "spacing": 8} if lanes else plot),
    }
    key = basis.site.replace("_", "-") + ("-people" if people else "")
    title = f"Bone density of the {basis.label}"
    if focus is not None:
        plan = forecast.plan(focus)
        say, tabulate = (describe_plan_paths, path_table) if people else (describe_plan, band_table)
        words = say(forecast, basis, plan), tabulate(forecast, basis, plan)
        return Chart(f"{key}-{plan.key}", plan.name, *words, spec)
    if people:
        shown = reference_plan(forecast)
        return Chart(key, title, describe_paths(forecast, basis, shown), paths_table(forecast, basis), spec)
    return Chart(key, title, describe(forecast, basis), change_table(forecast, basis), spec)


class _Bone:
    """The layers of the chart of one site."""

    def __init__(
        self,
        forecast: Forecast,
        basis: SiteBasis,
        width: int,
        height: int,
        labels: bool,
        focus: str | None,
        people: bool,
    ) -> None:
        self.forecast, self.basis = forecast, basis
        self.width, self.height, self.labels, self.people = width, height, labels, people
        self.name = f"bmd_{basis.site}" if basis.scale is not None else f"change_{basis.site}"
        self.years = forecast.years
        self.today = -forecast.origin / DAYS_PER_YEAR
        self.count = len(forecast.plans)
        self.focus = None if focus is None else forecast.plans.index(forecast.plan(focus))
        self.fanned = forecast.plans.index(reference_plan(forecast)) if self.focus is None else self.focus
        has_bands = bool(forecast.plans[0].curves[self.name].bands)
        first, last = years_domain(float(self.years[0]), float(self.years[-1]))
        room = END_ROOM / width if has_bands and self.focus is None and not people else 0.0
        self.end_step = room * (last - first) / (1 - self.count * room)
        self.x_domain = (first, last + self.count * self.end_step)
        self.thresholds = list(self._thresholds())
        self.y_domain = self._y_domain()

    def plot(self) -> Layer:
        """Return the main view."""
        lines = self._lines() if self.focus is None else self._focused()
        spread = self._strands() if self.people else self._bands()
        layers = [*spread, *self._threshold_lines(), *self._today(), *lines, *self._scans()]
        if self.labels:
            layers += self._labels()
        if self.people and (self.labels or self.focus is None):
            layers += self._legend()
        views = [{"layer": layers}]
        if self.basis.scale is not None:
            views.append(self._t_axis())
        return {
            "width": self.width,
            "height": self.height,
            "layer": views,
            "resolve": {"scale": {"y": "independent"}},
        }

    # --- Scales

    def _thresholds(self) -> list[tuple[float, str]]:
        """BMD and label of the thresholds of the World Health Organization near the lines."""
        scale = self.basis.scale
        if scale is None:
            return []
        low, high = self._extent(margin=0.0)
        room = _NEAR_THRESHOLD * scale.sd
        named = {"osteopenia": "osteopenia", "osteoporosis": "osteoporosis"}
        if self.width >= _ROOM_FOR_WORDS:
            named = {
                "osteopenia": "T below −1.0: osteopenia",
                "osteoporosis": "T −2.5 or below: osteoporosis",
            }
        found = []
        for crossing in self.forecast.plans[0].crossings:
            if crossing.site == self.basis.site:
                bmd = scale.bmd(crossing.threshold)
                if low - room <= bmd <= high + room:
                    found.append((bmd, named[crossing.name]))
        return found

    def _extent(self, margin: float) -> tuple[float, float]:
        values: list[float] = []
        ahead = self.forecast.days >= 0
        for i, plan in enumerate(self.forecast.plans):
            curve = plan.curves[self.name]
            around = [end for band in curve.bands[-1:] for end in (band.low, band.high)]
            if self.people:
                # Charts of one plan each share a scale; lines that nobody sees need no room.
                assert curve.paths is not None
                around = list(curve.paths) if self.focus is not None or i == self.fanned else []
            for series in (curve.value, *(one[ahead] for one in around)):
                values += [float(np.nanmin(series)), float(np.nanmax(series))]
        for scan in self.basis.scans:
            reach = scan.least_significant_change or 0.0
            values += [scan.bmd - reach, scan.bmd + reach]
        return domain(values, margin)

    def _y_domain(self) -> tuple[float, float]:
        low, high = self._extent(margin=0.06)
        # Its words have to fit between a threshold and the edge.
        room = max(0.05, _LINE * 1.4 / self.height) * (high - low)
        for bmd, _ in self.thresholds:
            low, high = min(low, bmd - room), max(high, bmd + room)
        return low, high

    def _x(self, field: str = "year") -> Layer:
        title = f"years since {self.forecast.origin_label} ({_day(self.forecast, self.forecast.origin)})"
        return {
            "field": field,
            "type": "quantitative",
            "title": title[0].upper() + title[1:],
            "scale": {"domain": list(self.x_domain), "nice": False, "zero": False},
            "axis": {"grid": False, "format": "d", "values": self._ticks()},
        }

    def _ticks(self) -> list[int]:
        """Whole years, none of them beyond the last one forecast."""
        first, last = int(np.ceil(self.x_domain[0])), int(np.floor(self.years[-1] + 0.05))
        room = max(2, self.width // 45)
        step = next(step for step in (1, 2, 5, 10, 20) if (last - first) / step <= room)
        return [year for year in range(first, last + 1) if year % step == 0]

    def _y(self, field: str = "value") -> Layer:
        measured = self.basis.scale is not None
        title = f"BMD, {self.basis.label} (g/cm²)" if measured else f"BMD, {self.basis.label} (% of today)"
        return {
            "field": field,
            "type": "quantitative",
            "title": title,
            "scale": {"domain": list(self.y_domain), "nice": False, "zero": False},
            "axis": {"tickCount": 6, "format": ".2f" if measured else "+~g"},
        }

    def _t_axis(self) -> Layer:
        """Return an axis of T-scores that fits the axis of BMD line by line."""
        scale = self.basis.scale
        assert scale is not None
        low, high = (scale.t_score(bmd) for bmd in self.y_domain)
        room = self.height / (high - low)
        step = next((step for step in (0.5, 1.0) if step * room >= _LINE), 2.0)
        ticks = [step * i for i in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
        return {
            "data": {"values": [{"t": low}]},
            "mark": {"type": "point", "opacity": 0},
            "encoding": {
                "y": {
                    "field": "t",
                    "type": "quantitative",
                    "title": "T-score",
                    "scale": {"domain": [low, high], "nice": False, "zero": False},
                    "axis": {
                        "orient": "right",
                        "grid": False,
                        "values": ticks,
                        "labelExpr": "replace(format(datum.value, '.1f'), '-', '−')",
                        "titleAngle": 0,
                        "titleAlign": "left",
                        "titleAnchor": "end",
                        "titleBaseline": "bottom",
                        "titleX": 6,
                        "titleY": -6,
                    },
                }
            },
        }

    # --- Layers

    def _bands(self) -> list[Layer]:
        """Draw the fan of one plan, and bars for all of them where their lines end."""
        curve = self.forecast.plans[self.fanned].curves[self.name]
        layers = []
        if curve.bands:
            rows = [
                {
                    "plan": self.fanned,
                    "level": band.level,
                    "year": year,
                    "low": low,
                    "high": high,
                }
                for band in curve.bands
                for year, low, high in self._ahead(band.low, band.high)
            ]
            layers.append(fan(rows, self._x(), self._y("low"), colour(self.count)))
        if self.end_step:
            bars = []
            for i, plan in enumerate(self.forecast.plans):
                for band in plan.curves[self.name].bands:
                    low, high = (
                        float(np.interp(plan.horizon, self.forecast.days, end))
                        for end in (band.low, band.high)
                    )
                    year = self._year(plan.horizon) + (i + 1) * self.end_step
                    bars.append(
                        {
                            "plan": i,
                            "level": band.level,
                            "year": rounded(year),
                            "value": rounded(self._end(plan)),
                            "low": rounded(low),
                            "high": rounded(high),
                        }
                    )
            plans = (colour(self.count), symbol(self.count))
            layers += end_bars(bars, self._x(), self._y("low"), self._y(), *plans)
        return layers

    def _strands(self) -> list[Layer]:
        """Draw single people under one plan, and a seam for the line that stands out from them."""
        plan = self.forecast.plans[self.fanned]
        place = self._x(), self._y()
        middle = self._ahead(plan.curves[self.name].value)
        seam = [{"year": year, "value": value} for year, value in middle]
        return [
            *strands(self.forecast, plan, self.name, style(self.fanned).colour, *place),
            halo(seam, *place),
        ]

    def _legend(self) -> list[Layer]:
        several = self.focus is None and self.count > 1
        entries = explained(self.forecast, self.basis, self.fanned, several=several)
        # A small chart has little room: its legend begins where the numbers of the axis do.
        left = 0.0 if self.width >= _ROOM_FOR_WORDS else -_LEGEND_BEYOND
        return legend(entries, left, self.width - left + _LEGEND_BEYOND)

    def _focused(self) -> list[Layer]:
        """Draw one plan as itself and the others as thin lines in grey."""
        assert self.focus is not None
        plan = self.forecast.plans[self.focus]
        others = [
            {"plan": i, "year": year, "value": value}
            for i, other in enumerate(self.forecast.plans)
            if i != self.focus and not self.people
            for year, value in self._ahead(other.curves[self.name].value)
        ]
        rows = [
            {"plan": self.focus, "year": year, "value": value}
            for year, value in self._ahead(plan.curves[self.name].value)
        ]
        place = {"x": self._x(), "y": self._y()}
        grey = {"type": "line", "color": MUTED, "strokeWidth": 0.8, "opacity": 0.7}
        line = {"type": "line", "strokeWidth": 2.6, "strokeJoin": "round"}
        return [
            *([layer(others, grey, {**place, "detail": {"field": "plan"}})] if others else []),
            layer(rows, line, {**place, "color": colour(self.count), "strokeDash": dash(self.count)}),
        ]

    def _threshold_lines(self) -> list[Layer]:
        if not self.thresholds:
            return []
        low, high = self.y_domain
        rows = []
        for bmd, text in self.thresholds:
            # The words stand where the lines leave most room.
            line = (high - bmd) / (high - low) * self.height
            long = _THRESHOLD_CHARACTER * len(text)
            left, above = free_place(self._drawn(), line, (long, _LINE), self.width)
            ends = {"left": left, "right": left + long, "top": line + (-9 if above else 10)}
            rows.append({"value": rounded(bmd), "text": text, **ends})
        rule = {"type": "rule", "color": THRESHOLD, "strokeWidth": 1, "strokeDash": [1, 3]}
        text_mark = {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "fontSize": 11,
            "color": THRESHOLD,
        }
        place = {"x": {**PIXELS, "field": "left"}, "y": {**PIXELS, "field": "top"}}
        words = layer(rows, text_mark, {**place, "text": {"field": "text", "type": "nominal"}})
        # Thin lines run everywhere: words have to be read on top of them.
        clear = {"type": "rule", "color": PAPER, "strokeWidth": _LINE - 1, "opacity": 0.8}
        below = [layer(rows, clear, {**place, "x2": {"field": "right"}})] if self.people else []
        return [layer(rows, rule, {"y": self._y()}), *below, words]

    def _drawn(self) -> np.ndarray:
        """Points in pixels, ndarray (n, 2), of whatever a text should stay clear of."""
        low, high = self.y_domain
        points = [(self.today, low + share * (high - low)) for share in np.linspace(0, 1, 40)]
        for plan in self.forecast.plans:
            points += zip(self.years, plan.curves[self.name].value, strict=True)
        for scan in self.basis.scans:
            reach = scan.least_significant_change or 0.0
            year = (scan.day - self.forecast.origin) / DAYS_PER_YEAR
            points += [(year, scan.bmd + share * reach) for share in np.linspace(-1, 1, 15)]
        given = np.array([point for point in points if np.isfinite(point[1])])
        first, last = self.x_domain
        x = (given[:, 0] - first) / (last - first) * self.width
        return np.column_stack([x, (high - given[:, 1]) / (high - low) * self.height])

    def _today(self) -> list[Layer]:
        data = {"values": [{"year": rounded(self.today)}]}
        rule = {"type": "rule", "color": MUTED, "strokeWidth": 1}
        text = {"type": "text", "baseline": "bottom", "dy": -4, "color": MUTED, "fontSize": 11}
        return [
            {"data": data, "mark": rule, "encoding": {"x": self._x()}},
            {
                "data": data,
                "mark": {**text, "text": "today", "y": 0},
                "encoding": {"x": self._x()},
            },
        ]

    def _lines(self) -> list[Layer]:
        days, plans = self.forecast.days, self.forecast.plans
        before = plans[0].curves[self.name].value[days <= 0]
        past = [{"year": year, "value": value} for year, value in together(self.years[days <= 0], before)]
        rows = [
            {"plan": i, "year": year, "value": value}
            for i, plan in enumerate(plans)
            for year, value in self._ahead(plan.curves[self.name].value)
        ]
        ends = [
            {"plan": i, "year": rounded(self._year(plan.horizon)), "value": rounded(self._end(plan))}
            for i, plan in enumerate(plans)
        ]
        place = {"x": self._x(), "y": self._y()}
        line = {"type": "line", "strokeWidth": 2.6, "strokeJoin": "round"}
        return [
            layer(past, {"type": "line", "color": MUTED, "strokeWidth": 1.5}, place),
            layer(rows, line, {**place, "color": colour(self.count), "strokeDash": dash(self.count)}),
            layer(ends, _SYMBOL, {**place, "color": colour(self.count), "shape": symbol(self.count)}),
        ]

    def _ahead(self, *series: np.ndarray) -> Iterator[tuple[float, ...]]:
        """Yield year and values from day 0 to the plan's horizon, rounded to what can be seen."""
        kept = (self.forecast.days >= 0) & np.isfinite(series[0])
        return together(self.years[kept], *(one[kept] for one in series))

    def _year(self, day: float) -> float:
        return (day - self.forecast.origin) / DAYS_PER_YEAR

    def _end(self, plan: PlanForecast) -> float:
        return plan.curves[self.name].at(self.forecast.days, plan.horizon)

    def _scans(self) -> list[Layer]:
        rows = []
        for scan in self.basis.scans:
            reach = scan.least_significant_change or 0.0
            year = rounded((scan.day - self.forecast.origin) / DAYS_PER_YEAR)
            rows.append(
                {
                    "year": year,
                    "value": rounded(scan.bmd),
                    "low": rounded(scan.bmd - reach),
                    "high": rounded(scan.bmd + reach),
                    "fill": INK if scan.used else PAPER,
                }
            )
        if not rows:
            return []
        data = {"values": rows}
        return [
            {
                "data": data,
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1.2},
                "encoding": {"x": self._x(), "y": self._y("low"), "y2": {"field": "high"}},
            },
            {
                "data": data,
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": 60,
                    "opacity": 1,
                    "stroke": INK,
                    "strokeWidth": 1.4,
                },
                "encoding": {
                    "x": self._x(),
                    "y": self._y(),
                    "fill": {"field": "fill", "type": "nominal", "scale": None},
                },
            },
        ]

    def _labels(self) -> list[Layer]:
        """Name of each plan at the end of its line, with its own dash and where it ends."""
        plans = self.forecast.plans
        names = [wrapped(plan.name, _LABEL_WIDTH) for plan in plans]
        ends = [self._end(plan) for plan in plans]
        low, high = self.y_domain
        per_unit = self.height / (high - low)
        sizes = [_LINE * (len(lines) + 1) + 7 for lines in names]
        middles = spread([(high - end) * per_unit for end in ends], sizes, -8.0, self.height + 40.0)
        left = self.width + (46 if self.basis.scale is not None else 14)
        rows = []
        for i, (plan, lines) in enumerate(zip(plans, names, strict=True)):
            top = middles[i] - sizes[i] / 2 + 10
            below = top + _LINE * len(lines)
            rows.append({"plan": i, "top": top, "below": below, "name": lines, "end": self._end_text(plan)})
        first, last = ({**PIXELS, "field": name} for name in ("top", "below"))
        ink = colour(self.count)
        text = {"type": "text", "align": "left", "baseline": "middle", "lineHeight": _LINE}
        swatch = {"x": {"value": left}, "x2": {"value": left + 22}, "y": first, "color": ink}
        mark = {"x": {"value": left + 22}, "y": first, "color": ink, "shape": symbol(self.count)}
        words = {"x": {"value": left + 33}, "y": first, "color": ink}
        return [
            layer(rows, {"type": "rule", "strokeWidth": 2.6}, {**swatch, "strokeDash": dash(self.count)}),
            layer(rows, _SYMBOL, mark),
            layer(rows, {**text, "fontWeight": 600}, {**words, "text": {"field": "name", "type": "nominal"}}),
            layer(
                rows,
                {**text, "color": MUTED},
                {"x": words["x"], "y": last, "text": {"field": "end", "type": "nominal"}},
            ),
        ]

    def _end_text(self, plan: PlanForecast) -> str:
        days, site = self.forecast.days, self.basis.site
        years = plan.horizon / DAYS_PER_YEAR
        text = f"{signed(plan.curves[f'change_{site}'].at(days, plan.horizon))}%"
        if f"t_{site}" in plan.curves:
            text += f", T {signed(plan.curves[f't_{site}'].at(days, plan.horizon))}"
        return f"{text} in {years:.0f} years"


def _day(forecast: Forecast, day: float) -> str:
    on = forecast.date_of(day)
    return f"{on.day} {on:%B %Y}"
