"""Drugs for bone as they are given: doses and intervals of `regimens.yaml` as courses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from osteocast.forecast.data import data
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_MONTH, DAYS_PER_YEAR

__all__ = [
    "exit_course",
    "exit_sources",
    "exits",
    "interval_of",
    "regimen",
    "regimen_course",
    "usual_lifestyle",
    "usual_years",
]

# Of an interval: a course that lacks so little of one more dose gets it; months are not of one length.
_SLACK = 0.01


def regimen(name: str) -> Mapping[str, Any]:
    """Return drug, dose, interval, words and sources of a regimen.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    found: Mapping[str, Any] = data("regimens")["regimens"][name]
    return found


def interval_of(name: str) -> float:
    """Return the days between two doses of a regimen."""
    entry = regimen(name)
    if "interval_days" in entry:
        return float(entry["interval_days"])
    return float(entry["interval_months"]) * DAYS_PER_MONTH


def regimen_course(name: str, start: float, until: float, *, whole: bool = True) -> Course:
    """Return a regimen from a day on, of at least one dose.

    Parameters
    ----------
    name : str
    start, until : float
        Days.
    whole : bool
        Whether every dose has to act for its whole interval before `until`; else the last may reach beyond.
    """
    entry, interval = regimen(name), interval_of(name)
    many = (until - start) / interval
    doses = max(1, math.floor(many + _SLACK) if whole else math.ceil(many - _SLACK))
    return Course(entry["drug"], start, None, float(entry["dose"]), interval, n_doses=doses)


def usual_years() -> float:
    """Return how many years an inhibitor, and a drug beside it, is taken where nothing else says."""
    return float(data("regimens")["inhibitor"]["years"])


def usual_lifestyle() -> Mapping[str, Any]:
    """Return the exercise and nutrition that a clinic would advise, with units as in `regimens.yaml`."""
    found: Mapping[str, Any] = data("regimens")["lifestyle"]
    return found


def exits() -> Mapping[str, Mapping[str, Any]]:
    """Return what may follow denosumab, by name."""
    found: Mapping[str, Mapping[str, Any]] = data("regimens")["exits"]
    return found


def exit_sources() -> tuple[str, ...]:
    """Return references into the evidence registry for what follows denosumab."""
    return tuple(data("regimens")["exit_sources"])


def exit_course(day: float, follower: str = "zoledronate") -> Course:
    """Return what follows denosumab.

    Parameters
    ----------
    day : float
        On which the next dose of denosumab would be due.
    follower : {"zoledronate", "alendronate"}
        Name of one of the exits of `regimens.yaml`.
    """
    chosen = exits()[follower]
    entry, interval = regimen(chosen["regimen"]), interval_of(chosen["regimen"])
    doses = chosen.get("doses") or math.floor(chosen["years"] * DAYS_PER_YEAR / interval)
    return Course(entry["drug"], day, None, float(entry["dose"]), interval, n_doses=doses)
