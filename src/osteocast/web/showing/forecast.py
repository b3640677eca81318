"""What the page of a forecast shows: a first look, made at once, and everything, made when it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from osteocast import charts
from osteocast.forecast import Forecast
from osteocast.forecast.summary import confidence, headline, reference_plan
from osteocast.guidance import Conflict, Guidelines, Ruling, Schedule, guidelines, surveillance
from osteocast.report.context import Figure, context
from osteocast.web.showing.figures import DRAWING, bare, figure
from osteocast.web.showing.plans import PlanRow, plan_rows, years_shown

if TYPE_CHECKING:
    from osteocast.web.computing import Computations
    from osteocast.web.drafts import Draft

__all__ = ["NARROW", "Body", "FirstLook", "Whole", "bodies", "first_look", "whole"]

#: How the first chart is drawn for a phone.
NARROW: dict[str, Any] = {"width": 270, "height": 260, "labels": False}


@dataclass(frozen=True)
class FirstLook:
    """The sentence, the chart and the table.

    Parameters
    ----------
    forecast : Forecast
    headline, confidence : str
    hero : Figure
    plans : tuple of PlanRow
    years : tuple of float
        Columns of the table.
    alerts : tuple of str
    """

    forecast: Forecast
    headline: str
    confidence: str
    hero: Figure
    plans: tuple[PlanRow, ...]
    years: tuple[float, ...]
    alerts: tuple[str, ...]

    @property
    def site(self) -> Any:
        """The site that is shown first."""
        return self.forecast.sites[self.forecast.first_site]

    @property
    def told_first(self) -> int:
        """Place of the plan that the sentence starts with."""
        reference = reference_plan(self.forecast)
        return next(i for i, plan in enumerate(self.forecast.plans) if plan is reference)


@dataclass(frozen=True)
class Body:
    """What one body says.

    Parameters
    ----------
    name, published, applies_to, caution : str
    rulings : tuple of Ruling
        Those that apply or cannot be told.
    quiet : int
        How many do not apply.
    """

    name: str
    published: str
    applies_to: str
    caution: str
    rulings: tuple[Ruling, ...]
    quiet: int


@dataclass(frozen=True)
class Whole:
    """Everything that the page of a forecast shows.

    Parameters
    ----------
    look : FirstLook
    report : mapping
        As `osteocast.report.context.context` gives it, for the page that stands alone.
    schedules : tuple of Schedule
        By plan.
    bodies : tuple of Body
    conflicts : tuple of Conflict
    gaps : tuple of str
    elsewhere : tuple of str
        Bodies that wrote for other people.
    """

    look: FirstLook
    report: Mapping[str, Any]
    schedules: tuple[Schedule, ...]
    bodies: tuple[Body, ...]
    conflicts: tuple[Conflict, ...]
    gaps: tuple[str, ...]
    elsewhere: tuple[str, ...]


def first_look(computations: Computations, draft: Draft) -> FirstLook:
    """Return the first look at a draft, computed or remembered.

    Raises
    ------
    InputError, NotCovered, EngineError, Busy
    """
    key = computations.key_of("look", draft, computations.settings.draws)
    found: FirstLook | None = computations.peek(key)
    if found is not None:
        return found
    forecast = computations.forecast(draft)
    return computations.get(key, lambda: _look(forecast))


def whole(computations: Computations, draft: Draft) -> Whole:
    """Return everything about a draft, computed or remembered."""
    key = computations.key_of("whole", draft, computations.settings.draws)
    found: Whole | None = computations.peek(key)
    if found is not None:
        return found
    look = first_look(computations, draft)
    return computations.get(key, lambda: _whole(look))


def _look(forecast: Forecast) -> FirstLook:
    first = forecast.first_site
    hero = figure(charts.bone(forecast, first), charts.bone(forecast, first, **NARROW))
    plans = plan_rows(forecast)
    return FirstLook(
        forecast,
        headline(forecast, refused=[plan.name for plan in plans if plan.refused]),
        confidence(forecast),
        hero,
        plans,
        years_shown(forecast),
        tuple(alert.text for alert in forecast.alerts),
    )


def _whole(look: FirstLook) -> Whole:
    forecast = look.forecast
    with DRAWING:
        made = context(forecast)
    for name, given in made.items():
        if isinstance(given, Figure):
            made[name] = bare(given)
        elif isinstance(given, list) and given and isinstance(given[0], Figure):
            made[name] = [bare(one) for one in given]
    look = replace(look, hero=made["hero"])
    said = guidelines(forecast.case)
    return Whole(
        look,
        made,
        tuple(surveillance(forecast, plan) for plan in forecast.plans),
        tuple(bodies(said)),
        said.conflicts,
        tuple(gap.text for gap in said.gaps),
        tuple(body.body for body in said.elsewhere),
    )


def bodies(said: Guidelines) -> list[Body]:
    """Return what each body says, with the clauses that apply or cannot be told."""
    found = []
    for name in dict.fromkeys(ruling.body.body for ruling in said.verdicts):
        rulings = [ruling for ruling in said.verdicts if ruling.body.body == name]
        shown = tuple(ruling for ruling in rulings if ruling.outcome != "does not apply")
        body = rulings[0].body
        found.append(
            Body(
                body.name,
                str(body.published),
                body.applies_to,
                body.caution,
                shown,
                len(rulings) - len(shown),
            )
        )
    return found
