"""Dates and guidelines of a visit as rows: what fits on a page, and how much was left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from osteocast import evidence
from osteocast.guidance import Guidelines, Ruling, Schedule, Visit

__all__ = [
    "DateRow",
    "GuidelineRow",
    "consequences",
    "date_rows",
    "day_words",
    "guideline_rows",
    "guideline_sources",
    "left_out",
]

_MOST_DATES = 7
_MOST_CLAUSES = 7
# Who reads the first page of a plan has to know the next year and every scan; the calendar holds the rest.
_NEAR_DAYS = 400.0
# What decides about a drug comes before what goes without saying.
_ORDER = (
    "bone drug",
    "choice",
    "denosumab",
    "testosterone",
    "vertebral imaging",
    "recurrence",
    "monitoring",
    "vitamin D",
    "nutrition",
    "habits",
)


@dataclass(frozen=True)
class DateRow:
    """What happens on one day.

    Parameters
    ----------
    on : date
    when : str
        The date in words.
    what : str
        Everything that is due, in one line.
    why : str
    visits : tuple of Visit
    """

    on: date
    when: str
    what: str
    why: str
    visits: tuple[Visit, ...]


@dataclass(frozen=True)
class GuidelineRow:
    """What one body asks for, or would ask for.

    Parameters
    ----------
    body : str
        With its year.
    outcome : {"applies", "cannot tell"}
    action : str
    clause : str
        With the grade.
    missing : str
        Facts that nobody gave; empty if none.
    """

    body: str
    outcome: str
    action: str
    clause: str
    missing: str


def day_words(day: date) -> str:
    """Write a date without room for doubt about day and month.

    Examples
    --------
    >>> day_words(date(2025, 3, 10))
    '10 March 2025'
    """
    return f"{day.day} {day:%B %Y}"


def date_rows(schedule: Schedule) -> tuple[DateRow, ...]:
    """Return the next year and the scans after it, a row for each day."""
    near = [
        visit for visit in schedule.visits if visit.day <= _NEAR_DAYS or visit.kind in ("scan", "imaging")
    ]
    by_day: dict[date, list[Visit]] = {}
    for visit in near:
        by_day.setdefault(visit.date, []).append(visit)
    return tuple(_date_row(day, visits) for day, visits in by_day.items())[:_MOST_DATES]


def _date_row(day: date, visits: list[Visit]) -> DateRow:
    # A scan says by itself why it comes then; of samples the first reason is enough.
    ordered = sorted(visits, key=lambda visit: visit.kind not in ("dose", "scan"))
    what = "; ".join(dict.fromkeys(visit.what for visit in ordered))
    why = "; ".join(dict.fromkeys(visit.why for visit in ordered))
    return DateRow(day, day_words(day), what, why, tuple(ordered))


def consequences(rows: tuple[DateRow, ...]) -> tuple[str, ...]:
    """Return which results would change the plan, each once."""
    return tuple(dict.fromkeys(text for row in rows for visit in row.visits for text in visit.if_so))


def guideline_rows(found: Guidelines) -> tuple[GuidelineRow, ...]:
    """Return the clauses that apply or wait for facts, those on drugs first, one row for each demand."""
    return tuple(_all_rows(found))[:_MOST_CLAUSES]


def left_out(found: Guidelines) -> int:
    """Return how many such clauses have no row."""
    return max(0, len(tuple(_all_rows(found))) - _MOST_CLAUSES)


def _all_rows(found: Guidelines) -> Iterator[GuidelineRow]:
    said = [ruling for ruling in found.verdicts if ruling.outcome != "does not apply"]
    grouped: dict[tuple[str, str, str], list[Ruling]] = {}
    for ruling in sorted(said, key=_place):
        grouped.setdefault((ruling.body.body, ruling.outcome, ruling.rule.action), []).append(ruling)
    for (_, outcome, action), rulings in grouped.items():
        body = rulings[0].body
        missing = dict.fromkeys(
            text for ruling in rulings for text in (*(fact.label for fact in ruling.missing), *ruling.unread)
        )
        clauses = dict.fromkeys(_clause(ruling) for ruling in rulings)
        yield GuidelineRow(
            f"{body.body} {body.published}", outcome, action, "; ".join(clauses), ", ".join(missing)
        )


def _place(ruling: Ruling) -> tuple[int, bool]:
    about = ruling.rule.about
    return (_ORDER.index(about) if about in _ORDER else len(_ORDER), ruling.outcome != "applies")


def _clause(ruling: Ruling) -> str:
    rule = ruling.rule
    return f"{rule.clause}, grade {rule.grade}" if rule.grade else rule.clause


def guideline_sources(found: Guidelines) -> tuple[str, ...]:
    """Return the registry's ids of the sources behind the clauses that have a row."""
    known = evidence.load()
    said = {row.body for row in guideline_rows(found)}
    return tuple(
        dict.fromkeys(
            known.source(ruling.body.source).id
            for ruling in found.verdicts
            if f"{ruling.body.body} {ruling.body.published}" in said
        )
    )
