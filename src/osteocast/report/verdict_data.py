"""A verdict as plain data, for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from osteocast.forecast.grading import GRADES
from osteocast.forecast.verdict_results import PlanVerdict, Verdict
from osteocast.forecast.verdict_words import settling_words, verdict_headline
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.fractures import fractures_as_data
from osteocast.report.safety import checked, findings_as_data, refused
from osteocast.report.verdict_sources import verdict_sources

__all__ = ["VERDICT_FORMAT", "verdict_as_data"]

VERDICT_FORMAT = "osteocast-verdict-1"


def verdict_as_data(found: Verdict) -> dict[str, Any]:
    """Return everything in a verdict as what JSON can hold.

    Parameters
    ----------
    found : Verdict

    Returns
    -------
    dict
        ``format``, ``notice``, ``versions``, ``headline``, ``case``, ``criteria`` and, for each of ``plans``,
        its ``safety`` (whether it is refused, and what was found), probability with Monte Carlo error,
        reason, grade, movers, when a scan would settle it, and ``fracture`` (probabilities).
    """
    case, criteria = found.case, found.criteria
    safety = checked(case)
    return {
        "format": VERDICT_FORMAT,
        "notice": NOT_A_DEVICE,
        "versions": asdict(found.provenance),
        "headline": verdict_headline(found, refused=refused(safety)),
        "case": {"name": case.name, "as_of": case.as_of.isoformat(), "age": round(case.age, 3)},
        "criteria": {
            "words": criteria.in_words(),
            "start": criteria.start,
            "fragility_fracture": criteria.fractured,
            "t_score_today": _rounded(criteria.today),
            "thresholds": _rounded(criteria.thresholds),
            "losses_percent": _rounded(criteria.losses),
            "until": case.date_of(criteria.last_day).isoformat(),
        },
        "plans": [
            {"name": plan.name, "safety": findings_as_data(findings), **_plan(found, plan)}
            for plan, (_, findings) in zip(found.plans, safety, strict=True)
        ],
        "grades": GRADES,
        "inputs": [asdict(one) for one in found.inputs],
        "assumptions": list(found.assumptions),
        "cautions": list(found.cautions),
        "learnt": asdict(found.learnt),
        "virtual_people": {"simulated": found.n_people, "effective": round(found.effective, 1)},
        "sources": verdict_sources(found),
    }


def _plan(found: Verdict, plan: PlanVerdict) -> dict[str, Any]:
    return {
        "key": plan.key,
        "kind": plan.kind,
        "adequate": plan.adequate,
        "in_a_word": plan.in_a_word,
        "probability": round(plan.probability, 4),
        "monte_carlo_error": round(plan.error, 4),
        "stays_above_threshold": round(plan.stays_above, 4),
        "loses_little": round(plan.loses_little, 4),
        "never_adequate_because": plan.barred,
        "reason": plan.reason,
        "grade": plan.grade,
        "grade_reason": plan.grade_reason,
        "effects": [
            {
                "label": effect.label,
                "grade": effect.grade,
                "sentence": effect.sentence,
                "inputs": dict(effect.inputs),
                "sources": list(effect.sources),
            }
            for effect in plan.effects
        ],
        "moved_by": [asdict(mover) for mover in plan.movers],
        "settling": {
            "words": settling_words(found.case, plan.settling),
            "day": plan.settling.day,
            "why": plan.settling.why,
            "outlooks": [asdict(outlook) for outlook in plan.settling.outlooks],
        },
        "change_percent": {site: [round(value, 2) for value in ends] for site, ends in plan.change.items()},
        "t_score": {site: [round(value, 2) for value in ends] for site, ends in plan.t_score.items()},
        "fracture": fractures_as_data(plan.fracture),
        "beyond_the_trials": list(plan.extrapolated),
    }


def _rounded(values: Any) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in values.items()}
