"""Programmes of exercise: by name, or as sessions with their exercises and loads."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, cast

from osteocast.errors import InputError, Problem, unknown_name
from osteocast.lifestyle import (
    DAYS,
    EXERCISES,
    PROGRAMMES,
    SPEEDS,
    Bout,
    Programme,
    Session,
    find_exercise,
    find_programme,
)
from osteocast.person.fields import Fields
from osteocast.person.spans import Times, read_share, read_yes

__all__ = ["read_exercise"]

PROGRAMME_FIELDS = ("programme", "name", "sessions", "start", "stop", "weeks", "adherence", "trains_falls")
SESSION_FIELDS = ("days", "exercises")
BOUT_FIELDS = ("name", "load", "sets", "repetitions", "impacts", "minutes", "speed", "rest")

_MOST_WEEKS = 52 * 30
_MOST_MINUTES = 600.0
_MOST_SETS, _MOST_REPETITIONS = 50, 20_000
# A lift above 1.1 of the maximum is no lift; a landing above 12 body weights breaks bones.
_HIGHEST_SHARE, _HIGHEST_FORCE = 1.1, 12.0
# Nobody lifts five times the own weight.
_HEAVIEST = 5.0
_LOAD = re.compile(r"(\d+(?:\.\d+)?)\s*(%\s*(?:of\s*)?1\s*RM|BW|x\s*BW|body\s*weights?)", re.IGNORECASE)


def read_exercise(own: Fields, times: Times) -> Iterator[Programme]:
    """Yield the programmes of a lifestyle."""
    given = own.raw("exercise")
    if "exercise" not in own or own.is_unusable("exercise"):
        return
    listed = given if isinstance(given, list) else [given]
    for index, item in enumerate(listed):
        place = own.place("exercise") + (f"[{index}]" if isinstance(given, list) else "")
        content = {"programme": item} if isinstance(item, str) else item
        programme = _programme(Fields(content, place, own.problems, PROGRAMME_FIELDS), times)
        if programme is not None:
            yield programme


def _programme(fields: Fields, times: Times) -> Programme | None:
    if not fields.usable:
        return None
    before = len(fields.problems)
    if ("programme" in fields) == ("sessions" in fields):
        remedy = f"one of {', '.join(PROGRAMMES)}; or write sessions, not both"
        fields.report("programme", "the name of a programme, or sessions", remedy)
    named = fields.read("programme", _find_programme)
    sessions = tuple(_sessions(fields))
    span = times.span(fields)
    weeks = fields.number("weeks", 0.1, _MOST_WEEKS, "a number of weeks")
    if weeks is not None and span.start_day == -math.inf:
        fields.report("weeks", "a start, or no weeks", "give start, or remove weeks")
    if weeks is not None and "stop" in fields:
        fields.report("weeks", "weeks or stop, not both", "keep one of the two")
    elif span.stop_day is not None:
        weeks = (span.stop_day - span.start_day) / 7.0
        if not math.isfinite(weeks):
            fields.report("stop", "a start as well", "give the start, if only the year")
    adherence = read_share(fields, "adherence", "the share of sessions done")
    falls = read_yes(fields, "trains_falls")
    name = fields.text("name", "a name for the programme")
    if len(fields.problems) > before:
        return None
    adherence = 1.0 if adherence is None else adherence
    if named is not None:
        return named.at(span.start_day, weeks, adherence)
    return Programme(
        name or "own programme", sessions, span.start_day, weeks, adherence, trains_falls=bool(falls)
    )


def _find_programme(given: object, place: str) -> Programme:
    try:
        return find_programme(str(given))
    except InputError:
        raise InputError([unknown_name(place, given, PROGRAMMES, "programme")]) from None


def _sessions(fields: Fields) -> Iterator[Session]:
    for content, place in fields.items("sessions"):
        session = Fields(content, place, fields.problems, SESSION_FIELDS)
        session.require("days", f"days of the week: {', '.join(DAYS)}", "say on which days")
        session.require("exercises", "a list of exercises", "say what is done")
        days = tuple(_days(session))
        bouts = tuple(_bouts(session))
        if "days" in session and "exercises" in session:
            yield Session(days, bouts)


def _days(session: Fields) -> Iterator[str]:
    seen: set[str] = set()
    for given, place in session.items("days"):
        day = str(given).strip().casefold()[:3]
        if day not in DAYS or not isinstance(given, str):
            session.problems.append(unknown_name(place, given, DAYS, "day of the week"))
        elif day in seen:
            problem = Problem(place, given, "each day once", "write a second session of that day as its own")
            session.problems.append(problem)
        else:
            seen.add(day)
            yield day


def _bouts(session: Fields) -> Iterator[Bout]:
    for content, place in session.items("exercises"):
        given = {"name": content} if isinstance(content, str) else content
        bout = _bout(Fields(given, place, session.problems, BOUT_FIELDS))
        if bout is not None:
            yield bout


def _bout(fields: Fields) -> Bout | None:
    if not fields.require("name", "the name of an exercise", "name the exercise") or not fields.usable:
        return None
    before = len(fields.problems)
    name = fields.read("name", _find_exercise)
    share, body_weights = _load(fields)
    sets = fields.whole("sets", 1, _MOST_SETS, "a number of sets")
    key = "impacts" if "impacts" in fields else "repetitions"
    repetitions = fields.whole(key, 1, _MOST_REPETITIONS, f"a number of {key}")
    if "impacts" in fields and "repetitions" in fields:
        fields.report("impacts", "impacts or repetitions, not both", "keep one of the two")
    minutes = fields.number("minutes", 0.1, _MOST_MINUTES, "minutes")
    speed = fields.choice("speed", SPEEDS, "speed")
    rest = fields.quantity("rest", "rest")
    if name is not None:
        _check_measure(fields, name, minutes)
        if share is not None and EXERCISES[name].kind != "lift":
            fields.report("load", "a ground reaction in BW: nothing is lifted here", "write it as in 4 BW")
        highest = _HIGHEST_FORCE if EXERCISES[name].kind != "lift" else _HEAVIEST
        if body_weights is not None and body_weights > highest:
            fields.report("load", f"at most {highest:g} BW", "correct the load")
    if name is None or len(fields.problems) > before:
        return None
    return Bout(
        name,
        sets or 1,
        repetitions or 1,
        minutes,
        share,
        body_weights,
        cast(Any, speed) or "normal",
        rest or 0.0,
    )


def _check_measure(fields: Fields, name: str, minutes: float | None) -> None:
    counted = "repetitions" in fields or "impacts" in fields or "sets" in fields
    if minutes is not None and counted:
        fields.report("minutes", "minutes, or sets and repetitions", "keep one of the two")
    elif minutes is not None and EXERCISES[name].per_minute == 0.0:
        fields.report("minutes", f"sets and repetitions for {name}", "count them")
    elif minutes is None and not counted:
        fields.report("repetitions", "how often, or minutes", "say how much is done", None)


def _find_exercise(given: object, place: str) -> str:
    try:
        return find_exercise(str(given)).name
    except InputError:
        raise InputError([unknown_name(place, given, EXERCISES, "exercise")]) from None


def _load(fields: Fields) -> tuple[float | None, float | None]:
    """Share of the one-repetition maximum, or body weights."""
    given = fields.raw("load")
    if "load" not in fields or fields.is_unusable("load"):
        return None, None
    match = _LOAD.fullmatch(str(given).strip())
    if match is None:
        fields.report("load", "a load such as 85 %1RM or 4 BW", "give the number with its unit")
        return None, None
    value = float(match[1])
    if "%" not in match[2]:
        return None, value
    if not value / 100 <= _HIGHEST_SHARE:
        fields.report("load", f"at most {100 * _HIGHEST_SHARE:g} %1RM", "correct the load")
        return None, None
    return value / 100, None
