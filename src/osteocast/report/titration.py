"""A titration as a table in the terminal, as data, and as a page that stands alone."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from osteocast import charts
from osteocast.charts.titration import titration
from osteocast.forecast.titration_results import DoseCurve, Pattern, Titration, Uncertain
from osteocast.forecast.titration_words import TRAVERSE, headline, sentences
from osteocast.forecast.unstudied import gaps
from osteocast.report.sources import cited, known_ids
from osteocast.report.text import Fitted, bullets, figures
from osteocast.report.writing import Marker, Written, check_folder, make_folder, write_text
from osteocast.therapies import DRUGS, Course

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table as RichTable

__all__ = ["FORMAT", "MARKER", "as_data", "page", "renderables", "write"]

FORMAT = "osteocast-titration-1"
NOTICE = (
    "Research and decision support, not a medical device: a person who knows the patient decides. The bands "
    "hold what trials and his own values leave open about the average man with these values; men differ by "
    "more."
)
_DATA = "titration.json"
#: By what an earlier titration is known.
MARKER = Marker("titration", {_DATA: FORMAT})
_PLAIN = str.maketrans("", "", "()")


def renderables(made: Titration) -> list[RenderableType]:
    """Return the parts of the text, for a console that knows its own width."""
    from rich.padding import Padding
    from rich.text import Text

    parts: list[RenderableType] = [Text(headline(made), style="bold"), Text("")]
    parts += [Text(f"! {text}", style="yellow") for text in _warnings(made)]
    tables = (_table(made), _table(made, broken=True), _table(made, broken=True, few=True))
    parts += [Fitted(*tables), Text("")]
    parts += [Padding(Text(f"- {text}"), (0, 0, 0, 2)) for text in sentences(made)]
    assumed = [f"{one.name} {one.value} ({one.note})" for one in made.inputs if one.origin == "assumed"]
    if assumed:
        parts += [Text(""), *bullets("Assumed", assumed)]
    parts += [Text(""), Text(NOTICE, style="italic")]
    return parts


def _table(made: Titration, *, broken: bool = False, few: bool = False) -> RichTable:
    """Tabulate every pattern of doses: broken, ranges take two lines; few, only what decides is shown."""
    from rich.text import Text

    content = titration(made).table
    years = (f"spine{chr(10) if broken else ' '}{year:g} y" for year in made.spine)
    level, own = ("E2\npg/mL", "T\nng/dL") if broken else ("E2 pg/mL", "T ng/dL")
    heads = ("anastrozole", "mg/week", level, "in a week", own, *years)
    rows = []
    for row, pattern in zip(content.rows, made.patterns, strict=True):
        cells = [row[0]]
        for cell in row[1:]:
            value, _, ends = cell.partition(" (")
            text = f"{value}\n({ends}" if ends else value
            cells.append(text.translate(_PLAIN).replace(" to ", "\nto ") if broken else text)
        style = "bold" if pattern.is_current else ""
        rows.append([Text(cell, style=style) for cell in cells])
    if few:
        kept = [i for i, head in enumerate(heads) if head not in ("mg/week", "in a week", own)]
        heads, rows = tuple(heads[i] for i in kept), [[row[i] for i in kept] for row in rows]
    return figures(heads, rows, content.caption, "Below a number: its band." if broken else "")


def _warnings(made: Titration) -> Iterator[str]:
    yield from made.case.warnings
    yield from (one.warning for one in made.inputs if one.warning)


def as_data(made: Titration) -> dict[str, Any]:
    """Return everything in a titration as what JSON can hold.

    Parameters
    ----------
    made : Titration

    Returns
    -------
    dict
        ``format``, ``versions``, ``headline``, ``sentences``, ``weekly`` doses (mg) with the curves over
        them, ``patterns``, ``thresholds``, ``crossings``, ``inputs``, ``sources``. A dose that is never
        reached is null.
    """
    return {
        "format": FORMAT,
        "notice": NOTICE,
        "versions": asdict(made.provenance),
        "headline": headline(made),
        "sentences": list(sentences(made)),
        "warnings": list(_warnings(made)),
        "case": {
            "name": made.case.name,
            "as_of": made.case.as_of.isoformat(),
            "age": round(made.case.age, 3),
        },
        "testosterone_taken": made.testosterone,
        "weekly": _numbers(made.weekly),
        "estradiol": _curve(made.estradiol),
        "testosterone": _curve(made.testosterone_level),
        "lumbar_spine": {f"{year:g}": _curve(curve) for year, curve in made.spine.items()},
        "patterns": [_pattern(pattern) for pattern in made.patterns],
        "thresholds": [asdict(one) for one in made.thresholds],
        "crossings": [
            {"threshold": one.threshold, "level": one.level, "dose": _uncertain(one.dose)}
            for one in made.crossings
        ],
        "inputs": [asdict(one) for one in made.inputs],
        "unstudied": list(made.unstudied),
        "widening": made.widening,
        "draws": made.n_draws,
        "sources": source_ids(made),
    }


def _pattern(pattern: Pattern) -> dict[str, Any]:
    return {
        "words": pattern.words,
        "dose": pattern.dose,
        "times_a_week": round(pattern.times, 4),
        "weekly": round(pattern.weekly, 4),
        "today": pattern.is_current,
        "estradiol": _uncertain(pattern.estradiol),
        "within_a_week": _numbers(np.array(pattern.swing)),
        "testosterone": _uncertain(pattern.testosterone),
        "lumbar_spine": {f"{year:g}": _uncertain(number) for year, number in pattern.spine.items()},
    }


def _uncertain(number: Uncertain) -> dict[str, float | None]:
    return {name: None if value is None else _number(value) for name, value in asdict(number).items()}


def _curve(curve: DoseCurve) -> dict[str, Any]:
    found: dict[str, Any] = {"unit": curve.unit, "value": _numbers(curve.value)}
    if curve.low is not None and curve.high is not None:
        found |= {"low": _numbers(curve.low), "high": _numbers(curve.high)}
    return found


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _numbers(values: np.ndarray) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def source_ids(made: Titration) -> list[str]:
    """Return the registry's ids of everything that a titration rests on, each once."""
    given = [value for one in made.thresholds for value in one.evidence]
    given.append(TRAVERSE)
    courses = (*made.case.treatments, Course("anastrozole"))
    given += [source for gap in gaps(made.case, courses) for source in gap.sources]
    given += [source for course in courses for source in DRUGS[course.drug].sources]
    return known_ids(given)


