"""A forecast as text for a terminal."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.summary import confidence, headline, signed
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.fractures import fractures_fitted, multiple_words
from osteocast.report.safety import checked, marked, refused, safety_first
from osteocast.report.text import Fitted, as_text, bullets, figures
from osteocast.units import DAYS_PER_YEAR
from osteocast.units.writing import sentence

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["effects", "renderables", "table"]


def table(forecast: Forecast, *, width: int = 96, colour: bool = False) -> str:
    """Return the forecast as a readable text: headline, safety, one table for each site, fractures, markers.

    Parameters
    ----------
    forecast : Forecast
    width : int
        Characters in a line.
    colour : bool
        Whether to mark up with terminal colours.

    Examples
    --------
    >>> import osteocast as oc
    >>> case = oc.load_case('''
    ... person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
    ... treatments: [{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}]
    ... ''')
    >>> print(table(oc.run_forecast(case, years=5, draws=0)))
    Anastrozole alone: ...
    """
    return as_text(renderables(forecast), width=width, colour=colour)


def renderables(forecast: Forecast) -> list[RenderableType]:
    """Return the parts of the text, for a console that knows its own width."""
    from rich.text import Text

    safety = checked(forecast.case)
    unsafe = refused(safety)
    parts: list[RenderableType] = [
        Text(headline(forecast, refused=unsafe), style="bold"),
        Text(confidence(forecast)),
        Text(""),
        *safety_first(safety),
        Text(""),
    ]
    for alert in forecast.alerts:
        parts.append(Text(f"! {alert.text}", style="yellow"))
    if forecast.learnt is not None:
        parts += [Text(f"! {text}", style="yellow") for text in forecast.learnt.flags]
    for basis in forecast.sites.values():
        parts += [_site(forecast, basis, unsafe), Text("")]
    parts += _fractures(forecast, unsafe)
    parts += [_markers(forecast, unsafe), Text("")]
    notes = [
        (plan.name, alert.text) for plan in forecast.plans for alert in plan.alerts if alert.kind == "rebound"
    ]
    for name, text in notes:
        parts.append(Text.assemble((f"! {name}: ", "bold yellow"), text))
    for effect in effects(forecast):
        parts.append(Text(f"Lifestyle: {effect}"))
    learnt = () if forecast.learnt is None else forecast.learnt.sentences
    assumed = [f"{one.name} {one.value} ({one.note})" for one in forecast.inputs if one.origin == "assumed"]
    for title, items in (
        ("What the own scans and blood values changed", learnt),
        ("Assumed", [*forecast.assumptions, *assumed]),
        ("Beyond what the trials observed", forecast.extrapolated),
    ):
        parts += bullets(title, items)
    parts += [Text(""), Text(NOT_A_DEVICE, style="italic")]
    return parts


def effects(forecast: Forecast) -> list[str]:
    """Return what acts besides drugs, each with its grade and the plans it acts in."""
    plans: dict[str, list[str]] = {}
    for plan in forecast.plans:
        for effect in plan.effects:
            nothing = "" if effect.inputs or effect.hazards else ", no effect"
            text = f"{effect.label}: {effect.sentence} (evidence grade {effect.grade}{nothing})"
            plans.setdefault(text, []).append(plan.name)
    everywhere = len(forecast.plans)
    return [
        text if len(names) == everywhere else f"{text}, in {', '.join(names)}"
        for text, names in plans.items()
    ]


def _site(forecast: Forecast, basis: SiteBasis, unsafe: Collection[str]) -> Fitted:
    """Tabulate BMD of a site: change since day 0 and T-score."""
    scale = basis.scale
    caption = sentence(basis.note) if scale is None else f"T-scores: {scale.reference}. From {basis.note}."
    title = f"{basis.label.capitalize()}: change of BMD"
    if scale is not None:
        first = forecast.plans[0].curves
        bmd, score = (first[f"{name}_{basis.site}"].at(forecast.days, 0.0) for name in ("bmd", "t"))
        title += f" and T-score; today {bmd:.3f} g/cm², T {signed(score)}"
    years = forecast.milestones()
    heads = ["plan", *(f"{year:g} y" for year in years)]
    tables = []
    for gap, last in ((" ", "Second line"), ("\n", "Last lines")):
        cells = [
            [marked(plan.name, unsafe), *(_cell(forecast, plan, basis.site, year, gap) for year in years)]
            for plan in forecast.plans
        ]
        said = f"{caption} {last}: 80% of virtual people." if forecast.n_draws else caption
        tables.append(figures(heads, cells, title, said))
    return Fitted(*tables)


def _cell(forecast: Forecast, plan: PlanForecast, site: str, year: float, gap: str) -> str:
    """Write change, T-score and band, with what may stand on a line of its own after a gap."""
    day = year * DAYS_PER_YEAR
    if day > plan.horizon + 1:
        return "–"
    score = plan.curves.get(f"t_{site}")
    change = plan.curves[f"change_{site}"]
    text = f"{signed(change.at(forecast.days, day))}%"
    if score is not None:
        text += f"{gap}T {signed(score.at(forecast.days, day))}"
    band = change.band_at(forecast.days, day)
    return text if band is None else f"{text}\n{signed(band[0])}{gap}to {signed(band[1])}"


def _fractures(forecast: Forecast, unsafe: Collection[str]) -> list[RenderableType]:
    """Tabulate fractures of 100 people by plan; what they rest on stands on the page."""
    from rich.text import Text

    plans = [(plan.name, plan.fracture) for plan in forecast.plans if plan.fracture is not None]
    made = fractures_fitted(plans, [marked(name, unsafe) for name, _ in plans])
    if made is None:
        return []
    said = [Text(f"! {text}.", style="yellow") for text in multiple_words(plans)]
    return [made, *said, Text("")]


def _markers(forecast: Forecast, unsafe: Collection[str]) -> Fitted:
    title = "Turnover: CTX ng/mL (resorption), P1NP ng/mL (formation)"
    caption = (
        "Medians of virtual people." if forecast.n_draws else "Of the average person, not set to own values."
    )
    years = [year for year in (0.0, 0.5, 1.0, 2.0, 5.0) if year * DAYS_PER_YEAR <= forecast.horizon]
    heads = ["plan", *("today" if year == 0 else f"{12 * year:g} mo" for year in years)]
    tables = []
    for gap in (" / ", "\n"):
        cells = [
            [
                marked(plan.name, unsafe),
                *(
                    f"{forecast.at(plan, 'ctx', year):.2f}{gap}{forecast.at(plan, 'p1np', year):.0f}"
                    for year in years
                ),
            ]
            for plan in forecast.plans
        ]
        tables.append(figures(heads, cells, title, caption))
    return Fitted(*tables)
