"""Exercises, sessions and programmes: what is lifted, jumped or walked, how often, from when to when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

from osteocast.errors import InputError, unknown_name
from osteocast.lifestyle.data import data
from osteocast.physiology import SITES

__all__ = [
    "DAYS",
    "EXERCISES",
    "PROGRAMMES",
    "SPEEDS",
    "Bout",
    "Exercise",
    "Programme",
    "Session",
    "Speed",
    "find_exercise",
    "find_programme",
]

#: How fast the muscle shortens: as fast as possible, as it comes, or four seconds up and four down.
Speed = Literal["explosive", "normal", "slow"]
SPEEDS: tuple[Speed, ...] = get_args(Speed)
#: Days of the week, as a programme names them.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Exercise:
    """One way to load the skeleton, and the peak force that it brings to each site.

    Forces are in body weights of *equivalent ground reaction*: the force at the site as a multiple of the
    one in walking, times the ground reaction of walking. A jump with a ground reaction of four body weights
    that reaches the hip undamped therefore counts 4 at the hip, and so does a lift that brings as much force
    to the joint by muscle.

    Parameters
    ----------
    name, label : str
        Key in `EXERCISES`; what people call it.
    kind : {"lift", "impact", "endurance", "other"}
        ``lift`` scales with the share of the one-repetition maximum, all others with the ground reaction.
    sites : mapping of str to float
        By site: for a lift the equivalent force at the one-repetition maximum, body weights; otherwise the
        share of the ground reaction that reaches the site.
    unloaded : mapping of str to float
        Lifts: equivalent force of the movement without a weight, body weights.
    peak : float
        Ground reaction at its peak, body weights; not used for a lift.
    maximum : float, optional
        Lifts: a usual one-repetition maximum in body weights.
    usual : float
        Lifts: share of the maximum used when a programme does not say.
    per_minute : float
        Loading cycles per minute, for exercises counted in minutes.
    spread : float
        Standard deviation of the logarithm of the force, between people and between sources.
    basis : {"published", "derived", "estimate"}
    sources : tuple of str
        Registry values.
    note : str
        How the numbers were chosen.
    synonyms : tuple of str
    """

    name: str
    label: str
    kind: Literal["lift", "impact", "endurance", "other"]
    sites: Mapping[str, float]
    unloaded: Mapping[str, float] = field(default_factory=dict)
    peak: float = 1.0
    maximum: float | None = None
    usual: float = 0.7
    per_minute: float = 0.0
    spread: float = 0.2
    basis: Literal["published", "derived", "estimate"] = "estimate"
    sources: tuple[str, ...] = ()
    note: str = ""
    synonyms: tuple[str, ...] = ()

    def force(self, site: str, share: float | None = None, body_weights: float | None = None) -> float:
        """Return the equivalent peak force at a site, body weights.

        Parameters
        ----------
        site : str
        share : float, optional
            Share of the one-repetition maximum.
        body_weights : float, optional
            Weight lifted (lifts) or ground reaction (all others), in body weights; `share` wins over it.
        """
        if self.kind != "lift":
            return self.sites[site] * (self.peak if body_weights is None else body_weights)
        if share is None:
            share = self.usual if body_weights is None or not self.maximum else body_weights / self.maximum
        return self.unloaded[site] + (self.sites[site] - self.unloaded[site]) * share


@dataclass(frozen=True)
class Bout:
    """One exercise within a session.

    Parameters
    ----------
    exercise : str
        Key in `EXERCISES`.
    sets, repetitions : int
        Repetitions are impacts where the exercise is a jump or a step.
    minutes : float, optional
        Instead of sets and repetitions, for what is done by the clock.
    share : float, optional
        Load as a share of the one-repetition maximum; the exercise's usual one if neither is given.
    body_weights : float, optional
        Load in body weights: the weight lifted, or the ground reaction of an impact.
    speed : {"explosive", "normal", "slow"}
    rest : float
        Seconds between two repetitions.

    Raises
    ------
    ValueError
        If a number cannot be right.
    """

    exercise: str
    sets: int = 1
    repetitions: int = 1
    minutes: float | None = None
    share: float | None = None
    body_weights: float | None = None
    speed: Speed = "normal"
    rest: float = 0.0

    def __post_init__(self) -> None:
        if self.sets < 0 or self.repetitions < 0 or (self.minutes or 0.0) < 0 or self.rest < 0:
            raise ValueError(f"{self.exercise}: sets, repetitions, minutes and rest cannot be negative")
        for load in (self.share, self.body_weights):
            if load is not None and not (math.isfinite(load) and load >= 0):
                raise ValueError(f"{self.exercise}: a load of {load} cannot be")

    @property
    def cycles(self) -> float:
        """Loading cycles."""
        if self.minutes is not None:
            return self.minutes * find_exercise(self.exercise).per_minute
        return float(self.sets * self.repetitions)

    def force(self, site: str) -> float:
        """Return the equivalent peak force at a site, body weights."""
        return find_exercise(self.exercise).force(site, self.share, self.body_weights)


@dataclass(frozen=True)
class Session:
    """What is done in one go, and on which days of the week.

    Parameters
    ----------
    days : tuple of str
        Among `DAYS`.
    bouts : tuple of Bout
    """

    days: tuple[str, ...]
    bouts: tuple[Bout, ...]

    def __post_init__(self) -> None:
        if any(day not in DAYS for day in self.days):
            raise ValueError(f"{self.days}: days are {', '.join(DAYS)}")


@dataclass(frozen=True)
class Programme:
    """A week that is repeated: sessions, from when to when, and how much of it is done.

    After the last week nothing is loaded beyond daily life; what was gained decays by the physiology.

    Parameters
    ----------
    name : str
        Key in `PROGRAMMES`, or the person's own.
    sessions : tuple of Session
    start_day : float
        First day; minus infinity for life so far.
    weeks : float, optional
        How long; none means it goes on.
    adherence : float
        Share of the sessions done, 0 to 1.
    daily_life : float
        Share of the usual loading of daily life that remains: 1 on one's feet, 0 in bed.
    label : str
        What it is, in words; the name if empty.
    trains_falls : bool
        Whether it trains strength and balance on the feet, so that the trials on falls speak for it.
    grade : {"A", "B", "C", "D"}
        How well its effect on bone density is known.
    sentence : str
        What trials showed, in plain words.
    sources : tuple of str
        Registry values or DOIs.
    """

    name: str
    sessions: tuple[Session, ...] = ()
    start_day: float = 0.0
    weeks: float | None = None
    adherence: float = 1.0
    daily_life: float = 1.0
    label: str = ""
    trains_falls: bool = False
    grade: Literal["A", "B", "C", "D"] = "C"
    sentence: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.adherence <= 1.0:
            raise ValueError(f"{self.name}: adherence {self.adherence} is outside 0 to 1")
        if self.weeks is not None and not self.weeks > 0:
            raise ValueError(f"{self.name}: {self.weeks} weeks is no time")
        if not 0.0 <= self.daily_life <= 1.0:
            raise ValueError(f"{self.name}: daily_life {self.daily_life} is outside 0 to 1")

    @property
    def stop_day(self) -> float | None:
        """First day without it; none if it goes on."""
        return None if self.weeks is None else self.start_day + self.weeks * len(DAYS)

    def at(
        self, start_day: float = 0.0, weeks: float | None = None, adherence: float | None = None
    ) -> Programme:
        """Return the programme at another time, or done less often."""
        adherence = self.adherence if adherence is None else adherence
        return replace(self, start_day=start_day, weeks=weeks, adherence=adherence)


def _by_site(given: object) -> Mapping[str, float]:
    """One number for all sites, or one per site (the neck of the femur follows the hip)."""
    if isinstance(given, Mapping):
        hip = given.get("total_hip")
        return {site: float(given.get(site, hip)) for site in SITES}
    return dict.fromkeys(SITES, float(given))  # type: ignore[arg-type]


@cache
def _exercises() -> Mapping[str, Exercise]:
    made = {}
    for name, entry in data("exercises").items():
        entry = dict(entry)
        for key in ("sites", "unloaded"):
            if key in entry:
                entry[key] = _by_site(entry[key])
        for key in ("sources", "synonyms"):
            entry[key] = tuple(entry.get(key, ()))
        made[name] = Exercise(name=name, **entry)
    return MappingProxyType(made)


@cache
def _programmes() -> Mapping[str, Programme]:
    made = {}
    for name, entry in data("programmes").items():
        entry = dict(entry)
        sessions = tuple(
            Session(tuple(session["days"]), tuple(Bout(**bout) for bout in session["bouts"]))
            for session in entry.pop("sessions", ())
        )
        entry["sources"] = tuple(entry.get("sources", ()))
        made[name] = Programme(name=name, sessions=sessions, **entry)
    return MappingProxyType(made)


#: Exercises by name.
EXERCISES: Mapping[str, Exercise] = _exercises()
#: Programmes by name; each a week as prescribed, from day 0 on and without an end.
PROGRAMMES: Mapping[str, Programme] = _programmes()


def _folded(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-")


def find_exercise(name: str) -> Exercise:
    """Return an exercise by name or synonym; case, spaces and hyphens do not matter.

    Raises
    ------
    InputError
        If there is none; proposes near ones.
    """
    wanted = _folded(name)
    for exercise in EXERCISES.values():
        if wanted == exercise.name or wanted in (_folded(synonym) for synonym in exercise.synonyms):
            return exercise
    raise InputError((unknown_name("exercise", name, EXERCISES, "exercise"),))


def find_programme(name: str) -> Programme:
    """Return a programme by name; case, spaces and hyphens do not matter.

    Raises
    ------
    InputError
        If there is none; proposes near ones.
    """
    wanted = _folded(name)
    if wanted in PROGRAMMES:
        return PROGRAMMES[wanted]
    raise InputError((unknown_name("programme", name, PROGRAMMES, "programme"),))
