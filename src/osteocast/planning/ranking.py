"""The order of plans for a goal, differences person by person, and what would change the order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from osteocast.forecast.adequacy import LOSS_SITES
from osteocast.forecast.bands import weighted_quantiles
from osteocast.guidance.harms import PERSON_YEARS
from osteocast.person import GOALS, Goal
from osteocast.planning.data import data
from osteocast.planning.evaluation import Evaluated
from osteocast.planning.front import front
from osteocast.planning.results import MAJOR, Difference, PlanOption

__all__ = ["difference", "net_events", "ranked", "tolerances"]

_ENDS_80 = np.array([0.1, 0.9])
#: Of the standard normal distribution, beyond which chance is no explanation.
_BEYOND_CHANCE = 1.96


def difference(one: Evaluated, other: Evaluated, measure: str, weights: np.ndarray) -> Difference:
    """Return one plan less another, person by person.

    Parameters
    ----------
    one, other : Evaluated
    measure : {"major_osteoporotic", "lumbar_spine", "total_hip", "femoral_neck"}
        Probability of a fracture within ten years in points, or density after ten years in percent of today.
    weights : ndarray (n,)
        Sum 1.
    """
    values = (
        one.broken - other.broken if measure == MAJOR else one.changed[measure] - other.changed[measure]
    ) * 100.0
    mean = float(weights @ values)
    low, high = weighted_quantiles(values[:, None], weights, _ENDS_80)[:, 0]
    error = float(np.sqrt(np.sum((weights * (values - mean)) ** 2)))
    return Difference(other.option.key, measure, mean, float(low), float(high), error)


def net_events(option: PlanOption) -> float:
    """Return major osteoporotic fractures and serious harms together, per 10,000 people in ten years."""
    return option.major * PERSON_YEARS + option.harm.per_10000


def tolerances(plans: Sequence[Evaluated], reference: Evaluated, weights: np.ndarray) -> dict[str, float]:
    """Return how far two plans must lie apart in each thing for one to be better in it.

    What nobody would notice, or what chance among the virtual people explains, if that is more.
    """
    least: dict[str, float] = {name: float(value) for name, value in data("ranking")["tolerance"].items()}
    against = [one for one in plans if one is not reference]
    broken = [difference(one, reference, MAJOR, weights).error for one in against]
    kept = [difference(one, reference, site, weights).error for one in against for site in LOSS_SITES]
    least["fracture"] = max(least["fracture"], _BEYOND_CHANCE * float(np.median(broken or [0.0])))
    least["kept"] = max(least["kept"], _BEYOND_CHANCE * float(np.median(kept or [0.0])))
    return least


def ranked(
    plans: Sequence[Evaluated], goal: Goal, reference: str, weights: np.ndarray
) -> tuple[tuple[PlanOption, ...], dict[Goal, str], dict[str, float]]:
    """Order plans for a goal, with their differences, the front, and who would be first for each goal.

    Parameters
    ----------
    plans : sequence of Evaluated
        At least one.
    goal : {"balanced", "fewest_fractures", "hold_bone", "least_burden"}
    reference : str
        Key of the plan to compare with.
    weights : ndarray (n,)

    Returns
    -------
    tuple of PlanOption
        By rank.
    dict
        By goal, key of the first.
    dict
        Tolerances of the front.
    """
    compared = next(one for one in plans if one.option.key == reference)
    tolerance = tolerances(plans, compared, weights)
    values = np.array(
        [
            (100 * one.option.major, -one.option.kept, one.option.harm.per_10000, one.option.burden.per_year)
            for one in plans
        ]
    )
    on_front, outdone = front(values, np.array(list(tolerance.values())))
    orders = {name: _order(plans, name, weights) for name in GOALS}
    firsts: dict[Goal, str] = {name: plans[order[0]].option.key for name, (order, _) in orders.items()}
    order, tied = orders[goal]
    first = plans[order[0]]
    alone = next((one for one in plans if one.option.kind == "lifestyle"), None)
    standards = {id(one): one for one in (compared, alone, first) if one is not None}
    options = []
    for rank, i in enumerate(order, start=1):
        one = plans[i]
        differences = tuple(
            difference(one, other, measure, weights)
            for other in standards.values()
            if other is not one
            for measure in (MAJOR, *LOSS_SITES)
        )
        options.append(
            replace(
                one.option,
                differences=differences,
                rank=rank,
                on_front=bool(on_front[i]),
                dominated_by=tuple(plans[j].option.key for j in outdone[i]),
                tied=i in tied,
            )
        )
    return tuple(options), firsts, tolerance


def _order(plans: Sequence[Evaluated], goal: Goal, weights: np.ndarray) -> tuple[list[int], set[int]]:
    """Return positions of plans in order, and those that cannot be told apart from the first."""
    order, measures = _ORDERS[goal](plans, weights)
    first = plans[order[0]]
    if goal == "least_burden":
        least = float(data("ranking")["tolerance"]["burden"])
        good = _is_enough(first.option)
        tied = {
            i
            for i in order
            if _is_enough(plans[i].option) == good
            and abs(plans[i].option.burden.per_year - first.option.burden.per_year) <= least
        }
        return order, tied
    tied = {
        i
        for i in order
        if not any(difference(plans[i], first, measure, weights).told_apart for measure in measures)
    }
    return order, tied | {order[0]}


Ordering = tuple[list[int], tuple[str, ...]]


def _balanced(plans: Sequence[Evaluated], weights: np.ndarray) -> Ordering:
    """Fewest events; among plans that hardly differ from the best, the lightest first."""
    by_events = sorted(range(len(plans)), key=lambda i: (net_events(plans[i].option), i))
    best = plans[by_events[0]]
    margin = PERSON_YEARS * float(data("ranking")["worth"]) / 100.0

    near = [i for i in by_events if net_events(plans[i].option) - net_events(best.option) <= margin]
    step = float(data("ranking")["tolerance"]["burden"])
    near.sort(key=lambda i: (round(plans[i].option.burden.per_year / step), net_events(plans[i].option)))
    return [*near, *(i for i in by_events if i not in near)], (MAJOR,)


def _fewest(plans: Sequence[Evaluated], weights: np.ndarray) -> Ordering:
    def key(i: int) -> tuple[float, float, float]:
        option = plans[i].option
        return option.major, option.harm.per_10000, option.burden.per_year

    return sorted(range(len(plans)), key=key), (MAJOR,)


def _held(plans: Sequence[Evaluated], weights: np.ndarray) -> Ordering:
    def key(i: int) -> tuple[float, float, float]:
        option = plans[i].option
        return -option.kept, option.harm.per_10000, option.burden.per_year

    return sorted(range(len(plans)), key=key), LOSS_SITES


def _lightest(plans: Sequence[Evaluated], weights: np.ndarray) -> Ordering:
    """Plans that are enough by burden; then the others by how likely they are to be enough."""
    step = float(data("ranking")["tolerance"]["burden"])

    def key(i: int) -> tuple[bool, float, float]:
        option = plans[i].option
        good = _is_enough(option)
        return not good, round(option.burden.per_year / step) if good else -option.adequate, option.major

    return sorted(range(len(plans)), key=key), ()


def _is_enough(option: PlanOption) -> bool:
    return option.barred is None and option.adequate >= float(data("ranking")["enough"])


_ORDERS: Mapping[Goal, Callable[[Sequence[Evaluated], np.ndarray], Ordering]] = {
    "balanced": _balanced,
    "fewest_fractures": _fewest,
    "hold_bone": _held,
    "least_burden": _lightest,
}
