"""Treatments and plans of a case document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from osteocast import units
from osteocast.errors import InputError, Problem, unknown_name
from osteocast.person.case import AROMATASE_INHIBITORS, end_day
from osteocast.person.fields import Fields
from osteocast.person.models import Plan
from osteocast.person.reading_lifestyle import read_lifestyle
from osteocast.therapies import DRUGS, Course, Drug, find
from osteocast.units import DAYS_PER_YEAR

__all__ = ["Clock", "read_plans", "read_treatments"]

COURSE_FIELDS = ("drug", "route", "dose", "every", "start", "stop", "doses", "adherence", "missed", "late")
PLAN_FIELDS = ("name", "start", "horizon", "stop", "courses", "lifestyle")

ROUTES = tuple(sorted({drug.route for drug in DRUGS.values()}))
_ROUTE_SYNONYMS = {
    "iv": "intravenous",
    "im": "intramuscular",
    "sc": "subcutaneous",
    "po": "oral",
    "patch": "transdermal",
}

# A dose this many times the label's, or less than the same part of it, is a slip of unit or point.
_DOSE_FACTOR = 20.0
_LONGEST_INTERVAL_DAYS = 3 * DAYS_PER_YEAR
# A treatment may be prescribed now and start later, but not this much later.
_LATEST_START_DAYS = DAYS_PER_YEAR
_LONGEST_HORIZON_DAYS = 30 * DAYS_PER_YEAR
_MOST_DOSES = 40_000

# What a dose is, by the unit of the drug's label.
_KIND_OF_DOSE = {"mg": "dose", "IU": "activity", "pg/mL": "estradiol", "ng/dL": "testosterone"}

_SHOWN_MOMENT = "a date as YYYY-MM-DD or a duration from the start of the plan, such as 6 months"


@dataclass(frozen=True)
class Clock:
    """What times in a document refer to.

    Parameters
    ----------
    as_of : date
        Day 0.
    today : date
        The day the document is read.
    birth_date : date or None
        None if it could not be read.
    """

    as_of: date
    today: date
    birth_date: date | None

    def day(self, on: date) -> float:
        """Return days from day 0 to a date."""
        return float((on - self.as_of).days)


def read_treatments(fields: Fields, clock: Clock) -> tuple[Course, ...]:
    """Read past and current courses, whose starts and stops are dates."""
    courses = []
    for content, place in fields.items("treatments"):
        course = _Courses(content, place, fields.problems, clock, None).read()
        if course is not None:
            courses.append((course, place))
    _report_overlaps(courses, fields.problems)
    return tuple(course for course, _ in courses)


def read_plans(fields: Fields, clock: Clock, treatments: tuple[Course, ...]) -> tuple[Plan, ...]:
    """Read the plans, whose starts and stops are dates or durations from the start of the plan."""
    plans: list[Plan] = []
    for content, place in fields.items("plans"):
        plan = _read_plan(Fields(content, place, fields.problems, PLAN_FIELDS), clock, treatments)
        if any(plan.name == other.name for other in plans):
            problem = Problem(f"{place}.name", plan.name, "a name of its own", "rename one of the plans")
            fields.problems.append(problem)
        plans.append(plan)
    return tuple(plans)


def _read_plan(fields: Fields, clock: Clock, treatments: tuple[Course, ...]) -> Plan:
    fields.require("name", "a name for the plan", "name it as the results should show it")
    name = fields.text("name", "a name for the plan") or fields.path
    start = fields.date("start")
    start_day = 0.0 if start is None else clock.day(start)
    if start_day < 0:
        fields.report("start", f"not before {clock.as_of}, from when the case is seen", "move the start")
        start_day = 0.0
    horizon = fields.duration("horizon")
    if horizon is not None and not 0 < horizon <= _LONGEST_HORIZON_DAYS:
        fields.report("horizon", "more than 0 and at most 30 years", "shorten or lengthen it")
    courses = []
    for content, place in fields.items("courses"):
        course = _Courses(content, place, fields.problems, clock, start_day).read()
        if course is not None:
            courses.append((course, place))
    _report_overlaps(courses, fields.problems)
    stops = dict(_read_stops(fields, clock, start_day, treatments))
    lifestyle = read_lifestyle(fields, "lifestyle", clock, start_day)
    return Plan(name, tuple(course for course, _ in courses), stops, horizon, start_day, lifestyle)


def _read_stops(
    fields: Fields, clock: Clock, start_day: float, treatments: tuple[Course, ...]
) -> Iterator[tuple[str, float]]:
    """Yield drug and day for every treatment that the plan ends."""
    running = sorted({course.drug for course in treatments if end_day(course) > start_day})
    for name, given, place in fields.pairs("stop", "a mapping of drugs to times"):
        drug = _drug_name(name)
        if drug not in running:
            expected = f"a treatment that goes on then ({', '.join(running) or 'there is none'})"
            problem = Problem(place, name, expected, "remove it, or give the treatment under treatments")
            fields.problems.append(problem)
            continue
        try:
            day = _moment(given, place, clock, start_day)
        except InputError as error:
            fields.problems.extend(error.problems)
            continue
        if day < start_day:
            problem = Problem(
                place, given, "not before the plan starts", "give the stop under treatments instead"
            )
            fields.problems.append(problem)
            continue
        yield drug, day


def _drug_name(name: str) -> str:
    try:
        return find(name).name
    except InputError:
        return name


def _moment(given: object, place: str, clock: Clock, start_day: float | None) -> float:
    """Read a date, or a duration where a plan gives it a start, as a day number."""
    text = str(given).strip()
    if re.match(r"\d{4}(-|$)", text) or start_day is None:
        return clock.day(units.read_date(given, field=place, partial=start_day is None))
    try:
        return start_day + units.read_duration(given, field=place)
    except InputError as error:
        problem = error.problems[0]
        expected = _SHOWN_MOMENT if "negative" not in problem.expected else problem.expected
        raise InputError([Problem(place, problem.value, expected, problem.remedy)]) from None


class _Courses:
    """Reads one course; `plan_start` is None for a treatment, whose times are dates."""

    def __init__(
        self, content: object, place: str, problems: list[Problem], clock: Clock, plan_start: float | None
    ) -> None:
        self.fields = Fields(content, place, problems, COURSE_FIELDS)
        self.clock = clock
        self.plan_start = plan_start

    def read(self) -> Course | None:
        """Return the course, or None if a problem leaves no course to simulate."""
        if not self.fields.usable:
            return None
        problems_before = len(self.fields.problems)
        drug = self._drug()
        start = self._start()
        stop = self._stop(start)
        doses = self.fields.whole("doses", 1, _MOST_DOSES, "a number of doses")
        missed = tuple(self._missed(doses))
        late = dict(self._late(doses, missed))
        adherence = self._adherence()
        dose = interval = None
        if drug is not None:
            dose, interval = self._dose(drug), self._interval()
        if drug is None or start is None or len(self.fields.problems) > problems_before:
            return None
        return Course(drug.name, start, stop, dose, interval, adherence, doses, missed, late)

    def _drug(self) -> Drug | None:
        """Return the drug named, by the route named."""
        fields = self.fields
        required = fields.require("drug", f"a drug: {', '.join(DRUGS)}", "name the drug")
        if not required or fields.is_unusable("drug"):
            return None
        given = str(fields.raw("drug"))
        route = fields.choice("route", ROUTES, "route", _ROUTE_SYNONYMS)
        try:
            drug = find(given)
        except InputError:
            fields.problems.append(unknown_name(fields.place("drug"), given, DRUGS, "drug"))
            return None
        if route is None or route == drug.route:
            return drug
        by_route = {
            other.route: other
            for other in DRUGS.values()
            if other.name.split("_")[0] == drug.name.split("_")[0]
        }
        if route in by_route:
            return by_route[route]
        expected = f"a route of {drug.name}: {', '.join(by_route)}"
        fields.report("route", expected, "correct or remove the route")
        return None

    def _start(self) -> float | None:
        fields, clock = self.fields, self.clock
        if "start" not in fields:
            if self.plan_start is not None:
                return self.plan_start
            fields.report("start", "the date of the first dose", "give the date, if only the month or year")
            return None
        start = fields.read("start", lambda given, place: _moment(given, place, clock, self.plan_start))
        if start is None:
            return None
        if clock.birth_date is not None and start < clock.day(clock.birth_date):
            fields.report(
                "start", f"not before birth ({clock.birth_date})", "correct the date or the birth date"
            )
        elif self.plan_start is not None and start < self.plan_start:
            fields.report("start", "not before the plan starts", "give what is past under treatments")
        elif self.plan_start is None and start > clock.day(clock.today) + _LATEST_START_DAYS:
            fields.report("start", "at most a year from today", "correct the year, or make it a plan")
        return start

    def _stop(self, start: float | None) -> float | None:
        stop = self.fields.read(
            "stop", lambda given, place: _moment(given, place, self.clock, self.plan_start)
        )
        if start is not None and stop is not None and stop <= start:
            expected = f"after the start ({self.fields.raw('start') or 'of the plan'})"
            self.fields.report("stop", expected, "correct one of the two")
        return stop

    def _dose(self, drug: Drug) -> float | None:
        kind = _KIND_OF_DOSE[drug.unit]
        within = (drug.label_dose / _DOSE_FACTOR, drug.label_dose * _DOSE_FACTOR)
        return self.fields.quantity("dose", kind, within=within)

    def _interval(self) -> float | None:
        interval = self.fields.duration("every")
        if interval is not None and not 0 < interval <= _LONGEST_INTERVAL_DAYS:
            self.fields.report("every", "more than 0 days and at most 3 years", "correct the interval")
        return interval

    def _adherence(self) -> float:
        given = self.fields.raw("adherence")
        if isinstance(given, str) and re.fullmatch(r"\d+(\.\d+)?\s*%", given):
            share = float(given.rstrip("% ")) / 100
            if share <= 1:
                return share
        number = self.fields.number("adherence", 0, 1, "the share of doses taken")
        return 1.0 if number is None else number

    def _missed(self, doses: int | None) -> Iterator[int]:
        for number, place in self.fields.items("missed"):
            if self._is_dose_number(number, place, doses):
                yield int(number)

    def _late(self, doses: int | None, missed: tuple[int, ...]) -> Iterator[tuple[int, float]]:
        for name, given, place in self.fields.pairs("late", "a mapping of dose numbers to durations"):
            number = int(name) if name.isdecimal() and len(name) < 10 else name
            if not self._is_dose_number(number, place, doses):
                continue
            if number in missed:
                problem = Problem(place, given, "a dose that is given", "a dose is late or missed, not both")
                self.fields.problems.append(problem)
                continue
            try:
                yield int(number), units.read_duration(given, field=place)
            except InputError as error:
                self.fields.problems.extend(error.problems)

    def _is_dose_number(self, number: Any, place: str, doses: int | None) -> bool:
        highest = doses or _MOST_DOSES
        if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= highest:
            return True
        problem = Problem(place, number, f"the number of a dose, 1 to {highest}", "count the first dose as 1")
        self.fields.problems.append(problem)
        return False


def _report_overlaps(courses: list[tuple[Course, str]], problems: list[Problem]) -> None:
    """Report courses that cannot run side by side: the same drug twice, or two aromatase inhibitors."""
    for (first, first_place), (second, second_place) in combinations(courses, 2):
        same = first.drug.split("_")[0] == second.drug.split("_")[0]
        both_inhibitors = first.drug in AROMATASE_INHIBITORS and second.drug in AROMATASE_INHIBITORS
        if not (same or both_inhibitors):
            continue
        if first.start_day < end_day(second) and second.start_day < end_day(first):
            what = f"another course of {first.drug}" if same else f"{first.drug}"
            problems.append(
                Problem(
                    second_place,
                    second.drug,
                    f"no overlap with {what} ({first_place})",
                    "give the first one a stop, or remove the duplicate",
                )
            )


def earliest_dates(content: Mapping[str, Any]) -> Iterator[date]:
    """Yield every date of scans, laboratory values and starts of treatments that can be read."""
    for section, key in (("scans", "date"), ("labs", "date"), ("treatments", "start")):
        items = content.get(section)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, Mapping):
                try:
                    yield units.read_date(item.get(key), partial=section == "treatments")
                except InputError:
                    continue  # reported where the item itself is read
