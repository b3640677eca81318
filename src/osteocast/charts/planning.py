"""What plans trade against each other, and how far each lies from doing nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.layers import Layer
from osteocast.charts.layout import domain
from osteocast.charts.rows import mark_rule, named, rows_spec, spans, symbols, wrapped_name
from osteocast.charts.theme import CONFIG, GRID, INK, MUTED, PAPER, STYLES
from osteocast.forecast.summary import lowered
from osteocast.fracture.words import of_100
from osteocast.planning.results import MAJOR, PlanOption, PlanSearch
from osteocast.units.writing import signed

__all__ = ["differences", "tradeoffs"]

_LIGHT, _TRAINING = STYLES[1].colour, STYLES[2].colour
_NEAR = 16.0  # pixels: a label and the symbol below the next one
_SYMBOLS = {False: "circle", True: "triangle-up"}


def tradeoffs(found: PlanSearch, *, width: int = 520, height: int = 330) -> Chart:
    """Chart fractures against serious harms, with the plans that no other one outdoes filled and numbered.

    Parameters
    ----------
    found : PlanSearch
        With options.
    width, height : int
        Of the plot itself.

    Returns
    -------
    Chart
        Filled and numbered by rank: on the front. Hollow: another plan outdoes it. Triangle: with training.
    """
    x = _axis([option.harm.per_10000 for option in found.options], "serious harms of the drugs, per 10,000")
    y = _axis([100 * option.major for option in found.options], "major fractures, of 100 people")
    front = [_row(option) for option in found.options if option.on_front]
    rest = [_row(option) for option in found.options if not option.on_front]
    layers = [
        _points(rest, x, y, 46),
        _points(front, x, y, 110),
        _numbers(_together(front, x, y, width, height), x, y),
    ]
    spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "width": width,
        "height": height,
        "layer": [layer for layer in layers if layer["data"]["values"]],
    }
    named_front = "; ".join(
        f"{option.rank}, {option.name} ({of_100(option.major)} of 100, {option.harm.per_10000:.0f} of 10,000)"
        for option in found.front
    )
    summary = (
        f"{len(found.options)} plans by major osteoporotic fractures and serious harms of drugs within ten "
        f"years. Not outdone: {named_front}."
    )
    return Chart("plans", "Fractures against harm", summary, _table(found), spec)


def _axis(values: Sequence[float], title: str) -> Layer:
    low, high = domain([0.0, *values])
    return {
        "type": "quantitative",
        "scale": {"domain": [min(low, 0.0), high], "nice": False},
        "axis": {"title": title, "tickCount": 6, "gridColor": GRID},
    }


def _row(option: PlanOption) -> Layer:
    training = option.burden.sessions > 0
    colour = _TRAINING if training else _LIGHT
    return {
        "x": round(option.harm.per_10000, 2),
        "y": round(100 * option.major, 3),
        "fill": colour if option.on_front else PAPER,
        "colour": colour,
        "shape": _SYMBOLS[training],
        "rank": str(option.rank),
    }


def _points(rows: Sequence[Layer], x: Layer, y: Layer, size: int) -> Layer:
    """Return symbols, coloured where they are on the front and hollow where they are not."""
    hollow = bool(rows) and rows[0]["fill"] == PAPER
    line: dict[str, Any] = {"stroke": MUTED, "strokeWidth": 1.3} if hollow else {}
    return {
        "data": {"values": list(rows)},
        "mark": {"type": "point", "filled": True, "opacity": 1, "size": size, **line},
        "encoding": {
            "x": {**x, "field": "x"},
            "y": {**y, "field": "y"},
            "fill": {"field": "fill", "type": "nominal", "scale": None},
            "shape": {"field": "shape", "type": "nominal", "scale": None},
        },
    }


def _numbers(rows: Sequence[Layer], x: Layer, y: Layer) -> Layer:
    """Return the ranks above the symbols of the front."""
    return {
        "data": {"values": list(rows)},
        "mark": {"type": "text", "dy": -13, "fontSize": 12, "fontWeight": 600, "color": INK},
        "encoding": {
            "x": {**x, "field": "x"},
            "y": {**y, "field": "y"},
            "text": {"field": "rank", "type": "nominal"},
        },
    }


def _together(rows: Sequence[Layer], x: Layer, y: Layer, width: int, height: int) -> list[Layer]:
    """Put the ranks of symbols that nearly touch into one label, above the highest of them."""
    (left, right), (bottom, top) = x["scale"]["domain"], y["scale"]["domain"]
    across, up = width / (right - left), height / (top - bottom)
    groups: list[list[Layer]] = []
    for row in rows:
        for group in groups:
            if any(
                abs(row["x"] - other["x"]) * across < _NEAR and abs(row["y"] - other["y"]) * up < _NEAR
                for other in group
            ):
                group.append(row)
                break
        else:
            groups.append([row])
    return [
        {
            "x": round(sum(row["x"] for row in group) / len(group), 2),
            "y": max(row["y"] for row in group),
            "rank": ", ".join(row["rank"] for row in group),
        }
        for group in groups
    ]


def _table(found: PlanSearch) -> Table:
    head = (
        "Plan",
        "Rank",
        "Major fractures of 100",
        "Serious harms per 10,000",
        "Bone kept",
        "A year",
        "Front",
    )
    return Table(
        "All plans that were looked at, by rank",
        head,
        tuple(
            (
                option.name,
                str(option.rank),
                of_100(option.major),
                f"{option.harm.per_10000:.0f}",
                f"{signed(option.kept)}%",
                f"{option.burden.per_year:.0f}",
                "yes" if option.on_front else "no",
            )
            for option in found.options
        ),
    )


def differences(
    found: PlanSearch, options: Sequence[PlanOption], *, width: int = 300, labels: bool = True
) -> Chart:
    """Chart how many fewer people break a bone than under the plan that all are compared with.

    Parameters
    ----------
    found : PlanSearch
    options : sequence of PlanOption
        Which plans to show; the one they are compared with is left out.
    width : int
        Of the plot itself.
    labels : bool
        Whether the number stands at the end of each row; on a narrow screen it does not fit.

    Returns
    -------
    Chart
        A symbol at the mean difference, person by person, and a line over the central 80% of virtual people.

    Raises
    ------
    ValueError
        If there is nothing to show.
    """
    pairs = [(option, option.difference(found.reference, MAJOR)) for option in options]
    rows: list[Layer] = []
    for option, one in pairs:
        if one is None:
            continue
        training = option.burden.sessions > 0
        rows.append(
            {
                "row": len(rows),
                "value": round(one.mean, 3),
                "low": round(one.low, 3),
                "high": round(one.high, 3),
                "name": wrapped_name(f"{option.rank}. {option.name}"),
                "text": f"{signed(one.mean)} ({signed(one.low)} to {signed(one.high)})",
                "colour": _TRAINING if training else _LIGHT,
                "shape": _SYMBOLS[training],
            }
        )
    if not rows:
        raise ValueError("no plan differs from the one that all are compared with")
    ends = [float(str(row[name])) for row in rows for name in ("low", "high", "value")]
    low, high = domain([0.0, *ends])
    x: Layer = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False},
        "axis": {"title": "people of 100", "tickCount": 5, "format": "+.0f", "gridColor": GRID},
    }
    data = {"values": rows}
    layers = [
        mark_rule(x, [0.0], color=MUTED),
        spans(data, x, ("low", "high"), strokeWidth=3),
        symbols(data, x, "value", 90),
        *named(data, width, labels=labels),
    ]
    against = lowered(found.option(found.reference).name)
    title = f"Major fractures within ten years, against {against}"
    table = Table(
        title,
        ("Plan", "People of 100", "80% of virtual people", "Told apart"),
        tuple(
            (
                option.name,
                signed(one.mean),
                f"{signed(one.low)} to {signed(one.high)}",
                "yes" if one.told_apart else "no",
            )
            for option, one in pairs
            if one is not None
        ),
    )
    said = "; ".join(f"{option.name}: {signed(one.mean)} of 100" for option, one in pairs if one is not None)
    return Chart("plan-differences", title, f"{said}.", table, rows_spec(layers, len(rows), width))
