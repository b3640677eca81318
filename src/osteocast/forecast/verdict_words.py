"""A verdict in plain words: the first sentence, and the reason for each plan."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from osteocast.forecast.adequacy import Criteria, Judgement
from osteocast.forecast.summary import lowered
from osteocast.forecast.verdict_results import PlanVerdict, Settling, Verdict
from osteocast.person import SITE_LABELS, Case

__all__ = [
    "answer",
    "chance",
    "enough_words",
    "percent",
    "reason",
    "settling_words",
    "verdict_headline",
]

_THRESHOLD_WORDS = {"normal": "falls into osteopenia", "osteopenia": "falls into osteoporosis"}
_BY_RULE = "no, by rule"
_FALLS_FURTHER = "falls further by more than the error of a scan"


def percent(probability: float) -> str:
    """Write a probability so that it never claims certainty.

    Examples
    --------
    >>> percent(0.124), percent(0.999), percent(0.001)
    ('12%', 'over 99%', 'under 1%')
    """
    if probability < 0.01:
        return "under 1%"
    return "over 99%" if probability > 0.99 else f"{100 * probability:.0f}%"


def reason(criteria: Criteria, judged: Judgement, weights: np.ndarray) -> str:
    """Say in one sentence why a plan is as likely to be adequate as it is."""
    ways = [
        (float(weights @ lost), f"the {SITE_LABELS[site]} loses {criteria.losses[site]:.1f}% or more")
        for site, lost in judged.by_loss.items()
    ]
    falls = _THRESHOLD_WORDS.get(criteria.start, _FALLS_FURTHER)
    ways += [
        (float(weights @ crossed), f"the {SITE_LABELS[site]} {falls}")
        for site, crossed in judged.by_threshold.items()
    ]
    ways.sort(key=lambda way: -way[0])
    told = [(chance, text) for chance, text in ways if chance >= max(0.02, 0.25 * ways[0][0])][:2]
    if not told:
        return "In at least 98 of 100 virtual people no site falls too far at any yearly check."
    first = f"In {_of_100(told[0][0])} of 100 virtual people {told[0][1]} at some yearly check on the way"
    return f"{first}{f', in {_of_100(told[1][0])} {told[1][1]}' if len(told) > 1 else ''}."


def _of_100(chance: float) -> str:
    """Count people of a hundred, never all of them."""
    return "over 99" if chance > 0.99 else f"{max(1, round(100 * chance))}"


_LIKELIHOOD = {
    "very likely": "is very likely to be enough",
    "likely": "is likely to be enough",
    "uncertain": "may or may not be enough",
    "unlikely": "is unlikely to be enough",
    "very unlikely": "is very unlikely to be enough",
    "never": "is not enough by rule",
}


def answer(plan: PlanVerdict) -> str:
    """Return how likely a plan is to be enough, in the words that tables and charts show."""
    return _BY_RULE if plan.barred is not None else plan.in_a_word


def chance(plan: PlanVerdict) -> str:
    """Write the probability of a plan, with its Monte Carlo error where that says something."""
    text = percent(plan.probability)
    return f"{text} ± {100 * plan.error:.1f}" if text[0].isdigit() else text


def enough_words(plan: PlanVerdict) -> str:
    """Say how likely a plan is to be enough, as what follows its name."""
    return _LIKELIHOOD[plan.in_a_word]


def verdict_headline(verdict: Verdict, *, refused: Collection[str] = ()) -> str:
    """Return one sentence: whether lifestyle alone is enough, how sure that is, and what would be.

    Parameters
    ----------
    verdict : Verdict
    refused : collection of str
        Names of plans that are unsafe (`osteocast.guidance.check`): they are not named as what would be.
    """
    alone = verdict.plan("lifestyle")
    text = f"Lifestyle alone {enough_words(alone)}: "
    if alone.barred is not None:
        text += f"{alone.barred} (the bone would hold in {percent(alone.probability)} of virtual people)"
    else:
        text += f"{percent(alone.probability)} of virtual people like this one stay within the limits"
        text += f" {_until(verdict)}"
    others = [
        plan
        for plan in verdict.plans
        if plan.kind in ("drug", "combined", "without inhibitor") and plan.name not in refused
    ]
    if others:
        best = max(others, key=lambda plan: (round(plan.probability, 2), plan.kind == "drug"))
        nothing = verdict.plan("nothing")
        with_it = "" if best.kind == "without inhibitor" else "with "
        text += f"; {with_it}{lowered(best.name)} it is {percent(best.probability)}"
        # The best chance must not look surer than it is.
        text += f" (grade {best.grade})" if best.grade in ("C", "D") else ""
        text += f", with nothing done {percent(nothing.probability)}"
    if alone.grade == "D":
        text += "; no trial has studied this treatment (grade D)"
    return f"{text}."


def _until(verdict: Verdict) -> str:
    return f"until {verdict.case.date_of(verdict.criteria.last_day):%B %Y}"


def settling_words(case: Case, settling: Settling) -> str:
    """Say when a scan would settle a plan."""
    if settling.why == "clear already":
        return "clear without another scan"
    if settling.day is None:
        return "no single scan within the course is likely to settle it"
    when = f"{case.date_of(settling.day):%B %Y}"
    if settling.why == "verdict clear":
        return f"a scan in {when} is likely to settle it"
    return f"from {when} the expected change is more than the error of a scan"
