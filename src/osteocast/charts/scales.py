"""Encodings that charts share: colour, dash and symbol of a plan, without legends, which would repeat names.

Each layer of a Vega-Lite view costs as much to draw as hundreds of points, so all plans share one layer for
each kind of mark, and these scales tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from osteocast.charts.theme import style
from osteocast.units.rounding import significant

__all__ = ["colour", "dash", "rounded", "symbol", "together"]


def colour(plans: int) -> dict[str, Any]:
    """Colour by the position of the plan."""
    return _by_plan(plans, [style(i).colour for i in range(plans)])


def dash(plans: int) -> dict[str, Any]:
    """Dash by the position of the plan."""
    return _by_plan(plans, [list(style(i).dash) or [1, 0] for i in range(plans)])


def symbol(plans: int) -> dict[str, Any]:
    """Symbol by the position of the plan."""
    return _by_plan(plans, [style(i).symbol for i in range(plans)])


def _by_plan(plans: int, values: list[Any]) -> dict[str, Any]:
    scale = {"domain": list(range(plans)), "range": values}
    return {"field": "plan", "type": "nominal", "scale": scale, "legend": None}


def rounded(value: float, digits: int = 5) -> float:
    """Round to significant digits that can be seen, which keeps files small."""
    return float(f"{value:.{digits}g}")


def together(*series: np.ndarray, digits: int = 5) -> Iterator[tuple[float, ...]]:
    """Yield what series have at each of their times, rounded like `rounded`."""
    return zip(*(significant(one, digits).tolist() for one in series), strict=True)
