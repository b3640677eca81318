"""Durations and dates as people write them."""

from __future__ import annotations

import math
import re
from datetime import date

from osteocast.errors import InputError, Problem

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_DAYS = {"d": 1.0, "w": 7.0, "mo": DAYS_PER_MONTH, "y": DAYS_PER_YEAR}
_DURATION_UNIT = {
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
    **dict.fromkeys(("mo", "month", "months"), "mo"),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "y"),
}
_DURATION_PART = re.compile(rf"({_NUMBER})\s*([a-zA-Z]+)")


def read_duration(given: object, *, field: str = "", negative: bool = False) -> float:
    """Read a duration such as ``"6 months"`` or ``"1 year 6 months"`` and return days.

    A month is 30.4375 days and a year 365.25 days. A bare 0 needs no unit.

    Parameters
    ----------
    given : object
    field : str
        Path of the field, for messages.
    negative : bool
        Whether a time before the reference point, as in ``"-2 years"``, makes sense.

    Returns
    -------
    float
        Days.

    Raises
    ------
    InputError
        If it is not a duration, or negative where that makes no sense.
    """
    expected = "a duration such as 90 days, 6 months or 2 years"
    if not isinstance(given, str):
        if isinstance(given, int | float) and not isinstance(given, bool) and given == 0:
            return 0.0
        unitless = isinstance(given, int | float) and not isinstance(given, bool)
        remedy = f"add the unit, as in '{given} months'" if unitless else "write a number and a unit"
        raise InputError([Problem(field, Problem.ABSENT if given is None else given, expected, remedy)])
    text = given.strip()
    sign, body = (-1.0, text[1:].strip()) if text.startswith("-") else (1.0, text)
    parts = _DURATION_PART.findall(body)
    leftover = re.sub(r"[\s,]|and", "", _DURATION_PART.sub("", body))
    unknown = [unit for _, unit in parts if unit.casefold() not in _DURATION_UNIT]
    if body == "0":
        return 0.0
    if not parts or leftover or unknown or any(number[0] in "+-" for number, _ in parts):
        remedy = "use days, weeks, months or years"
        if unknown == ["m"]:
            remedy = "'m' could be minutes or months: write months"
        raise InputError([Problem(field, given, expected, remedy)])
    days = sign * sum(float(number) * _DAYS[_DURATION_UNIT[unit.casefold()]] for number, unit in parts)
    if not math.isfinite(days) or abs(days) > 150 * DAYS_PER_YEAR:
        raise InputError([Problem(field, given, expected, "give a duration within a lifetime")])
    if days < 0 and not negative:
        raise InputError([Problem(field, given, f"{expected}, not negative", "remove the minus sign")])
    return days


_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def read_date(given: object, *, field: str = "", partial: bool = False) -> date:
    """Read an ISO date; where `partial`, a month or a year alone stands for its middle.

    Raises
    ------
    InputError
        If it is not a date of the calendar.

    Examples
    --------
    >>> read_date("2014-06", partial=True)
    datetime.date(2014, 6, 15)
    """
    expected = "a date as YYYY-MM-DD" + (", YYYY-MM or YYYY" if partial else "")
    if type(given) is date:
        return given
    text = str(given).strip() if isinstance(given, int | str) and not isinstance(given, bool) else ""
    match = _ISO_DATE.fullmatch(text)
    if match is None:
        remedy = "write year-month-day, as in 2024-05-31"
        raise InputError([Problem(field, Problem.ABSENT if given is None else given, expected, remedy)])
    year, month, day = match.groups()
    if day is None and not partial:
        raise InputError([Problem(field, given, expected, "add the day; the exact date matters here")])
    if month is None:
        month, day = "7", "1"
    try:
        return date(int(year), int(month), int(day or 15))
    except ValueError:
        raise InputError(
            [Problem(field, given, expected, "this day is not in the calendar: correct it")]
        ) from None
