"""Pictures for a page under a strict policy: no style of their own, one drawing at a time."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

from osteocast.charts import Chart
from osteocast.report.context import Figure
from osteocast.report.inline import inline

__all__ = ["DRAWING", "bare", "figure", "unstyled"]

#: The drawings that `osteocast.charts` remembers are shared by all threads.
DRAWING = threading.RLock()

_STYLE = re.compile(r' style="max-width:([\d.]+)px"')


def figure(chart: Chart, narrow: Chart | None = None, caption: str = "") -> Figure:
    """Draw a chart for a page, and another time for a phone."""
    with DRAWING:
        wide = inline(chart, "wide" if narrow is not None else "")
        small = inline(narrow, "narrow") if narrow is not None else ""
    return bare(Figure(chart, wide, small, caption))


def bare(drawn: Figure) -> Figure:
    """Return a figure whose size stands in attributes: the policy of the page allows no style inside it."""
    return replace(drawn, svg=unstyled(drawn.svg), narrow=unstyled(drawn.narrow))


def unstyled(text: str) -> str:
    """Let drawings have their size as an attribute instead of a style."""
    return _STYLE.sub(r' width="\1"', text)
