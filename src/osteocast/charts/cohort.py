"""Charts of a kept cohort: density, thresholds and fractures by arm over time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from osteocast.charts.chart import SCHEMA, Chart, Table
from osteocast.charts.layers import Layer
from osteocast.charts.layout import domain, years_domain
from osteocast.charts.theme import CONFIG, INK, PAPER, style
from osteocast.cohorts import CohortSummary
from osteocast.cohorts.summary import QUANTILES, Visit
from osteocast.person import SITE_LABELS

__all__ = ["charts_of", "density", "fractures", "osteoporosis"]

_WIDTH, _HEIGHT = 480, 280
_FRACTURES = {
    "hip": "hip",
    "clinical_vertebral": "clinical vertebral",
    "non_vertebral": "non-vertebral",
}


def charts_of(summary: CohortSummary) -> list[Chart]:
    """Return every chart of a summary.

    Parameters
    ----------
    summary : CohortSummary
    """
    found = [density(summary, site) for site in SITE_LABELS]
    found.append(osteoporosis(summary))
    kinds = summary.visits[0].fractures
    return [*found, *(fractures(summary, kind) for kind in _FRACTURES if kind in kinds)]


def density(summary: CohortSummary, site: str) -> Chart:
    """Chart the change of density at a site: median, half and nine tenths of the people of each arm.

    Parameters
    ----------
    summary : CohortSummary
    site : str
    """
    name = f"change_{site}"
    middle = QUANTILES.index(0.5)
    label = SITE_LABELS[site]

    def level(visit: Visit) -> float:
        return visit.values[name].quantiles[middle]

    bands = [
        {
            "arm": visit.arm,
            "year": visit.month / 12,
            "level": level,
            "low": round(visit.values[name].quantiles[low], 4),
            "high": round(visit.values[name].quantiles[high], 4),
        }
        for visit in summary.visits
        for level, low, high in ((90, 0, 4), (50, 1, 3))
    ]
    title = f"Change of density, {label.lower()}"
    last = [summary.of(arm)[-1] for arm in summary.arms]
    words = "; ".join(
        f"{visit.arm} {level(visit):+.1f}% ({visit.values[name].quantiles[0]:+.1f} to "
        f"{visit.values[name].quantiles[4]:+.1f})"
        for visit in last
    )
    text = (
        f"Median change of density at the {label.lower()} after {last[0].month / 12:g} years, and nine "
        f"tenths of {summary.people:,} people: {words}."
    )
    return _chart(summary, f"cohort-{site}", title, text, "change from day 0, %", level, bands)


def osteoporosis(summary: CohortSummary) -> Chart:
    """Chart the share of each arm with a lowest T-score at or below -2.5.

    Parameters
    ----------
    summary : CohortSummary
    """
    last = [summary.of(arm)[-1] for arm in summary.arms]
    words = "; ".join(f"{visit.arm} {100 * visit.osteoporosis:.1f}%" for visit in last)
    return _chart(
        summary,
        "cohort-osteoporosis",
        "People with osteoporosis",
        f"Share with a T-score of -2.5 or less at any site after {last[0].month / 12:g} years: {words}.",
        "of 100 people",
        lambda visit: 100.0 * visit.osteoporosis,
        [],
    )


def fractures(summary: CohortSummary, kind: str) -> Chart:
    """Chart how many of 1,000 people have broken a bone so far, with 95% intervals of the count.

    Parameters
    ----------
    summary : CohortSummary
    kind : str
        ``hip``, ``clinical_vertebral`` or ``non_vertebral``.
    """
    name = _FRACTURES[kind]
    bands = [
        {
            "arm": visit.arm,
            "year": visit.month / 12,
            "level": 95,
            "low": round(visit.fractures[kind].low, 4),
            "high": round(visit.fractures[kind].high, 4),
        }
        for visit in summary.visits
    ]
    last = [summary.of(arm)[-1] for arm in summary.arms]
    words = "; ".join(f"{visit.arm} {visit.fractures[kind].drawn:.1f}" for visit in last)
    return _chart(
        summary,
        f"cohort-{kind.replace('_', '-')}",
        f"First {name} fractures",
        f"People of 1,000 with a first {name} fracture within {last[0].month / 12:g} years: {words}.",
        "of 1,000 people",
        lambda visit: visit.fractures[kind].drawn,
        bands,
    )


def _chart(
    summary: CohortSummary,
    key: str,
    title: str,
    words: str,
    axis: str,
    value: Callable[[Visit], float],
    bands: list[dict[str, Any]],
) -> Chart:
    """Lines by arm with symbols at the visits, over bands where there are any."""
    arms = list(summary.arms)
    styles = [style(i) for i in range(len(arms))]
    rows = [
        {"arm": visit.arm, "year": visit.month / 12, "value": round(value(visit), 4)}
        for visit in summary.visits
    ]
    years = [visit.month / 12 for visit in summary.visits]
    heights = [value(visit) for visit in summary.visits]
    heights += [row[end] for row in bands for end in ("low", "high")]
    low, high = domain(heights)
    x = _axis("year", "years", years_domain(min(years), max(years)))
    y = _axis("value", axis, (low, high))
    legend = {
        "title": None,
        "orient": "top",
        "labelColor": INK,
        "labelFontSize": 12,
        "symbolSize": 70,
        "symbolOpacity": 1,
    }
    colour = _by_arm(arms, [one.colour for one in styles], legend)
    spec = {
        "$schema": SCHEMA,
        "config": CONFIG,
        "background": PAPER,
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [
            {
                "data": {"values": bands},
                "mark": {"type": "area", "opacity": 0.14},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                    "color": colour,
                    "detail": {"field": "level", "type": "nominal"},
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"x": x, "y": y, "color": colour},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "size": 46, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "shape": _by_arm(arms, [one.symbol for one in styles], legend),
                },
            },
        ],
    }
    head = ("year", *arms)
    table = [
        (
            f"{month / 12:g}",
            *(f"{value(visit):.2f}" for arm in arms for visit in summary.of(arm) if visit.month == month),
        )
        for month in sorted({visit.month for visit in summary.visits})
    ]
    return Chart(key, title, words, Table(title, head, tuple(table)), spec)


def _axis(field: str, title: str, ends: tuple[float, float]) -> Layer:
    scale = {"domain": list(ends), "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": {"title": title}}


def _by_arm(arms: list[str], given: list[str], legend: Layer) -> Layer:
    return {
        "field": "arm",
        "type": "nominal",
        "scale": {"domain": arms, "range": given},
        "legend": legend,
    }
