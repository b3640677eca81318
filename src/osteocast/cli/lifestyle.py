"""``osteocast lifestyle``: exercises and programmes with what they load, and what a case's lifestyle does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteocast.cli.output import console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from osteocast.lifestyle import Bout, Effect, Exercise, Programme

__all__ = ["app"]

app = typer.Typer(
    help="Look up what exercise, nutrition and habits do.", no_args_is_help=True, rich_markup_mode=None
)

_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command("list")
def list_known(
    search: Annotated[str, typer.Argument(help="Only names and labels with this in them.")] = "",
    as_json: _AsJson = False,
) -> None:
    """List the exercises, programmes and foods that a case can name.

    Loading is 1 for supervised high-intensity resistance and impact training, 0 for daily life.

    Examples
    --------
        osteocast lifestyle list

        osteocast lifestyle list jump
    """
    from osteocast.lifestyle import EXERCISES, FOODS, PROGRAMMES, loading

    def wanted(name: str, label: str) -> bool:
        return search.casefold() in f"{name} {label}".casefold()

    programmes = [each for each in PROGRAMMES.values() if wanted(each.name, each.label)]
    exercises = [each for each in EXERCISES.values() if wanted(each.name, each.label)]
    foods = [each for each in FOODS.values() if wanted(each.name, each.portion)]
    if as_json:
        print_json(
            {
                "programmes": [
                    {"name": each.name, "label": each.label, "grade": each.grade, "loading": loading(each)}
                    for each in programmes
                ],
                "exercises": [_exercise(each) for each in exercises],
                "foods": [asdict(each) for each in foods],
            }
        )
        return
    screen = console()
    rows: list[tuple[str, ...]]
    if programmes:
        rows = [
            (
                each.name,
                _number(loading(each)["lumbar_spine"]),
                _number(loading(each)["total_hip"]),
                each.grade,
            )
            for each in programmes
        ]
        _print(screen, ("programme", "loading, spine", "loading, hip", "grade"), rows)
    if exercises:
        rows = [
            (each.name, *(f"{each.force(site):.1f}" for site in ("lumbar_spine", "total_hip")), each.basis)
            for each in exercises
        ]
        _print(screen, ("exercise", "force, spine", "force, hip", "basis"), rows)
        screen.print(
            "Force at the usual load, in body weights of equivalent ground reaction; walking is 1.2.\n"
        )
    if foods:
        rows = [(each.name, f"{each.calcium:g}", f"{each.protein:g}", each.portion) for each in foods]
        _print(screen, ("food", "calcium, mg", "protein, g", "portion"), rows)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="An exercise or a programme.", show_default=False)],
    as_json: _AsJson = False,
) -> None:
    """Show a programme with its loading by site, or an exercise with its forces.

    Examples
    --------
        osteocast lifestyle show high-intensity-resistance-and-impact

        osteocast lifestyle show squat
    """
    from osteocast.errors import InputError, unknown_name
    from osteocast.lifestyle import EXERCISES, PROGRAMMES, find_exercise, find_programme

    try:
        programme = find_programme(name)
    except InputError:
        try:
            exercise = find_exercise(name)
        except InputError:
            known = (*PROGRAMMES, *EXERCISES)
            raise InputError([unknown_name("name", name, known, "exercise or programme")]) from None
        _show_exercise(exercise, as_json)
        return
    _show_programme(programme, as_json)


@app.command("effects")
def effects(
    case: Annotated[Path, typer.Argument(help="A case file.", show_default=False)],
    as_json: _AsJson = False,
) -> None:
    """Show what the lifestyle of a case and of its plans does: what enters where, how sure, and why.

    Examples
    --------
        osteocast lifestyle effects examples/postmenopausal-anastrozole.yaml
    """
    from osteocast.forecast.habits import body_of
    from osteocast.forecast.subjects import subject_of
    from osteocast.person import load_case

    loaded = load_case(case)
    body = body_of(loaded, subject_of(loaded)[0])
    lives = [("today", loaded.person.lifestyle), *((plan.name, plan.lifestyle) for plan in loaded.plans)]
    rows = {name: life.effects(body) for name, life in lives if life is not None}
    if as_json:
        print_json({name: [_effect(row) for row in given] for name, given in rows.items()})
        return
    screen = console()
    if not rows:
        screen.print("This case says nothing about exercise, nutrition or habits.")
    for name, given in rows.items():
        screen.print(name, style="bold")
        table = [(row.label, row.enters, row.grade, row.sentence) for row in given]
        _print(screen, ("what", "enters", "grade", "what is known"), table)


def _print(screen: Console, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        made.add_column(head)
    for row in rows:
        made.add_row(*map(Text, row))
    screen.print(made)


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) >= 0.005 else "0"


def _exercise(exercise: Exercise) -> dict[str, Any]:
    given = asdict(exercise)
    given["usual_force"] = {site: exercise.force(site) for site in exercise.sites}
    return given


def _effect(row: Effect) -> dict[str, Any]:
    import math

    given = asdict(row) | {"enters": row.enters}
    given["start_day"] = row.start_day if math.isfinite(row.start_day) else None
    return given


def _show_exercise(exercise: Exercise, as_json: bool) -> None:
    if as_json:
        print_json(_exercise(exercise))
        return
    from rich.text import Text

    screen = console()
    screen.print(Text.assemble((exercise.name, "bold"), f"  {exercise.label}"))
    load = f"at {100 * exercise.usual:.0f} %1RM" if exercise.kind == "lift" else "at its peak"
    rows = [(site.replace("_", " "), f"{exercise.force(site):.2f}") for site in exercise.sites]
    _print(screen, ("site", f"force {load}, body weights"), rows)
    screen.print(Text(f"{exercise.basis}: {exercise.note}" if exercise.note else exercise.basis))
    if exercise.sources:
        screen.print(Text("sources: " + ", ".join(exercise.sources)))


def _show_programme(programme: Programme, as_json: bool) -> None:
    from osteocast.lifestyle import loading, loading_range

    by_site, ranges = loading(programme), loading_range(programme)
    if as_json:
        content = asdict(programme) | {"loading": by_site, "loading_90": dict(ranges)}
        print_json(content)
        return
    from rich.text import Text

    screen = console()
    screen.print(Text.assemble((programme.name, "bold"), f"  {programme.label}. Grade {programme.grade}."))
    for session in programme.sessions:
        done = "; ".join(_bout(bout) for bout in session.bouts)
        screen.print(Text(f"{', '.join(session.days)}: {done}"))
    rows = [
        (site.replace("_", " "), _number(by_site[site]), f"{_number(low)} to {_number(high)}")
        for site, (low, high) in ranges.items()
    ]
    _print(screen, ("site", "loading", "90% range"), rows)
    screen.print(Text(programme.sentence))
    if programme.sources:
        screen.print(Text("sources: " + ", ".join(programme.sources)))


def _bout(bout: Bout) -> str:
    if bout.minutes is not None:
        return f"{bout.exercise} {bout.minutes:g} min"
    load = "" if bout.share is None else f" at {100 * bout.share:.0f} %1RM"
    return f"{bout.exercise} {bout.sets} x {bout.repetitions}{load}"
