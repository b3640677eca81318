"""What the page shows, put together from a forecast: words, tables, pictures."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from osteocast import charts
from osteocast.charts import Chart
from osteocast.forecast.events import Span
from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.summary import confidence, contents, headline, lowered, reference_plan, signed
from osteocast.person import Case, change
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.fractures import fracture_charts, fracture_context
from osteocast.report.inline import inline
from osteocast.report.safety import checked, rates_told, refused, told
from osteocast.report.sources import citations
from osteocast.report.table import effects
from osteocast.units import DAYS_PER_YEAR

__all__ = ["NARROW_ROWS", "Figure", "context", "learnt_words", "linked", "pairs", "timed", "title_of"]

_SMALL: dict[str, Any] = {"width": 300, "height": 200, "labels": False, "doses": False}
_NARROW: dict[str, Any] = {"width": 270, "height": 260, "labels": False}
#: How charts with a row for each plan are drawn for a phone, beside the names of the plans.
NARROW_ROWS: dict[str, Any] = {"width": 150, "labels": False}
_MARKERS = ("ctx", "p1np")
_MECHANISM = ("estradiol", "rankl_opg_ratio", "sclerostin")


@dataclass(frozen=True)
class Figure:
    """A chart drawn for the page.

    Parameters
    ----------
    chart : Chart
    svg : str
        Ready to stand inside HTML.
    narrow : str
        The same for a phone; empty if one drawing serves both.
    caption : str
        How to read it. What it says in words is the drawing's own label.
    """

    chart: Chart
    svg: str
    narrow: str = ""
    caption: str = ""


def context(forecast: Forecast) -> dict[str, Any]:
    """Return what the template of the page is filled with.

    Parameters
    ----------
    forecast : Forecast
    """
    first = forecast.first_site
    hero = charts.bone(forecast, first)
    narrow = charts.bone(forecast, first, **_NARROW)
    others = [charts.bone(forecast, site, **_SMALL) for site in forecast.sites if site != first]
    safety = checked(forecast.case)
    unsafe = refused(safety)
    counted = [(plan.name, plan.fracture) for plan in forecast.plans if plan.fracture is not None]
    broken = fracture_charts(counted)
    narrow_broken = fracture_charts(counted, **NARROW_ROWS)
    alone = (
        [charts.bone(forecast, first, focus=plan.key, **_SMALL) for plan in forecast.plans]
        if forecast.n_draws
        else []
    )
    mechanism = (
        _MECHANISM
        if forecast.case.person.sex == "female"
        else (_MECHANISM[0], "testosterone", *_MECHANISM[1:])
    )
    courses = {name: charts.course(forecast, name) for name in (*_MARKERS, *mechanism)}
    # All at once, so that they can be drawn side by side; each is remembered for when it is put in its place.
    charts.as_svgs(
        [chart.spec for chart in (hero, narrow, *others, *alone, *courses.values(), *broken, *narrow_broken)]
    )
    return {
        "case": forecast.case,
        "title": title_of(forecast),
        "headline": headline(forecast, refused=unsafe),
        "confidence": confidence(forecast),
        "notice": NOT_A_DEVICE,
        "safety": told(safety),
        "notes": told(safety, ["note"]),
        "rates": rates_told(safety),
        "alerts": forecast.alerts,
        "fracture": fracture_context(counted, unsafe, pairs(broken, narrow_broken)),
        "key": [(plan.name, i, charts.style(i)) for i, plan in enumerate(forecast.plans)],
        "hero": Figure(hero, inline(hero, "wide"), inline(narrow, "narrow"), _hero_caption(forecast)),
        "hero_site": forecast.sites[first],
        "others": [Figure(chart, inline(chart)) for chart in others],
        "markers": [_course_figure(courses[name], name) for name in _MARKERS],
        "mechanism": [_course_figure(courses[name], name) for name in mechanism],
        "alone": [Figure(chart, inline(chart)) for chart in alone],
        "bands": contents(forecast),
        "learnt": forecast.learnt,
        "learnt_words": learnt_words(forecast),
        "effects": effects(forecast),
        "plans": [_plan(forecast, plan, i, unsafe) for i, plan in enumerate(forecast.plans)],
        "plan_years": forecast.milestones(),
        "rebounds": [
            (plan.name, alert.text)
            for plan in forecast.plans
            for alert in plan.alerts
            if alert.kind == "rebound"
        ],
        "cautions": _cautions(forecast),
        "inputs": forecast.inputs,
        "assumptions": forecast.assumptions,
        "extrapolated": forecast.extrapolated,
        "scans": list(_scans(forecast)),
        "labs": [lab for lab in forecast.case.labs],
        "sites": forecast.sites,
        "citations": [linked(line) for line in citations(forecast)],
        "provenance": forecast.provenance,
        "draws": forecast.n_draws,
        "reference_plan": reference_plan(forecast),
    }


def pairs(wide: Sequence[Chart], narrow: Sequence[Chart]) -> list[Figure]:
    """Return charts, each with its drawing for a phone."""
    return [
        Figure(one, inline(one, "wide"), inline(small, "narrow"))
        for one, small in zip(wide, narrow, strict=True)
    ]


def title_of(forecast: Forecast) -> str:
    """Return the title of the page of a forecast."""
    name = (forecast.case.name or "case").removesuffix(".yaml").removesuffix(".yml").replace("-", " ")
    return f"Bone forecast: {name}"


def _course_figure(chart: Chart, name: str) -> Figure:
    meaning = {shown.name: shown.meaning for shown in (*charts.MARKERS, *charts.MECHANISM)}[name]
    return Figure(chart, inline(chart), caption=f"{meaning[0].upper()}{meaning[1:]}.")


def _hero_caption(forecast: Forecast) -> str:
    basis = forecast.sites[forecast.first_site]
    parts = []
    if basis.scans:
        parts.append(
            "Points with whiskers are the person's own scans; a change smaller than the whisker (the least "
            "significant change) is within the error of the measurement."
        )
    if forecast.n_draws:
        parts.append(
            f"The fan holds 50, 80 and 95% of {forecast.n_draws} virtual people like this one under "
            f"{lowered(reference_plan(forecast).name)}; bars at the right hold 50% (thick) and 95% (thin) "
            "under each plan at its end."
        )
    parts.append("Below the years: spans of tablets and single doses, by plan.")
    if basis.scale is not None:
        parts.append(f"T-scores: {basis.scale.reference}.")
    return " ".join(parts)


def learnt_words(forecast: Forecast) -> str:
    """Set what people like this one lose beside what this person is forecast to lose."""
    learnt = forecast.learnt
    if learnt is None or learnt.before is None or learnt.after is None:
        return ""
    site = forecast.sites[forecast.first_site]
    (before, *wide), (after, *narrow) = learnt.before, learnt.after
    return (
        f"With {lowered(reference_plan(forecast).name)}, people of whom only age and history are known "
        f"change by {signed(before)}% at the {site.label} in {learnt.day / DAYS_PER_YEAR:.0f} years (80% "
        f"between {signed(wide[0])}% and {signed(wide[1])}%); with the person's own values it is "
        f"{signed(after)}% ({signed(narrow[0])}% to {signed(narrow[1])}%)."
    )


def _plan(forecast: Forecast, plan: PlanForecast, index: int, unsafe: Collection[str]) -> dict[str, Any]:
    site = forecast.first_site
    cells = []
    for year in forecast.milestones():
        day = year * DAYS_PER_YEAR
        if day > plan.horizon + 1:
            cells.append({"change": "–", "t": "", "band": ""})
            continue
        band = plan.curves[f"change_{site}"].band_at(forecast.days, day)
        score = plan.curves.get(f"t_{site}")
        cells.append(
            {
                "change": f"{signed(forecast.at(plan, f'change_{site}', year))}%",
                "band": "" if band is None else f"{signed(band[0])} to {signed(band[1])}",
                "t": "" if score is None else f"T {signed(score.at(forecast.days, day))}",
            }
        )
    return {
        "name": plan.name,
        "key": plan.key,
        "index": index,
        "refused": plan.name in unsafe,
        "regimen": [timed(forecast.case, span, forecast.horizon) for span in plan.spans if span.stop > 0],
        "cells": cells,
        "crossings": list(_crossings(forecast, plan)),
        "rebounds": any(alert.kind == "rebound" for alert in plan.alerts),
    }


def timed(case: Case, span: Span, horizon: float) -> str:
    """Say what is taken, from when to when."""
    start = f"from {case.date_of(span.start):%b %Y}"
    last = span.doses[-1] if span.doses else span.stop
    stop = f" to {case.date_of(last):%b %Y}" if span.stop <= horizon else ""
    if len(span.doses) == 1:
        start, stop = f"in {case.date_of(span.start):%b %Y}", ""
    return f"{span.words}, {start}{stop}"


def _crossings(forecast: Forecast, plan: PlanForecast) -> Iterator[str]:
    """Say when each threshold is reached, worst first; once for each site."""
    for site, basis in forecast.sites.items():
        found = {one.name: one.day for one in plan.crossings if one.site == site}
        if not found:
            continue
        osteoporosis, osteopenia = found["osteoporosis"], found["osteopenia"]
        if osteoporosis is not None:
            yield f"{basis.label}: T at or below −2.5 {_since(forecast, osteoporosis)}"
        elif osteopenia is not None:
            yield f"{basis.label}: T below −1.0 {_since(forecast, osteopenia)}, stays above −2.5"
        else:
            yield f"{basis.label}: T stays at −1.0 or above"


def _since(forecast: Forecast, day: float) -> str:
    return "already" if day <= 0 else f"from {forecast.date_of(day):%b %Y}"


def _cautions(forecast: Forecast) -> list[tuple[str, list[str]]]:
    """Group the cautions by drug, each once."""
    found: dict[str, list[str]] = {}
    for plan in forecast.plans:
        for alert in plan.alerts:
            if alert.kind == "caution":
                drug, _, text = alert.text.partition(": ")
                if text not in found.setdefault(drug, []):
                    found[drug].append(text)
    return list(found.items())


def _scans(forecast: Forecast) -> Iterator[dict[str, str]]:
    """Yield a row for each scan and site, with the change since the scan before it."""
    for site, basis in forecast.sites.items():
        series = forecast.case.series(site)
        for point in basis.scans:
            row = {
                "of": site,
                "site": basis.label,
                "date": point.date.isoformat(),
                "bmd": f"{point.bmd:.3f}",
                "t": "–" if point.t_score is None else signed(point.t_score),
                "lsc": "–"
                if point.least_significant_change is None
                else f"± {point.least_significant_change:.3f}",
                "change": "",
            }
            at = next((i for i, (scan, _) in enumerate(series) if scan.date == point.date), 0)
            if at > 0:
                moved = change(site, series[at - 1], series[at])
                if moved.percent is None:
                    row["change"] = moved.reason or ""
                else:
                    sure = {True: "more than error", False: "within error", None: ""}[moved.significant]
                    row["change"] = f"{signed(moved.percent)}%, {sure}".rstrip(", ")
            yield row


_LINK = re.compile(r"doi:(\S+?)(?=\.?(?:\s|$))|(https?://\S+?)(?=\.?(?:\s|$))")


def linked(line: str) -> list[tuple[str, str]]:
    """Cut a citation into texts and links, each ``(text, address or "")``."""
    parts: list[tuple[str, str]] = []
    at = 0
    for match in _LINK.finditer(line):
        parts.append((line[at : match.start()], ""))
        parts.append((match.group(), f"https://doi.org/{match[1]}" if match[1] else match[2]))
        at = match.end()
    parts.append((line[at:], ""))
    return [part for part in parts if part[0]]
