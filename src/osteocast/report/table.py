"""A forecast as text for a terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from osteocast.forecast.results import Forecast, PlanForecast
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.summary import confidence, headline, signed
from osteocast.report.data import NOT_A_DEVICE
from osteocast.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table as RichTable

__all__ = ["effects", "renderables", "table"]


def table(forecast: Forecast, *, width: int = 96, colour: bool = False) -> str:
    """Return the forecast as a readable text: headline, one table for each site, markers, what to know.

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
    from rich.console import Console

    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        legacy_windows=False,
    )
    for item in renderables(forecast):
        console.print(item)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def renderables(forecast: Forecast) -> list[RenderableType]:
    """Return the parts of the text, for a console that knows its own width."""
    from rich.padding import Padding
    from rich.text import Text

    parts: list[RenderableType] = [
        Text(headline(forecast), style="bold"),
        Text(confidence(forecast)),
        Text(""),
    ]
    for alert in forecast.alerts:
        parts.append(Text(f"! {alert.text}", style="yellow"))
    if forecast.learnt is not None:
        parts += [Text(f"! {text}", style="yellow") for text in forecast.learnt.flags]
    for basis in forecast.sites.values():
        parts += [_site(forecast, basis), Text("")]
    parts += [_markers(forecast), Text("")]
    notes = [
        (plan.name, alert.text) for plan in forecast.plans for alert in plan.alerts if alert.kind == "rebound"
    ]
    for name, text in notes:
        parts.append(Text.assemble((f"! {name}: ", "bold yellow"), text))
    for effect in effects(forecast):
        parts.append(Text(f"Lifestyle: {effect}"))
    if forecast.learnt is not None and forecast.learnt.sentences:
        parts.append(Text("What the own scans and blood values changed", style="bold"))
        parts += [Padding(Text(f"- {text}"), (0, 0, 0, 2)) for text in forecast.learnt.sentences]
    assumed = [f"{one.name} {one.value} ({one.note})" for one in forecast.inputs if one.origin == "assumed"]
    for title, items in (
        ("Assumed", [*forecast.assumptions, *assumed]),
        ("Beyond what the trials observed", forecast.extrapolated),
    ):
        if items:
            parts.append(Text(title, style="bold"))
            parts += [Padding(Text(f"- {item}"), (0, 0, 0, 2)) for item in items]
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


def _new(title: str, caption: str = "") -> RichTable:
    from rich import box
    from rich.table import Table

    made = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    made.caption, made.caption_justify, made.caption_style = caption or None, "left", "dim"
    return made


def _site(forecast: Forecast, basis: SiteBasis) -> RichTable:
    """Tabulate BMD of a site: change since day 0 and T-score."""
    from rich.text import Text

    scale = basis.scale
    caption = basis.note if scale is None else f"T-scores: {scale.reference}. From {basis.note}."
    if forecast.n_draws:
        caption += " Second line: 80% of virtual people."
    title = f"{basis.label.capitalize()}: change of BMD"
    if scale is not None:
        first = forecast.plans[0].curves
        bmd, score = (first[f"{name}_{basis.site}"].at(forecast.days, 0.0) for name in ("bmd", "t"))
        title += f" and T-score; today {bmd:.3f} g/cm², T {signed(score)}"
    made = _new(title, caption)
    made.add_column("plan", min_width=16)
    years = forecast.milestones()
    for year in years:
        made.add_column(f"{year:g} y", justify="right")
    for plan in forecast.plans:
        made.add_row(Text(plan.name), *(Text(_cell(forecast, plan, basis.site, year)) for year in years))
    return made


def _cell(forecast: Forecast, plan: PlanForecast, site: str, year: float) -> str:
    day = year * DAYS_PER_YEAR
    if day > plan.horizon + 1:
        return "–"
    score = plan.curves.get(f"t_{site}")
    change = plan.curves[f"change_{site}"]
    lines = [f"{signed(change.at(forecast.days, day))}%"]
    if score is not None:
        lines[0] += f" T {signed(score.at(forecast.days, day))}"
    band = change.band_at(forecast.days, day)
    if band is not None:
        lines.append(f"{signed(band[0])} to {signed(band[1])}")
    return "\n".join(lines)


def _markers(forecast: Forecast) -> RichTable:
    from rich.text import Text

    made = _new(
        "Turnover: CTX ng/mL (resorption), P1NP ng/mL (formation)",
        "medians of virtual people" if forecast.n_draws else "of the average person, not set to own values",
    )
    made.add_column("plan", min_width=20)
    years = [year for year in (0.0, 0.5, 1.0, 2.0, 5.0) if year * DAYS_PER_YEAR <= forecast.horizon]
    for year in years:
        made.add_column("today" if year == 0 else f"{12 * year:g} mo", justify="right")
    for plan in forecast.plans:
        cells = [
            f"{forecast.at(plan, 'ctx', year):.2f} / {forecast.at(plan, 'p1np', year):.0f}" for year in years
        ]
        made.add_row(Text(plan.name), *cells)
    return made
