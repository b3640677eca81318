"""Oestradiol and bone density against the dose of anastrozole."""

from __future__ import annotations

from collections.abc import Sequence

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.layers import PIXELS, Layer
from osteocast.charts.layout import domain, spread
from osteocast.charts.scales import rounded
from osteocast.charts.theme import CONFIG, INK, MUTED, PAPER, THRESHOLD, style
from osteocast.forecast.titration_results import DoseCurve, Threshold, Titration
from osteocast.forecast.titration_words import band, headline

__all__ = ["titration"]

_TEXT = 15.0  # height of a line of text, pixels
_LINE = 9  # from a rule to the middle of the words below it, pixels
_LABEL: Layer = {"type": "text", "fontSize": 11, "align": "left", "baseline": "middle"}


def titration(made: Titration, *, width: int = 560, height: int = 250) -> Chart:
    """Chart steady oestradiol, and the change of the lumbar spine, against anastrozole a week.

    Parameters
    ----------
    made : Titration
    width, height : int
        Of each of the two plots.

    Returns
    -------
    Chart
    """
    spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "vconcat": [_hormones(made, width, height), _density(made, width, height)],
        "spacing": 24,
    }
    return Chart(
        "titration", "Oestradiol and bone density against the dose", headline(made), table(made), spec
    )


def table(made: Titration) -> Table:
    """Tabulate every pattern of doses."""
    years = tuple(made.spine)
    head = (
        "Anastrozole",
        "mg a week",
        "oestradiol, pg/mL",
        "within a week",
        "testosterone, ng/dL",
        *(f"spine, {year:g} years" for year in years),
    )
    rows = []
    for pattern in made.patterns:
        level = pattern.estradiol
        open_ = "" if level.low is None else f" ({level.low:.0f} to {level.high:.0f})"
        rows.append(
            (
                f"{pattern.words}{' (today)' if pattern.is_current else ''}",
                f"{pattern.weekly:.3g}",
                f"{level.value:.1f}{open_}",
                f"{pattern.swing[0]:.0f} to {pattern.swing[1]:.0f}",
                f"{pattern.testosterone.value:.0f}",
                *(band(pattern.spine[year]) for year in years),
            )
        )
    caption = f"In the long run, beside {made.testosterone}"
    return Table(caption, head, tuple(rows))


def _x(made: Titration) -> Layer:
    last = float(made.weekly[-1])
    return {
        "field": "dose",
        "type": "quantitative",
        "title": "Anastrozole, mg a week",
        # The root gives small doses, where oestradiol falls, as much room as large ones.
        "scale": {"type": "sqrt", "domain": [0, last * 1.02], "nice": False},
        "axis": {"grid": False, "values": [0, 0.25, 0.5, 1, 2, 3.5, last], "labelExpr": "datum.value"},
    }


def _hormones(made: Titration, width: int, height: int) -> Layer:
    curve = made.estradiol
    top = domain([*curve.value, *(() if curve.high is None else curve.high), 0.0])[1]
    y: Layer = {
        "type": "quantitative",
        "title": "Oestradiol (pg/mL)",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"tickCount": 6},
    }
    layers = [*_zones(made.thresholds, y, top, width, height)]
    layers += _curve(made, curve, 0, y)
    layers += _points(
        made, [(one.weekly, one.estradiol.value, one.is_current) for one in made.patterns], 0, y, "today"
    )
    return {"width": width, "height": height, "layer": layers}


def _zones(thresholds: tuple[Threshold, ...], y: Layer, top: float, width: int, height: int) -> list[Layer]:
    """Shade where something rises, with the words at the right end."""
    rules, words = [], []
    for one in thresholds:
        rules += [{"level": level} for level in dict.fromkeys((one.low, one.high))]
        # The lowest words at the bottom, where no curve runs.
        lowest = one.low == min(other.low for other in thresholds)
        below = height - _LINE if lowest else (1 - one.high / top) * height + _LINE
        words.append({"text": f"{one.label} below {one.shown}", "left": width, "top": below})
    shade = [{"from": 0.0, "to": max(one.high for one in thresholds)}]
    shade += [{"from": 0.0, "to": min(one.low for one in thresholds)}]
    return [
        {
            "data": {"values": shade},
            "mark": {"type": "rect", "color": THRESHOLD, "opacity": 0.08},
            "encoding": {"y": {**y, "field": "from"}, "y2": {"field": "to"}},
        },
        {
            "data": {"values": rules},
            "mark": {"type": "rule", "color": THRESHOLD, "strokeDash": [1, 3]},
            "encoding": {"y": {**y, "field": "level"}},
        },
        {
            "data": {"values": words},
            "mark": {**_LABEL, "align": "right", "color": THRESHOLD},
            "encoding": {
                "x": {**PIXELS, "field": "left"},
                "y": {**PIXELS, "field": "top"},
                "text": {"field": "text", "type": "nominal"},
            },
        },
    ]


