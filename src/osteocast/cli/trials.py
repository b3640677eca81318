"""``osteocast validate``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteocast.cli.compilation import announced
from osteocast.cli.output import console

if TYPE_CHECKING:
    from osteocast.fracture import Check
    from osteocast.inference.prediction import Intervals
    from osteocast.trials import Row, Trial, Validation

__all__ = ["validate"]

_GROUPS = {
    "fitted": "used in the fit",
    "predicted": "predicted, never used in the fit",
    "apart": "predicted, reported apart",
    "new": "from your files",
}


def validate(
    directory: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of trial files; those that come with osteocast by default.",
            metavar="[DIRECTORY]",
            show_default=False,
        ),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(help="Write the table to this file, .md, .csv or .json.", show_default=False),
    ] = None,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="Add prediction intervals of 90%, and whether they hold.")
    ] = False,
    draws: Annotated[
        int | None,
        typer.Option(help="Draws of the posterior behind an interval; 120 by default.", min=8, max=2000),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Simulate published trials again and print published beside simulated, with the error.

    Each row says whether it was used in the fit, predicted, or is only shown. The errors at the end count
    means of bone density, in percentage points; published nulls are listed with whether the simulated effect
    lies in their confidence interval. Published rates of fracture stand beside computed ones; they are left
    out where a folder of trial files is given.

    Examples
    --------
        osteocast validate

        osteocast validate my-trials --json

        osteocast validate --intervals --draws 40

        osteocast validate --write validation.md
    """
    from osteocast.errors import InputError, Problem

    if write is not None and write.suffix.lower() not in _WRITERS:
        expected = f"a file name with {', '.join(_WRITERS)}"
        raise InputError([Problem("--write", str(write), expected, "choose one of these suffixes")])
    if directory is not None and not directory.is_dir():
        raise InputError([Problem("DIRECTORY", str(directory), "a folder of trial files", "check the path")])
    if draws is not None and not intervals:
        raise InputError([Problem("--draws", str(draws), "--intervals beside it", "add --intervals")])
    with announced():
        from osteocast import trials

        own = trials.load_trials(directory)
        result = trials.validate(trials=own)
        held = _intervals(own, draws) if intervals else None
        compared = _fractures() if directory is None else ()
    if write is not None:
        from osteocast.report.writing import write_text

        write_text(write, _WRITERS[write.suffix.lower()](result, held, compared))
    if as_json:
        typer.echo(_as_json(result, held, compared), nl=False)
    else:
        _print(result, held, compared)


def _fractures() -> tuple[Check, ...]:
    from osteocast.fracture import checks

    return checks()


def _intervals(trials: Sequence[Trial], draws: int | None) -> Intervals:
    """Simulate the draws of the posterior, showing how far it is to a person at a terminal."""
    from osteocast.inference.prediction import DRAWS, predict

    number = DRAWS if draws is None else draws
    if not sys.stderr.isatty():
        return predict(trials, n_draw=number)
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("draws of the posterior", total=number)
        return predict(trials, n_draw=number, report=lambda done, _: progress.update(task, completed=done))


def _print(result: Validation, held: Intervals | None, compared: Sequence[Check]) -> None:
    from rich.text import Text

    from osteocast.report.fracture_checks import fracture_checks_summary, fracture_checks_table
    from osteocast.report.text import new_table

    made = new_table()
    for name in _head(held):
        made.add_column(name, justify="left" if name in _WORDS else "right", no_wrap=name not in _WORDS)
    last = None
    for row, cells in zip(result.rows, _cells(result, held), strict=True):
        if row.trial != last and last is not None:
            made.add_section()
        made.add_row(*(Text(cell) for cell in ("" if row.trial == last else cells[0], *cells[1:])))
        last = row.trial
    screen = console()
    screen.print(made)
    lines = _summary(result, held)
    if compared:
        screen.print(fracture_checks_table(compared))
        lines += fracture_checks_summary(compared)
    for line in lines:
        screen.print(line)


_WORDS = ("trial", "arm", "what", "role")


def _head(held: Intervals | None) -> tuple[str, ...]:
    between = () if held is None else ("90%",)
    return ("trial", "arm", "what", "month", "published", "simulated", *between, "error", "role")


