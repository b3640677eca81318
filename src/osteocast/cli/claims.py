"""``osteocast claims``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteocast.cli.compilation import announced
from osteocast.cli.output import console, print_json, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from osteocast.claims import Answer, Result

__all__ = ["claims"]

_COLOURS = {"supported": "green", "partly": "yellow", "not supported": "red"}


def claims(
    ids: Annotated[
        list[str] | None,
        typer.Argument(help="Only these claims, such as L3 M2; all by default.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Write the page claims.html and claims.json to this folder.", show_default=False),
    ] = None,
    draws: Annotated[
        int, typer.Option(help="Draws of the parameters behind the ranges; 0 for none.", min=0, max=1_000)
    ] = 24,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Run what popular articles claim about bone, and answer it beside the trials.

    Each claim is simulated, set beside what was published, and answered by a rule: supported, partly, not
    supported, not studied, or in words where it has no quantitative question.

    Examples
    --------
        osteocast claims

        osteocast claims L3 E7

        osteocast claims --output claims
    """
    from contextlib import ExitStack

    with ExitStack() as until_done:
        if output is not None:
            from osteocast.charts import drawing

            until_done.enter_context(drawing())
        with announced():
            from osteocast.claims import as_data, ask

            result = ask(ids or None, draws=draws, tables=None if output is not None or as_json else ())
        page = None
        if output is not None:
            from osteocast.report.claims import write_claims

            page = write_claims(result, output)
    if as_json:
        print_json(as_data(result))
    else:
        _print(result, in_full=bool(ids))
    if page is not None:
        say(f"\nPage: {page}\nData: {page.with_suffix('.json')}")


def _print(result: Result, *, in_full: bool) -> None:
    screen = console()
    if in_full:
        for answer in result.answers:
            _print_one(screen, answer)
    else:
        _print_overview(screen, result)


def _print_overview(screen: Console, result: Result) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from osteocast.forecast.grading import GRADES
    from osteocast.report import claims_words as words

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("", "claim", "verdict", "grade"):
        made.add_column(name, no_wrap=name in ("", "verdict"))
    for _, answers in words.grouped(result.answers):
        for one in answers:
            made.add_row(one.id, Text(one.claim.claim), _verdict(one), one.grade)
        made.add_section()
    screen.print(made)
    screen.print(", ".join(f"{name}: {count}" for name, count in words.counts(result.answers)))
    screen.print("Grade: " + "; ".join(f"{key} {text}" for key, text in GRADES.items()))


def _print_one(screen: Console, answer: Answer) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from osteocast.report import claims_words as words

    screen.print(Text(f"{answer.id}  {answer.claim.claim}", style="bold"))
    screen.print(Text.assemble(_verdict(answer), f", grade {answer.grade}: {answer.claim.because}"))
    screen.print(Text(f"Asked: {answer.claim.question}"))
    if answer.findings:
        screen.print(Text(answer.reason))
        made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("what", "simulated", "published"):
            made.add_column(name)
        for number in answer.numbers:
            published = "\n".join(f"{one.text}, {one.study}" for one in words.cited(number))
            made.add_row(Text(number.what), words.simulated(number), Text(published or "–"))
        screen.print(made)
        for sign, text, became in words.told(answer):
            screen.print(Text(f"  {sign} {text} ({became})"))
    screen.print(Text(answer.claim.words))
    screen.print("")


def _verdict(answer: Answer) -> Text:
    from rich.text import Text

    return Text(answer.verdict, style=_COLOURS.get(answer.verdict, ""))
