"""A titration as a table in the terminal, as data, and as a page that stands alone."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from osteocast import charts, evidence
from osteocast.charts.titration import titration
from osteocast.errors import InputError, Problem
from osteocast.forecast.titration_results import DoseCurve, Pattern, Titration, Uncertain
from osteocast.forecast.titration_words import TRAVERSE, headline, sentences
from osteocast.forecast.unstudied import gaps
from osteocast.report.writing import Written, make_folder, write_text
from osteocast.therapies import DRUGS, Course

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["FORMAT", "as_data", "check_folder", "page", "renderables", "write"]

FORMAT = "osteocast-titration-1"
NOTICE = (
    "Research and decision support, not a medical device: a person who knows the patient decides. The bands "
    "hold what trials and his own values leave open about the average man with these values; men differ by "
    "more."
)
_DATA = "titration.json"


def renderables(made: Titration) -> list[RenderableType]:
    """Return the parts of the text, for a console that knows its own width."""
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = [Text(headline(made), style="bold"), Text("")]
    parts += [Text(f"! {text}", style="yellow") for text in _warnings(made)]
    content = titration(made).table
    drawn = Table(
        title=content.caption, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False
    )
    years = (f"spine {year:g} y" for year in made.spine)
    for i, name in enumerate(("anastrozole", "mg/week", "E2 pg/mL", "in a week", "T ng/dL", *years)):
        drawn.add_column(name, justify="left" if i == 0 else "right")
    for row, pattern in zip(content.rows, made.patterns, strict=True):
        # A number above its band.
        cells = [row[0], *(cell.replace(" (", "\n(") for cell in row[1:])]
        drawn.add_row(*map(Text, cells), style="bold" if pattern.is_current else None)
    parts += [drawn, Text("")]
    parts += [Padding(Text(f"- {text}"), (0, 0, 0, 2)) for text in sentences(made)]
    assumed = [f"{one.name} {one.value} ({one.note})" for one in made.inputs if one.origin == "assumed"]
    if assumed:
        parts += [Text(""), Text("Assumed", style="bold")]
        parts += [Padding(Text(f"- {item}"), (0, 0, 0, 2)) for item in assumed]
    parts += [Text(""), Text(NOTICE, style="italic")]
    return parts


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
    known = evidence.load()
    given = [value.rpartition("/")[0] for one in made.thresholds for value in one.evidence]
    given.append(TRAVERSE.rpartition("/")[0])
    courses = (*made.case.treatments, Course("anastrozole"))
    given += [source for gap in gaps(made.case, courses) for source in gap.sources]
    given += [source for course in courses for source in DRUGS[course.drug].sources]
    return list(dict.fromkeys(known.source(source).id for source in given if source in known))


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
        citations=evidence.cite(source_ids(made)).splitlines(),
    )
    return html


def check_folder(folder: str | Path) -> Path:
    """Return the folder if a titration may be written there.

    Raises
    ------
    InputError
        If it is a file, or holds something other than an earlier titration.
    """
    target = Path(folder)
    expected = "a new or empty folder, or one with an earlier titration"
    if target.exists() and not target.is_dir():
        raise InputError([Problem("out", str(target), expected, "name a folder, not a file")])
    if target.is_dir() and any(target.iterdir()) and not _is_ours(target):
        remedy = "choose another folder; nothing was written"
        raise InputError([Problem("out", str(target), expected, remedy)])
    return target


def _is_ours(folder: Path) -> bool:
    try:
        return FORMAT in (folder / _DATA).read_text(encoding="utf-8")[:200]
    except (OSError, UnicodeDecodeError):
        return False


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
    target = check_folder(folder)
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