def _cells(result: Validation, held: Intervals | None) -> list[tuple[str, ...]]:
    """Return the cells of each row; an interval that does not hold the published number ends in a mark."""
    from osteocast.trials.wording import arm_of, interval_of, months_of, number, role_of, what_of

    shown = []
    for i, row in enumerate(result.rows):
        between: tuple[str, ...] = ()
        if held is not None:
            one = held.predictions[i]
            between = (interval_of(row, (one.low, one.high)) + ("" if one.within else " !"),)
        numbers = (number(row, row.published), number(row, row.simulated), *between)
        error = number(row, row.error, unit=False)
        shown.append(
            (row.trial, arm_of(row), what_of(row), months_of(row, "-"), *numbers, error, role_of(row))
        )
    return shown


def _summary(result: Validation, held: Intervals | None) -> list[str]:
    """Return a line for each group of means of bone density, for coverage, and for the nulls."""
    from osteocast.trials.wording import KINDS

    lines = []
    for name, errors in result.summary().items():
        lines.append(
            f"{_GROUPS.get(name, name)}: {errors['n']:.0f} means of bone density, "
            f"RMSE {errors['rmse']:.2f}, mean error {errors['bias']:+.2f} percentage points"
        )
    lines += [
        f"  {words}: "
        + ", ".join(f"{_GROUPS[name]} {e['rmse']:.2f} ({e['n']:.0f} means)" for name, e in groups.items())
        for kind, words in KINDS.items()
        if (groups := result.summary(kind))
    ]
    lines = lines or ["no mean of bone density to count"]
    if held is not None:
        lines += [
            f"intervals of 90% ({held.n_draw} draws): {one.kind}, {_GROUPS[one.group]}: "
            f"{one} of {one.n} from {one.n_trial} trials lie within"
            for one in held.coverage()
        ]
    return lines + _nulls(result.nulls())


def _nulls(rows: Sequence[Row]) -> list[str]:
    from osteocast.trials.wording import arm_of, interval_of, number, what_of

    if not rows:
        return []
    agree = sum(row.within for row in rows)
    lines = [f"published nulls: {agree} of {len(rows)} simulated effects lie in the published 95% interval"]
    return lines + [
        f"  outside: {row.trial}, {arm_of(row)}, {what_of(row)}, month {row.month:g}: "
        f"{number(row, row.simulated)}, published {interval_of(row, row.interval)}"
        for row in rows
        if not row.within
    ]


def _as_markdown(result: Validation, held: Intervals | None, compared: Sequence[Check]) -> str:
    from osteocast.report.fracture_checks import fracture_checks_lines, fracture_checks_summary

    head = _head(held)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += [
        "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in _cells(result, held)
    ]
    said = _summary(result, held)
    if compared:
        lines += ["", *fracture_checks_lines(compared)]
        said += fracture_checks_summary(compared)
    return "\n".join([*lines, "", *(f"- {line.strip()}" for line in said)]) + "\n"


def _as_csv(result: Validation, held: Intervals | None, compared: Sequence[Check]) -> str:
    """Write the rows of the trials; rates of fracture have other columns, and stand in the other formats."""
    import csv
    import io

    rows = _content(result, held, compared)["rows"]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]) if rows else list(_head(held)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _content(result: Validation, held: Intervals | None, compared: Sequence[Check]) -> dict[str, Any]:
    """Return what ``--json`` prints: rows with the numbers of intervals, summary, nulls, fractures."""
    content = result.to_dict()
    if compared:
        from osteocast.report.fracture_checks import fracture_checks_as_data

        content["fractures"] = fracture_checks_as_data(compared)
    if held is not None:
        from dataclasses import asdict

        for row, one in zip(content["rows"], held.predictions, strict=True):
            row |= {"low_90": one.low, "high_90": one.high, "rank": one.rank, "within_90": one.within}
        content["draws"] = held.n_draw
        # The error of a share of one trial is not known, which JSON writes as null.
        content["coverage"] = [
            asdict(one) | {"error": None if one.n_trial == 1 else one.error} for one in held.coverage()
        ]
        content["reliability"] = [
            {"group": one.group, "kind": one.kind, "levels": held.reliability(one.group, one.kind)}
            for one in held.coverage()
        ]
    return content


def _as_json(result: Validation, held: Intervals | None, compared: Sequence[Check]) -> str:
    return json.dumps(_content(result, held, compared), indent=1, allow_nan=False) + "\n"


_WRITERS = {".md": _as_markdown, ".csv": _as_csv, ".json": _as_json}
