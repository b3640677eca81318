"""A search for a plan as a page that stands alone."""

from __future__ import annotations

from typing import Any

from osteocast import charts
from osteocast.charts.planning import differences, tradeoffs
from osteocast.forecast.grading import GRADES
from osteocast.forecast.summary import lowered
from osteocast.fracture import KINDS
from osteocast.fracture.words import between, of_100
from osteocast.planning import GOAL_WORDS, PlanOption, PlanSearch, search_headline
from osteocast.planning.results import MAJOR, YEARS
from osteocast.report.context import NARROW_ROWS, Figure, linked
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.inline import inline
from osteocast.report.page import template
from osteocast.report.planning_sources import search_citations
from osteocast.report.planning_words import (
    adequate_words,
    against_words,
    bone_words,
    burden_words,
    harm_words,
    refusals,
    regimen,
    shown_options,
    stopping_words,
    warned,
    worth_a_look,
)
from osteocast.units.writing import signed

__all__ = ["search_page"]

_NARROW = {"width": 260, "height": 240}
_KINDS = ("hip", "clinical_vertebral", MAJOR)


def search_page(found: PlanSearch) -> str:
    """Return a search as one HTML file.

    Parameters
    ----------
    found : PlanSearch

    Returns
    -------
    str
        As `osteocast.report.page`: loads nothing, reads without JavaScript, has a table and a summary in
        words for every chart, and says what is unsafe before anything else.
    """
    html: str = template("planning.html.jinja").render(**_context(found))
    return html


def _context(found: PlanSearch) -> dict[str, Any]:
    shown = shown_options(found)
    name = (found.case.name or "case").removesuffix(".yaml").removesuffix(".yml").replace("-", " ")
    return {
        "case": found.case,
        "title": f"Which plans there are: {name}",
        "headline": search_headline(found),
        "goal": GOAL_WORDS[found.goal],
        "meaning": "" if found.criteria is None else found.criteria.in_words(),
        "notice": NOT_A_DEVICE,
        "refused": refusals(found.refused),
        "warned": warned(shown),
        "notes": warned(shown, "note"),
        "cautions": found.cautions,
        **_charts(found, shown),
        "rows": [_row(found, option) for option in shown],
        "others": [_row(found, option) for option in found.options if option not in shown],
        "reference": lowered(found.option(found.reference).name) if found.options else "",
        "cards": [_card(found, option, goals) for option, goals in worth_a_look(found)]
        if found.options
        else [],
        "changes": found.changes,
        "excluded": found.excluded,
        "harms": _harms(found),
        "unknown": list(dict.fromkeys(text for option in shown for text in option.harm.unknown)),
        "grades": GRADES,
        "fracture_notes": list(dict.fromkeys(note for option in shown for note in option.fracture.notes)),
        "learnt": found.learnt,
        "inputs": found.inputs,
        "assumptions": found.assumptions,
        "extrapolated": list(dict.fromkeys(text for option in shown for text in option.extrapolated)),
        "citations": [linked(line) for line in search_citations(found)],
        "provenance": found.provenance,
        "n_people": found.n_people,
        "effective": f"{found.effective:.0f}",
        "tolerance": found.tolerance,
    }


def _charts(found: PlanSearch, shown: list[PlanOption]) -> dict[str, Any]:
    """Draw the charts; none where no plan is left."""
    if not found.options:
        return {"hero": None, "apart": None}
    hero, narrow = tradeoffs(found), tradeoffs(found, **_NARROW)
    drawn = [hero, narrow]
    apart = []
    if len(shown) > 1:
        apart = [differences(found, shown), differences(found, shown, **NARROW_ROWS)]
    charts.as_svgs([chart.spec for chart in (*drawn, *apart)])
    return {
        "hero": Figure(hero, inline(hero, "wide"), inline(narrow, "narrow"), _caption(found)),
        "apart": Figure(apart[0], inline(apart[0], "wide"), inline(apart[1], "narrow")) if apart else None,
    }


def _caption(found: PlanSearch) -> str:
    refused = len(found.refused)
    text = (
        "Each symbol is a plan. Filled and numbered by rank: no other plan outdoes it in fractures, bone "
        "kept, harm and burden together. Hollow: another plan does. Circle: drug or nothing; triangle: with "
        "training."
    )
    return f"{text} Refused plans ({refused}) are neither simulated nor drawn." if refused else text


def _row(found: PlanSearch, option: PlanOption) -> dict[str, Any]:
    risk = {kind: option.fracture.at(kind, YEARS) for kind in _KINDS}
    outdone = [found.option(key).name for key in option.dominated_by]
    return {
        "rank": option.rank,
        "name": option.name,
        "front": option.on_front,
        "tied": option.tied and option.rank > 1,
        "warned": bool(option.warnings),
        "barred": option.barred is not None,
        "fractures": [(of_100(one.value), between(one)) for one in risk.values()],
        "kept": f"{signed(option.kept)}%",
        "harm": f"{option.harm.per_10000:.0f}{'+' if option.harm.unknown else ''}",
        "burden": f"{option.burden.per_year:.0f}"
        if option.burden.per_year >= 10
        else f"{option.burden.per_year:.1f}",
        "visits": f"{option.burden.visits:.1f}",
        "grade": option.grade,
        "outdone": outdone[0] if outdone else "",
    }


def _card(found: PlanSearch, option: PlanOption, goals: list[str]) -> dict[str, Any]:
    five = [(KINDS[kind], of_100(option.fracture.at(kind, 5.0).value)) for kind in _KINDS]
    return {
        "rank": option.rank,
        "name": option.name,
        "goals": goals,
        "first": warned([option]),
        "regimen": list(regimen(found, option)),
        "fractures": [
            (
                KINDS[kind],
                of_100(option.fracture.at(kind, YEARS).value),
                between(option.fracture.at(kind, YEARS)),
            )
            for kind in _KINDS
        ],
        "five": five,
        "against": against_words(found, option),
        "bone": bone_words(found, option),
        "harm": harm_words(option.harm) or ["no drug for bone, none of its harms"],
        "burden": burden_words(option.burden),
        "adequate": adequate_words(found, option),
        "stopping": stopping_words(option),
        "grade": option.grade,
        "grade_reason": option.grade_reason,
    }


def _harms(found: PlanSearch) -> list[dict[str, str]]:
    """Return each rate of harm that was counted, with where it comes from, once."""
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for option in found.options:
        for part in option.harm.parts:
            rows.setdefault(
                (part.drug, part.what, part.note),
                {
                    "what": f"{part.what}, {part.drug}",
                    "population": part.population,
                    "note": part.note,
                    "sources": ", ".join(source.partition("/")[0] for source in part.sources),
                },
            )
    return list(rows.values())
