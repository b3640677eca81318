"""Where a programme of exercise goes beyond what the trials observed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from osteocast.forecast.grading import inhibited
from osteocast.forecast.reach import beyond_the_trials
from osteocast.lifestyle import Lifestyle
from osteocast.person import Case, Plan
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_MONTH

__all__ = ["PROGRAMMES_FOLLOWED", "beyond_all", "beyond_the_programmes"]

#: Last month at which a published trial in `osteocast.trials` reports bone density of people on a programme
#: of the library, on an aromatase inhibitor or not, and the trial. Kept in step by a test.
PROGRAMMES_FOLLOWED: Mapping[tuple[str, bool], tuple[float, str]] = MappingProxyType(
    {
        ("bed-rest", False): (2.76, "zerwekh-bed-rest"),
        ("high-intensity-resistance-and-impact", False): (46.0, "liftmor-3-years"),
        ("jumps-50-a-day", False): (12.0, "bassey-1998"),
        ("low-intensity-vibration", False): (12.0, "slatkovska"),
        ("moderate-resistance-and-jumps", False): (12.0, "exercise-by-intensity"),
        ("resistance-and-aerobic", False): (12.0, "tabatabai"),
        ("resistance-and-aerobic", True): (12.0, "hope"),
        ("walking", False): (12.0, "swenson"),
    }
)


def beyond_the_programmes(lifestyle: Lifestyle | None, inhibited: bool, last_day: float) -> Iterator[str]:
    """Say where exercise goes on for longer, or in other people, than trials followed it.

    Parameters
    ----------
    lifestyle : Lifestyle or None
        Of a plan.
    inhibited : bool
        Whether an aromatase inhibitor is taken with it.
    last_day : float
        Until when it is looked at.

    Yields
    ------
    str
        One sentence for each programme.
    """
    for programme in () if lifestyle is None else lifestyle.exercise:
        label = (programme.label or programme.name).replace("_", " ")
        name = f"{label[:1].upper()}{label[1:]}"
        stop = last_day if programme.stop_day is None else min(programme.stop_day, last_day)
        months = (stop - max(programme.start_day, 0.0)) / DAYS_PER_MONTH
        known = PROGRAMMES_FOLLOWED.get((programme.name, inhibited))
        where = " on an aromatase inhibitor" if inhibited else ""
        if known is None and inhibited:
            known = PROGRAMMES_FOLLOWED.get((programme.name, False))
            if known is not None:
                yield f"{name}: no trial in the registry followed bone density on it{where}."
                where = ""
        if known is None:
            yield f"{name}: no trial in the registry followed bone density on it{where}."
        elif months > known[0] + 1:
            yield (
                f"{name} was followed{where} for {known[0]:.0f} months at most ({known[1]}); here it goes on "
                f"for {months:.0f}."
            )


def beyond_all(
    case: Case, plans: Sequence[tuple[Plan, tuple[Course, ...]]], horizon: float
) -> tuple[str, ...]:
    """Say what in some plans no trial in the registry has observed, of drugs first and then of programmes.

    Parameters
    ----------
    case : Case
    plans : sequence of (Plan, tuple of Course)
        Each with everything taken under it, the past included.
    horizon : float
        Last day looked at.

    Returns
    -------
    tuple of str
        One sentence each, every sentence once.
    """
    said = dict.fromkeys(beyond_the_trials(case, [courses for _, courses in plans], horizon))
    for plan, courses in plans:
        last = min(horizon, plan.horizon_days or horizon)
        said |= dict.fromkeys(beyond_the_programmes(plan.lifestyle, inhibited(courses), last))
    return tuple(said)
