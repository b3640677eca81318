"""``osteocast validate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteocast.cli.compilation import announced
from osteocast.cli.output import console

if TYPE_CHECKING:
    from osteocast.trials import Row, Validation

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
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Simulate published trials again and print published beside simulated, with the error.

    Each row says whether it was used in the fit, predicted, or is only shown. The errors at the end count
    means of bone density, in percentage points.

    Examples
    --------
        osteocast validate

        osteocast validate my-trials --json

        osteocast validate --write validation.md
    """
    from osteocast.errors import InputError, Problem

    if write is not None and write.suffix.lower() not in _WRITERS:
        expected = f"a file name with {', '.join(_WRITERS)}"
        raise InputError([Problem("--write", str(write), expected, "choose one of these suffixes")])
    if directory is not None and not directory.is_dir():
        raise InputError([Problem("DIRECTORY", str(directory), "a folder of trial files", "check the path")])
    with announced():
        from osteocast import trials

        result = trials.validate(directory)
    if write is not None:
        from osteocast.report.writing import write_text

        write_text(write, _WRITERS[write.suffix.lower()](result))
    if as_json:
        typer.echo(result.to_json())
    else:
        _print(result)


def _print(result: Validation) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in _HEAD:
        made.add_column(
            name, justify="right" if name in ("month", "published", "simulated", "error") else "left"
        )
    last = None
    for row in result.rows:
        cells = _cells(row)
        if row.trial != last and last is not None:
            made.add_section()
        made.add_row(*(Text(cell) for cell in ("" if row.trial == last else cells[0], *cells[1:])))
        last = row.trial
    screen = console()
    screen.print(made)
    for line in _summary(result):
        screen.print(line)


_HEAD = ("trial", "arm", "what", "month", "published", "simulated", "error", "role")


def _cells(row: Row) -> tuple[str, ...]:
    unit = {"pct": "%", "pct_per_year": "%/y"}.get(row.unit, "")
    sign = "+" if unit else ""
    arm = row.arm if row.versus is None else f"{row.arm} − {row.versus}"
    month = f"{row.month:g}" if not row.from_month else f"{row.from_month:g}-{row.month:g}"
    role = row.role + (", apart" if row.apart else "")
    numbers = (
        f"{row.published:{sign}.2f}{unit}",
        f"{row.simulated:{sign}.2f}{unit}",
        f"{row.error:+.2f}",
    )
    return (row.trial, arm, row.observable.replace("_", " "), month, *numbers, role)


def _summary(result: Validation) -> list[str]:
    """Return one line for each group of means of bone density."""
    lines = []
    for name, errors in result.summary().items():
        lines.append(
            f"{_GROUPS.get(name, name)}: {errors['n']:.0f} means of bone density, "
            f"RMSE {errors['rmse']:.2f}, mean error {errors['bias']:+.2f} percentage points"
        )
    return lines or ["no mean of bone density to count"]


def _as_markdown(result: Validation) -> str:
    lines = ["| " + " | ".join(_HEAD) + " |", "|" + "---|" * len(_HEAD)]
    lines += ["| " + " | ".join(cell.replace("|", "/") for cell in _cells(row)) + " |" for row in result.rows]
    return "\n".join([*lines, "", *(f"- {line}" for line in _summary(result))]) + "\n"


def _as_csv(result: Validation) -> str:
    import csv
    import io
    from dataclasses import asdict

    rows: list[dict[str, Any]] = [asdict(row) for row in result.rows]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]) if rows else list(_HEAD), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _as_json(result: Validation) -> str:
    return json.dumps(json.loads(result.to_json()), indent=1) + "\n"


_WRITERS = {".md": _as_markdown, ".csv": _as_csv, ".json": _as_json}
