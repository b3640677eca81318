"""Charts with one row for each plan: its name on the left, a symbol, what it comes to on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from osteocast.charts.chart import SCHEMA
from osteocast.charts.layers import Layer
from osteocast.charts.layout import wrapped
from osteocast.charts.theme import CONFIG, INK, MUTED

__all__ = ["bars", "mark_rule", "named", "row_axis", "rows_spec", "spans", "symbols", "wrapped_name"]


_ROW = 46
_LINE = 15  # height of a line of text
_NAME_WIDTH = 24  # characters
_COLOUR: Layer = {"field": "colour", "type": "nominal", "scale": None}
_SHAPE: Layer = {"field": "shape", "type": "nominal", "scale": None}


def wrapped_name(name: str) -> list[str]:
    """Cut the name of a plan into the lines that stand beside its row."""
    return wrapped(name, _NAME_WIDTH)


def rows_spec(layers: Sequence[Layer], n: int, width: int) -> Layer:
    """Return the chart of so many rows.

    Parameters
    ----------
    layers : sequence of dict
    n : int
        Rows; the data say with ``row`` which they belong to.
    width : int
        Of the plot itself.
    """
    return {
        "$schema": SCHEMA,
        "config": CONFIG,
        "width": width,
        "height": _ROW * n,
        "layer": list(layers),
    }


def row_axis(data: Layer) -> Layer:
    """Return the vertical channel: one place for each row."""
    order = [row["row"] for row in data["values"]]
    return {"field": "row", "type": "ordinal", "axis": None, "scale": {"domain": order, "padding": 0}}


def spans(data: Layer, x: Layer, ends: tuple[str, str], **mark: Any) -> Layer:
    """Return a line from one field to another in each row."""
    low, high = ends
    return {
        "data": data,
        "mark": {"type": "rule", **mark},
        "encoding": {
            "x": {**x, "field": low},
            "x2": {"field": high},
            "y": row_axis(data),
            "color": _COLOUR,
        },
    }


def symbols(data: Layer, x: Layer, field: str, size: int) -> Layer:
    """Return a symbol in each row, with the colour and shape of its data."""
    return {
        "data": data,
        "mark": {"type": "point", "filled": True, "size": size, "opacity": 1},
        "encoding": {"x": {**x, "field": field}, "y": row_axis(data), "color": _COLOUR, "shape": _SHAPE},
    }


def bars(data: Layer, x: Layer, field: str, **mark: Any) -> Layer:
    """Return a bar from nought in each row."""
    return {
        "data": data,
        "mark": {"type": "bar", "cornerRadiusEnd": 2, **mark},
        "encoding": {"x": {**x, "field": field}, "y": row_axis(data), "color": _COLOUR},
    }


def mark_rule(x: Layer, at: Sequence[float], **mark: Any) -> Layer:
    """Return a line across all rows at each of some values."""
    return {
        "data": {"values": [{"at": value} for value in at]},
        "mark": {"type": "rule", **mark},
        "encoding": {"x": {**x, "field": "at"}},
    }


def named(data: Layer, width: int, *, labels: bool = True) -> list[Layer]:
    """Name each row on the left, and say what it comes to on the right.

    Parameters
    ----------
    data : dict
        Rows with ``name`` (lines) and ``text``.
    width : int
        Of the plot itself.
    labels : bool
        Whether to say it; on a narrow screen it does not fit.
    """
    layers = []
    for lines in sorted({len(row["name"]) for row in data["values"]}):
        # A name of several lines hangs from its first: lift it, so that its middle meets the row's.
        rows = [row for row in data["values"] if len(row["name"]) == lines]
        lift = {"dy": -(lines - 1) * _LINE / 2, "align": "right", "fontWeight": 600}
        layers.append({**_text("name", {"value": -10}, data, **lift), "data": {"values": rows}})
    answers = {**_text("text", {"value": width + 10}, data, color=MUTED), "data": data}
    return [*layers, answers] if labels else layers


def _text(field: str, x: Layer, data: Layer, **mark: Any) -> Layer:
    return {
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "lineHeight": _LINE,
            "color": INK,
            **mark,
        },
        "encoding": {"x": x, "y": row_axis(data), "text": {"field": field, "type": "nominal"}},
    }
