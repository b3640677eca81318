"""Layers of a chart: rows of numbers, the mark that stands for each, and what its place and look say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["PIXELS", "Layer", "layer"]

#: A part of a Vega-Lite specification.
Layer = dict[str, Any]

#: Encoding of a place that is given in pixels from the plot's upper left corner.
PIXELS: Layer = {"type": "quantitative", "scale": None, "axis": None}


def layer(rows: Sequence[Mapping[str, Any]], mark: Layer, encoding: Layer) -> Layer:
    """Draw rows as marks."""
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}
