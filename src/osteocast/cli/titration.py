"""``osteocast titrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from osteocast.cli.output import console, print_json, say

__all__ = ["titrate"]

_OUTPUT = Path("osteocast-output")


def titrate(
    case: Annotated[Path, typer.Argument(help="Case file (YAML).", metavar="CASE", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "--out",
            help="Folder for page, chart and data.  [default: osteocast-output/NAME-OF-CASE-titration]",
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(help="Draws of the parameters behind the bands; 0 for none.", min=0, max=10_000)
    ] = 64,
    html: Annotated[bool, typer.Option("--html/--no-html", help="Write the page.")] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON; write files only if --output is given.")
    ] = False,
) -> None:
    """Show a man on testosterone what doses of anastrozole do to his oestradiol and his spine.

    Doses from none to 1 mg daily, with the levels of oestradiol below which resorption and fractures were
    seen to rise. Nobody has studied bone density on both drugs: the bands say how little is known. It is no
    advice to change a dose, which is for the prescriber.

    Examples
    --------
        osteocast titrate examples/man-testosterone-anastrozole.yaml

        osteocast titrate my-case.yaml --json > titration.json
    """
    from contextlib import ExitStack

    from osteocast import charts
    from osteocast.cli.compilation import announced

    with ExitStack() as until_done:
        folder = out if out is not None else None if as_json else _OUTPUT / f"{case.stem}-titration"
        if folder is not None:
            until_done.enter_context(charts.drawing())
        from osteocast.person import load_case
        from osteocast.report import check_folder
        from osteocast.report import titration as report

        person = load_case(case)
        if folder is not None:
            check_folder(folder, report.MARKER)
        with announced():
            from osteocast.forecast.titration import run_titration

            made = run_titration(person, draws=draws)
        if as_json:
            print_json(report.as_data(made))
        else:
            screen = console()
            for part in report.renderables(made):
                screen.print(part)
        written = report.write(made, folder, html=html) if folder is not None else None
    if written is not None:
        say("")
        if written.page is not None:
            say(f"Page:  {written.page}")
        say(f"Chart: {written.chart}\nData:  {written.data}")
