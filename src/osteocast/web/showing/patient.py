"""The page of a forecast for the person herself: single people instead of bands, and chances as squares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from osteocast import charts
from osteocast.charts.hundreds import Hundred, hundreds
from osteocast.charts.path_words import describe_people, people_of
from osteocast.forecast import Forecast
from osteocast.forecast.verdict_words import percent
from osteocast.guidance import Schedule, guidelines, surveillance
from osteocast.report.context import Figure, learnt_words, title_of
from osteocast.report.visit.figures import of_100
from osteocast.web.showing.figures import figure
from osteocast.web.showing.forecast import NARROW, Body, FirstLook, bodies, first_look

if TYPE_CHECKING:
    from osteocast.web.computing import Computations
    from osteocast.web.drafts import Draft

__all__ = ["ForPatient", "for_patient"]

_COUNTED = "major_osteoporotic"
_SMALL: dict[str, Any] = {"width": 270, "height": 210, "labels": False, "doses": False}


@dataclass(frozen=True)
class ForPatient:
    """Everything that the page shows to the person herself.

    Parameters
    ----------
    look : FirstLook
    report : mapping
        Title, assumptions, versions and number of virtual people.
    schedules : tuple of Schedule
        By plan.
    bodies : tuple of Body
    gaps : tuple of str
    hero : Figure
        Single people under the plan to compare with, and the middle of many for each plan.
    count : int
        How many people have a line; 0 without virtual people.
    people : tuple of Figure
        The same people under each plan; empty without virtual people.
    squares : tuple of Figure
        By plan, how many of a hundred people break a bone; empty where fractures are not known.
    """

    look: FirstLook
    report: Mapping[str, Any]
    schedules: tuple[Schedule, ...]
    bodies: tuple[Body, ...]
    gaps: tuple[str, ...]
    hero: Figure
    count: int
    people: tuple[Figure, ...]
    squares: tuple[Figure, ...]


def for_patient(computations: Computations, draft: Draft) -> ForPatient:
    """Return what a patient reads about a draft, computed or remembered.

    Raises
    ------
    InputError, NotCovered, EngineError, Busy
    """
    key = computations.key_of("patient", draft, computations.settings.draws)
    found: ForPatient | None = computations.peek(key)
    if found is not None:
        return found
    look = first_look(computations, draft)
    return computations.get(key, lambda: _made(look))


def _made(look: FirstLook) -> ForPatient:
    forecast = look.forecast
    first = forecast.first_site
    count = people_of(forecast.plans[0].curves[f"change_{first}"])
    said = guidelines(forecast.case)
    return ForPatient(
        look,
        {
            "title": title_of(forecast),
            "learnt_words": learnt_words(forecast),
            "assumptions": forecast.assumptions,
            "provenance": forecast.provenance,
            "draws": forecast.n_draws,
        },
        tuple(surveillance(forecast, plan) for plan in forecast.plans),
        tuple(bodies(said)),
        tuple(gap.text for gap in said.gaps),
        figure(charts.bone(forecast, people=True), charts.bone(forecast, **NARROW, people=True)),
        count,
        tuple(_people(forecast)) if count else (),
        tuple(_squares(forecast)),
    )


def _people(forecast: Forecast) -> Iterator[Figure]:
    """Yield, for each plan, what becomes of the same people."""
    basis = forecast.sites[forecast.first_site]
    for plan in forecast.plans:
        chart = charts.bone(forecast, focus=plan.key, people=True, **_SMALL)
        yield figure(chart, caption=describe_people(forecast, basis, plan))


def _squares(forecast: Forecast) -> Iterator[Figure]:
    """Yield, for each plan, a hundred squares of which so many are filled."""
    for i, plan in enumerate(forecast.plans):
        risks = [one for one in plan.fracture.probabilities if one.kind == _COUNTED] if plan.fracture else []
        if not risks:
            continue
        last = max(risks, key=lambda one: one.years)
        count = of_100(percent(last.value))
        chart = hundreds(
            [Hundred(plan.name, last.value, count)],
            title=plan.name,
            filled=f"breaks a big bone within {last.years:g} years",
            key=f"squares-{i}",
        )
        yield figure(chart, caption=f"within {last.years:g} years")
