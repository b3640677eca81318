"""``osteocast forecast``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteocast.cli.output import console, print_json, say

if TYPE_CHECKING:
    from osteocast.forecast import Forecast
    from osteocast.person import Case

__all__ = ["forecast"]

_OUTPUT = Path("osteocast-output")


def forecast(
    case: Annotated[Path, typer.Argument(help="Case file (YAML).", metavar="CASE", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "--out",
            help="Folder for page, chart and data.  [default: osteocast-output/NAME-OF-CASE]",
        ),
    ] = None,
    years: Annotated[
        float | None,
        typer.Option(help="How far to look, years; instead of what the case says.", min=0.5, max=30),
    ] = None,
    plan: Annotated[
        list[str] | None, typer.Option(help="Only this plan, by name or part of it; repeat for more.")
    ] = None,
    draws: Annotated[
        int, typer.Option(help="Virtual people behind the bands; 0 for none.", min=0, max=10_000)
    ] = 256,
    html: Annotated[bool, typer.Option("--html/--no-html", help="Write the page.")] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON; write files only if --output is given.")
    ] = False,
) -> None:
    """Forecast bone density under every plan of a case: a table here, a chart and a page in a folder.

    Without plans in the case, four are compared: no drug for bone, zoledronate, denosumab with a planned
    exit, and denosumab stopped without one.

    Examples
    --------
        osteocast forecast examples/postmenopausal-anastrozole.yaml

        osteocast forecast my-case.yaml --years 5 --plan zoledronate --output visit

        osteocast forecast my-case.yaml --json > forecast.json
    """
    from contextlib import ExitStack

    from osteocast import charts
    from osteocast.cli.compilation import announced

    with ExitStack() as until_done:
        folder = out if out is not None else None if as_json else _OUTPUT / case.stem
        if folder is not None:
            until_done.enter_context(charts.drawing())
        from osteocast.person import load_case
        from osteocast.report import as_data, check_folder, write

        person = load_case(case)
        if folder is not None:
            check_folder(folder)
        if plan:
            person = _chosen(person, plan)
        with announced():
            from osteocast.forecast import run_forecast

            made = run_forecast(person, years=years, draws=draws)
        if as_json:
            print_json(as_data(made))
        else:
            _print(made)
        written = write(made, folder, html=html) if folder is not None else None
    if written is not None:
        say("")
        if written.page is not None:
            say(f"Page:  {written.page}")
        say(f"Chart: {written.chart}\nData:  {written.data}")


def _print(made: Forecast) -> None:
    from osteocast.report import renderables

    screen = console()
    for part in renderables(made):
        screen.print(part)


def _chosen(case: Case, wanted: list[str]) -> Case:
    """Keep only the plans that were asked for."""
    from dataclasses import replace

    from osteocast.errors import InputError, unknown_name
    from osteocast.forecast.scenarios import planned

    case, _ = planned(case)
    names = [plan.name for plan in case.plans]
    problems = [
        unknown_name("--plan", text, names, "plan")
        for text in wanted
        if not any(text.casefold() in name.casefold() for name in names)
    ]
    if problems:
        raise InputError(problems)
    kept = tuple(
        plan for plan in case.plans if any(text.casefold() in plan.name.casefold() for text in wanted)
    )
    return replace(case, plans=kept)
