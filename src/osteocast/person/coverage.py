"""Who the model covers, and why not everybody."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast.person.case import AROMATASE_INHIBITORS, Case, end_day
from osteocast.person.conditions import CONDITIONS
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["coverage"]

# The trials the model was calibrated to enrolled women of about these ages.
_YOUNGEST, _OLDEST = 40.0, 95.0


def coverage(case: Case) -> list[str]:
    """Return the reasons why the model does not cover a case; an empty list if it does.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of str
        One sentence each, for `osteocast.errors.NotCovered`.

    Examples
    --------
    >>> from osteocast.person import load_case
    >>> man = load_case("person: {sex: male, birth_date: 1960-01-01}")
    >>> coverage(man)[0]
    'men are not covered: in men, oestradiol and testosterone follow rules it does not contain'
    """
    return list(_reasons(case))


def _reasons(case: Case) -> Iterator[str]:
    if case.person.sex == "male":
        yield "men are not covered: in men, oestradiol and testosterone follow rules it does not contain"
    if case.age < _YOUNGEST or case.age > _OLDEST:
        span = f"{_YOUNGEST:.0f} to {_OLDEST:.0f}"
        yield f"an age of {case.age:.0f} years is not covered: the model rests on women of {span}"
    for condition in case.person.conditions:
        reason = CONDITIONS[condition]
        if reason is not None:
            yield f"{condition.replace('_', ' ')} is not covered: it {reason}"
    if case.person.sex == "female":
        yield from _unsuppressed(case)


def _unsuppressed(case: Case) -> Iterator[str]:
    """Yield a reason for every aromatase inhibitor taken while the ovaries work."""
    regimens = [("", case.treatments)]
    regimens += [(f" (plan {plan.name})", case.regimen(plan)) for plan in case.plans]
    seen = set()
    for where, courses in regimens:
        for course in courses:
            if course.drug not in AROMATASE_INHIBITORS or not _meets_ovaries(case, course, courses):
                continue
            if (course.drug, course.start_day) not in seen:
                seen.add((course.drug, course.start_day))
                yield (
                    f"{course.drug} before menopause without ovarian suppression is not covered{where}: the "
                    "ovary answers it with more oestradiol; add goserelin, or correct the menopause"
                )


def _meets_ovaries(case: Case, course: Course, courses: tuple[Course, ...]) -> bool:
    """Whether an inhibitor is taken on any day on which nothing silences working ovaries."""
    menopause = case.person.menopause
    end = end_day(course)
    if menopause is not None and menopause.age is not None:
        end = min(end, (menopause.age - case.age) * DAYS_PER_YEAR)
    day = course.start_day
    shields = sorted((other.start_day, end_day(other)) for other in courses if other.drug == "goserelin")
    for shield_start, shield_end in shields:
        if shield_start > day:
            break
        day = max(day, shield_end)
    return day < end
