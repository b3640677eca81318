"""The forecast in one plain sentence, with how sure it is in a second."""

from __future__ import annotations

from collections.abc import Collection

from osteocast.forecast.plans import BONE_DRUGS, inhibitor_course
from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.warnings import relative_change
from osteocast.person.case import end_day
from osteocast.units import DAYS_PER_YEAR
from osteocast.units.writing import signed

_NO_CHANGE = 0.05  # percent: what one digit after the point would show as nothing

__all__ = ["confidence", "contents", "headline", "lowered", "reference_plan", "signed"]


def reference_plan(forecast: Forecast) -> PlanForecast:
    """Return the plan to compare with: the first without a drug for bone, else the first."""
    for plan in forecast.plans:
        if not any(course.drug in BONE_DRUGS and end_day(course) > 0 for course in plan.courses):
            return plan
    return forecast.plans[0]


def decisive_day(forecast: Forecast) -> tuple[float, str]:
    """Return the day on which plans are compared, with its words: the inhibitor's end, or five years on."""
    course = inhibitor_course(forecast.case)
    last = min(plan.horizon for plan in forecast.plans)
    if course is not None and DAYS_PER_YEAR <= end_day(course) <= last:
        day = end_day(course)
        return day, f"by {forecast.date_of(day):%B %Y}, when {course.drug} ends"
    day = min(5 * DAYS_PER_YEAR, last)
    return day, f"by {forecast.date_of(day):%B %Y}"


def headline(forecast: Forecast, *, refused: Collection[str] = ()) -> str:
    """Return one sentence with what there is to decide, from the first site that was scanned.

    Parameters
    ----------
    forecast : Forecast
    refused : collection of str
        Names of plans that are unsafe (`osteocast.guidance.check`): what they would gain is not told.
    """
    site = forecast.sites[forecast.first_site]
    day, when = decisive_day(forecast)
    reference = reference_plan(forecast)
    text = f"{reference.name}: the {site.label} is forecast to {_moves(forecast, reference, day)} {when}"
    if f"t_{site.site}" in reference.curves:
        score = reference.curves[f"t_{site.site}"]
        text += f" (T-score {signed(score.at(forecast.days, 0))} to {signed(score.at(forecast.days, day))})"
    others = [
        plan
        for plan in forecast.plans
        if plan is not reference and not _rebounds(plan) and plan.name not in refused
    ]
    clauses = [f"{_moves(forecast, plan, day)} with {lowered(plan.name)}" for plan in others]
    if clauses:
        text += "; it would " + _listed(clauses)
    return f"{text}{_rebound(forecast)}."


def _listed(clauses: list[str]) -> str:
    if len(clauses) == 1:
        return clauses[0]
    return ", ".join(clauses[:-1]) + f", and {clauses[-1]}"


def lowered(name: str) -> str:
    """Write the name of a plan as it stands inside a sentence."""
    return name[:1].lower() + name[1:]


def _moves(forecast: Forecast, plan: PlanForecast, day: float) -> str:
    change = plan.curves[f"change_{forecast.first_site}"].at(forecast.days, min(day, plan.horizon))
    if abs(change) < _NO_CHANGE:
        return "stay as it is"
    return f"{'gain' if change > 0 else 'lose'} {abs(change):.1f}%"


def _rebounds(plan: PlanForecast) -> bool:
    return any(alert.kind == "rebound" for alert in plan.alerts)


def _rebound(forecast: Forecast) -> str:
    """Say what stopping denosumab without a plan costs, where a plan does it."""
    losses = [
        relative_change(plan.curves[f"change_{forecast.first_site}"], forecast.days, alert.day, alert.until)
        for plan in forecast.plans
        for alert in plan.alerts
        if alert.day is not None and alert.until is not None
    ]
    worst = min(losses, default=0.0)
    if worst > -_NO_CHANGE:
        return ""
    return (
        f"; denosumab stopped or delayed with nothing in its place costs {abs(worst):.1f}% within a year, "
        "when vertebrae can fracture"
    )


def confidence(forecast: Forecast) -> str:
    """Say how sure the headline is, and of what its band is made."""
    reference = reference_plan(forecast)
    day, when = decisive_day(forecast)
    site = forecast.sites[forecast.first_site]
    curve = reference.curves[f"change_{site.site}"]
    half, most = (curve.band_at(forecast.days, day, level) for level in (50, 95))
    if half is None or most is None:
        return (
            "No uncertainty is given: this is the response of an average person with these inputs. "
            "People differ from it, and measurement error comes on top."
        )
    return (
        f"With {lowered(reference.name)}, half of the virtual people like this one change by "
        f"{signed(half[0])}% to {signed(half[1])}% at the {site.label} {when.split(',')[0]}, and 95% by "
        f"{signed(most[0])}% to {signed(most[1])}%. {contents(forecast)}"
    )


def contents(forecast: Forecast) -> str:
    """Say what the bands contain, and what they do not."""
    if not forecast.n_draws:
        return ""
    scans, labs = len(forecast.case.scans), len(forecast.case.labs)
    own = [
        f"{count} {name}{'s' if count != 1 else ''}"
        for count, name in ((scans, "scan"), (labs, "blood value"))
        if count
    ]
    say = "says" if scans + labs == 1 else "say"
    learnt = f", and what the person's own {' and '.join(own)} {say}" if own else ""
    text = (
        "The bands hold what the trials leave open about the average response and how people differ from it"
        f"{learnt}. They do not hold the error of the next scan"
    )
    basis = forecast.sites[forecast.first_site]
    if basis.scans and basis.scans[-1].least_significant_change is not None:
        least = 100 * basis.scans[-1].least_significant_change / basis.scans[-1].bmd
        text += f": a change below {least:.1f}% (the least significant change) can be error alone"
    return f"{text}."
