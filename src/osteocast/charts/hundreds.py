"""Chances as squares out of a hundred, in rows of ten: shapes that stand for no one in particular."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.layers import PIXELS, Layer
from osteocast.charts.layout import wrapped
from osteocast.charts.theme import CONFIG, INK, MUTED, PAPER, STYLES

__all__ = ["Hundred", "hundreds"]


_MOST_LINES = 4  # of a name
_SIDE = 10  # squares in a row, and rows
_GAP_WIDTH = 26
_LINE = 15  # height of a line of text
_FILLED = STYLES[0].colour
_LOOKS: dict[bool, Layer] = {
    True: {"filled": True, "color": _FILLED, "stroke": _FILLED, "strokeWidth": 0.8},
    False: {"filled": True, "color": PAPER, "stroke": MUTED, "strokeWidth": 0.8},
}


@dataclass(frozen=True)
class Hundred:
    """One chance.

    Parameters
    ----------
    name : str
        Of what, such as a plan.
    chance : float
        0 to 1.
    words : str
        The same as it is printed.
    """

    name: str
    chance: float
    words: str


def hundreds(
    items: Sequence[Hundred], *, title: str, filled: str, key: str = "hundreds", step: float = 14.0
) -> Chart:
    """Chart chances as squares, of which so many are filled, side by side.

    Parameters
    ----------
    items : sequence of Hundred
    title : str
    filled : str
        What a filled square means.
    key : str
        Name for files and ids.
    step : float
        From one square to the next, pixels.

    Returns
    -------
    Chart

    Examples
    --------
    >>> one = Hundred("no drug", 0.12, "12 in 100")
    >>> chart = hundreds([one], title="Broken bones", filled="breaks a bone")
    >>> chart.summary
    'A filled square is a person who breaks a bone. no drug: 12 in 100.'
    """
    width = _SIDE * step
    characters = max(12, int(width / 6.2))
    names = [wrapped(item.name, characters, lines=_MOST_LINES) for item in items]
    top = _LINE * (max(len(lines) for lines in names) + 2.0)
    squares, titles = [], []
    for i, (item, lines) in enumerate(zip(items, names, strict=True)):
        left = i * (width + _GAP_WIDTH)
        titles.append({"x": left, "y": _LINE, "name": lines, "words": item.words, "below": top - _LINE})
        count = filled_squares(item.chance)
        for n in range(_SIDE * _SIDE):
            row, column = divmod(n, _SIDE)
            squares.append(
                {
                    "x": round(left + (column + 0.5) * step, 2),
                    "y": round(top + (row + 0.5) * step, 2),
                    "full": n < count,
                }
            )
    place = {"x": {**PIXELS, "field": "x"}, "y": {**PIXELS, "field": "y"}}
    text = {"type": "text", "align": "left", "baseline": "middle", "lineHeight": _LINE}
    square = {"type": "point", "shape": "square", "size": round((0.76 * step) ** 2, 1), "opacity": 1}
    layers = [
        *(
            {
                "data": {
                    "values": [{"x": one["x"], "y": one["y"]} for one in squares if one["full"] is full]
                },
                "mark": {**square, **look},
                "encoding": place,
            }
            for full, look in _LOOKS.items()
            if any(one["full"] is full for one in squares)
        ),
        {
            "data": {"values": titles},
            "mark": {**text, "fontSize": 11, "color": INK},
            "encoding": {**place, "text": {"field": "name", "type": "nominal"}},
        },
        {
            "data": {"values": titles},
            "mark": {**text, "fontSize": 14, "fontWeight": 600, "color": _FILLED},
            "encoding": {
                "x": place["x"],
                "y": {**PIXELS, "field": "below"},
                "text": {"field": "words", "type": "nominal"},
            },
        },
    ]
    spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "width": round(len(items) * width + (len(items) - 1) * _GAP_WIDTH, 2),
        "height": round(top + width, 2),
        "layer": layers,
    }
    said = "; ".join(f"{item.name}: {item.words}" for item in items)
    table = Table(title, ("Plan", filled), tuple((item.name, item.words) for item in items))
    return Chart(key, title, f"A filled square is a person who {filled}. {said}.", table, spec)


def filled_squares(chance: float) -> int:
    """Return how many of a hundred squares are filled: as many as the printed number says.

    Examples
    --------
    >>> filled_squares(0.124), filled_squares(0.004), filled_squares(0.996)
    (12, 0, 100)
    """
    return int(f"{100 * chance:.0f}")