def _density(made: Titration, width: int, height: int) -> Layer:
    everything = [0.0]
    for curve in made.spine.values():
        for series in (curve.value, curve.low, curve.high):
            everything += [] if series is None else list(series)
    y: Layer = {
        "type": "quantitative",
        "title": "BMD of the lumbar spine (% of today)",
        "scale": {"domain": list(domain(everything)), "nice": False, "zero": False},
        "axis": {"tickCount": 6, "labelExpr": "datum.value == 0 ? '0' : format(datum.value, '+~g')"},
    }
    layers: list[Layer] = [
        {
            "data": {"values": [{"level": 0}]},
            "mark": {"type": "rule", "color": MUTED},
            "encoding": {"y": {**y, "field": "level"}},
        }
    ]
    for i, (year, curve) in enumerate(made.spine.items()):
        layers += _curve(made, curve, 2 * i, y)
        points = [
            (one.weekly, one.spine[year].value, one.is_current) for one in made.patterns if one.is_current
        ]
        layers += _points(made, points, 2 * i, y)
    return {"width": width, "height": height, "layer": [*layers, *_years(made, y, width, height)]}


def _years(made: Titration, y: Layer, width: int, height: int) -> list[Layer]:
    """Name each line at its end, clear of the others."""
    low, high = y["scale"]["domain"]
    ends = [(high - float(curve.value[-1])) / (high - low) * height for curve in made.spine.values()]
    tops = spread(ends, [_TEXT] * len(ends), 0.0, float(height))
    return [
        {
            "data": {"values": [{"text": f"{year:g} years", "left": width + 6, "top": rounded(top)}]},
            "mark": {**_LABEL, "fontSize": 12, "color": style(2 * i).colour},
            "encoding": {
                "x": {**PIXELS, "field": "left"},
                "y": {**PIXELS, "field": "top"},
                "text": {"field": "text", "type": "nominal"},
            },
        }
        for i, (year, top) in enumerate(zip(made.spine, tops, strict=True))
    ]


def _curve(made: Titration, curve: DoseCurve, index: int, y: Layer) -> list[Layer]:
    own = style(index)
    rows = [
        {"dose": rounded(dose), "value": rounded(value)}
        for dose, value in zip(made.weekly, curve.value, strict=True)
    ]
    layers: list[Layer] = []
    if curve.low is not None and curve.high is not None:
        ends = [
            {"dose": rounded(dose), "low": rounded(low), "high": rounded(high)}
            for dose, low, high in zip(made.weekly, curve.low, curve.high, strict=True)
        ]
        layers.append(
            {
                "data": {"values": ends},
                "mark": {"type": "area", "color": own.colour, "opacity": 0.14, "interpolate": "monotone"},
                "encoding": {"x": _x(made), "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            }
        )
    line = {"type": "line", "color": own.colour, "strokeWidth": 2.6, "interpolate": "monotone"}
    if own.dash:
        line["strokeDash"] = list(own.dash)
    layers.append(
        {
            "data": {"values": rows},
            "mark": line,
            "encoding": {"x": _x(made), "y": {**y, "field": "value"}},
        }
    )
    return layers


def _points(
    made: Titration, points: Sequence[tuple[float, float, bool]], index: int, y: Layer, word: str = ""
) -> list[Layer]:
    """Draw usual patterns as small rings, and what he takes today as a full point, with a word if given."""
    own = style(index)
    # His own last, so that it lies above the others.
    ordered = sorted(points, key=lambda point: point[2])
    rows = [
        {"dose": rounded(dose), "value": rounded(value), "fill": own.colour if today else PAPER}
        for dose, value, today in ordered
    ]
    today_rows = [row for row, (_, _, today) in zip(rows, ordered, strict=True) if today]
    place = {"x": _x(made), "y": {**y, "field": "value"}}
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "size": 42, "opacity": 1, "stroke": own.colour},
            "encoding": {**place, "fill": {"field": "fill", "type": "nominal", "scale": None}},
        },
        {
            "data": {"values": today_rows},
            "mark": {**_LABEL, "text": word, "dx": 8, "dy": -10, "color": INK},
            "encoding": place,
        },
    ]
