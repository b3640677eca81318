"""A schedule as a calendar file (iCalendar, RFC 5545), written without a library.

Whole-day events only, so that no time zone is needed. Lines end in CRLF and are folded at 75 octets without
cutting a character; backslash, semicolon, comma and line break in texts are escaped; the identifier of an
event follows from its content, so that importing a file twice gives each event once. Nothing names the
person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from osteocast.guidance.schedule import Schedule, Visit

__all__ = ["calendar"]

_LONGEST_LINE = 75
_DATE = "%Y%m%d"


def calendar(schedule: Schedule) -> str:
    """Return a schedule as the text of an ``.ics`` file.

    Parameters
    ----------
    schedule : Schedule

    Returns
    -------
    str
        With CRLF line ends; write it as UTF-8 without translating them.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//osteocast//surveillance//EN",
        "CALSCALE:GREGORIAN",
    ]
    for visit in schedule.visits:
        lines += _event(schedule, visit)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(schedule: Schedule, visit: Visit) -> list[str]:
    about = [f"Why: {visit.why}", *(f"If so: {text}" for text in visit.if_so), f"Rests on: {visit.basis}"]
    about += [f"Plan: {schedule.plan}", "Not a medical device; agree every date with your clinic."]
    content = f"{visit.date.isoformat()}|{visit.kind}|{visit.what}|{visit.why}|{schedule.plan}"
    identifier = hashlib.sha256(content.encode()).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{identifier}@osteocast",
        f"DTSTAMP:{schedule.as_of.strftime(_DATE)}T000000Z",
        f"DTSTART;VALUE=DATE:{visit.date.strftime(_DATE)}",
        f"DTEND;VALUE=DATE:{(visit.date + timedelta(days=1)).strftime(_DATE)}",
        f"SUMMARY:{_escaped(visit.what)}",
        f"DESCRIPTION:{_escaped(chr(10).join(about))}",
        f"CATEGORIES:{_escaped(visit.kind)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    r"""Escape a text as RFC 5545 (3.3.11) asks.

    Examples
    --------
    >>> _escaped("calcium, creatinine; now")
    'calcium\\, creatinine\\; now'
    """
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Cut a line so that none is longer than 75 octets; a line that goes on starts with a space."""
    part, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > _LONGEST_LINE:
            yield part
            part, octets = " ", 1
        part += character
        octets += size
    yield part
