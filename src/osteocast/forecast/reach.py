"""Where a plan goes beyond what the trials observed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from osteocast.forecast.unstudied import unstudied
from osteocast.person import AROMATASE_INHIBITORS, TESTOSTERONE, Case
from osteocast.person.case import end_day
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

__all__ = ["FOLLOWED", "FOLLOWED_MEN", "beyond_the_trials", "followed"]

#: Last month at which a published trial in `osteocast.trials` reports bone density of women who take the
#: drug, beside an aromatase inhibitor or without one, and the trial. Kept in step by a test.
FOLLOWED: Mapping[tuple[str, bool], tuple[float, str]] = MappingProxyType(
    {
        ("alendronate", False): (72.0, "epic-stop"),
        ("anastrozole", False): (84.0, "atac-off"),
        ("denosumab", False): (96.0, "freedom"),
        ("denosumab", True): (36.0, "abcsg-18"),
        ("estradiol", False): (24.0, "ultra"),
        ("exemestane", False): (54.0, "ies"),
        ("goserelin", False): (24.0, "fogelman"),
        ("ibandronate", False): (24.0, "mobile"),
        ("ibandronate", True): (60.0, "aribon"),
        ("ibandronate_iv", False): (60.0, "diva"),
        ("letrozole", False): (120.0, "brex"),
        ("risedronate", False): (24.0, "risedronate-early-postmenopause"),
        ("risedronate", True): (24.0, "arbi"),
        ("tamoxifen", False): (84.0, "atac-off"),
        ("tamoxifen", True): (54.0, "ies"),
        ("zoledronate", False): (108.0, "horizon-extension"),
        ("zoledronate", True): (61.0, "z-fast"),
    }
)

#: The same for men; all forms of testosterone are one.
FOLLOWED_MEN: Mapping[tuple[str, bool], tuple[float, str]] = MappingProxyType(
    {
        ("alendronate", False): (24.0, "orwoll"),
        ("anastrozole", False): (12.0, "burnett-bowie"),
        ("denosumab", False): (36.0, "halt-prostate"),
        ("goserelin", False): (36.0, "halt-prostate"),
        ("risedronate", False): (24.0, "boonen-risedronate"),
        ("testosterone", False): (36.0, "amory"),
        ("zoledronate", False): (24.0, "horizon-men"),
    }
)


def followed(sex: str, drug: str, beside_inhibitor: bool) -> tuple[float, str] | None:
    """Return how long a trial followed bone density on a drug, months, and which; None if none did.

    Parameters
    ----------
    sex : {"female", "male"}
    drug : str
    beside_inhibitor : bool
        Whether an aromatase inhibitor was taken with it.
    """
    name = "testosterone" if drug in TESTOSTERONE else drug
    return (FOLLOWED_MEN if sex == "male" else FOLLOWED).get((name, beside_inhibitor))


def beyond_the_trials(case: Case, regimens: Iterable[tuple[Course, ...]], horizon: float) -> tuple[str, ...]:
    """Say what in a set of plans no trial in the registry has observed.

    Parameters
    ----------
    case : Case
    regimens : iterable of tuples of Course
        Of each plan, the past included.
    horizon : float
        Last day of the forecast.

    Returns
    -------
    tuple of str
        One sentence each; what several plans do is told once, of the one that goes furthest.
    """
    regimens = list(regimens)
    gaps = [gap for courses in regimens for gap in unstudied(case, courses)]
    told: dict[str, tuple[float, str]] = {gap: (0.0, gap) for gap in gaps}
    for courses in regimens:
        for about, extent, sentence in _of_regimen(case.person.sex, courses, horizon, bool(gaps)):
            if about not in told or told[about][0] < extent:
                told[about] = extent, sentence
    sentences = [sentence for _, sentence in told.values()]
    if "previous_fracture" in case.person.conditions:
        sentences.append(
            "A previous fracture is recorded, but has no effect of its own on the forecast of BMD."
        )
    return tuple(sentences)


def _of_regimen(
    sex: str, courses: tuple[Course, ...], horizon: float, explained: bool
) -> Iterator[tuple[str, float, str]]:
    """Yield how far the trials of each drug reached; those of none only where nothing else explains it.

    Each with what it is about and how far the plan goes beyond, months.
    """
    reached = FOLLOWED_MEN if sex == "male" else FOLLOWED
    people = " in men" if sex == "male" else ""
    starts = [course.start_day for course in courses]
    for course in courses:
        beside = course.drug not in AROMATASE_INHIBITORS and any(
            other.drug in AROMATASE_INHIBITORS
            and other.start_day < _stop(course, horizon)
            and _stop(other, horizon) > course.start_day
            for other in courses
        )
        name = DRUGS[course.drug].words
        where = " beside an aromatase inhibitor" if beside else ""
        known = followed(sex, course.drug, beside)
        if known is None and not explained:
            text = f"no trial{people} in the registry reports bone density on it"
            yield name + where, 0.0, f"{name.capitalize()}{where}: {text}."
        if known is None:
            continue
        months, trial = known
        taken = (_stop(course, horizon) - course.start_day) / DAYS_PER_MONTH
        if taken > months + 1:
            yield (
                name + where,
                taken,
                f"{name.capitalize()}{where} was followed{people} for {months:.0f} months at most ({trial}); "
                f"here it is taken for {taken:.0f}.",
            )
    treated_from = min(starts, default=0.0)
    longest = max((months for months, _ in reached.values()), default=0.0)
    if (horizon - treated_from) / DAYS_PER_MONTH > longest:
        yield (
            "the horizon",
            horizon - treated_from,
            f"No trial{people} in the registry reports bone density beyond {longest / 12:.0f} years after "
            f"the start; the forecast ends {(horizon - treated_from) / DAYS_PER_YEAR:.0f} years after it.",
        )
    if any(course.drug == "denosumab" for course in courses) and any(
        course.drug == "denosumab" and not math.isinf(end_day(course)) and _stop(course, horizon) < horizon
        for course in courses
    ):
        text = "What the end of denosumab costs was observed without an aromatase inhibitor (freedom-stop)."
        yield "the end of denosumab", 0.0, text


def _stop(course: Course, horizon: float) -> float:
    """Last day on which a course still acts as taken, within the horizon."""
    label = course.interval_days or DRUGS[course.drug].label_interval_days
    return min(course.end_day(label), horizon)
