"""The check of published trials against their replicates: in the terminal, as data, as a page."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from osteocast.virtual_trials.checking import CheckRow, CoverageRow, ReplicateCheck
from osteocast.virtual_trials.results import json_safe

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["REPLICATES_FORMAT", "replicates_data", "replicates_markdown", "replicates_renderables"]

REPLICATES_FORMAT = "osteocast-replicates-1"
_GROUPS = {
    "fitted": "used in the fit",
    "predicted": "predicted",
    "apart": "predicted, reported apart",
    "new": "new",
}
COVERAGE_HEAD = ("What", "Nominal", "Replicates alone", "With study and remainder", "Numbers", "Trials")
ROW_HEAD = (
    "Trial",
    "Number",
    "Published",
    "Replicates, 95%",
    "With study and remainder",
    "SE published / replicate",
    "Rank",
)


def _share(found: float, error: float) -> str:
    return f"{found:.0%}" + ("" if math.isnan(error) else f" ± {100 * error:.0f}")


def coverage_rows(check: ReplicateCheck) -> list[tuple[str, ...]]:
    """Return nominal and found coverage, bone density first."""
    rows = []
    for density, what in ((True, "bone density"), (False, "markers and hormones")):
        rows += [_coverage(one, what) for one in check.coverage(density=density)]
    return rows


def _coverage(one: CoverageRow, what: str) -> tuple[str, ...]:
    return (
        f"{what}, {_GROUPS[one.group]}",
        f"{one.level:.0%}",
        _share(one.found, one.error),
        _share(one.wide_found, one.wide_error),
        str(one.n),
        str(one.n_trial),
    )


def check_row(row: CheckRow) -> tuple[str, ...]:
    """Return the cells of one published number, as in `ROW_HEAD`."""
    errors = (
        f"{'–' if row.published_error is None else f'{row.published_error:.2f}'} / "
        f"{'–' if math.isnan(row.error) else f'{row.error:.2f}'}"
    )
    return (
        row.trial,
        row.id,
        f"{row.published:+.2f}",
        f"{row.low:+.2f} to {row.high:+.2f}",
        f"{row.wide_low:+.2f} to {row.wide_high:+.2f}",
        errors,
        f"{row.wide_rank:.2f}",
    )


def replicates_sentences(check: ReplicateCheck) -> list[str]:
    """Say how much was run, and how the errors compare."""
    trials = len({row.trial for row in check.rows})
    ratio, n = check.error_ratios()
    lines = [
        f"{trials} trial{'s' if trials > 1 else ''}, {len(check.rows)} published numbers; "
        f"{check.replicates} replicates of each trial, "
        f"in {check.draws} worlds of {check.people} people."
    ]
    if n:
        lines.append(
            f"The standard error that a replicate reports is {ratio:.2f} times the published one (median of "
            f"{n} numbers of density that print one)."
        )
    return lines


def replicates_renderables(check: ReplicateCheck) -> list[RenderableType]:
    """Return the parts of the text, for a console that knows its own width."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = []
    # What a terminal has no room for stands on the page and in the data.
    shown = [ROW_HEAD.index(name) for name in ("Trial", "Number", "Published", "Replicates, 95%", "Rank")]
    for head, rows, words in (
        (
            tuple(ROW_HEAD[i] for i in shown),
            [tuple(check_row(row)[i] for i in shown) for row in check.rows],
            2,
        ),
        (COVERAGE_HEAD, coverage_rows(check), 1),
    ):
        drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for i, name in enumerate(head):
            drawn.add_column(name, justify="left" if i < words else "right")
        for row in rows:
            drawn.add_row(*map(Text, row))
        parts.append(drawn)
    return [*parts, *map(Text, replicates_sentences(check))]


def replicates_data(check: ReplicateCheck) -> dict[str, Any]:
    """Return the check as what JSON can hold: ``format``, ``rows``, ``coverage``, ``sentences``."""
    content = {
        "format": REPLICATES_FORMAT,
        "replicates": check.replicates,
        "draws": check.draws,
        "people": check.people,
        "rows": [asdict(row) for row in check.rows],
        "coverage": [
            {"density": density, **asdict(one)}
            for density in (True, False)
            for one in check.coverage(density=density)
        ],
        "sentences": replicates_sentences(check),
    }
    made: dict[str, Any] = json_safe(content)
    return made


def replicates_markdown(check: ReplicateCheck, command: str) -> str:
    """Return the check as a page of the documentation.

    Parameters
    ----------
    check : ReplicateCheck
    command : str
        That writes the page again.
    """
    lines = [
        "# Published trials run again",
        "",
        f"Written by `{command}`; do not edit it by hand.",
        "",
        "Each published trial is run again as a trial: people screened, randomised, measured with the error",
        "of a scan and lost as in its design. If the model is right about people and errors, the published",
        "number is one more replicate. Real studies differ from each other by more than their people, and",
        "the model leaves a remainder; the second column holds both.",
        "[Virtual trials](virtual-trials.md#published-trials-run-again) explains how to read it.",
        "",
        *(f"- {text}" for text in replicates_sentences(check)),
        "",
        "## How often the published number lies within",
        "",
        *_table(COVERAGE_HEAD, coverage_rows(check)),
        "",
        "The error of a share takes the numbers of one trial together.",
        "",
        "## Every number",
        "",
        "The rank is the share of the replicates, with study and remainder, below the published number.",
        "",
        *_table(ROW_HEAD, [check_row(row) for row in check.rows]),
    ]
    return "\n".join(lines) + "\n"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows),
    ]
