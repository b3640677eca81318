"""A search in plain words: its first sentence, and what would change the order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from osteocast.forecast.summary import lowered
from osteocast.fracture.words import of_100
from osteocast.person import Case, Goal
from osteocast.planning.results import Excluded, PlanOption, PlanSearch

__all__ = ["GOAL_WORDS", "search_headline", "what_would_change"]

#: What each goal asks for.
GOAL_WORDS: Mapping[Goal, str] = {
    "balanced": "fewest fractures and serious harms together; of what hardly differs, the least burden",
    "fewest_fractures": "fewest major osteoporotic fractures in ten years",
    "hold_bone": "most bone kept at spine and hip",
    "least_burden": "least burden among plans that are likely to be enough",
}


def what_would_change(
    case: Case,
    goal: Goal,
    options: Sequence[PlanOption],
    firsts: Mapping[Goal, str],
    excluded: Sequence[Excluded],
) -> Iterator[str]:
    """Yield what would change the order, one sentence each."""
    names = {option.key: option.name for option in options}
    first = options[0]
    others: dict[str, list[str]] = {}
    for other, key in firsts.items():
        if other != goal and key != first.key:
            others.setdefault(key, []).append(GOAL_WORDS[other])
    for key, goals in others.items():
        yield f"Asked for {' or for '.join(goals)}, {lowered(names[key])} comes first."
    for finding in first.warnings:
        if finding.missing:
            missing = " and ".join(fact.label for fact in finding.missing)
            yield f"Not known of the plan that comes first: {missing}; {finding.reason}."
    if first.grade in ("C", "D"):
        yield f"What is ranked first is known only at grade {first.grade}: {first.grade_reason}."
    if excluded:
        yield f"Constraints leave out {len(excluded)} plans, which were not looked at."
    if not case.scans:
        yield "A bone scan now would replace the density of the population by the person's own."


def search_headline(found: PlanSearch) -> str:
    """Return one sentence: what comes first for the goal, against what, and what cannot be told from it.

    Parameters
    ----------
    found : PlanSearch
    """
    if not found.options:
        count = len(found.refused)
        return f"No plan is left: {count} refused as unsafe, {len(found.excluded)} left out by constraints."
    first = found.options[0]
    text = f"{first.name} comes first of {len(found.options)} plans for the goal ({GOAL_WORDS[found.goal]})"
    reference = found.option(found.reference)
    if reference.key != first.key:
        text += (
            f": of 100 people like this one {of_100(first.major)} break a major bone within ten years, "
            f"{of_100(reference.major)} with {lowered(reference.name)}"
        )
    tied = sum(option.tied for option in found.options) - 1
    if tied > 0:
        text += f"; {tied} other{'s' if tied > 1 else ''} cannot be told apart from it"
    return f"{text}."
