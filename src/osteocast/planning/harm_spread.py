"""What counts of serious harm leave open: the same harms, with their rates drawn from what was counted.

A rate rests on few events. Of `events` counted in an exposure, the rate is drawn from the posterior under
Jeffreys' prior, a gamma distribution of shape `events` + 1/2. A value that comes with a confidence interval
counts for as many events as would give an interval of that width. What counts do not hold stays outside: that
they were made in other people than these.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from scipy.special import gammaincinv

from osteocast import evidence
from osteocast.guidance.harms import PERSON_YEARS
from osteocast.planning.data import data
from osteocast.planning.harms import entries, exposure, label_of, one_rate
from osteocast.population.normal import quantile
from osteocast.population.streams import uniforms
from osteocast.therapies import Course

__all__ = ["harm_draws"]

_UPPER = 0.975  # share below the upper end of a 95% interval
_PRIOR = 0.5  # Jeffreys' prior of a rate


def harm_draws(courses: Sequence[Course], horizon: float, n: int) -> dict[tuple[str, str], np.ndarray]:
    """Return the serious harm to be expected of a plan's drugs for bone, once for each draw of its rates.

    Parameters
    ----------
    courses : sequence of Course
    horizon : float
        As of `osteocast.planning.harms.harm_of`.
    n : int
        Draws; the same ones for every plan.

    Returns
    -------
    dict of (str, str) to ndarray (n,)
        By drug and harm, as `HarmPart` names them: events per 10,000 people within the time looked at.

    Examples
    --------
    >>> drawn = harm_draws([Course("denosumab", n_doses=2)], 3652.5, 4000)
    >>> jaw = drawn["denosumab", "osteonecrosis of the jaw"]
    >>> [round(float(number), 1) for number in np.quantile(jaw, (0.05, 0.5, 0.95))]
    [3.2, 5.2, 8.1]
    """
    found = {}
    for name in entries():
        years = exposure(name, courses, horizon)
        if years:
            whole = sum((_rate_draws(name, index, n) * one for index, one in years.items()), np.zeros(n))
            found[label_of(name, courses), data("harms")[name]["what"]] = whole
    return found


@cache
def _rate_draws(name: str, index: int, n: int) -> np.ndarray:
    """Draw the rate of a stretch of years on a drug, events per 10,000 person-years, ndarray (n,)."""
    span = data("harms")[name]["spans"][index]
    counts = span.get("events", [None] * len(span["rates"]))
    rates = [
        _drawn(reference, events, span, f"{name} {index} {reference}", n)
        for reference, events in zip(span["rates"], counts, strict=True)
    ]
    drawn = sum(rates) / len(rates)
    if "less" in span:
        drawn = drawn - _drawn(span["less"], span.get("less_events"), span, f"{name} {index} less", n)
    return np.asarray(drawn)


def _drawn(reference: str, events: float | None, span: dict[str, Any], key: str, n: int) -> np.ndarray:
    value, rate = evidence.load().value(reference), one_rate(reference, span)
    if events is None:
        low, high = (bound or 0.0 for bound in value.ci or (None, None))
        sides = 2.0 * float(quantile(np.array([_UPPER]))[0])
        events = (value.number * sides / (high - low)) ** 2
    # Where nothing was seen, the people and the years in which it was not.
    years = events / rate if events else (value.n or 0) * span["years"] / PERSON_YEARS
    shares = uniforms("harms", key, 0, n, 1)[:, 0]
    return np.asarray(gammaincinv(events + _PRIOR, shares) / years)
