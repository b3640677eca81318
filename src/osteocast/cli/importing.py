"""``osteocast import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from osteocast.cli.output import say

__all__ = ["import_"]


def import_(
    file: Annotated[Path, typer.Argument(help="Event table (CSV).", metavar="FILE", show_default=False)],
    output: Annotated[
        Path, typer.Option(help="Folder for the case files, one for every ID.", metavar="DIR")
    ] = Path("cases"),
    as_of: Annotated[
        str | None,
        typer.Option(
            help="Date of DAY0, as 2025-03-10; today by default.", show_default=False, metavar="DATE"
        ),
    ] = None,
) -> None:
    """Make case files from what other programs hold: doses and measurements as an event table.

    Nothing is written unless every person can be read. What the table has no place for (conditions,
    lifestyle, the T-scores of reports) is to be filled in.

    Examples
    --------
        osteocast import events.csv --as-of 2025-03-10 --output cases
    """
    from datetime import date

    import yaml

    from osteocast.errors import InputError, Problem
    from osteocast.interop.events_table import read_events
    from osteocast.person import load_case
    from osteocast.report.writing import make_folder, write_text

    try:
        day = date.today() if as_of is None else date.fromisoformat(as_of)
    except ValueError:
        raise InputError(
            [Problem("--as-of", as_of, "a date such as 2025-03-10", "correct it; nothing was written")]
        ) from None
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            [Problem("FILE", str(file), "a readable CSV in UTF-8", f"choose another file ({error})")]
        ) from None
    texts = {
        f"{name}.yaml": yaml.safe_dump(document, sort_keys=False)
        for name, document in read_events(text, as_of=day).items()
    }
    problems = []
    for name, made in texts.items():
        try:
            load_case(made)
        except InputError as error:
            problems += [
                Problem(f"{name}: {one.field}", one.value, one.expected, one.remedy) for one in error.problems
            ]
        if (output / name).exists():
            expected = "a name that is free"
            problems.append(Problem("--output", str(output / name), expected, "choose another folder"))
    if problems:
        raise InputError(problems)
    make_folder(output)
    for name, made in texts.items():
        write_text(output / name, made)
    say(f"Written: {len(texts)} case files in {output}")
