"""Who the model covers, and why not everybody."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast.person.case import AROMATASE_INHIBITORS, TESTOSTERONE, Case, end_day
from osteocast.person.conditions import CONDITIONS
from osteocast.person.kidney import estimated_filtration
from osteocast.person.published import published
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

__all__ = ["coverage"]

# The trials behind the model enrolled women and men of about these ages. Younger men took part in trials of
# hormones, and life is simulated from 30 on.
_YOUNGEST = {"female": 40.0, "male": 30.0}
_OLDEST = 95.0
# Conditions that the model covers once a habit says how large their effect is.
_SIZED_BY_HABIT = {
    "glucocorticoid_therapy": "glucocorticoid",
    "rheumatoid_arthritis": "rheumatoid_arthritis",
}
# Below it labels speak of advanced kidney disease, and of a disorder of mineral that goes with it.
_SEVERE = "prolia-label-safety/kidney"
_MEN_ONLY = (*TESTOSTERONE, "hcg", "gonadorelin")
# In men they act through the axis between pituitary and testis, on which the model has no data for them.
_WOMEN_ONLY = ("tamoxifen", "estradiol")


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
    >>> man = load_case('''
    ... person: {sex: male, birth_date: 1960-01-01}
    ... treatments: [{drug: tamoxifen, start: 2024-03-01}]
    ... ''')
    >>> coverage(man)[0]
    'tamoxifen in a man is not covered: what it does to his testosterone and oestradiol is not in the model'
    """
    return list(_reasons(case))


def _reasons(case: Case) -> Iterator[str]:
    youngest, people = _YOUNGEST[case.person.sex], "men" if case.person.sex == "male" else "women"
    if case.age < youngest or case.age > _OLDEST:
        span = f"{youngest:.0f} to {_OLDEST:.0f}"
        yield f"an age of {case.age:.0f} years is not covered: the model rests on {people} of {span}"
    for condition in case.person.conditions:
        reason = CONDITIONS[condition]
        if reason is not None and not _is_sized(case, condition):
            yield f"{condition.replace('_', ' ')} is not covered: it {reason}"
    yield from _failing_kidneys(case)
    yield from _drugs_of_the_other_sex(case)
    if case.person.sex == "female":
        yield from _unsuppressed(case)
    else:
        yield from _deprived(case)


def _is_sized(case: Case, condition: str) -> bool:
    """Whether a habit of the case says how large the effect of a condition is."""
    lifestyle = case.person.lifestyle
    if condition not in _SIZED_BY_HABIT or lifestyle is None or lifestyle.habits is None:
        return False
    return getattr(lifestyle.habits, _SIZED_BY_HABIT[condition]) is not None


def _failing_kidneys(case: Case) -> Iterator[str]:
    """Yield a reason where the last creatinine speaks of severe kidney disease."""
    creatinine = case.latest("creatinine")
    if creatinine is None or {"severe_kidney_disease", "dialysis"} & set(case.person.conditions):
        return
    age, limit = case.person.age_on(creatinine.date), published(_SEVERE)
    rate = estimated_filtration(creatinine.value, age, case.person.sex)
    if rate < limit:
        yield (
            f"severe kidney disease is not covered: creatinine of {creatinine.date} ({creatinine.given}) is "
            f"an estimated filtration of {rate:.0f} mL/min/1.73 m2, and below {limit:.0f} bone mineralises "
            "by rules that the model does not contain"
        )


def _regimens(case: Case) -> list[tuple[str, tuple[Course, ...]]]:
    """Treatments, and everything under each plan, with the words that say where."""
    plans = [(f" (plan {plan.name})", case.regimen(plan)) for plan in case.plans]
    return [("", case.treatments), *plans]


def _drugs_of_the_other_sex(case: Case) -> Iterator[str]:
    """Yield a reason for every drug whose action in this sex the model does not contain."""
    female = case.person.sex == "female"
    seen = set()
    for where, courses in _regimens(case):
        for drug in sorted({course.drug for course in courses}):
            if drug in seen or drug not in (_MEN_ONLY if female else _WOMEN_ONLY):
                continue
            seen.add(drug)
            name = drug.replace("_", " ")
            if female:
                yield f"{name} in a woman is not covered{where}: the model has it for men only"
            else:
                yield (
                    f"{name} in a man is not covered{where}: what it does to his testosterone and "
                    "oestradiol is not in the model"
                )


def _deprived(case: Case) -> Iterator[str]:
    """Yield a reason where a man is castrated for anything but prostate cancer."""
    if "prostate_cancer" in case.person.conditions:
        return
    for where, courses in _regimens(case):
        if any(course.drug == "goserelin" for course in courses):
            yield (
                f"goserelin in a man without prostate cancer is not covered{where}: add the condition "
                "prostate_cancer if that is why he takes it"
            )
            return


def _unsuppressed(case: Case) -> Iterator[str]:
    """Yield a reason for every aromatase inhibitor taken while the ovaries work."""
    seen = set()
    for where, courses in _regimens(case):
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
