"""The day of a measurement."""

from __future__ import annotations

from datetime import date

from osteocast.errors import InputError
from osteocast.person.fields import Fields
from osteocast.person.reading_courses import Clock
from osteocast.units import read_date

__all__ = ["measurement_date"]


def measurement_date(fields: Fields, clock: Clock) -> date | None:
    """Return the day of a measurement if it can be read at all, and report a day that cannot be."""
    on = fields.date("date")
    fields.require("date", "a date as YYYY-MM-DD", "give the day of the measurement")
    if on is not None:
        if clock.birth_date is not None and on < clock.birth_date:
            fields.report("date", f"not before birth ({clock.birth_date})", "correct one of the two dates")
        elif on > clock.today:
            fields.report("date", f"not in the future (today is {clock.today})", "correct the date")
        elif on > clock.as_of:
            fields.report("date", f"not after options.as_of ({clock.as_of})", "remove it or move as_of")
    # Without reporting once more what the field has reported.
    try:
        return read_date(fields.raw("date"))
    except InputError:
        return None
