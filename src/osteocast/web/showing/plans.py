"""Plans side by side: density, fractures, harms, burden and grade, with what is unsafe about each first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from osteocast.charts import Style, style
from osteocast.forecast import Forecast
from osteocast.forecast.grading import GRADES, grade
from osteocast.forecast.results import PlanForecast
from osteocast.forecast.summary import signed
from osteocast.guidance import Finding, check, is_refused
from osteocast.person.case import end_day
from osteocast.report.context import timed
from osteocast.therapies import DRUGS
from osteocast.units import DAYS_PER_YEAR

__all__ = ["Cell", "PlanRow", "plan_rows", "share_words", "years_shown"]

#: Years after day 0 that the table shows.
_YEARS = (2.0, 5.0, 10.0)
_GIVEN = {"intravenous": "infusion", "subcutaneous": "injection", "intramuscular": "injection"}
_DAILY = 1.5  # days; tablets more often than this are taken daily


@dataclass(frozen=True)
class Cell:
    """What a plan does by a year.

    Parameters
    ----------
    change, t_score, band : str
        Of the first site; a dash or nothing where there is none.
    """

    change: str
    t_score: str = ""
    band: str = ""


@dataclass(frozen=True)
class PlanRow:
    """A plan as the table shows it.

    Parameters
    ----------
    name, key : str
    index : int
        Place among the plans, by which it has its colour, dash and symbol.
    style : Style
    cells : tuple of Cell
        By year of the table.
    fractures : tuple of (str, str, str)
        Years, probability of a major osteoporotic fracture, what 80% of virtual people span.
    refused : bool
    findings : tuple of Finding
        Worst first, without those about numbers.
    harms : tuple of (str, str)
        Drug, and how often something happens on it.
    burden : tuple of str
    grade, grade_reason : str
    regimen : tuple of str
    sources : tuple of str
        References into the registry behind fractures and harms.
    """

    name: str
    key: str
    index: int
    style: Style
    cells: tuple[Cell, ...]
    fractures: tuple[tuple[str, str, str], ...]
    refused: bool
    findings: tuple[Finding, ...]
    harms: tuple[tuple[str, str], ...]
    burden: tuple[str, ...]
    grade: str
    grade_reason: str
    regimen: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def worst(self) -> tuple[Finding, ...]:
        """Findings that stand in the way, or have to be done first."""
        return tuple(one for one in self.findings if one.level != "note")


def years_shown(forecast: Forecast) -> tuple[float, ...]:
    """Return the years that the table shows."""
    last = forecast.horizon / DAYS_PER_YEAR
    return tuple(year for year in _YEARS if year <= last + 0.02) or (round(last, 1),)


def plan_rows(forecast: Forecast) -> tuple[PlanRow, ...]:
    """Return the plans of a forecast as rows."""
    return tuple(_row(forecast, plan, i) for i, plan in enumerate(forecast.plans))


def _row(forecast: Forecast, plan: PlanForecast, index: int) -> PlanRow:
    found = check(forecast.case, forecast.case.plans[index])
    level, why = grade(forecast.case, plan.courses, [one for one in plan.effects if one.start_day >= 0])
    spans = [span for span in plan.spans if span.stop > 0]
    return PlanRow(
        name=plan.name,
        key=plan.key,
        index=index,
        style=style(index),
        cells=tuple(_cell(forecast, plan, year) for year in years_shown(forecast)),
        fractures=tuple(_fractures(plan)),
        refused=is_refused(found),
        findings=tuple(one for one in found if not one.rates),
        harms=tuple(_harms(found)),
        burden=tuple(_burden(forecast, plan)),
        grade=level,
        grade_reason=f"{why} ({GRADES[level]})" if GRADES[level] not in why else why,
        regimen=tuple(timed(forecast.case, span, forecast.horizon) for span in spans),
        sources=tuple(_sources(plan, found)),
    )


def _cell(forecast: Forecast, plan: PlanForecast, year: float) -> Cell:
    day = year * DAYS_PER_YEAR
    site = forecast.first_site
    if day > plan.horizon + 1:
        return Cell("–")
    score = plan.curves.get(f"t_{site}")
    band = plan.curves[f"change_{site}"].band_at(forecast.days, day)
    return Cell(
        f"{signed(forecast.at(plan, f'change_{site}', year))}%",
        "" if score is None else f"T {signed(score.at(forecast.days, day))}",
        "" if band is None else f"{signed(band[0])} to {signed(band[1])}",
    )


def _fractures(plan: PlanForecast) -> Iterator[tuple[str, str, str]]:
    if plan.fracture is None:
        return
    for found in plan.fracture.probabilities:
        if found.kind != "major_osteoporotic":
            continue
        low, high = found.intervals.get(80, (None, None))
        span = "" if low is None or high is None else f"{share_words(low)} to {share_words(high)}"
        yield f"{found.years:g}", share_words(found.value), span


def share_words(share: float) -> str:
    """Write a probability in percent, as the tables of plans do."""
    return f"{100 * share:.1f}%" if share < 0.1 else f"{100 * share:.0f}%"


def _harms(found: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    for finding in found:
        drugs = ", ".join(DRUGS[drug].words for drug in finding.drugs)
        for rate in finding.rates:
            if rate.kind == "harm":
                yield drugs, rate.words()


def _burden(forecast: Forecast, plan: PlanForecast) -> Iterator[str]:
    """Say how often something has to be given or done from day 0 on."""
    for span in plan.spans:
        if span.stop <= 0:
            continue
        drug = DRUGS[span.drug]
        ahead = [day for day in span.doses if 0 <= day <= plan.horizon]
        if drug.route in _GIVEN:
            if ahead:
                given = f"{_GIVEN[drug.route]}{'s' if len(ahead) > 1 else ''}"
                yield f"{len(ahead)} {given} of {drug.words}"
        elif drug.drug_class in ("bisphosphonate",):
            course = next(c for c in plan.courses if c.drug == span.drug and c.start_day == span.start)
            interval = course.interval_days or drug.label_interval_days
            often = "a day" if interval < _DAILY else "a week" if interval < 10 else "a month"
            yield f"a tablet {often}, fasting and upright"
    for effect in plan.effects:
        if effect.start_day >= 0 and effect.label:
            yield effect.label
    if not any(end_day(course) > 0 for course in plan.courses):
        yield "nothing"


def _sources(plan: PlanForecast, found: Sequence[Finding]) -> Iterator[str]:
    seen: dict[str, None] = {}
    for finding in found:
        seen |= dict.fromkeys(finding.sources)
    if plan.fracture is not None:
        seen |= dict.fromkeys(plan.fracture.sources)
    yield from seen
