"""Exercise, nutrition and habits of a case, a plan or an arm of a trial."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from osteocast import units
from osteocast.errors import InputError, Problem, unknown_name
from osteocast.lifestyle import (
    DAYS,
    EXERCISES,
    FOODS,
    GH_SECRETAGOGUES,
    MEDICINES,
    PATTERNS,
    PROGRAMMES,
    SMOKING,
    SPEEDS,
    STRESS,
    SUNLIGHT,
    Bout,
    Habits,
    Lifestyle,
    Nutrition,
    Programme,
    Session,
    Span,
    find_exercise,
    find_programme,
)
from osteocast.person.fields import Fields

if TYPE_CHECKING:
    from osteocast.person.models import Person
    from osteocast.person.reading_courses import Clock

__all__ = ["read_lifestyle", "read_todays_lifestyle"]

LIFESTYLE_FIELDS = ("exercise", "nutrition", "habits")
PROGRAMME_FIELDS = ("programme", "name", "sessions", "start", "stop", "weeks", "adherence", "trains_falls")
SESSION_FIELDS = ("days", "exercises")
BOUT_FIELDS = ("name", "load", "sets", "repetitions", "impacts", "minutes", "speed", "rest")
NUTRITION_FIELDS = (
    "calcium",
    "vitamin_d",
    "sun",
    "protein",
    "vitamin_k2",
    "magnesium",
    "zinc",
    "omega_3",
    "isoflavones",
    "prunes",
    "pattern",
    "foods",
    "start",
    "stop",
)
HABIT_FIELDS = (
    "smoking",
    "alcohol",
    "sleep",
    "shift_work",
    "stress",
    "glucocorticoid",
    "crp",
    "rheumatoid_arthritis",
    "weight_change",
    "gh_secretagogue",
    "bed_rest",
    "medicines",
    "start",
    "stop",
)

_LIFELONG = ("lifelong", "always")
_MOST_WEEKS = 52 * 30
_MOST_MINUTES = 600.0
_MOST_SETS, _MOST_REPETITIONS = 50, 20_000
_LONGEST_REST = 600.0
# A lift above 1.1 of the maximum is no lift; a landing above 12 body weights breaks bones.
_HIGHEST_SHARE, _HIGHEST_FORCE = 1.1, 12.0
_LOAD = re.compile(r"(\d+(?:\.\d+)?)\s*(%\s*(?:of\s*)?1\s*RM|BW|x\s*BW|body\s*weights?)", re.IGNORECASE)


@dataclass(frozen=True)
class _Times:
    """What the times of a document count from.

    `clock` is None in a trial, whose day 0 is its baseline; `plan_start` is None for what a person does
    today, whose times are dates and which is lifelong unless a start is given.
    """

    clock: Clock | None
    plan_start: float | None

    @property
    def first(self) -> float:
        """Day on which something starts that gives no start."""
        if self.plan_start is not None:
            return self.plan_start
        return 0.0 if self.clock is None else -math.inf

    def moment(self, given: object, place: str) -> float:
        """Read a date, a duration or ``lifelong`` as a day number."""
        text = str(given).strip()
        if text.casefold() in _LIFELONG:
            return -math.inf
        if re.match(r"\d{4}(-|$)", text) and self.clock is not None:
            return self.clock.day(units.read_date(given, field=place, partial=True))
        if self.clock is not None and self.plan_start is None:
            expected = "a date as YYYY-MM-DD, YYYY-MM or YYYY, or lifelong"
            raise InputError([Problem(place, given, expected, "give the date, if only the year")])
        return (self.plan_start or 0.0) + units.read_duration(given, field=place)

    def span(self, fields: Fields) -> Span:
        """Read ``start`` and ``stop``."""
        start = fields.read("start", self.moment)
        stop = fields.read("stop", self.moment)
        start = self.first if start is None else start
        if self.plan_start is not None and self.plan_start > start > -math.inf:
            fields.report("start", "not before the plan starts", "give what is past under lifestyle")
        if stop is not None and stop <= start:
            fields.report("stop", "after the start", "correct one of the two")
            stop = None
        return Span(start, stop)


def read_lifestyle(
    fields: Fields, key: str, clock: Clock | None, plan_start: float | None = None
) -> Lifestyle | None:
    """Read a lifestyle; None if there is none, or if it is not a mapping.

    Parameters
    ----------
    fields : Fields
        Of the case, the plan or the arm; problems are added to its own.
    key : str
        Field that holds the lifestyle.
    clock : Clock or None
        What dates count from; None in a trial, where times are durations from its baseline.
    plan_start : float, optional
        First day of the plan; None for what is done today.
    """
    if key not in fields or fields.is_unusable(key):
        return None
    own = Fields(fields.raw(key), fields.place(key), fields.problems, LIFESTYLE_FIELDS)
    if not own.usable:
        return None
    times = _Times(clock, plan_start)
    return Lifestyle(tuple(_exercise(own, times)), _nutrition(own, times), _habits(own, times))


def read_todays_lifestyle(fields: Fields, clock: Clock, person: Person | None) -> Person | None:
    """Return the person with the lifestyle of the case; calcium that is given twice is a problem."""
    lifestyle = read_lifestyle(fields, "lifestyle", clock)
    if person is None or lifestyle is None:
        return person
    nutrition = lifestyle.nutrition
    if nutrition is not None and person.calcium_intake is not None:
        for key, given in (("calcium", nutrition.calcium), ("foods", nutrition.foods or None)):
            if given is not None:
                problem = Problem(
                    f"lifestyle.nutrition.{key}",
                    given,
                    "calcium eaten today in one place (person.calcium_intake has it)",
                    "remove one of the two",
                )
                fields.problems.append(problem)
    return replace(person, lifestyle=lifestyle)


def _exercise(own: Fields, times: _Times) -> Iterator[Programme]:
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


def _programme(fields: Fields, times: _Times) -> Programme | None:
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
    adherence = _share(fields, "adherence", "the share of sessions done")
    falls = _yes(fields, "trains_falls")
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
        highest = _HIGHEST_FORCE if EXERCISES[name].kind != "lift" else 5.0
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


def _share(fields: Fields, key: str, expected: str) -> float | None:
    """Read a share, as 0.9 or 90%."""
    given = fields.raw(key)
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", given.strip()) if isinstance(given, str) else None
    if match is not None and float(match[1]) <= 100:
        return float(match[1]) / 100
    return fields.number(key, 0, 1, expected)


def _yes(fields: Fields, key: str) -> bool | None:
    """Read yes or no."""
    given = fields.raw(key)
    if given is None or fields.is_unusable(key) or isinstance(given, bool):
        return given if isinstance(given, bool) else None
    if str(given).strip().casefold() in ("yes", "no"):
        return str(given).strip().casefold() == "yes"
    fields.report(key, "yes or no", "write yes or no")
    return None


def _nutrition(own: Fields, times: _Times) -> Nutrition | None:
    if "nutrition" not in own or own.is_unusable("nutrition"):
        return None
    fields = Fields(own.raw("nutrition"), own.place("nutrition"), own.problems, NUTRITION_FIELDS)
    if not fields.usable:
        return None
    span = times.span(fields)
    foods: dict[str, float] = {}
    for name, given, place in fields.pairs("foods", "a mapping of foods to portions, as in {milk: 2/d}"):
        food = name.strip().casefold().replace("_", "-").replace(" ", "-")
        if food not in FOODS:
            fields.problems.append(unknown_name(place, name, FOODS, "food"))
            continue
        try:
            foods[food] = units.read("portions", given, field=place, default_unit="/d")
        except InputError as error:
            fields.problems.extend(error.problems)
    return Nutrition(
        calcium=fields.quantity("calcium", "calcium_intake"),
        vitamin_d=fields.quantity("vitamin_d", "vitamin_d_intake"),
        sun=cast(Any, fields.choice("sun", SUNLIGHT, "amount of sun")),
        protein=fields.quantity("protein", "protein"),
        vitamin_k2=fields.quantity("vitamin_k2", "vitamin_k"),
        magnesium=fields.quantity("magnesium", "magnesium"),
        zinc=fields.quantity("zinc", "zinc"),
        omega_3=fields.quantity("omega_3", "omega_3"),
        isoflavones=fields.quantity("isoflavones", "isoflavones"),
        prunes=fields.quantity("prunes", "prunes"),
        pattern=cast(Any, _named(fields, "pattern", PATTERNS, "pattern of eating")),
        foods=foods,
        start_day=span.start_day,
        stop_day=span.stop_day,
    )


def _named(fields: Fields, key: str, known: tuple[str, ...], what: str) -> str | None:
    """Read one of the known names, which are written with hyphens; underscores and spaces do as well."""
    given = fields.raw(key)
    if isinstance(given, str):
        given = given.strip().casefold().replace("_", "-").replace(" ", "-")
    if given in known:
        return cast(str, given)
    return fields.choice(key, known, what)


class _Habits:
    """Reads habits, each a value or a mapping of value, start and stop."""

    def __init__(self, fields: Fields, times: _Times) -> None:
        self.fields = fields
        self.times = times
        self.spans: dict[str, Span] = {}

    def own(self, key: str) -> tuple[Fields, str]:
        """Fields and key under which the value of a habit stands; reads its times on the way."""
        given = self.fields.raw(key)
        if isinstance(given, Mapping) and not {"value", "unit"} >= set(given):
            inner = Fields(given, self.fields.place(key), self.fields.problems, ("value", "start", "stop"))
            inner.require("value", "the habit itself", "write {value: ..., start: ...}")
            self.spans[key] = self.times.span(inner)
            return inner, "value"
        return self.fields, key

    def quantity(self, key: str, kind: str) -> float | None:
        """Read a quantity."""
        fields, name = self.own(key)
        return fields.quantity(name, kind)

    def choice(self, key: str, known: tuple[str, ...], what: str) -> Any:
        """Read a name."""
        fields, name = self.own(key)
        return _named(fields, name, known, what)

    def yes(self, key: str) -> bool | None:
        """Read yes or no."""
        fields, name = self.own(key)
        return _yes(fields, name)


def _habits(own: Fields, times: _Times) -> Habits | None:
    if "habits" not in own or own.is_unusable("habits"):
        return None
    fields = Fields(own.raw("habits"), own.place("habits"), own.problems, HABIT_FIELDS)
    if not fields.usable:
        return None
    read = _Habits(fields, times)
    return Habits(
        smoking=read.choice("smoking", SMOKING, "answer about smoking"),
        alcohol=read.quantity("alcohol", "alcohol"),
        sleep=read.quantity("sleep", "sleep"),
        shift_work=read.yes("shift_work"),
        stress=read.choice("stress", STRESS, "degree of stress"),
        glucocorticoid=read.quantity("glucocorticoid", "glucocorticoid"),
        crp=read.quantity("crp", "crp"),
        rheumatoid_arthritis=read.yes("rheumatoid_arthritis"),
        weight_change=read.quantity("weight_change", "weight_change"),
        gh_secretagogue=read.choice("gh_secretagogue", GH_SECRETAGOGUES, "growth hormone secretagogue"),
        bed_rest=_bed_rest(read),
        medicines=tuple(_medicines(fields)),
        spans=read.spans,
        span=times.span(fields),
    )


def _bed_rest(read: _Habits) -> float | None:
    """Share of the loading of daily life that is lost; yes is all of it."""
    fields, name = read.own("bed_rest")
    given = fields.raw(name)
    if isinstance(given, bool) or str(given).strip().casefold() in ("yes", "no"):
        return 1.0 if _yes(fields, name) else None
    return _share(fields, name, "yes, or the share of the loading of daily life that is lost")


def _medicines(fields: Fields) -> Iterator[str]:
    for given, place in fields.items("medicines"):
        name = str(given).strip().casefold().replace("_", "-").replace(" ", "-")
        name = {"ppi": "proton-pump-inhibitor"}.get(name, name)
        if name in MEDICINES:
            yield name
        else:
            fields.problems.append(unknown_name(place, given, MEDICINES, "medicine"))
