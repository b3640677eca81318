"""A search for a plan as plain data, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from osteocast.forecast.events import in_words
from osteocast.forecast.grading import GRADES
from osteocast.person import Constraints
from osteocast.person.case import end_day
from osteocast.planning import GOAL_WORDS, YEARS, PlanOption, PlanSearch, search_headline
from osteocast.planning.results import Spread
from osteocast.report.data import NOT_A_DEVICE, SEARCH_FORMAT
from osteocast.report.fractures import fractures_as_data
from osteocast.report.planning_sources import search_sources
from osteocast.report.safety import findings_as_data

__all__ = ["search_as_data"]


def search_as_data(found: PlanSearch) -> dict[str, Any]:
    """Return everything in a search as what JSON can hold.

    Parameters
    ----------
    found : PlanSearch

    Returns
    -------
    dict
        ``format``, ``notice``, ``versions``, ``headline``, ``goal``, ``constraints``; ``plans`` by rank, each
        with ``safety`` first, what is taken, ``fracture``, density, ``harm``, ``burden``, ``stopping``,
        ``differences`` and whether it is on the front; ``refused`` and ``left_out`` with their reasons.
    """
    case = found.case
    return {
        "format": SEARCH_FORMAT,
        "notice": NOT_A_DEVICE,
        "versions": asdict(found.provenance),
        "headline": search_headline(found),
        "case": {"name": case.name, "as_of": case.as_of.isoformat(), "age": round(case.age, 3)},
        "years": YEARS,
        "goal": {"name": found.goal, "words": GOAL_WORDS[found.goal]},
        "constraints": _constraints(found.constraints),
        "criteria": None if found.criteria is None else found.criteria.in_words(),
        "refused": [
            {"name": one.name, "key": one.key, "safety": findings_as_data(one.findings)}
            for one in found.refused
        ],
        "left_out": [asdict(one) for one in found.excluded],
        "reference": found.reference or None,
        "first_for": dict(found.firsts),
        "what_would_change": list(found.changes),
        "tolerance": {name: round(value, 4) for name, value in found.tolerance.items()},
        "plans": [_option(found, option) for option in found.options],
        "grades": GRADES,
        "inputs": [asdict(one) for one in found.inputs],
        "assumptions": list(found.assumptions),
        "cautions": list(found.cautions),
        "learnt": None if found.learnt is None else asdict(found.learnt),
        "virtual_people": {"simulated": found.n_people, "effective": round(found.effective, 1)},
        "sources": search_sources(found),
    }


def _constraints(wanted: Constraints) -> dict[str, Any]:
    return {
        "routes": list(wanted.routes),
        "without": list(wanted.without),
        "max_visits_per_year": wanted.max_visits_per_year,
        "start_not_before_day": wanted.start_not_before,
        "keep_inhibitor": wanted.keep_inhibitor,
    }


def _option(found: PlanSearch, option: PlanOption) -> dict[str, Any]:
    taken = [course for course in option.courses if end_day(course) > 0]
    return {
        "rank": option.rank,
        "name": option.name,
        "key": option.key,
        "kind": option.kind,
        "safety": findings_as_data(option.findings),
        "courses": [
            {"drug": course.drug, "words": in_words(course), "start_day": course.start_day}
            for course in taken
        ],
        "stops": dict(option.plan.stop_days),
        "effects": [
            {"label": effect.label, "grade": effect.grade, "sentence": effect.sentence}
            for effect in option.effects
        ],
        "starts_day": option.starts,
        "share_treated": round(option.share_treated, 4),
        "fracture": fractures_as_data(option.fracture),
        "change_percent": _spreads(option.change),
        "change_percent_course_end": _spreads(option.change_end),
        "t_score": _spreads(option.t_score),
        "t_score_course_end": _spreads(option.t_end),
        "bone_kept_percent": round(option.kept, 2),
        "harm": {
            "serious_per_10000": round(option.harm.per_10000, 3),
            "parts": [asdict(part) for part in option.harm.parts],
            "unknown": list(option.harm.unknown),
        },
        "burden": asdict(option.burden),
        "adequate": {"probability": round(option.adequate, 4), "never_because": option.barred},
        "stopping": [
            {
                "drug": one.drug,
                "date": found.case.date_of(one.day).isoformat(),
                "change_percent": _spreads(one.change),
                "rebound": one.rebound,
                "words": one.words,
            }
            for one in option.stopping
        ],
        "differences": [{**asdict(one), "told_apart": one.told_apart} for one in option.differences],
        "grade": option.grade,
        "grade_reason": option.grade_reason,
        "on_front": option.on_front,
        "outdone_by": list(option.dominated_by),
        "not_told_apart_from_first": option.tied,
        "beyond_the_trials": list(option.extrapolated),
    }


def _spreads(values: Mapping[str, Spread]) -> dict[str, list[float]]:
    return {site: [round(value, 2) for value in ends] for site, ends in values.items()}
