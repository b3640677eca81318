"""Published rates of fracture beside computed ones: for a terminal, for the page of validation, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import TYPE_CHECKING, Any

from osteocast.fracture import Check
from osteocast.report.text import figures
from osteocast.units.writing import signed

if TYPE_CHECKING:
    from rich.table import Table

__all__ = [
    "fracture_checks_as_data",
    "fracture_checks_lines",
    "fracture_checks_summary",
    "fracture_checks_table",
]

_HEAD = ("fractures", "published", "computed", "error", "role")
#: A computed rate counts as near if it is off by no more than this factor in either direction.
_NEAR = 1.5


def fracture_checks_table(checks: Sequence[Check]) -> Table:
    """Return every comparison as a table for a terminal."""
    return figures(_HEAD, [_cells(check) for check in checks], left=["role"])


def fracture_checks_lines(checks: Sequence[Check]) -> list[str]:
    """Return every comparison as the lines of a Markdown table."""
    head, *rows = (
        f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
        for cells in (_HEAD, *(_cells(check) for check in checks))
    )
    return [head, "|---|---:|---:|---:|---|", *rows]


def _cells(check: Check) -> tuple[str, ...]:
    unit = "" if check.unit == "ratio" else f" {check.unit}"
    published = f"{check.published:.2f}{unit}"
    if check.ci is not None:
        published += f" ({check.ci[0]:.2f} to {check.ci[1]:.2f})"
    return (
        check.name,
        published,
        f"{check.computed:.2f}{unit}",
        f"{signed(check.error, 2)}, {signed(100 * (check.ratio - 1), 0)}%",
        check.role,
    )


def fracture_checks_summary(checks: Sequence[Check]) -> list[str]:
    """Return a line for the comparisons that estimates were set by, and one for the others."""
    lines = []
    for role in ("fitted", "predicted"):
        ratios = [check.ratio for check in checks if check.role == role]
        if ratios:
            near = sum(1 / _NEAR <= ratio <= _NEAR for ratio in ratios)
            lines.append(
                f"fractures, {role}: {len(ratios)} comparisons, {near} within a factor of {_NEAR:g}; "
                f"computed over published {median(ratios):.2f} in the middle, {min(ratios):.2f} to "
                f"{max(ratios):.2f} at the ends"
            )
    held = [check for check in checks if check.ci is not None]
    inside = sum(check.within is True for check in held)
    return [*lines, f"fractures: {inside} of {len(held)} published 95% intervals hold the computed number"]


def fracture_checks_as_data(checks: Sequence[Check]) -> list[dict[str, Any]]:
    """Return every comparison as what JSON can hold."""
    return [
        asdict(check)
        | {"error": check.error, "ratio": check.ratio, "role": check.role, "within": check.within}
        for check in checks
    ]
