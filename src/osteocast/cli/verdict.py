"""``osteocast verdict``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from osteocast.cli.output import console, print_json, say

__all__ = ["verdict"]


def verdict(
    person: Annotated[Path, typer.Argument(help="Case file (YAML).", metavar="PERSON", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option(help="Write page, chart and data to this folder.", show_default=False),
    ] = None,
    people: Annotated[
        int, typer.Option(help="Virtual people behind the probabilities.", min=64, max=1_000_000)
    ] = 4096,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Say whether lifestyle alone is enough for a person, and what would be.

    Judges doing nothing, a sensible programme of exercise and nutrition, each drug, and drug and programme
    together: how likely each is to be enough, why, how well that is known, and when a scan would settle it.

    Examples
    --------
        osteocast verdict examples/postmenopausal-anastrozole.yaml

        osteocast verdict my-case.yaml --output visit

        osteocast verdict my-case.yaml --json > verdict.json
    """
    from contextlib import ExitStack

    from osteocast import charts
    from osteocast.cli.compilation import announced

    with ExitStack() as until_done:
        if output is not None:
            until_done.enter_context(charts.drawing())
        from osteocast.person import load_case
        from osteocast.report import check_folder, verdict_as_data, verdict_renderables, write_verdict

        case = load_case(person)
        if output is not None:
            check_folder(output)
        with announced():
            from osteocast.cli.progress import progress_shown
            from osteocast.forecast import verdict as judge

            with progress_shown() as report:
                found = judge(case, people=people, report=report)
        if as_json:
            print_json(verdict_as_data(found))
        else:
            screen = console()
            for part in verdict_renderables(found):
                screen.print(part)
        if output is None:
            return
        written = write_verdict(found, output)
    say(f"\nPage:  {written.page}\nChart: {written.chart}\nData:  {written.data}")
