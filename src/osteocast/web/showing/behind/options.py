"""Behind the numbers of a plan that a search found: what it comes to, and what that is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from osteocast.forecast.adequacy import LOSS_SITES
from osteocast.forecast.grading import GRADES
from osteocast.forecast.unstudied import gaps
from osteocast.fracture import KINDS
from osteocast.fracture.words import of_100
from osteocast.lifestyle import Effect
from osteocast.planning import PlanOption, PlanSearch
from osteocast.planning.results import MAJOR, YEARS
from osteocast.report.fractures import fracture_drivers
from osteocast.report.planning_words import (
    adequate_words,
    against_words,
    bone_words,
    burden_words,
    harm_words,
)
from osteocast.report.planning_words import regimen as regimen_words
from osteocast.report.sources import CLASSES
from osteocast.therapies import DRUGS
from osteocast.units.writing import sentence, signed
from osteocast.web.errors import Refused
from osteocast.web.showing.behind import outcomes, quantities
from osteocast.web.showing.behind.asking import Parts, answered, drugs_of, moving_of
from osteocast.web.showing.behind.density import density_parameters, density_rows
from osteocast.web.showing.behind.limits import Limit, limits
from osteocast.web.showing.behind.parts import Behind, cited
from osteocast.web.showing.behind.trials import Told

__all__ = ["OPTION_KINDS", "behind_option"]

_SITE = LOSS_SITES[0]
# The fractures that the tables of a search show.
_FRACTURES = ("hip", "clinical_vertebral", MAJOR)


@dataclass(frozen=True)
class _Option:
    """A plan that a search found, and the search."""

    found: PlanSearch
    plan: PlanOption
    of: str = ""

    @property
    def sex(self) -> str:
        return self.found.case.person.sex

    @property
    def drugs(self) -> tuple[str, ...]:
        return drugs_of(self.plan)

    @property
    def moving(self) -> tuple[Effect, ...]:
        return moving_of(self.plan)

    @property
    def rows(self) -> tuple[Told, ...]:
        return density_rows(self.sex, self.plan.courses, self.moving, _SITE)

    @property
    def grade(self) -> tuple[str, str]:
        return self.plan.grade, self.plan.grade_reason

    def limits(self, kind: str, of: str = "") -> tuple[Limit, ...]:
        return limits(kind, self.sex, self.drugs, of=of, lifestyle=bool(self.moving))

    def people(self, middle: str) -> str:
        return (
            f"It is the {middle} of {self.found.n_people} virtual people like this one, weighted by the "
            f"person's own scans and blood values (worth {self.found.effective:.0f}); every plan is followed "
            "over the same ones."
        )

    def regimen(self) -> Iterator[str]:
        taken = "; ".join(regimen_words(self.found, self.plan))
        yield f"Under {self.plan.name}: {taken or 'nothing is added'}."
        for effect in self.moving:
            yield f"{effect.label}: {effect.sentence}"

    def references(self) -> Iterator[str]:
        for drug in self.drugs:
            yield from DRUGS[drug].sources
        for effect in self.moving:
            yield from effect.sources
        for gap in gaps(self.found.case, self.plan.courses):
            yield from gap.sources


def _density(asked: _Option) -> Parts:
    plan, rows = asked.plan, asked.rows
    return Parts(
        kind="density",
        title=f"Bone kept: {plan.name}",
        number=f"{signed(plan.kept)}%",
        made_of=(
            "The lowest of the median changes of density at spine and hip, at the end of the inhibitor or "
            "after ten years, in percent of today.",
            *(sentence(text) for text in bone_words(asked.found, plan)),
            sentence(adequate_words(asked.found, plan)),
            asked.people("median"),
            *asked.regimen(),
        ),
        references=(CLASSES, *asked.references()),
        rows=rows,
        parameters=density_parameters(asked.sex, asked.drugs, rows, _SITE),
        limits=asked.limits("density", _SITE),
        beyond=plan.extrapolated,
        grade=asked.grade,
    )


def _fracture(asked: _Option) -> Parts:
    plan = asked.plan
    told = (one for one in plan.fracture.probabilities if one.years == YEARS)
    shown = "; ".join(f"{KINDS[one.kind]} {of_100(one.value)}" for one in told if one.kind in _FRACTURES)
    return Parts(
        kind="fracture",
        title=f"Fractures: {plan.name}",
        number=f"{shown} of 100 people within {YEARS:g} years",
        made_of=(
            "The rate of the population at this age and sex, times what density, turnover, risk factors and "
            "drugs make of it, with death in between; for each virtual person with a draw of every "
            "coefficient.",
            *outcomes.probabilities_told(plan.fracture.probabilities),
            sentence(f"major fractures, person by person: {against_words(asked.found, plan)}"),
            *fracture_drivers([(plan.name, plan.fracture)]),
            asked.people("mean"),
            *asked.regimen(),
        ),
        references=plan.fracture.sources,
        limits=asked.limits("fracture"),
        beyond=plan.fracture.notes,
        grade=asked.grade,
    )


def _harm(asked: _Option) -> Parts:
    harm = asked.plan.harm
    # Where no drug is added there is no rate; the sources of the other plans say what is looked for.
    others = () if harm.parts else tuple(one for option in asked.found.options for one in option.harm.parts)
    return Parts(
        kind="harm",
        title=f"Serious harm: {asked.plan.name}",
        number=f"{harm.per_10000:.0f}{'+' if harm.unknown else ''} of 10,000 people within {YEARS:g} years",
        made_of=(
            "Published rates of each serious harm of each drug, times the years for which it is taken.",
            *(sentence(text) for text in harm_words(harm) or ["no drug for bone, none of its harms"]),
            *(sentence(f"{one.what}: counted in {one.population}") for one in harm.parts if one.population),
            *asked.regimen(),
        ),
        values=[source for one in harm.parts for source in one.sources],
        references=(*asked.references(), *(source for one in others for source in one.sources)),
        limits=asked.limits("harm"),
        beyond=(
            "They come from people at different risk: compare orders of magnitude, and take no balance for "
            "one person from them.",
            *dict.fromkeys(one.note for one in harm.parts if one.note),
        ),
    )


def _burden(asked: _Option) -> Parts:
    return Parts(
        kind="burden",
        title=f"Burden: {asked.plan.name}",
        number=f"{asked.plan.burden.per_year:.1f} a year",
        made_of=(
            "Visits, days with a tablet for bone and training sessions together, a year on the mean of ten.",
            sentence(burden_words(asked.plan.burden)),
            *asked.regimen(),
        ),
        references=tuple(asked.references()),
        rows=asked.rows,
        limits=asked.limits("burden"),
        grade=asked.grade,
    )


def _grade(asked: _Option) -> Parts:
    return Parts(
        kind="grade",
        title=f"Evidence: {asked.plan.name}",
        made_of=(
            "A plan is graded by the least known of what it rests on.",
            *(f"{letter}: {words}." for letter, words in GRADES.items()),
            *asked.regimen(),
        ),
        references=tuple(asked.references()),
        rows=asked.rows,
        limits=asked.limits("grade"),
        beyond=asked.plan.extrapolated,
        grade=asked.grade,
    )


def _input(asked: _Option) -> Parts:
    parts, name = quantities.of_input(asked.found.inputs, asked.of, asked.sex, asked.found.sites)
    return replace(parts, limits=asked.limits("input", name))


#: Every kind of number of a search.
OPTION_KINDS: Mapping[str, Callable[[_Option], Parts]] = MappingProxyType(
    {
        "density": _density,
        "fracture": _fracture,
        "harm": _harm,
        "burden": _burden,
        "grade": _grade,
        "input": _input,
    }
)


def behind_option(found: PlanSearch, kind: str, place: int = 0, of: str = "") -> Behind:
    """Return what is behind a number of a search.

    Parameters
    ----------
    found : PlanSearch
    kind : str
        In `OPTION_KINDS`.
    place : int
        Of the plan, in `found.options`.
    of : str
        Place of an input.

    Raises
    ------
    Refused
        If there is no such number.
    """
    if kind not in OPTION_KINDS:
        raise Refused(
            404, f"a search has no numbers of the kind {kind!r}", f"one of {', '.join(OPTION_KINDS)}"
        )
    if not 0 <= place < len(found.options):
        raise Refused(404, f"the search has no plan {place}", f"0 to {len(found.options) - 1}")
    asked = _Option(found, found.options[place], of)
    made = answered(OPTION_KINDS[kind](asked))
    if kind == "fracture":
        checked = outcomes.checks_near(asked.drugs, asked.sex, found.case.age)
        more = cited([*(one.id for one in made.sources), *(one.reference for one in checked)])
        made = replace(made, published=checked, sources=more)
    return made
