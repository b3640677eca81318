"""Charts drawn as SVG without a browser's engine: the part of Vega-Lite that our charts use.

`vl_convert` draws any specification, but needs a second to start and another for ten charts. What the charts
of a forecast are made of (lines, bands, rules, points, bars and words on given scales) is drawn here in
milliseconds, to the same places. A specification that asks for anything else raises `Unknown` and is drawn by
`vl_convert`, which also judges these drawings in the tests.
"""

from osteocast.charts.svg.reading import Unknown
from osteocast.charts.svg.view import draw

__all__ = ["Unknown", "draw"]
