"""What a person wants of a plan: the goal it is chosen for, and what it must not ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from osteocast.errors import InputError, Problem, unknown_name
from osteocast.therapies import DRUGS, find

__all__ = ["GOALS", "HABITS", "ROUTES", "Constraints", "Goal", "Route", "meant_by", "named_in"]

#: What plans are ranked for.
Goal = Literal["balanced", "fewest_fractures", "hold_bone", "least_burden"]
GOALS: tuple[Goal, ...] = get_args(Goal)

#: How a drug for bone is taken.
Route = Literal["oral", "infusion", "injection"]
ROUTES: tuple[Route, ...] = get_args(Route)

#: What a plan may be kept free of besides drugs.
HABITS = ("exercise", "supervised_training")

_CLASSES = {
    "drugs": ("bisphosphonate", "RANKL antibody"),
    "bisphosphonates": ("bisphosphonate",),
}


@dataclass(frozen=True)
class Constraints:
    """What a plan must not ask of a person.

    Parameters
    ----------
    routes : tuple of {"oral", "infusion", "injection"}
        Ways in which a drug for bone may be taken; every way by default.
    without : tuple of str
        What no plan contains: drugs for bone, their groups ``bisphosphonates`` and ``drugs``, and names in
        `HABITS`. It holds single drugs and habits afterwards.
    max_visits_per_year : float or None
        Most visits in any one year.
    start_not_before : float
        First day on which a drug for bone may start, days from day 0.
    keep_inhibitor : bool
        Whether a man's aromatase inhibitor goes on under every plan.

    Raises
    ------
    InputError
        If a name is not known.
    """

    routes: tuple[Route, ...] = ROUTES
    without: tuple[str, ...] = ()
    max_visits_per_year: float | None = None
    start_not_before: float = 0.0
    keep_inhibitor: bool = False

    def __post_init__(self) -> None:
        problems = [
            unknown_name(f"routes[{index}]", route, ROUTES, "route")
            for index, route in enumerate(self.routes)
            if route not in ROUTES
        ]
        without = named_in(self.without, "without", problems)
        if problems:
            raise InputError(problems)
        object.__setattr__(self, "without", without)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self == Constraints()


def meant_by(name: object, field: str = "without") -> tuple[str, ...]:
    """Return the drugs for bone, or the habit, that a name stands for.

    Parameters
    ----------
    name : object
        A drug for bone or one of its other names, ``bisphosphonates``, ``drugs``, or a name in `HABITS`.
    field : str
        Where it stands, for messages.

    Raises
    ------
    InputError
        If there is none of that name; lists the known ones.

    Examples
    --------
    >>> meant_by("Prolia"), meant_by("supervised training")
    (('denosumab',), ('supervised_training',))
    """
    for_bone = {each: drug for each, drug in DRUGS.items() if drug.drug_class in _CLASSES["drugs"]}
    text = str(name).strip().casefold().replace("-", "_").replace(" ", "_")
    if text in HABITS:
        return (text,)
    if text in _CLASSES or f"{text}s" in _CLASSES:
        classes = _CLASSES.get(text) or _CLASSES[f"{text}s"]
        return tuple(each for each, drug in for_bone.items() if drug.drug_class in classes)
    try:
        drug = find(str(name)).name
    except InputError:
        drug = ""
    if drug == "ibandronate":
        return ("ibandronate", "ibandronate_iv")
    if drug not in for_bone:
        raise InputError(
            [unknown_name(field, name, (*for_bone, *_CLASSES, *HABITS), "drug for bone or habit")]
        )
    return (drug,)


def named_in(names: Sequence[object], field: str, problems: list[Problem]) -> tuple[str, ...]:
    """Return everything that a list of names stands for, each once; unknown names become problems."""
    meant: dict[str, None] = {}
    for index, name in enumerate(names):
        try:
            meant.update(dict.fromkeys(meant_by(name, f"{field}[{index}]")))
        except InputError as error:
            problems.extend(error.problems)
    return tuple(meant)
