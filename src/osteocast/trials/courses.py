"""Courses of drugs and rescue rules, as a trial file writes them."""

from __future__ import annotations

from typing import Any

from osteocast import therapies, units
from osteocast.errors import InputError, Problem, unknown_name
from osteocast.person.fields import Fields, match_name
from osteocast.physiology.quantities import SITES
from osteocast.therapies import Course, Drug
from osteocast.trials.schema import RescueRule

__all__ = ["COURSE_FIELDS", "RULE_FIELDS", "read_courses", "read_rules"]

COURSE_FIELDS = ("drug", "route", "dose", "every", "start", "stop", "doses", "adherence", "missed", "late")
RULE_FIELDS = ("check", "from", "if", "give")


def read_courses(fields: Fields, key: str, *, past: bool = False) -> tuple[Course, ...]:
    """Read a list of courses.

    Parameters
    ----------
    fields : Fields
    key : str
        Field that holds the list.
    past : bool
        Whether the courses lie before day 0: they have to start before it and to have ended by then.
    """
    courses = (_read_course(item, place, fields.problems, past) for item, place in fields.items(key))
    return tuple(course for course in courses if course is not None)


def _read_course(content: Any, place: str, problems: list[Problem], past: bool) -> Course | None:
    before = len(problems)
    fields = Fields(content, place, problems, COURSE_FIELDS)
    drug = _read_drug(fields)
    start = _read_day(fields, "start") or 0.0
    stop = _read_day(fields, "stop")
    interval = fields.duration("every")
    if interval is not None and interval <= 0:
        fields.report("every", "a time between doses above 0", "write it like '6 months'")
    if start < 0 and not past:
        fields.report("start", "a start at or after day 0", "put earlier treatment under population.history")
    if stop is not None and stop < start:
        fields.report("stop", "a stop after the start", "correct start or stop")
    if past and start >= 0:
        fields.report("start", "a start before day 0, such as -24 months", "history lies before day 0")
    if past and (stop is None or stop > 0):
        fields.report("stop", "a stop at or before day 0", "what goes on belongs to the arms")
    dose = _read_dose(fields, drug) if drug else None
    doses = fields.whole("doses", 1, 10_000, "a number of doses")
    adherence = fields.number("adherence", 0, 1, "a share of doses taken")
    missed = tuple(
        number
        for item, spot in fields.items("missed")
        if (number := _read_dose_number(item, spot, problems)) is not None
    )
    late = {
        number: days
        for key, item, spot in fields.pairs("late", "dose numbers and delays, as in {4: 60 days}")
        if (number := _read_dose_number(key, spot, problems)) is not None
        and (days := _read_delay(item, spot, problems)) is not None
    }
    if drug is None or len(problems) > before:
        return None
    return Course(
        drug=drug.name,
        start_day=start,
        stop_day=stop,
        dose=dose,
        interval_days=interval,
        adherence=1.0 if adherence is None else adherence,
        n_doses=doses,
        missed=missed,
        late=late,
    )


def _read_drug(fields: Fields) -> Drug | None:
    if not fields.require("drug", "a drug", f"one of {', '.join(sorted(therapies.DRUGS))}"):
        return None
    name = fields.text("drug", "a drug's name")
    if name is None:
        return None
    try:
        drug = therapies.find(name)
    except InputError as error:
        problem = error.problems[0]
        fields.problems.append(Problem(fields.place("drug"), problem.value, problem.expected, problem.remedy))
        return None
    if "route" not in fields:
        return drug
    # A drug that is given by two routes is declared once for each.
    forms = {form.route: form for key, form in therapies.DRUGS.items() if key.startswith(drug.name)}
    route = fields.choice("route", sorted(forms), f"route of {drug.name}")
    return forms[route] if route else None


def _read_day(fields: Fields, key: str) -> float | None:
    return fields.read(key, lambda given, place: units.read_duration(given, field=place, negative=True))


def _read_dose(fields: Fields, drug: Drug) -> float | None:
    """Read a dose in the drug's own unit: mg, IU, or for oestradiol the rise of its serum level."""
    kind = {"mg": "dose", "IU": "activity"}.get(drug.unit)
    if kind is not None:
        return fields.quantity("dose", kind, default_unit=drug.unit)
    return fields.quantity("dose", drug.name, default_unit=drug.unit, within=(1e-3, 500.0))


def _read_dose_number(given: Any, place: str, problems: list[Problem]) -> int | None:
    text = str(given)
    if not isinstance(given, bool) and text.isdecimal() and int(text) >= 1:
        return int(text)
    problems.append(Problem(place, given, "the number of a dose, 1 for the first", "count doses from 1"))
    return None


def _read_delay(given: Any, place: str, problems: list[Problem]) -> float | None:
    try:
        return units.read_duration(given, field=place)
    except InputError as error:
        problems.extend(error.problems)
        return None


def read_rules(fields: Fields) -> tuple[RescueRule, ...]:
    """Read the rescue rules of an arm."""
    rules = (_read_rule(item, place, fields.problems) for item, place in fields.items("rules"))
    return tuple(rule for rule in rules if rule is not None)


def _read_rule(content: Any, place: str, problems: list[Problem]) -> RescueRule | None:
    before = len(problems)
    fields = Fields(content, place, problems, RULE_FIELDS)
    if fields.require("check", "when the rule is looked at", "write 'check: visits'"):
        fields.choice("check", ("visits",), "check")
    first = fields.duration("from") or 0.0
    limit = _read_limit(fields)
    give = read_courses(fields, "give")
    if not give and len(problems) == before:
        fields.report("give", "a list of courses", "write what the rule starts")
    if len(problems) > before or limit is None:
        return None
    sites, below = limit
    return RescueRule(first / units.DAYS_PER_MONTH, sites, below, give)


def _read_limit(rule: Fields) -> tuple[tuple[str, ...], float] | None:
    """Read the condition of a rule: sites and the T-score below which one of them has to lie."""
    if not rule.require("if", "a condition", "write 'if: {t_score: {sites: [lumbar_spine], below: -2.0}}'"):
        return None
    condition = Fields(rule.raw("if"), rule.place("if"), rule.problems, ("t_score",))
    if not condition.require("t_score", "sites and a limit", "write 't_score: {sites: [...], below: -2.0}'"):
        return None
    limit = Fields(condition.raw("t_score"), condition.place("t_score"), rule.problems, ("sites", "below"))
    limit.require("below", "a T-score", "write the limit, as in 'below: -2.0'")
    below = limit.number("below", -6, 3, "a T-score")
    limit.require("sites", f"a list of {', '.join(SITES)}", "name the sites that the rule looks at")
    sites = [_read_site(item, place, rule.problems) for item, place in limit.items("sites")]
    known = tuple(site for site in sites if site is not None)
    return (known, below) if known and below is not None else None


def _read_site(given: Any, place: str, problems: list[Problem]) -> str | None:
    site = match_name(given, SITES)
    if site is None:
        problems.append(unknown_name(place, given, SITES, "site"))
    return site
