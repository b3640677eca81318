"""What is wrong with plans, called as their editor calls it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from osteocast.errors import Problem
from osteocast.web.drafts import Draft
from osteocast.web.forms.fields import drug_words
from osteocast.web.forms.paths import dotted
from osteocast.web.forms.plans import ShownPlan
from osteocast.web.forms.shown import ShownField, shown_form
from osteocast.web.strings import N_

__all__ = ["NamedProblem", "named_problems"]


@dataclass(frozen=True)
class NamedProblem:
    """A problem with the words of the page.

    Parameters
    ----------
    problem : Problem
    href : str
        Of the input that it is about: in the editor, or in the form if it is about no plan.
    plan : str
        Name of the plan, as it was given; empty if it is about none.
    words : tuple of str
        What its row and the input are called, to be translated; empty if there is no input for it.
    """

    problem: Problem
    href: str
    plan: str = ""
    words: tuple[str, ...] = ()


def named_problems(
    draft: Draft, plans: Sequence[ShownPlan], problems: Sequence[Problem]
) -> tuple[NamedProblem, ...]:
    """Return problems with the inputs that they are about.

    Parameters
    ----------
    draft : Draft
    plans : sequence of ShownPlan
        What the editor shows of it.
    problems : sequence of Problem
    """
    inputs = {field.name: (plan, row, field) for plan in plans for row, field in _inputs(plan)}
    return tuple(_named(draft, inputs, problem) for problem in problems)


def _named(
    draft: Draft, inputs: dict[str, tuple[ShownPlan, str, ShownField]], problem: Problem
) -> NamedProblem:
    place = dotted(problem.field)
    # Of a list in one input, such as the missed doses, each item may be wrong.
    while place and place not in inputs:
        place = place.rpartition(".")[0]
    if place:
        plan, row, field = inputs[place]
        words = tuple(word for word in (row, field.label) if word)
        return NamedProblem(problem, f"#{field.id}", plan.fields["name"].value or plan.number, words)
    form = f"/d/{draft.key}/edit"
    if problem.field.startswith("plans"):
        return NamedProblem(problem, form)
    (_, target, called) = shown_form(draft, (problem,)).problems[0]
    row = f"{called.row} {called.number}" if called.row else ""
    words = tuple(word for word in (row, called.label) if word)
    return NamedProblem(problem, f"{form}#{target}" if target else form, words=words)


def _inputs(plan: ShownPlan) -> Iterator[tuple[str, ShownField]]:
    for one in (*plan.fields.values(), *plan.stops):
        yield "", one
    for course in plan.courses:
        drug = drug_words(course.fields["drug"].value) or N_("Drug")
        yield from ((drug, one) for one in course.fields.values())
    for row in plan.exercise:
        yield from ((N_("Exercise"), one) for one in row.fields.values())
