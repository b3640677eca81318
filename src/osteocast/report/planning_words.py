"""What a table and a page say about the plans of a search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from osteocast.forecast.adequacy import LOSS_SITES
from osteocast.forecast.events import timeline
from osteocast.forecast.summary import lowered
from osteocast.forecast.verdict_words import percent
from osteocast.guidance import Finding
from osteocast.guidance.words import Level
from osteocast.person import SITE_LABELS
from osteocast.person.case import end_day
from osteocast.planning.evaluation import HORIZON
from osteocast.planning.results import MAJOR, Burden, Harm, PlanOption, PlanSearch, RefusedPlan
from osteocast.report.context import timed
from osteocast.therapies import DRUGS
from osteocast.units.writing import sentence, signed

__all__ = [
    "adequate_words",
    "against_words",
    "bone_words",
    "burden_words",
    "harm_words",
    "refusals",
    "regimen",
    "shown_options",
    "stopping_words",
    "warned",
    "worth_a_look",
]


def worth_a_look(found: PlanSearch) -> list[tuple[PlanOption, list[str]]]:
    """Return the plans that come first for a goal, the asked goal first, with what each is first for."""
    labels = {
        "balanced": "balance",
        "fewest_fractures": "fewest fractures",
        "hold_bone": "most bone",
        "least_burden": "least burden",
    }
    order = [found.goal, *(goal for goal in found.firsts if goal != found.goal)]
    first: dict[str, list[str]] = {}
    for goal in order:
        first.setdefault(found.firsts[goal], []).append(labels[goal])
    return [(found.option(key), goals) for key, goals in first.items()]


def shown_options(found: PlanSearch, *, everything: bool = False) -> list[PlanOption]:
    """Return the plans of a short table: the front, what is compared with, lifestyle alone; or all."""
    if everything:
        return list(found.options)
    alone = next((one.key for one in found.options if one.kind == "lifestyle"), "")
    kept = {found.reference, alone, *found.firsts.values()}
    return [one for one in found.options if one.on_front or one.key in kept]


def warned(options: Sequence[PlanOption], level: Level = "warn") -> list[str]:
    """Return what has to be done or known first, each once, with the drugs it is about."""
    drugs: dict[str, dict[str, None]] = {}
    for option in options:
        for finding in option.findings:
            if finding.level == level:
                drugs.setdefault(finding.reason, {}).update(dict.fromkeys(finding.drugs))
    return [sentence(Finding(level, "", tuple(names), reason).words()) for reason, names in drugs.items()]


def refusals(refused: Sequence[RefusedPlan]) -> list[tuple[str, list[str]]]:
    """Return each reason for which plans are refused, with their names."""
    reasons: dict[str, list[str]] = {}
    for one in refused:
        for finding in one.findings:
            reasons.setdefault(sentence(finding.words()), []).append(one.name)
    return list(reasons.items())


def regimen(found: PlanSearch, option: PlanOption) -> Iterator[str]:
    """Yield what is taken under a plan from today on, and what is done besides."""
    courses = option.courses
    for span in timeline(courses, HORIZON):
        if span.stop > 0:
            text = timed(found.case, span, HORIZON)
            waits = option.kind == "watch" and option.starts is not None and span.start >= option.starts
            yield f"{text}, if a scan asks for it then or at a later one" if waits else text
    for drug, day in option.plan.stop_days.items():
        if not any(course.drug == drug and end_day(course) > day for course in courses):
            yield f"{DRUGS[drug].words} ends {'now' if day <= 0 else f'{found.case.date_of(day):%B %Y}'}"
    life = option.plan.lifestyle
    for programme in () if life is None else life.exercise:
        yield f"{programme.label or programme.name}, {programme.adherence:.0%} of the sessions done"
    eaten = None if life is None else life.nutrition
    if eaten is not None:
        for amount, unit in (
            (eaten.calcium, "mg of calcium a day added"),
            (eaten.vitamin_d, "IU of vitamin D a day added"),
            (eaten.protein, "g of protein a day for each kilogram"),
        ):
            if amount:
                yield f"{amount:g} {unit}"


def against_words(found: PlanSearch, option: PlanOption) -> str:
    """Say how a plan differs in fractures from the one that all are compared with."""
    one = option.difference(found.reference, MAJOR)
    if one is None:
        return "the plan that the others are compared with"
    name = lowered(found.option(found.reference).name)
    text = (
        f"{signed(one.mean)} of 100 people against {name} ({signed(one.low)} to {signed(one.high)} in 80% of "
        "virtual people)"
    )
    return text if one.told_apart else f"{text}: not told apart"


def bone_words(found: PlanSearch, option: PlanOption) -> list[str]:
    """Say what becomes of density, site by site."""
    when = "after ten years"
    end = found.course_end
    lines = []
    for site in LOSS_SITES:
        text = f"{SITE_LABELS[site]} {_spread(option.change[site])} {when}{_score(option.t_score, site)}"
        if end is not None and (end - found.case.as_of).days < HORIZON - 1:
            text += f"; {_spread(option.change_end[site])} by {end:%B %Y}{_score(option.t_end, site)}"
        lines.append(text)
    return lines


def _spread(values: tuple[float, float, float]) -> str:
    middle, low, high = values
    return f"{signed(middle)}% ({signed(low)} to {signed(high)})"


def _score(scores: Mapping[str, tuple[float, float, float]], site: str) -> str:
    return f", T {signed(scores[site][0])}" if site in scores else ""


def harm_words(harm: Harm) -> list[str]:
    """Say what serious harm is to be expected, and what nobody has counted."""
    lines = [
        f"{part.what}, {part.drug}: {_count(part.expected)} of 10,000 ({_count(part.per_10000_years)} a year "
        f"for {part.years:.1f} years)"
        for part in harm.parts
    ]
    return [*lines, *(f"{text}: no rate is known, which is not none" for text in harm.unknown)]


def _count(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def burden_words(burden: Burden) -> str:
    """Say what a plan asks, a year on the mean of ten."""
    parts = [
        (burden.tablet_days, "days with a tablet"),
        (burden.infusions, "infusions"),
        (burden.injections, "injections"),
        (burden.visits, "visits in all"),
        (burden.sessions, f"training sessions{', supervised' if burden.supervised else ''}"),
        (burden.supplement_days, "days with calcium or vitamin D, not counted"),
    ]
    told = ", ".join(
        f"{value:.1f} {what}" if value < 10 else f"{value:.0f} {what}" for value, what in parts if value
    )
    return f"{told}; {burden.busiest_year_visits} visits in the busiest year"


def adequate_words(found: PlanSearch, option: PlanOption) -> str:
    """Say how likely a plan is to be enough, as in the verdict."""
    until = "" if found.course_end is None else f" until {found.course_end:%B %Y}"
    text = f"enough for {percent(option.adequate)} of virtual people{until}"
    return text if option.barred is None else f"{text}, but {option.barred}"


def stopping_words(option: PlanOption) -> list[str]:
    """Say what stopping does."""
    lines = [one.words for one in option.stopping]
    if not lines and option.burden.tablet_days + option.burden.infusions + option.burden.injections > 0:
        lines = [
            "It goes on at ten years: what its end does, and what has to follow, is not in these numbers."
        ]
    if option.burden.sessions > 0:
        lines.append("What training gives lasts as long as it is done.")
    return lines
