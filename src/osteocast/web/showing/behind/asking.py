"""A number that is asked about, and how its parts are put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from osteocast.forecast import Forecast, PlanForecast
from osteocast.forecast.grading import GRADES, grade
from osteocast.forecast.reach import beyond_the_trials
from osteocast.forecast.unstudied import gaps, widening
from osteocast.lifestyle import Effect
from osteocast.planning import PlanOption
from osteocast.report.context import timed
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR
from osteocast.web.showing.behind.limits import Limit, limits
from osteocast.web.showing.behind.parameters import chosen
from osteocast.web.showing.behind.parts import Behind, cited, quoted
from osteocast.web.showing.behind.trials import Told, errors_of, told

__all__ = [
    "Asked",
    "Parts",
    "answered",
    "beyond_of",
    "drugs_of",
    "graded",
    "limits_of",
    "moving_of",
    "people_behind",
    "references_of",
    "regimen_of",
]

#: Rows of trials that are told at most; the nearest come first.
_MOST_ROWS = 40


@dataclass(frozen=True)
class Asked:
    """A number of a forecast.

    Parameters
    ----------
    forecast : Forecast
    index : int
        Place of the plan.
    of : str
        Site, quantity, visit or input.
    year : float or None
        From today; None for the number at all times.
    """

    forecast: Forecast
    index: int = 0
    of: str = ""
    year: float | None = None

    @property
    def plan(self) -> PlanForecast:
        """The plan that it is a number of."""
        return self.forecast.plans[self.index]

    @property
    def sex(self) -> str:
        """Of the person."""
        return self.forecast.case.person.sex

    @property
    def drugs(self) -> tuple[str, ...]:
        """Everything taken under the plan, the past included."""
        return drugs_of(self.plan)

    @property
    def moving(self) -> tuple[Effect, ...]:
        """What the plan adds to the lifestyle and moves the result."""
        return moving_of(self.plan)

    @property
    def day(self) -> float | None:
        """Day from today, within the horizon of the plan."""
        return None if self.year is None else min(self.year * DAYS_PER_YEAR, self.plan.horizon)


def drugs_of(plan: PlanForecast | PlanOption) -> tuple[str, ...]:
    """Return everything taken under a plan, the past included."""
    return tuple(dict.fromkeys(course.drug for course in plan.courses))


def moving_of(plan: PlanForecast | PlanOption) -> tuple[Effect, ...]:
    """Return what a plan adds to the lifestyle and moves the result."""
    return tuple(one for one in plan.effects if one.inputs and one.start_day >= 0)


@dataclass(frozen=True)
class Parts:
    """What one kind of number is made of, before it is put together.

    Parameters
    ----------
    kind, title, number : str
    made_of : sequence of str
    references : sequence of str
        Sources, or values of sources, beyond those of the other parts.
    values : sequence of str
        References to values that the number is computed with.
    rows : sequence of Told
    parameters : sequence of str
        Names.
    limits : sequence of Limit
    beyond : sequence of str
        What else to distrust; it comes first.
    grade : (str, str)
    """

    kind: str
    title: str
    number: str = ""
    made_of: Sequence[str] = ()
    references: Sequence[str] = ()
    values: Sequence[str] = ()
    rows: Sequence[Told] = ()
    parameters: Sequence[str] = ()
    limits: Sequence[Limit] = ()
    beyond: Sequence[str] = ()
    grade: tuple[str, str] = ("", "")


def answered(parts: Parts) -> Behind:
    """Put the parts together, with every source that any of them names."""
    rows = parts.rows[:_MOST_ROWS]
    published, parameters, values = told(rows), chosen(parts.parameters), quoted(parts.values)
    sources = cited(
        [
            *parts.values,
            *(one.reference for one in published),
            *parts.references,
            *(source for one in parameters for source in one.sources),
            *(source for one in parts.limits for source in one.sources),
        ]
    )
    return Behind(
        kind=parts.kind,
        title=parts.title,
        number=parts.number,
        made_of=tuple(text for text in parts.made_of if text),
        grade=parts.grade[0],
        grade_reason=parts.grade[1],
        values=values,
        published=published,
        errors=errors_of(rows),
        parameters=parameters,
        distrust=tuple(dict.fromkeys((*parts.beyond, *(one.text for one in parts.limits)))),
        sources=sources,
    )


def people_behind(forecast: Forecast, middle: str = "median") -> str:
    """Say of how many virtual people a number is the middle, and how they are weighted."""
    if not forecast.n_draws:
        return "It is the response of an average person: there are no virtual people, and no bands."
    text = f"It is the {middle} of {forecast.n_draws} virtual people like this one"
    learnt = forecast.learnt
    if learnt is not None and learnt.method != "prior":
        text += f", weighted by the person's own scans and blood values (worth {learnt.effective:.0f})"
    return f"{text}."


def regimen_of(asked: Asked) -> Iterator[str]:
    """Say what is taken and done under the plan."""
    taken = [timed(asked.forecast.case, span, asked.forecast.horizon) for span in asked.plan.spans]
    yield f"Under {asked.plan.name}: {'; '.join(taken) or 'no drug'}."
    for effect in asked.moving:
        yield f"{effect.label}: {effect.sentence}"
    wider = widening(asked.forecast.case, asked.plan.courses)
    if wider > 1:
        yield f"The bands are {wider:g} times as wide, because nobody studied this."


def graded(asked: Asked) -> tuple[str, str]:
    """Return the grade of the plan, and why."""
    effects = [one for one in asked.plan.effects if one.start_day >= 0]
    level, why = grade(asked.forecast.case, asked.plan.courses, effects)
    return level, why if GRADES[level] in why else f"{why} ({GRADES[level]})"


def references_of(asked: Asked) -> Iterator[str]:
    """Yield what is known of the drugs, of the lifestyle and of what nobody studied."""
    for drug in asked.drugs:
        yield from DRUGS[drug].sources
    for effect in asked.moving:
        yield from effect.sources
    for gap in gaps(asked.forecast.case, asked.plan.courses):
        yield from gap.sources


def beyond_of(asked: Asked) -> tuple[str, ...]:
    """Say where the plan goes beyond what the trials observed."""
    courses: tuple[Course, ...] = asked.plan.courses
    return beyond_the_trials(asked.forecast.case, [courses], asked.plan.horizon)


def limits_of(kind: str, asked: Asked) -> tuple[Limit, ...]:
    """Return the weaknesses of the model that concern a number."""
    return limits(kind, asked.sex, asked.drugs, of=asked.of, lifestyle=bool(asked.moving))
