"""Behind what a plan comes to: fractures, harms, burden, grade, verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache

from osteocast.forecast import Verdict
from osteocast.forecast.adequacy import LOSS_SOURCE
from osteocast.forecast.grading import GRADES
from osteocast.forecast.verdict_results import PlanVerdict
from osteocast.forecast.verdict_words import percent
from osteocast.fracture import KINDS, Check, Probability, checks
from osteocast.guidance import check, rates
from osteocast.report.fractures import fracture_drivers
from osteocast.report.sources import CLASSES
from osteocast.report.verdict_table import moved
from osteocast.therapies import DRUGS
from osteocast.web.errors import Refused
from osteocast.web.showing.behind.asking import (
    Asked,
    Parts,
    beyond_of,
    graded,
    limits_of,
    people_behind,
    references_of,
    regimen_of,
)
from osteocast.web.showing.behind.density import density_parameters, density_rows
from osteocast.web.showing.behind.limits import limits
from osteocast.web.showing.behind.parts import Published
from osteocast.web.showing.plans import share_words

__all__ = [
    "burden",
    "checks_near",
    "fracture",
    "fracture_checks_for",
    "grades",
    "harm",
    "known_checks",
    "probabilities_told",
    "verdict",
]

#: The kind of fracture that tables of plans show.
_TOLD = "major_osteoporotic"


def fracture(asked: Asked) -> Parts:
    """Return what is behind the probabilities of fracture."""
    forecast, plan = asked.forecast, asked.plan
    risk = plan.fracture
    if risk is None:
        raise Refused(404, f"{plan.name} has no probabilities of fracture", "see the numbers of the forecast")
    known = risk.probabilities
    shown = [one for one in known if one.years == asked.year] or known
    return Parts(
        kind="fracture",
        title=f"Fractures: {plan.name}",
        number="; ".join(
            f"{share_words(one.value)} within {one.years:g} years" for one in shown if one.kind == _TOLD
        ),
        made_of=(
            "The rate of the population at this age and sex, times what density, turnover, risk factors and "
            "drugs make of it, with death in between; for each virtual person with a draw of every "
            "coefficient.",
            *probabilities_told(shown),
            *fracture_drivers([(plan.name, risk)]),
            people_behind(forecast, "mean"),
            *regimen_of(asked),
        ),
        references=risk.sources,
        limits=limits_of("fracture", asked),
        beyond=risk.notes,
        grade=graded(asked),
    )


def probabilities_told(shown: Sequence[Probability]) -> Iterator[str]:
    """Say each probability of fracture, with the middle 80% of virtual people."""
    for one in shown:
        ends = one.intervals.get(80)
        most = (
            ""
            if ends is None
            else f"; 80% of virtual people {share_words(ends[0])} to {share_words(ends[1])}"
        )
        yield f"{KINDS[one.kind]} within {one.years:g} years: {share_words(one.value)}{most}."


def fracture_checks_for(asked: Asked) -> tuple[Published, ...]:
    """Return published rates of fracture beside computed ones, of people as near to this one as there are."""
    return checks_near(asked.drugs, asked.sex, asked.forecast.case.age)


def checks_near(drugs: Collection[str], sex: str, age: float) -> tuple[Published, ...]:
    """Return published rates of fracture beside computed ones, for drugs, sex and age in years."""
    return tuple(_checked(one) for one in _near(drugs, sex, age))


@cache
def known_checks() -> tuple[Check, ...]:
    """Return every published rate of fracture beside the computed one; computed once."""
    return checks()


def _near(drugs: Collection[str], sex: str, age: float) -> Iterator[Check]:
    words = [DRUGS[drug].words for drug in drugs]
    people = "men" if sex == "male" else "women"
    known = known_checks()
    ages = {int(part) for one in known for part in one.name.split(", ")[2:3] if part.isdecimal()}
    nearest = min(ages, key=lambda one: abs(one - age))
    for one in known:
        if one.name.startswith("QFracture"):
            if one.name.endswith(f" {people}") and f", {nearest}," in one.name:
                yield one
        elif one.name.startswith("Lifetime"):
            if one.name.endswith(f" {people}"):
                yield one
        elif any(drug in one.name for drug in words):
            yield one


def _checked(one: Check) -> Published:
    unit = "" if one.unit == "ratio" else f" {one.unit}"
    interval = "" if one.ci is None else f"{one.ci[0]:.2f} to {one.ci[1]:.2f}"
    published, computed = f"{one.published:.2f}{unit}", f"{one.computed:.2f}{unit}"
    return Published("", one.name, "", one.name, "", published, interval, computed, one.role, one.source)


def harm(asked: Asked) -> Parts:
    """Return what is behind the benefit and the harm of the drugs of a plan."""
    case = asked.forecast.case
    told = [rate for finding in check(case, case.plans[asked.index]) for rate in finding.rates]
    if asked.of:
        told = [rate for drug in DRUGS.values() if drug.words == asked.of for rate in rates(drug.name)]
    if not told:
        raise Refused(404, f"no rates of harm are known of {asked.of or asked.plan.name}", "see its safety")
    return Parts(
        kind="harm",
        title=f"Benefit and harm: {asked.of or asked.plan.name}",
        made_of=(
            "Single published rates, brought to events in ten thousand people over a year; a share of people "
            "within a time counts as the constant rate that gives it.",
            *(f"{rate.words()}{f', in {rate.population}' if rate.population else ''}." for rate in told),
        ),
        values=[source for rate in told for source in rate.sources],
        references=tuple(references_of(asked)),
        limits=limits_of("harm", asked),
        beyond=(
            "They come from people at different risk: compare orders of magnitude, and take no balance for "
            "one person from them.",
        ),
    )


def burden(asked: Asked) -> Parts:
    """Return what is behind the number of doses and sessions of a plan."""
    spans = [span for span in asked.plan.spans if span.stop > 0]
    made_of = [
        f"{DRUGS[span.drug].words.capitalize()}: {_doses(len([day for day in span.doses if day >= 0]))}"
        for span in spans
    ]
    return Parts(
        kind="burden",
        title=f"Burden: {asked.plan.name}",
        made_of=(*made_of, *regimen_of(asked)),
        references=tuple(references_of(asked)),
        rows=density_rows(asked.sex, asked.plan.courses, asked.moving, asked.forecast.first_site),
        limits=limits_of("burden", asked),
        grade=graded(asked),
    )


def _doses(count: int) -> str:
    return f"{count} dose{'' if count == 1 else 's'} from today on." if count else "taken by oneself."


def grades(asked: Asked) -> Parts:
    """Return what is behind the grade of a plan."""
    return Parts(
        kind="grade",
        title=f"Evidence: {asked.plan.name}",
        made_of=(
            "A plan is graded by the least known of what it rests on.",
            *(f"{letter}: {words}." for letter, words in GRADES.items()),
            *regimen_of(asked),
        ),
        references=tuple(references_of(asked)),
        rows=density_rows(asked.sex, asked.plan.courses, asked.moving, asked.forecast.first_site),
        limits=limits_of("grade", asked),
        beyond=beyond_of(asked),
        grade=graded(asked),
    )


def verdict(found: Verdict, index: int) -> Parts:
    """Return what is behind the verdict on a plan."""
    plan: PlanVerdict = found.plans[index]
    sex, site = found.case.person.sex, next(iter(found.criteria.losses))
    drugs = tuple(dict.fromkeys(course.drug for course in plan.courses))
    moving = tuple(one for one in plan.effects if one.inputs and one.start_day >= 0)
    rows = density_rows(sex, plan.courses, moving, site)
    risk = plan.fracture
    return Parts(
        kind="verdict",
        title=f"Is it enough? {plan.name}",
        number=f"{percent(plan.probability)} (± {100 * plan.error:.1f} from counting)",
        made_of=(
            found.criteria.in_words(),
            f"The share of {found.n_people} virtual people like this one for whom that holds until "
            f"{found.case.date_of(found.criteria.last_day)}, weighted by the person's own scans and blood "
            f"values (worth {found.effective:.0f}).",
            f"Taken alone, {percent(plan.stays_above)} stay out of the worse class, and "
            f"{percent(plan.loses_little)} lose less than matters.",
            plan.reason,
            *(f"It hangs on {moved(mover)}." for mover in plan.movers),
            "" if plan.barred is None else f"{plan.barred[:1].upper()}{plan.barred[1:]}.",
            *(() if risk is None else probabilities_told(risk.probabilities)),
        ),
        values=(LOSS_SOURCE, CLASSES),
        references=(
            *(source for drug in drugs for source in DRUGS[drug].sources),
            *(() if risk is None else risk.sources),
        ),
        rows=rows,
        parameters=density_parameters(sex, drugs, rows, site),
        limits=limits("verdict", sex, drugs, of=site, lifestyle=bool(moving)),
        beyond=(*found.cautions, *plan.extrapolated),
        grade=(plan.grade, plan.grade_reason),
    )
