"""A verdict as a page that stands alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from osteocast import charts
from osteocast.forecast.events import timeline
from osteocast.forecast.grading import GRADES
from osteocast.forecast.settling import Outlook
from osteocast.forecast.verdict_results import PlanVerdict, Verdict
from osteocast.forecast.verdict_words import answer, percent, settling_words, verdict_headline
from osteocast.person import SITE_LABELS
from osteocast.report.context import NARROW_ROWS, Figure, linked, pairs, timed
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.fractures import fracture_charts, fracture_context, fracture_years
from osteocast.report.inline import inline
from osteocast.report.page import template
from osteocast.report.safety import checked, rates_told, refused, told
from osteocast.report.verdict_sources import verdict_citations
from osteocast.report.verdict_table import beyond, deciding, moved

__all__ = ["verdict_page"]

_TONES = {True: "yes", False: "no", None: "open"}


def verdict_page(found: Verdict) -> str:
    """Return a verdict as one HTML file.

    Parameters
    ----------
    found : Verdict

    Returns
    -------
    str
        As `osteocast.report.page`: loads nothing, reads without JavaScript, has a table and a summary in
        words for every chart.
    """
    html: str = template("verdict.html.jinja").render(**_context(found))
    return html


def _context(found: Verdict) -> dict[str, Any]:
    alone = deciding(found)
    sites = list(found.criteria.losses)
    safety = checked(found.case)
    unsafe = refused(safety)
    counted = [(plan.name, plan.fracture) for plan in found.plans if plan.fracture is not None]
    hero, narrow = charts.verdict(found), charts.verdict(found, **NARROW_ROWS)
    moves = [charts.moves(found, site) for site in sites]
    small_moves = [charts.moves(found, site, **NARROW_ROWS) for site in sites]
    broken, small_broken = fracture_charts(counted), fracture_charts(counted, **NARROW_ROWS)
    charts.as_svgs([chart.spec for chart in (hero, narrow, *moves, *small_moves, *broken, *small_broken)])
    name = (found.case.name or "case").removesuffix(".yaml").removesuffix(".yml").replace("-", " ")
    return {
        "case": found.case,
        "title": f"Is lifestyle alone enough? {name}",
        "headline": verdict_headline(found, refused=unsafe),
        "meaning": found.criteria.in_words(),
        "notice": NOT_A_DEVICE,
        "safety": told(safety),
        "cautions": found.cautions,
        "hero": Figure(hero, inline(hero, "wide"), inline(narrow, "narrow"), _caption(found)),
        "plans": [_plan(found, plan, unsafe) for plan in found.plans],
        "fracture": fracture_context(
            counted, unsafe, pairs(broken, small_broken), fracture_years(counted)[-1:]
        ),
        "rates": rates_told(safety),
        "notes": told(safety, ["note"]),
        "grades": GRADES,
        "moves": pairs(moves, small_moves),
        "settling": _sentence(settling_words(found.case, alone.settling)),
        "outlooks": [_outlook(found, one) for one in alone.settling.outlooks],
        "effects": alone.effects,
        "learnt": found.learnt,
        "inputs": found.inputs,
        "assumptions": found.assumptions,
        "extrapolated": beyond(found),
        "citations": [linked(line) for line in verdict_citations(found)],
        "provenance": found.provenance,
        "n_people": found.n_people,
        "effective": f"{found.effective:.0f}",
    }


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _caption(found: Verdict) -> str:
    return (
        f"Share of {found.n_people} virtual people like this one for whom a plan is adequate until "
        f"{found.case.date_of(found.criteria.last_day):%B %Y}. A triangle means yes, a cross no, a circle "
        "that it is open; the answer is called clear below 10% and above 90%. The thin line is the error of "
        "counting."
    )


def _plan(found: Verdict, plan: PlanVerdict, unsafe: Collection[str]) -> dict[str, Any]:
    reason = plan.reason if plan.barred is None else f"{_sentence(plan.barred)}. {plan.reason}"
    return {
        "name": plan.name,
        "refused": plan.name in unsafe,
        "tone": _TONES[plan.adequate],
        "word": answer(plan),
        "chance": percent(plan.probability),
        "reason": reason,
        "grade": plan.grade,
        "grade_reason": _sentence(plan.grade_reason),
        "movers": [moved(mover) for mover in plan.movers],
        "settling": _sentence(settling_words(found.case, plan.settling)),
        "regimen": list(_regimen(found, plan)),
    }


def _regimen(found: Verdict, plan: PlanVerdict) -> Iterator[str]:
    horizon = found.case.forecast_years * 365.25
    for span in timeline(plan.courses, horizon):
        if span.stop > 0:
            yield timed(found.case, span, horizon)


def _outlook(found: Verdict, one: Outlook) -> dict[str, str]:
    return {
        "date": f"{found.case.date_of(one.day):%B %Y}",
        "change": _by_site({site: f"{value:.1f}%" for site, value in one.expected_change.items()}),
        "exceeds": _by_site({site: percent(value) for site, value in one.exceeds.items()}),
        "settled": percent(one.chance_clear),
    }


def _by_site(values: Mapping[str, str]) -> str:
    return ", ".join(f"{SITE_LABELS[site]} {text}" for site, text in values.items())
