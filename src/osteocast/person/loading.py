"""Read a case document: everything wrong with it is reported at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from osteocast.errors import InputError
from osteocast.person.case import Case
from osteocast.person.documents import Document, read_document
from osteocast.person.fields import Fields
from osteocast.person.models import SITE_LABELS, DxaScan, LabResult, Person, Plan
from osteocast.person.portable import unwrapped
from osteocast.person.precision import change
from osteocast.person.reading_courses import Clock, earliest_dates, read_plans, read_treatments
from osteocast.person.reading_labs import read_labs
from osteocast.person.reading_lifestyle import read_todays_lifestyle
from osteocast.person.reading_person import read_person
from osteocast.person.reading_scans import read_scans
from osteocast.person.reading_wishes import read_constraints, read_goal
from osteocast.person.reference import recognised, t_score
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["load_case"]

CASE_FIELDS = ("person", "scans", "labs", "treatments", "lifestyle", "plans", "options", "notes")
OPTION_FIELDS = ("as_of", "forecast_years", "goal", "constraints")

_DEFAULT_YEARS = 10.0
# Reports round T-scores to 0.1 and BMD to 0.001; more than this apart, one of the two was misread.
_SCORE_TOLERANCE = 0.35
# pg/mL; acceptable after menopause, but a value in pmol/L written as pg/mL would look like this.
_HIGH_POSTMENOPAUSAL_ESTRADIOL = 20.0
# pg/mL; a man's value in pmol/L written as pg/mL would often look like this.
_HIGH_MALE_ESTRADIOL = 60.0
# pg/mL; below it immunoassays mostly read what crosses their antibody.
_LOW_FOR_IMMUNOASSAY = 20.0


def load_case(source: str | Path, *, today: date | None = None) -> Case:
    """Read a case from a YAML file, or from a text that holds one.

    Parameters
    ----------
    source : str or Path
        A path, or the document itself (see ``docs/case-files.md``); a case file as JSON, too.
    today : date, optional
        The day by which dates count as future; the computer's by default. It decides only what is refused:
        results depend on `Case.as_of`, which is ``options.as_of`` or else the last date in the document.

    Returns
    -------
    Case

    Raises
    ------
    InputError
        With every problem found: field, value, what was expected, and what to do.

    Examples
    --------
    >>> case = load_case('''
    ... person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
    ... treatments: [{drug: anastrozole, start: 2025-03-10}]
    ... ''')
    >>> case.as_of.isoformat(), round(case.age, 1)
    ('2025-03-10', 61.8)
    """
    today = today or date.today()
    document = unwrapped(read_document(source))
    problems = list(document.problems)
    fields = Fields(document.content, "", problems, CASE_FIELDS)
    options = Fields(fields.raw("options") or {}, "options", problems, OPTION_FIELDS)
    as_of = _read_as_of(options, document, today)
    clock = Clock(as_of, today, _birth_date(document, as_of))
    person = read_person(fields, clock)
    scans = read_scans(fields, clock)
    treatments = read_treatments(fields, clock)
    labs = read_labs(fields, clock, person, treatments)
    plans = read_plans(fields, clock, treatments)
    person = read_todays_lifestyle(fields, clock, person)
    years = options.number("forecast_years", 0.5, 30, "years to forecast")
    goal, constraints = read_goal(options), read_constraints(options, clock)
    if problems or person is None:
        raise InputError(problems, document.name)
    return Case(
        person,
        clock.as_of,
        scans,
        labs,
        treatments,
        plans,
        _DEFAULT_YEARS if years is None else years,
        tuple(_warnings(person, scans, labs, treatments, plans, clock)),
        document.name,
        goal,
        constraints,
    )


def _read_as_of(options: Fields, document: Document, today: date) -> date:
    """Return the day the case is seen from: as given, or else the last date of what happened."""
    dates = list(earliest_dates(document.content))
    if "as_of" not in options:
        return max(dates, default=today)
    as_of = options.date("as_of")
    if as_of is None:
        return max(dates, default=today)
    if (as_of - today).days > DAYS_PER_YEAR:
        options.report("as_of", "at most a year from today", "correct the year")
    return as_of


def _birth_date(document: Document, as_of: date) -> date | None:
    """Return the birth date if it can be right; that it is wrong is said where the person is read."""
    person = document.content.get("person")
    if not isinstance(person, dict):
        return None
    birth_date = Fields(person, "person", [], tuple(person)).date("birth_date")
    return None if birth_date is None or birth_date > as_of else birth_date


def _warnings(
    person: Person,
    scans: tuple[DxaScan, ...],
    labs: tuple[LabResult, ...],
    treatments: tuple[Course, ...],
    plans: tuple[Plan, ...],
    clock: Clock,
) -> Iterator[str]:
    """Yield what is acceptable but worth knowing."""
    for before, after in pairwise(scans):
        shared = [site for site in before.sites if site in after.sites]
        if shared and before.vendor != after.vendor:
            site = shared[0]
            reason = change(site, (before, before.sites[site]), (after, after.sites[site])).reason
            yield f"scans of {before.date} and {after.date}: {reason}; only the later one counts"
        elif shared and None not in (before.model, after.model) and before.model != after.model:
            yield (
                f"scans of {before.date} and {after.date} come from different devices "
                f"({before.model}, {after.model}): their difference includes one of calibration"
            )
    for scan in scans:
        for site, measured in scan.sites.items():
            if scan.vendor != "hologic" or measured.bmd is None or measured.t_score is None:
                continue
            computed = t_score(site, measured.bmd).value
            if (
                recognised(site, measured.reference)
                and computed is not None
                and abs(computed - measured.t_score) > _SCORE_TOLERANCE
            ):
                yield (
                    f"scan of {scan.date}, {SITE_LABELS[site]}: BMD {measured.bmd:.3f} g/cm2 gives a T-score "
                    f"of {computed:.1f}, the report says {measured.t_score:.1f}: check both numbers"
                )
    yield from _hormone_warnings(person, labs, treatments)


def _hormone_warnings(
    person: Person, labs: tuple[LabResult, ...], treatments: tuple[Course, ...]
) -> Iterator[str]:
    """Yield what is worth knowing about the oestradiol values."""
    menopause = person.menopause
    for lab in labs:
        if lab.analyte == "estradiol" and lab.method == "immunoassay" and lab.value < _LOW_FOR_IMMUNOASSAY:
            yield (
                f"oestradiol of {lab.date} ({lab.given}) by immunoassay: below "
                f"{_LOW_FOR_IMMUNOASSAY:g} pg/mL only mass spectrometry (LC-MS) can be relied on; the true "
                "value may be far from it"
            )
        if person.sex == "male" and lab.analyte == "estradiol" and lab.value > _HIGH_MALE_ESTRADIOL:
            yield f"oestradiol of {lab.date} ({lab.given}) is high for a man: check the unit"
        if (
            lab.analyte == "estradiol"
            and menopause is not None
            and menopause.age is not None
            and person.age_on(lab.date) > menopause.age + 1
            and lab.value > _HIGH_POSTMENOPAUSAL_ESTRADIOL
            and not any(course.drug == "estradiol" for course in treatments)
        ):
            yield (
                f"oestradiol of {lab.date} ({lab.given}) is high after menopause: check the unit, and that "
                "no oestrogen was taken"
            )
