"""A verdict as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osteocast.forecast.grading import GRADES
from osteocast.forecast.programme_reach import beyond_all
from osteocast.forecast.verdict_results import Mover, PlanVerdict, Verdict
from osteocast.forecast.verdict_words import answer, chance, settling_words, verdict_headline
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.fractures import fractures_fitted
from osteocast.report.safety import checked, marked, refused, safety_first
from osteocast.report.text import as_text, bullets, new_table

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["beyond", "deciding", "moved", "verdict_renderables", "verdict_table"]


def verdict_table(found: Verdict, *, width: int = 96, colour: bool = False) -> str:
    """Return a verdict as a readable text: the answer, what it means, every plan, what it hangs on.

    Parameters
    ----------
    found : Verdict
    width : int
        Characters in a line.
    colour : bool
        Whether to mark up with terminal colours.
    """
    return as_text(verdict_renderables(found), width=width, colour=colour)


def deciding(found: Verdict) -> PlanVerdict:
    """Return the plan that the question is about: lifestyle alone."""
    return found.plan("lifestyle")


def verdict_renderables(found: Verdict) -> list[RenderableType]:
    """Return the parts of the text, for a console that knows its own width."""
    from rich.text import Text

    safety = checked(found.case)
    unsafe = refused(safety)
    parts: list[RenderableType] = [
        Text(verdict_headline(found, refused=unsafe), style="bold"),
        Text(found.criteria.in_words()),
        Text(""),
        *safety_first(safety),
    ]
    parts += [Text(f"! {text}", style="yellow") for text in found.cautions]
    grades = "; ".join(f"{letter} {words}" for letter, words in GRADES.items())
    caption = (
        f"{found.n_people} virtual people like this one, worth {found.effective:.0f} after weighing by own "
        f"scans and blood values; ± is the error of counting them. Grades: {grades}."
    )
    made = new_table(caption=caption)
    made.add_column("plan", min_width=18)
    made.add_column("enough?", min_width=13)
    made.add_column("chance", justify="right", no_wrap=True)
    made.add_column("grade", justify="center")
    made.add_column("why", ratio=1)
    for plan in found.plans:
        why = plan.reason if plan.barred is None else f"{plan.barred.capitalize()}. {plan.reason}"
        made.add_row(Text(marked(plan.name, unsafe)), answer(plan), chance(plan), plan.grade, Text(why))
    parts += [made, Text("")]
    counted = [(plan.name, plan.fracture) for plan in found.plans if plan.fracture is not None]
    fractures = fractures_fitted(counted, [marked(name, unsafe) for name, _ in counted], last_only=True)
    if fractures is not None:
        parts += [fractures, Text("")]
    alone = deciding(found)
    for title, items in (
        ("What lifestyle alone hangs on", [moved(mover) for mover in alone.movers]),
        ("When a scan would settle it", [settling_words(found.case, alone.settling)]),
        ("Grade of lifestyle alone", [f"{alone.grade}: {alone.grade_reason}"]),
        ("What the own scans and blood values changed", list(found.learnt.sentences)),
        ("Assumed", [*found.assumptions, *_assumed(found)]),
        ("Beyond what the trials observed", beyond(found)),
    ):
        parts += bullets(title, [item for item in items if item])
    parts += [Text(""), Text(NOT_A_DEVICE, style="italic")]
    return parts


def moved(mover: Mover) -> str:
    """Say how much of a plan's spread hangs on something, and what would narrow it."""
    return f"{mover.name}: {mover.share:.0%} of the spread; {mover.test}"


def _assumed(found: Verdict) -> list[str]:
    return [f"{one.name} {one.value} ({one.note})" for one in found.inputs if one.origin == "assumed"]


def beyond(found: Verdict) -> list[str]:
    """Return where the plans go beyond what the trials observed, each once, and not again what limits all."""
    plans = [(plan, made.courses) for plan, made in zip(found.case.plans, found.plans, strict=True)]
    said = beyond_all(found.case, plans, found.criteria.last_day)
    return [text for text in said if not any(text in caution for caution in found.cautions)]
