"""From a forecast to what to do: guidelines side by side, safety before a plan, and what to watch when.

`guidelines` holds a case against dated rule files, one per body; `check` says what is unsafe about a plan;
`surveillance` lays out scans and samples from the forecast's expected change, and writes them as a calendar.
"""

from osteocast.guidance.bodies import Body, Gap, Rule, load_bodies
from osteocast.guidance.calendar_file import calendar
from osteocast.guidance.facts import Fact, Facts
from osteocast.guidance.guidelines import Conflict, Guidelines, Ruling, guidelines
from osteocast.guidance.harms import Rate, rates
from osteocast.guidance.safety import LEVELS, Finding, check, is_refused
from osteocast.guidance.schedule import Schedule, Visit
from osteocast.guidance.surveillance import surveillance

__all__ = [
    "LEVELS",
    "Body",
    "Conflict",
    "Fact",
    "Facts",
    "Finding",
    "Gap",
    "Guidelines",
    "Rate",
    "Rule",
    "Ruling",
    "Schedule",
    "Visit",
    "calendar",
    "check",
    "guidelines",
    "is_refused",
    "load_bodies",
    "rates",
    "surveillance",
]
