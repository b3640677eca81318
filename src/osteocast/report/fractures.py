"""Probabilities of fracture as a table for a terminal, for a page, and as plain data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from osteocast import charts
from osteocast.charts import Chart
from osteocast.fracture import KINDS, FractureRisk
from osteocast.fracture.words import LEVEL, between, of_100
from osteocast.report.text import Fitted, figures

if TYPE_CHECKING:
    from rich.table import Table

__all__ = [
    "SHOWN",
    "Counted",
    "fracture_charts",
    "fracture_context",
    "fracture_drivers",
    "fracture_notes",
    "fracture_rows",
    "fracture_years",
    "fractures_as_data",
    "fractures_fitted",
    "multiple_words",
]

#: Kinds that tables show, and what heads their columns.
SHOWN = {"hip": "hip", "clinical_vertebral": "vertebra", "major_osteoporotic": "major"}
_NOTICED = 0.05
_CHARTED = ("hip", "major_osteoporotic")
_MEANING = (
    "First fractures of 100 people like this one, deaths in between counted. Vertebra: with symptoms, or "
    "found by chance; major: hip, such a vertebra, forearm or upper arm"
)

#: Plans by name, each with its probabilities.
Counted = Sequence[tuple[str, FractureRisk]]


def fracture_years(plans: Counted) -> tuple[float, ...]:
    """Return the horizons that at least one plan reaches."""
    return tuple(sorted({found.years for _, risk in plans for found in risk.probabilities}))


def fracture_rows(plans: Counted, years: Sequence[float]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return for each plan its name and, by horizon and kind, a number of 100 people with its interval.

    Parameters
    ----------
    plans : sequence of (str, FractureRisk)
    years : sequence of float
        What a plan does not reach is a dash.
    """
    return [(name, [_cell(risk, kind, year) for year in years for kind in SHOWN]) for name, risk in plans]


def _cell(risk: FractureRisk, kind: str, year: float) -> tuple[str, str]:
    for found in risk.probabilities:
        if (found.kind, found.years) == (kind, year):
            return of_100(found.value), between(found)
    return "–", ""


def fractures_fitted(plans: Counted, names: Sequence[str] = (), *, last_only: bool = False) -> Fitted | None:
    """Return the table of all plans; on a narrow terminal only for the longest time.

    Parameters
    ----------
    plans : sequence of (str, FractureRisk)
    names : sequence of str
        How to name the plans, if not by their names.
    last_only : bool
        Whether to show the longest time alone in any case.

    Returns
    -------
    Fitted or None
        None if no plan reaches five years.
    """
    years = fracture_years(plans)
    if not years:
        return None
    whole, last = (_table(plans, names, shown) for shown in (years, years[-1:]))
    return Fitted(last) if last_only else Fitted(whole, last)


def _table(plans: Counted, names: Sequence[str], years: Sequence[float]) -> Table:
    within = " and ".join(f"{year:g}" for year in years)
    heads = ["plan", *(f"{head}\n{year:g} y" for year in years for head in SHOWN.values())]
    rows = [
        [name, *("\n".join(line for line in cell if line) for cell in cells)]
        for name, cells in fracture_rows(plans, years)
    ]
    for row, name in zip(rows, names, strict=False):
        row[0] = name
    title = f"Fractures of 100 people within {within} years"
    return figures(heads, rows, title, _caption(plans, "second line"))


def _caption(plans: Counted, where: str) -> str:
    drawn = any(found.intervals for _, risk in plans for found in risk.probabilities)
    return f"{_MEANING}{f'; {where}: {LEVEL}% of virtual people' if drawn else ''}."


def multiple_words(plans: Counted) -> Iterator[str]:
    """Yield what stopping denosumab does to vertebrae, for each plan in which it is stopped."""
    for name, risk in plans:
        found = [one for one in risk.probabilities if one.kind == "multiple_vertebral" and one.value > 0]
        if found:
            worst = found[-1]
            ends = between(worst)
            yield (
                f"{name}: of 100 people {of_100(worst.value)}{f' ({ends})' if ends else ''} break several "
                f"vertebrae within {worst.years:g} years, in the months after the last dose of denosumab"
            )


def fracture_notes(plans: Counted) -> list[str]:
    """Return what a reader of the probabilities has to know, each sentence once."""
    return list(dict.fromkeys(note for _, risk in plans for note in risk.notes))


def fracture_drivers(plans: Counted) -> list[str]:
    """Say what noticeably raises or lowers the rates on day 0, each once; habits differ between plans."""
    said: dict[str, None] = {}
    for _, risk in plans:
        for driver in risk.drivers:
            name = max(driver.ratios, key=lambda kind: abs(driver.ratios[kind] - 1.0))
            if abs(driver.ratios[name] - 1.0) < _NOTICED:
                continue
            kind = {"other": "other bones", "forearm_humerus": "forearm and upper arm"}.get(
                name, SHOWN.get(name)
            )
            said.setdefault(
                f"{driver.label}: {driver.ratios[name]:.2f} times the rate of the population ({kind})"
            )
    return list(said)


def fracture_charts(plans: Counted, **size: Any) -> list[Chart]:
    """Return the charts of hip and major fractures within the longest time; none where none is reached."""
    years = fracture_years(plans)[-1:]
    return [charts.fractures(plans, kind, year, **size) for year in years for kind in _CHARTED]


def fracture_context(
    plans: Counted, unsafe: Collection[str], drawn: Sequence[Any], years: Sequence[float] | None = None
) -> dict[str, Any] | None:
    """Return what a page shows of fractures.

    Parameters
    ----------
    plans : sequence of (str, FractureRisk)
    unsafe : collection of str
        Names of the plans that are refused.
    drawn : sequence of Figure
        Of `fracture_charts`.
    years : sequence of float, optional
        Times to tabulate; all that a plan reaches by default.

    Returns
    -------
    dict or None
        None where no plan reaches five years.
    """
    reached = fracture_years(plans) if years is None else tuple(years)
    if not reached:
        return None
    return {
        "caption": _caption(plans, "in grey"),
        "years": reached,
        "kinds": list(SHOWN.values()),
        "rows": [
            {"name": name, "refused": name in unsafe, "cells": cells}
            for name, cells in fracture_rows(plans, reached)
        ],
        "multiple": list(multiple_words(plans)),
        "drivers": fracture_drivers(plans),
        "notes": fracture_notes(plans),
        "charts": drawn,
    }


def fractures_as_data(risk: FractureRisk | None) -> dict[str, Any] | None:
    """Return probabilities of fracture as what JSON can hold.

    Returns
    -------
    dict or None
        ``probabilities`` by kind and years, each with ``intervals`` by percent; ``curves`` by kind on
        ``years``; ``death``; ``drivers``, ``notes``, ``sources``.
    """
    if risk is None:
        return None
    return {
        "probabilities": [
            {
                "kind": found.kind,
                "label": KINDS[found.kind],
                "years": found.years,
                "probability": _digits(found.value),
                "intervals": {
                    str(level): [_digits(end) for end in ends] for level, ends in found.intervals.items()
                },
            }
            for found in risk.probabilities
        ],
        "years": [round(float(year), 4) for year in risk.years],
        "curves": {kind: [_digits(value) for value in curve] for kind, curve in risk.curves.items()},
        "death": [_digits(value) for value in risk.death],
        "drivers": [asdict(driver) for driver in risk.drivers],
        "notes": list(risk.notes),
        "sources": list(risk.sources),
    }


def _digits(value: float) -> float:
    return float(f"{value:.5g}")
