"""A drawing made part of a page: it scales, has a name, and takes its colours from the page's style."""

from __future__ import annotations

import html
import re

from osteocast import charts
from osteocast.charts import Chart

__all__ = ["inline"]


def inline(chart: Chart, variant: str = "") -> str:
    """Return the drawing of a chart as SVG that may stand inside HTML.

    Parameters
    ----------
    chart : Chart
    variant : str
        Class of the drawing, where a page has two of one chart.
    """
    svg = chart.svg()
    svg = re.sub(r'^<svg[^>]*?width="([\d.]+)"[^>]*?viewBox="([^"]*)"', _root(chart, variant), svg, count=1)
    # Ids of clip paths are numbered from nought in every drawing.
    prefix = f"{chart.key}-{variant or 'one'}-"
    svg = re.sub(r'id="([^"]+)"', rf'id="{prefix}\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", svg)
    for name, colour in charts.THEME_COLOURS.items():
        svg = svg.replace(f'="{colour}"', f'="var(--{name}, {colour})"')
    return svg.replace(f'="{charts.PAPER}"', f'="var(--paper, {charts.PAPER})"')


def _root(chart: Chart, variant: str) -> str:
    label = html.escape(f"{chart.title}. {chart.summary}").replace("\\", "")
    kind = f"chart {variant}".strip()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        rf'class="{kind}" style="max-width:\1px" role="img" aria-label="{label}" viewBox="\2"'
    )
