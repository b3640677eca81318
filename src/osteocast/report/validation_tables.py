"""Tables of the page of validation: every observation, coverage of intervals, published nulls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from osteocast import evidence
from osteocast.inference.prediction import Intervals
from osteocast.trials import Row
from osteocast.trials.wording import arm_of, interval_of, months_of, number, role_of, what_of

__all__ = ["coverage_table", "null_table", "table"]

_GROUPS = {
    "fitted": "fitted",
    "predicted": "predicted",
    "apart": "predicted, apart",
    "new": "new",
}


def table(rows: Sequence[Row], intervals: Intervals) -> list[str]:
    """Return the lines of the table of all observations.

    Parameters
    ----------
    rows : sequence of Row
    intervals : Intervals
        Of the same observations, in the same order.
    """
    lines = [
        "| trial | arm | what | months | published | simulated | interval of 90% | error | role |",
        "|---|---|---|---|---:|---:|---:|---:|---|",
    ]
    for row, one in zip(rows, intervals.predictions, strict=True):
        role = role_of(row) + (f": {row.reason}" if row.role == "shown" else "")
        bounds = interval_of(row, (one.low, one.high))
        lines.append(
            _line(
                row.trial,
                arm_of(row).replace("_", " "),
                what_of(row),
                months_of(row),
                _linked(number(row, row.published), row.evidence),
                number(row, row.simulated),
                bounds if one.within else f"**{bounds}**",
                number(row, row.error, unit=False),
                role,
            )
        )
    return [*lines, "", "An interval in bold does not hold the published number."]


def coverage_table(intervals: Intervals) -> list[str]:
    """Return the lines below the head of the table of coverage."""
    return [
        f"| {one.kind} | {_GROUPS[one.group]} | {one.n} | {one.n_trial} | {one} |"
        for one in intervals.coverage()
    ]


def null_table(rows: Iterable[Row]) -> list[str]:
    """Return the lines below the head of the table of published nulls."""
    return [
        _line(
            row.trial,
            arm_of(row).replace("_", " "),
            what_of(row),
            months_of(row),
            _linked(number(row, row.published), row.evidence),
            interval_of(row, row.interval),
            number(row, row.simulated),
            "agrees" if row.within else "**contradicts**",
        )
        for row in rows
    ]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _linked(text: str, value: str | None) -> str:
    """Link a published number to the paper in which it stands, where its address was verified."""
    if value is None:
        return text
    citation = evidence.load().source(value.split("/", 1)[0]).citation
    address = f"https://doi.org/{citation.doi}" if citation.doi else citation.url
    return f"[{text}]({address})" if address else text
