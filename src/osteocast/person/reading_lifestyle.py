"""Exercise, nutrition and habits of a case, a plan or an arm of a trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from osteocast import units
from osteocast.errors import InputError, Problem, unknown_name
from osteocast.lifestyle import (
    FOODS,
    GH_SECRETAGOGUES,
    MEDICINES,
    PATTERNS,
    SMOKING,
    STRESS,
    SUNLIGHT,
    Habits,
    Lifestyle,
    Nutrition,
    Span,
)
from osteocast.person.fields import Fields
from osteocast.person.reading_exercise import read_exercise
from osteocast.person.spans import Times, read_share, read_yes

if TYPE_CHECKING:
    from osteocast.person.models import Person
    from osteocast.person.reading_courses import Clock

__all__ = ["read_lifestyle", "read_todays_lifestyle"]

LIFESTYLE_FIELDS = ("exercise", "nutrition", "habits")
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
    times = Times(clock, plan_start)
    return Lifestyle(tuple(read_exercise(own, times)), _nutrition(own, times), _habits(own, times))


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


def _nutrition(own: Fields, times: Times) -> Nutrition | None:
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

    def __init__(self, fields: Fields, times: Times) -> None:
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
        return read_yes(fields, name)


def _habits(own: Fields, times: Times) -> Habits | None:
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
        return 1.0 if read_yes(fields, name) else None
    return read_share(fields, name, "yes, or the share of the loading of daily life that is lost")


def _medicines(fields: Fields) -> Iterator[str]:
    for given, place in fields.items("medicines"):
        name = str(given).strip().casefold().replace("_", "-").replace(" ", "-")
        name = {"ppi": "proton-pump-inhibitor"}.get(name, name)
        if name in MEDICINES:
            yield name
        else:
            fields.problems.append(unknown_name(place, given, MEDICINES, "medicine"))
