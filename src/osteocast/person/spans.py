"""Times, shares and answers that every part of a lifestyle is written with."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteocast import units
from osteocast.errors import InputError, Problem
from osteocast.lifestyle import Span
from osteocast.person.fields import Fields

if TYPE_CHECKING:
    from osteocast.person.reading_courses import Clock

__all__ = ["Times", "read_share", "read_yes"]

_LIFELONG = ("lifelong", "always")


@dataclass(frozen=True)
class Times:
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


def read_share(fields: Fields, key: str, expected: str) -> float | None:
    """Read a share, as 0.9 or 90%."""
    given = fields.raw(key)
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", given.strip()) if isinstance(given, str) else None
    if match is not None and float(match[1]) <= 100:
        return float(match[1]) / 100
    return fields.number(key, 0, 1, expected)


def read_yes(fields: Fields, key: str) -> bool | None:
    """Read yes or no."""
    given = fields.raw(key)
    if given is None or fields.is_unusable(key) or isinstance(given, bool):
        return given if isinstance(given, bool) else None
    if str(given).strip().casefold() in ("yes", "no"):
        return str(given).strip().casefold() == "yes"
    fields.report(key, "yes or no", "write yes or no")
    return None
