"""A search for a plan as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from osteocast.forecast.grading import GRADES
from osteocast.fracture.words import between, of_100
from osteocast.planning import PlanOption, PlanSearch, search_headline
from osteocast.planning.results import MAJOR, YEARS
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.planning_words import (
    adequate_words,
    against_words,
    bone_words,
    burden_words,
    harm_words,
    refusals,
    regimen,
    shown_options,
    stopping_words,
    warned,
    worth_a_look,
)
from osteocast.report.text import as_text, bullets, figures
from osteocast.units.writing import signed

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

__all__ = ["search_renderables", "search_table"]

_MOST_NAMES = 3


def search_table(
    found: PlanSearch, *, width: int = 96, colour: bool = False, everything: bool = False
) -> str:
    """Return a search as a readable text: what comes first, safety, the table, and what stands behind it.

    Parameters
    ----------
    found : PlanSearch
    width : int
        Characters in a line; 80 is enough.
    colour : bool
        Whether to mark up with terminal colours.
    everything : bool
        Whether to show plans that others outdo as well.
    """
    return as_text(search_renderables(found, everything=everything), width=width, colour=colour)


def search_renderables(found: PlanSearch, *, everything: bool = False) -> list[RenderableType]:
    """Return the parts of the text, for a console that knows its own width.

    Parameters
    ----------
    found : PlanSearch
    everything : bool
        Whether to show plans that others outdo as well.
    """
    from rich.text import Text

    parts: list[RenderableType] = [Text(search_headline(found), style="bold"), Text("")]
    for reason, names in refusals(found.refused):
        parts.append(Text.assemble(("Refused: ", "bold red"), f"{reason} ({_listed(names)})"))
    shown = shown_options(found, everything=everything)
    parts += [Text.assemble(("Know first: ", "yellow"), text) for text in warned(shown)]
    parts += [Text(f"! {text}", style="yellow") for text in found.cautions]
    if found.options:
        parts += [Text(""), _table(found, shown), Text("")]
        for option, goals in worth_a_look(found):
            parts += bullets(
                f"{option.rank}. {option.name} (first for {', '.join(goals)})", _told(found, option)
            )
    notes = list(dict.fromkeys(note for option in shown for note in option.fracture.notes))
    beyond = list(dict.fromkeys(text for option in shown for text in option.extrapolated))
    for title, items in (
        ("What would change the order", found.changes),
        ("Left out by constraints", [f"{one.name}: {one.reason}" for one in found.excluded]),
        ("Behind the fractures", notes),
        ("Assumed", [*found.assumptions, *_assumed(found)]),
        ("Beyond what the trials observed", beyond),
    ):
        parts += bullets(title, list(items))
    parts += [Text(""), Text(NOT_A_DEVICE, style="italic")]
    return parts


def _table(found: PlanSearch, shown: Sequence[PlanOption]) -> Table:
    heads = ("plan", "major\nof 100", "bone\nkept", "harm\n10,000", "a\nyear", "grade")
    rows = []
    for option in shown:
        mark = "*" if option.on_front else " "
        tie = "=" if option.tied and option.rank > 1 else " "
        risk = option.fracture.at(MAJOR, YEARS)
        rows.append(
            (
                f"{option.rank}{mark}{tie} {option.name}{' (never called enough)' if option.barred else ''}",
                f"{of_100(risk.value)}\n{between(risk)}",
                f"{signed(option.kept)}%",
                f"{option.harm.per_10000:.0f}{'+' if option.harm.unknown else ''}",
                f"{option.burden.per_year:.0f}"
                if option.burden.per_year >= 10
                else f"{option.burden.per_year:.1f}",
                option.grade,
            )
        )
    left = len(found.options) - len(shown)
    more = f" {left} more plans, which others outdo, are shown with --all." if left else ""
    grades = "; ".join(f"{letter} {words}" for letter, words in GRADES.items())
    caption = (
        "* no other plan outdoes it in fractures, bone, harm and burden together; = not told apart from "
        "the first. Major: hip, clinical vertebra, forearm, upper arm within ten years, of 100 people "
        "(below: 80% of virtual people). Bone kept: lowest change of spine and hip, at the end of the "
        "inhibitor or after ten years. Harm: serious harms of the drugs in ten years, of 10,000; + some "
        "have no known rate. A year: visits, days with a tablet and training sessions. "
        f"{found.n_people} virtual people, worth {found.effective:.0f}. Grades: {grades}.{more}"
    )
    return figures(heads, rows, "Plans within ten years", caption)


def _told(found: PlanSearch, option: PlanOption) -> list[str]:
    """Say everything about one plan, in lines."""
    return [
        *[f"first: {text}" for text in warned([option])],
        "; ".join(regimen(found, option)) or "nothing is added",
        f"fractures: {against_words(found, option)}",
        *bone_words(found, option),
        *harm_words(option.harm),
        f"a year: {burden_words(option.burden)}",
        adequate_words(found, option),
        *stopping_words(option),
        f"grade {option.grade}: {option.grade_reason}",
    ]


def _listed(names: Sequence[str]) -> str:
    """Name a few plans, and count the others."""
    more = len(names) - _MOST_NAMES
    text = "; ".join(names[:_MOST_NAMES])
    return f"{text}; and {more} more" if more > 0 else text


def _assumed(found: PlanSearch) -> list[str]:
    return [f"{one.name} {one.value} ({one.note})" for one in found.inputs if one.origin == "assumed"]
