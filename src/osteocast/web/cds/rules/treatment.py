"""A guideline's criterion for a drug for bone that is met, and no such drug is taken."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast.forecast.plans import BONE_DRUGS, standard_plans, with_inhibitor
from osteocast.fracture import KINDS
from osteocast.guidance import Facts, check, guidelines, is_refused
from osteocast.therapies import Course
from osteocast.web.cds.cards import Card, Suggestion
from osteocast.web.cds.detail import points, written
from osteocast.web.cds.offers import draft_of, test_for, tests_of
from osteocast.web.cds.situations import Situation

__all__ = ["cards"]

#: What has to be known before any of them, by the names of facts.
_BEFORE = ("vitamin_d", "calcium", "clearance")
_KIND = "major_osteoporotic"


def cards(situation: Situation) -> Iterator[Card]:
    """Yield what guidelines say about a drug for bone, for somebody on an inhibitor without one."""
    if situation.inhibitor is None or situation.fact("bone_drug"):
        return
    if situation.writing and situation.inhibitor not in {order.drug for order in situation.given}:
        return
    said = guidelines(situation.case)
    asking = [
        ruling for ruling in said.verdicts if ruling.rule.about == "bone drug" and ruling.outcome == "applies"
    ]
    if not asking:
        return
    facts = Facts(situation.case)
    missing = [facts[name] for name in _BEFORE if facts[name].value is None]
    bodies = list(dict.fromkeys(ruling.body.body for ruling in asking))
    told = [
        f"{ruling.body.body} {ruling.body.published}, {ruling.rule.clause}: {ruling.rule.action} "
        f"({'; '.join(fact.words() for fact in ruling.used)})"
        for ruling in asking
    ]
    conflicts = [conflict.words() for conflict in said.conflicts if conflict.about == "bone drug"]
    tests = list(test_for(situation, tests_of(missing), why="before a drug for bone"))
    yield Card(
        "bone-drug",
        "warning",
        f"A drug for bone is asked for by {', '.join(bodies)}; none is in the record",
        written(
            situation,
            [points(told), points(conflicts), _risk(situation)],
            [ruling.rule.source for ruling in asking],
            missing,
        ),
        (*tests, *_drafts(situation)),
    )


def _drafts(situation: Situation) -> Iterator[Suggestion]:
    """Yield the drugs of the standard plans, each once, without those that are refused."""
    case = with_inhibitor(situation.case)[0]
    seen: set[str] = set()
    for plan in standard_plans(case):
        courses = [course for course in plan.courses if course.drug in BONE_DRUGS]
        if not courses or courses[0].drug in seen or is_refused(check(case, plan)):
            continue
        first: Course = courses[0]
        seen.add(first.drug)
        on = case.date_of(max(0.0, first.start_day))
        yield draft_of(situation, first, on=on, why="bone under an aromatase inhibitor")


def _risk(situation: Situation) -> str:
    """Say the probability of fracture for as long as the forecast reaches."""
    found = situation.forecast.plans[0].fracture if situation.forecast is not None else None
    told = [each for each in found.probabilities if each.kind == _KIND] if found is not None else []
    if not told:
        return ""
    last = max(told, key=lambda each: each.years)
    return (
        f"Probability of a {KINDS[_KIND]} within {last.years:g} years as things are: "
        f"{100 * last.value:.0f}%, of people with this age, density and history"
    )
