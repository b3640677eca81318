"""A visit as HTML that stands alone: no network, no script, and it prints on as many pages as the PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osteocast.charts import STYLES
from osteocast.report.inline import inline
from osteocast.report.page import template
from osteocast.report.visit.clinician import ClinicianSheet
from osteocast.report.visit.content import content
from osteocast.report.visit.patient import PatientSheet
from osteocast.report.visit.picture import Picture

__all__ = ["as_html", "halves"]

_STYLE = Path(__file__).parents[1] / "templates" / "visit.css"
# Points of print by characters of text on a page: measured on the examples in a browser, with some room left.
_SIZES = {
    "front": ((4600, 7.0), (5250, 6.7), (5800, 6.3), (6600, 5.9)),
    "back": ((7200, 7.0), (9200, 6.6), (9900, 6.4), (11000, 6.0)),
    "patient": ((3800, 7.7), (4200, 7.5), (4700, 7.0)),
}
_SMALLEST = 5.6
_FRONT = frozenset(
    (
        "title",
        "who",
        "decision",
        "confidence",
        "meaning",
        "notice",
        "alerts",
        "refused",
        "first",
        "plans",
        "plans_note",
    )
)
_UNCOUNTED = frozenset(("picture", "sources", "reader"))


def as_html(sheet: ClinicianSheet | PatientSheet) -> str:
    """Return a sheet as one HTML file.

    Parameters
    ----------
    sheet : ClinicianSheet or PatientSheet
    """
    html: str = template(f"visit-{sheet.reader}.html.jinja").render(
        sheet=sheet,
        picture=None if sheet.picture is None else _drawn(sheet.picture, sheet.reader),
        visit_style=_STYLE.read_text(encoding="utf-8"),
        styles=STYLES,
        short=_short,
        sizes=_sizes(sheet),
        why=halves(sheet.why) if isinstance(sheet, ClinicianSheet) else (),
    )
    return html


def _drawn(picture: Picture, reader: str) -> dict[str, Any]:
    variant = "squares" if reader == "patient" else "lines"
    return {"chart": picture.chart, "svg": inline(picture.chart, variant), "caption": picture.caption}


def _short(chance: str) -> str:
    """Say a printed probability in less room, with the same digits."""
    return chance.replace("under ", "<").replace("over ", ">")


def _sizes(sheet: ClinicianSheet | PatientSheet) -> dict[str, float]:
    """Return the size of print by page: the more there is to say, the smaller."""
    said = {name: one for name, one in content(sheet).items() if name not in _UNCOUNTED}
    if sheet.reader == "patient":
        return {"patient": _size("patient", _length(said))}
    front = sum(_length(one) for name, one in said.items() if name in _FRONT)
    return {"front": _size("front", front), "back": _size("back", _length(said) - front)}


def _size(page: str, length: int) -> float:
    return next((size for most, size in _SIZES[page] if length <= most), _SMALLEST)


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_length, value.values()))
    return sum(map(_length, value)) if isinstance(value, list) else 0


Sections = Sequence[tuple[str, tuple[str, ...]]]


def halves(sections: Sections) -> tuple[Sections, Sections]:
    """Split sections into two columns of about the same length.

    Examples
    --------
    >>> left, right = halves([("a", ("some words",)), ("b", ("as many of them",))])
    >>> len(left), len(right)
    (1, 1)
    """
    lengths = [sum(len(text) + 30 for text in items) + 60 for _, items in sections]
    half = sum(lengths) / 2
    first = next(
        (i for i in range(len(lengths)) if sum(lengths[: i + 1]) - lengths[i] / 2 > half), len(lengths)
    )
    return sections[:first], sections[first:]