def page(made: Titration) -> str:
    """Return a titration as one HTML file.

    Parameters
    ----------
    made : Titration

    Returns
    -------
    str
        HTML that loads nothing from anywhere and has a table and words for the chart.
    """
    from osteocast.report.inline import inline
    from osteocast.report.page import template

    chart = titration(made)
    narrow = titration(made, width=250, height=220)
    charts.as_svgs([chart.spec, narrow.spec])
    name = (made.case.name or "case").removesuffix(".yaml").removesuffix(".yml").replace("-", " ")
    html: str = template("titration.html.jinja").render(
        title=f"Dose of anastrozole: {name}",
        case=made.case,
        headline=headline(made),
        sentences=list(sentences(made)),
        warnings=list(_warnings(made)),
        notice=NOTICE,
        chart=chart,
        wide=inline(chart, "wide"),
        narrow=inline(narrow, "narrow"),
        testosterone=made.testosterone,
        current=[pattern.is_current for pattern in made.patterns],
        inputs=made.inputs,
        provenance=made.provenance,
        draws=made.n_draws,
        widening=made.widening,
        citations=cited(source_ids(made)),
    )
    return html


def write(made: Titration, folder: str | Path, *, html: bool = True) -> Written:
    """Write page, chart and data of a titration to a folder, all of it or nothing.

    Parameters
    ----------
    made : Titration
    folder : str or Path
        New, empty, or holding an earlier titration, which is replaced.
    html : bool
        Whether to write the page.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    target = check_folder(folder, MARKER)
    chart = titration(made)
    files = {f"{chart.key}.svg": chart.svg(), _DATA: json.dumps(as_data(made), allow_nan=False) + "\n"}
    if html:
        files["titration.html"] = page(made)
    make_folder(target)
    for name, text in files.items():
        write_text(target / name, text)
    return Written(
        target, target / "titration.html" if html else None, target / f"{chart.key}.svg", target / _DATA
    )
