"""``osteocast guidelines``, ``osteocast safety`` and ``osteocast surveillance``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteocast.cli.output import console, print_json, say

if TYPE_CHECKING:
    from osteocast.person import Case, Plan

__all__ = ["guidelines", "safety", "surveillance"]

_Person = Annotated[Path, typer.Argument(help="Case file (YAML).", metavar="PERSON", show_default=False)]
_AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]
_PlanName = Annotated[
    str | None, typer.Option("--plan", help="Only the plan whose name contains this.", show_default=False)
]


def guidelines(
    person: _Person,
    plan: _PlanName = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show clauses that do not apply as well.")
    ] = False,
    as_json: _AsJson = False,
) -> None:
    """Say what guidelines ask for, body by body, and where they differ.

    Each clause shows the facts it was answered from, what is missing, what would change the answer, and how
    deeply its source was read. Looks at the treatments as they run, or at one plan.

    Examples
    --------
        osteocast guidelines examples/postmenopausal-anastrozole.yaml

        osteocast guidelines my-case.yaml --plan denosumab --json
    """
    from osteocast.guidance import guidelines as hold_against
    from osteocast.person import load_case
    from osteocast.report.guidance import guidelines_as_data, guidelines_renderables

    case = load_case(person)
    if plan is None:
        found = hold_against(case)
    else:
        _, (case, one) = _chosen(case, plan)[0]
        found = hold_against(case, one)
    if as_json:
        print_json(guidelines_as_data(found))
        return
    screen = console()
    for part in guidelines_renderables(found, everything=everything):
        screen.print(part)


def safety(person: _Person, plan: _PlanName = None, as_json: _AsJson = False) -> None:
    """Say what is unsafe about each plan, what has to be done first, and what harm stands against benefit.

    An unsafe plan is refused with the reason. A case without plans is looked at under the standard ones.

    Examples
    --------
        osteocast safety examples/letrozole-denosumab-exit.yaml

        osteocast safety my-case.yaml --plan zoledronate --json
    """
    from osteocast.guidance import check
    from osteocast.person import load_case
    from osteocast.report.guidance import safety_as_data, safety_renderables

    chosen = _chosen(load_case(person), plan)
    plans = [(name, check(case, one)) for name, (case, one) in chosen]
    if as_json:
        print_json(safety_as_data(plans))
        return
    screen = console()
    for part in safety_renderables(plans):
        screen.print(part)


def surveillance(
    person: _Person,
    plan: _PlanName = None,
    years: Annotated[float, typer.Option(help="How far ahead.", min=0.5, max=10)] = 3.0,
    draws: Annotated[int, typer.Option(help="Virtual people behind the expected change.", min=0)] = 0,
    ics: Annotated[
        Path | None, typer.Option(help="Write a calendar to this file.", show_default=False, metavar="FILE")
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Lay out scans and samples: when the expected change exceeds what a scan can tell, and what follows.

    Looks at the first plan unless one is named. Each visit says which result would change the plan.

    Examples
    --------
        osteocast surveillance examples/postmenopausal-anastrozole.yaml --plan zoledronate

        osteocast surveillance my-case.yaml --plan denosumab --ics visits.ics
    """
    from osteocast.cli.compilation import announced
    from osteocast.person import load_case
    from osteocast.report.guidance import surveillance_as_data, surveillance_renderables

    case = load_case(person)
    with announced():
        from osteocast.forecast import run_forecast
        from osteocast.guidance import calendar
        from osteocast.guidance import surveillance as lay_out

        forecast = run_forecast(case, draws=draws)
    name = plan or forecast.plans[0].name
    wanted = [each for each in forecast.plans if name.casefold() in each.name.casefold()]
    if not wanted:
        raise _no_plan(name, [each.name for each in forecast.plans])
    schedule = lay_out(forecast, wanted[0], years=years)
    if as_json:
        print_json(surveillance_as_data(schedule))
    else:
        screen = console()
        for part in surveillance_renderables(schedule):
            screen.print(part)
    if ics is not None:
        ics.write_bytes(calendar(schedule).encode())
        say(f"Calendar: {ics}")


def _chosen(case: Case, name: str | None) -> list[tuple[str, tuple[Case, Plan]]]:
    """Return the plans whose names contain a text, with the case they belong to."""
    from dataclasses import replace

    from osteocast.forecast import standard_plans
    from osteocast.forecast.plans import with_inhibitor

    if not case.plans:
        case = with_inhibitor(case)[0]
        case = replace(case, plans=standard_plans(case))
    found = [each for each in case.plans if name is None or name.casefold() in each.name.casefold()]
    if not found:
        raise _no_plan(str(name), [each.name for each in case.plans])
    return [(each.name, (case, each)) for each in found]


def _no_plan(name: str, known: list[str]) -> Exception:
    from osteocast.errors import InputError, unknown_name

    return InputError([unknown_name("--plan", name, known, "plan")])
