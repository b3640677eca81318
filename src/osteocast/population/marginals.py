"""Distributions of one covariate: from standard normal numbers to values, by age where that matters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np

from osteocast.errors import OsteocastError
from osteocast.person.published import is_published, middle
from osteocast.population.mortality import survivors

__all__ = ["Marginal", "life_table_age", "marginal_from"]

_STEP = 0.25  # years between the ages of a life table
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Marginal:
    """The distribution of one covariate among people of an age.

    Parameters
    ----------
    name : str
    basis : {"published", "derived", "estimate"}
        ``derived`` follows from published numbers; ``estimate`` is nobody's number.
    sources : tuple of str
        Values of the registry, ``source-id/value-id``.
    note : str
    value : callable
        From standard normal numbers and ages, ndarray (n,) each, to values of the covariate, ndarray (n,);
        rises with the first.
    points : tuple of (float, float)
        Values, and the published share at or below each, percent.
    """

    name: str
    basis: str
    sources: tuple[str, ...]
    note: str
    value: Callable[[np.ndarray, np.ndarray], np.ndarray]
    points: tuple[tuple[float, float], ...] = ()


Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]


def marginal_from(name: str, entry: Mapping[str, Any]) -> Marginal:
    """Read a distribution from its entry in a file of a population.

    The entry has one of ``normal``, ``lognormal``, ``shares``, ``share_above``, ``beta``, ``declining`` or
    ``bands``; numbers in it are numbers, or references to values of the registry.

    Raises
    ------
    OsteocastError
        If it has none of these, or says nothing of what it rests on.
    """
    kinds = [kind for kind in _KINDS if kind in entry]
    if len(kinds) != 1 or entry.get("basis") not in ("published", "derived", "estimate"):
        raise OsteocastError(f"{name}: one of {', '.join(_KINDS)}, and a basis, are needed")
    shape = _KINDS[kinds[0]](entry[kinds[0]])
    sources = tuple(dict.fromkeys(_references(entry)))
    points = _points(kinds[0], entry[kinds[0]])
    return Marginal(name, entry["basis"], sources, str(entry.get("note", "")), shape, points)


def _points(kind: str, entry: Any) -> tuple[tuple[float, float], ...]:
    """Limits of published shares, in the unit of the covariate, and the shares below them."""
    if kind == "beta":
        return ((float(entry["limit"]) / 100.0, _number(entry["share"])),)
    if kind != "shares":
        return ()
    factor = float(entry.get("times", 1.0))
    return tuple((factor * float(limit), _below(share)) for limit, share in entry["below"])


def _below(share: Any) -> float:
    """Share below a limit, percent: several add up, and one that is published from the top is taken off."""
    given = share if isinstance(share, list) else [share]
    total = sum(_number(part) for part in given if part != "rest")
    return 100.0 - total if "rest" in given else total


def _number(given: float | str) -> float:
    """Return a number as it stands, or that of the registry."""
    return middle(given) if isinstance(given, str) else float(given)


def _references(entry: Any) -> list[str]:
    """Every value of the registry that an entry names."""
    if isinstance(entry, Mapping):
        return [found for key, item in entry.items() if key != "note" for found in _references(item)]
    if isinstance(entry, list):
        return [found for item in entry for found in _references(item)]
    return [entry] if isinstance(entry, str) and "/" in entry and is_published(entry) else []


def _normal(entry: Mapping[str, Any]) -> Shape:
    mean, sd = _number(entry["mean"]), _number(entry["sd"])
    limits = entry.get("within")
    low, high = (-math.inf, math.inf) if limits is None else _limits(limits)
    first, last = (0.0 if math.isinf(x) else (x - mean) / sd for x in (low, high))
    if limits is None:
        return lambda z, age: mean + sd * z
    bottom, top = _NORMAL.cdf(first), _NORMAL.cdf(last)

    def value(z: np.ndarray, age: np.ndarray) -> np.ndarray:
        from scipy.special import ndtr, ndtri

        return np.asarray(mean + sd * ndtri(bottom + (top - bottom) * ndtr(z)))

    return value


def _limits(given: Any) -> tuple[float, float]:
    if isinstance(given, str):
        from osteocast.person.published import value_of

        found = value_of(given).range
        if found is None or found[0] is None or found[1] is None:
            raise OsteocastError(f"{given} is not a range")
        return found[0], found[1]
    return float(given[0]), float(given[1])


def _lognormal(entry: Mapping[str, Any]) -> Shape:
    """Lognormal with a mean, or a median, and the spread of the logarithm (or a central 95% range)."""
    spread = entry["log_sd"]
    if isinstance(spread, str):
        low, high = _limits(spread)
        log_sd = math.log(high / low) / (2.0 * _NORMAL.inv_cdf(0.975))
    else:
        log_sd = float(spread)
    scale = float(entry.get("times", 1.0))
    mid = _number(entry["median"]) if "median" in entry else _number(entry["mean"]) / math.exp(log_sd**2 / 2)
    return lambda z, age: scale * mid * np.exp(log_sd * z)


def _shares(entry: Mapping[str, Any]) -> Shape:
    """Go through published shares below several limits, in straight lines of log over normal score."""
    rows = entry["below"]
    logs = np.log([float(limit) * float(entry.get("times", 1.0)) for limit, _ in rows])
    places = np.array([_NORMAL.inv_cdf(_below(share) / 100.0) for _, share in rows])
    if not (np.diff(places) > 0).all():
        raise OsteocastError("shares below rising limits have to rise")
    slopes = np.diff(logs) / np.diff(places)

    def value(z: np.ndarray, age: np.ndarray) -> np.ndarray:
        piece = np.clip(np.searchsorted(places, z) - 1, 0, slopes.size - 1)
        return np.asarray(np.exp(logs[piece] + slopes[piece] * (z - places[piece])))

    return value


def _share_above(entry: Mapping[str, Any]) -> Shape:
    """Lognormal with a mean and the share above a limit."""
    mean, limit = _number(entry["mean"]), float(entry["limit"])
    score = _NORMAL.inv_cdf(1.0 - _number(entry["share"]) / 100.0)
    # log(limit) = log(mean) - s^2/2 + score * s; the smaller root is the distribution that is meant.
    log_sd = score - math.sqrt(score**2 - 2.0 * math.log(limit / mean))
    return _lognormal({"mean": mean, "log_sd": log_sd})


def _beta(entry: Mapping[str, Any]) -> Shape:
    """Beta with a mean and the share below a limit, all in percent; values are shares of 1."""
    mean, limit = _number(entry["mean"]) / 100.0, float(entry["limit"]) / 100.0
    below = _number(entry["share"]) / 100.0

    @cache
    def size() -> float:
        from scipy.optimize import brentq
        from scipy.special import betainc

        def missed(log_size: float) -> float:
            total = math.exp(log_size)
            return float(betainc(mean * total, (1.0 - mean) * total, limit)) - below

        return math.exp(brentq(missed, math.log(2.0), math.log(500.0), xtol=1e-12))

    def value(z: np.ndarray, age: np.ndarray) -> np.ndarray:
        from scipy.special import betaincinv, ndtr

        return np.asarray(betaincinv(mean * size(), (1.0 - mean) * size(), ndtr(z)))

    return value


def _declining(entry: Mapping[str, Any]) -> Shape:
    """Return a normal distribution about a mean that falls in a straight line from an age on."""
    level, start = _number(entry["mean"]), _number(entry["from_age"])
    per_year = _number(entry["per_decade"]) / 10.0
    # The spread that leaves the published share below the limit at the age it was counted at.
    at = entry["spread"]
    there = level - per_year * (float(at["at_age"]) - start)
    sd = (float(at["below"]) - there) / _NORMAL.inv_cdf(_number(at["share"]) / 100.0)
    floor = float(entry["at_least"])

    def value(z: np.ndarray, age: np.ndarray) -> np.ndarray:
        mean = level - per_year * np.maximum(age - start, 0.0)
        return np.asarray(np.maximum(mean + sd * z, floor))

    return value


def _bands(entries: Sequence[Mapping[str, Any]]) -> Shape:
    """Another distribution in each band of age: ``until`` an age, then the next."""
    shapes, ends = [], []
    for entry in entries:
        kind = next(kind for kind in _KINDS if kind in entry)
        shapes.append(_KINDS[kind](entry[kind]))
        ends.append(float(entry.get("until", math.inf)))

    def value(z: np.ndarray, age: np.ndarray) -> np.ndarray:
        band = np.searchsorted(np.array(ends), age, side="right")
        found = np.empty_like(z)
        for i, shape in enumerate(shapes):
            here = band == i
            found[here] = shape(z[here], age[here])
        return found

    return value


_KINDS: dict[str, Callable[[Any], Shape]] = {
    "normal": _normal,
    "lognormal": _lognormal,
    "shares": _shares,
    "share_above": _share_above,
    "beta": _beta,
    "declining": _declining,
    "bands": _bands,
}


def life_table_age(sex: str, low: float, high: float) -> Shape:
    """Return the ages of a population that neither grows nor shrinks, between two ages.

    Parameters
    ----------
    sex : {"female", "male"}
    low, high : float
        Years.

    Returns
    -------
    callable
        As `Marginal.value`.

    Sources: ssa-life-table-2017.
    """
    ages = np.append(np.arange(low, high, _STEP), high)
    alive = survivors(sex, ages)
    passed = np.concatenate([[0.0], np.cumsum(0.5 * (alive[1:] + alive[:-1]) * np.diff(ages))])
    share = passed / passed[-1]

    def value(z: np.ndarray, age: np.ndarray) -> np.ndarray:
        from scipy.special import ndtr

        return np.asarray(np.interp(ndtr(z), share, ages))

    return value
