"""``osteocast plan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteocast.cli.output import console, print_json, say

if TYPE_CHECKING:
    from osteocast.person import Case, Constraints, Goal

__all__ = ["plan"]


def plan(
    person: Annotated[Path, typer.Argument(help="Case file (YAML).", metavar="PERSON", show_default=False)],
    goal: Annotated[
        str | None,
        typer.Option(
            help="What to rank for: balanced, fewest_fractures, hold_bone or least_burden.  [default: that "
            "of the case, or balanced]",
            show_default=False,
        ),
    ] = None,
    route: Annotated[
        list[str] | None,
        typer.Option(help="Only drugs taken like this: oral, infusion, injection; repeat for more."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            help="No plan with this: a drug, bisphosphonates, drugs, exercise, supervised_training; repeat "
            "for more."
        ),
    ] = None,
    max_visits: Annotated[
        float | None, typer.Option(help="At most so many visits in any year.", min=0, show_default=False)
    ] = None,
    not_before: Annotated[
        str | None,
        typer.Option(
            "--not-before",
            help="No drug before: a date or a duration, such as '6 months'.",
            show_default=False,
        ),
    ] = None,
    keep_inhibitor: Annotated[
        bool, typer.Option("--keep-inhibitor", help="A man's aromatase inhibitor goes on in every plan.")
    ] = False,
    people: Annotated[
        int, typer.Option(help="Virtual people that every plan is followed over.", min=32, max=100_000)
    ] = 384,
    everything: Annotated[bool, typer.Option("--all", help="Show plans that others outdo as well.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(help="Write page, chart and data to this folder.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Search for a plan: what is feasible and safe, what each comes to, and what stands against what.

    Puts together drugs with their intervals, starts, durations and what follows them, with and without a
    programme of exercise and nutrition. Unsafe plans are refused with the reason. The others are followed for
    ten years over the same virtual people: fractures, bone, serious harms, what each asks of the person, what
    stopping does. They are ranked for a goal; nothing in the list is the answer, and the plans marked * are
    all worth a look. Goal and constraints may stand in the case file too (options.goal, options.constraints).

    Examples
    --------
        osteocast plan examples/postmenopausal-anastrozole.yaml

        osteocast plan my-case.yaml --goal fewest_fractures --without denosumab

        osteocast plan my-case.yaml --route oral --route infusion --max-visits 4 --output visit

        osteocast plan my-case.yaml --json > plan.json
    """
    from contextlib import ExitStack

    from osteocast import charts
    from osteocast.cli.compilation import announced

    with ExitStack() as until_done:
        if output is not None:
            until_done.enter_context(charts.drawing())
        from osteocast.person import load_case
        from osteocast.report import check_folder
        from osteocast.report.planning_data import search_as_data
        from osteocast.report.planning_table import search_renderables
        from osteocast.report.writing import write_search

        case = load_case(person)
        chosen, constraints = _wanted(case, goal, route, without, max_visits, not_before, keep_inhibitor)
        if output is not None:
            check_folder(output)
        with announced():
            from osteocast.cli.progress import progress_shown
            from osteocast.planning import search

            say(f"Looking at plans over {people} virtual people …")
            with progress_shown() as report:
                found = search(case, goal=chosen, constraints=constraints, people=people, report=report)
        if as_json:
            print_json(search_as_data(found))
        else:
            screen = console()
            for part in search_renderables(found, everything=everything):
                screen.print(part)
        if output is None:
            return
        written = write_search(found, output)
    say(f"\nPage:  {written.page}\nData:  {written.data}")


def _wanted(
    case: Case,
    goal: str | None,
    routes: list[str] | None,
    without: list[str] | None,
    max_visits: float | None,
    not_before: str | None,
    keep_inhibitor: bool,
) -> tuple[Goal | None, Constraints]:
    """Read goal and constraints as a case file would hold them; what is given here wins over the case."""
    from dataclasses import replace

    from osteocast.errors import InputError, Problem, unknown_name
    from osteocast.person import GOALS, ROUTES
    from osteocast.person.fields import match_name
    from osteocast.person.reading_wishes import read_start
    from osteocast.person.wishes import named_in

    problems: list[Problem] = []
    chosen = None if goal is None else match_name(goal, GOALS)
    if goal is not None and chosen is None:
        problems.append(unknown_name("--goal", goal, GOALS, "goal"))
    wanted = case.constraints
    if routes:
        names = {given: match_name(given, ROUTES) for given in routes}
        problems += [
            unknown_name("--route", given, ROUTES, "route") for given, name in names.items() if name is None
        ]
        wanted = replace(wanted, routes=tuple(route for route in ROUTES if route in names.values()))
    if without:
        left_out = named_in(without, "--without", problems)
        wanted = replace(wanted, without=tuple(dict.fromkeys((*wanted.without, *left_out))))
    if max_visits is not None:
        wanted = replace(wanted, max_visits_per_year=max_visits)
    if not_before is not None:
        try:
            wanted = replace(wanted, start_not_before=read_start(not_before, "--not-before", case.day))
        except InputError as error:
            problems += error.problems
    if keep_inhibitor:
        wanted = replace(wanted, keep_inhibitor=True)
    if problems:
        raise InputError(problems)
    return chosen, wanted  # type: ignore[return-value]
