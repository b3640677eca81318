"""Goal and constraints of a case document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from osteocast import units
from osteocast.errors import InputError, Problem, unknown_name
from osteocast.person.fields import Fields, match_name
from osteocast.person.reading_courses import Clock
from osteocast.person.spans import read_yes
from osteocast.person.wishes import GOALS, ROUTES, Constraints, Goal, Route, named_in

__all__ = ["read_constraints", "read_goal", "read_start"]

CONSTRAINT_FIELDS = ("routes", "without", "max_visits_per_year", "start_not_before", "keep_inhibitor")

_MOST_VISITS = 366
_LONGEST_WAIT_YEARS = 5.0


def read_goal(options: Fields) -> Goal | None:
    """Read ``options.goal``; None if it is not given."""
    return cast("Goal | None", options.choice("goal", GOALS, "goal"))


def read_constraints(options: Fields, clock: Clock) -> Constraints:
    """Read ``options.constraints``; no constraint if there are none.

    Parameters
    ----------
    options : Fields
        Problems are added to its own.
    clock : Clock
    """
    if "constraints" not in options or options.is_unusable("constraints"):
        return Constraints()
    fields = Fields(
        options.raw("constraints"), options.place("constraints"), options.problems, CONSTRAINT_FIELDS
    )
    names = [item for item, _ in fields.items("without")]
    visits = fields.number("max_visits_per_year", 0, _MOST_VISITS, "visits in a year")
    start = fields.read("start_not_before", lambda given, place: read_start(given, place, clock.day))
    return Constraints(
        routes=_routes(fields),
        without=named_in(names, fields.place("without"), fields.problems),
        max_visits_per_year=visits,
        start_not_before=start or 0.0,
        keep_inhibitor=bool(read_yes(fields, "keep_inhibitor")),
    )


def _routes(fields: Fields) -> tuple[Route, ...]:
    found: list[str] = []
    for given, place in fields.items("routes"):
        name = match_name(given, ROUTES)
        if name is None:
            fields.problems.append(unknown_name(place, given, ROUTES, "route"))
        else:
            found.append(name)
    return tuple(route for route in ROUTES if route in found) if found else ROUTES


def read_start(given: object, field: str, day_of: Callable[[date], float]) -> float:
    """Read the first day of a drug: a date, or a duration from day 0; a day that is past is today.

    Parameters
    ----------
    given : object
    field : str
        Path of the field, for messages.
    day_of : callable
        From a date to days from day 0.

    Raises
    ------
    InputError
        If it is neither, or too far away.
    """
    try:
        day = day_of(units.read_date(given, field=field))
    except InputError:
        try:
            day = units.read_duration(given, field=field)
        except InputError:
            raise InputError([Problem(field, given, _MOMENT, "write one of the two")]) from None
    if day > _LONGEST_WAIT_YEARS * units.DAYS_PER_YEAR:
        expected = f"within {_LONGEST_WAIT_YEARS:g} years"
        raise InputError([Problem(field, given, expected, "correct it")])
    return max(day, 0.0)


_MOMENT = "a date as YYYY-MM-DD, or a duration from the day the case is seen from, such as 6 months"
