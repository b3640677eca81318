"""Published rates of fracture beside those that come out here, with the error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from osteocast.fracture.data import data, middle, value_of
from osteocast.fracture.exposures import Exposures, Spell
from osteocast.fracture.incidence import incidence, lifetime_risk, overlap
from osteocast.fracture.profile import RiskProfile
from osteocast.fracture.risk import FractureRisk, probability
from osteocast.person.reference import young_reference
from osteocast.population.streams import normals
from osteocast.units import DAYS_PER_MONTH

__all__ = ["Check", "checks"]

_PEOPLE = 400
_LAST_MONTH = 120.0
_OLDEST = 110.0
_STEP = 0.25


@dataclass(frozen=True)
class Check:
    """One published number and the same from this room.

    Parameters
    ----------
    name : str
    published, computed : float
    unit : {"%", "%/y", "ratio"}
    source : str
        ``source-id/value-id`` in the registry.
    ci : (float, float) or None
        95% confidence interval as published.
    fitted : bool
        Whether an estimated coefficient was set with this number in view.
    assumed : str
        What the people were taken to be like where it was not read.
    """

    name: str
    published: float
    computed: float
    unit: str
    source: str
    ci: tuple[float, float] | None = None
    fitted: bool = False
    assumed: str = ""

    @property
    def ratio(self) -> float:
        """Computed over published."""
        return self.computed / self.published

    @property
    def error(self) -> float:
        """Computed minus published, in the unit."""
        return self.computed - self.published

    @property
    def role(self) -> Literal["fitted", "predicted"]:
        """Whether an estimated coefficient was set with this number in view."""
        return "fitted" if self.fitted else "predicted"

    @property
    def within(self) -> bool | None:
        """Whether the published interval holds the computed number; None if there is none."""
        return None if self.ci is None else self.ci[0] <= self.computed <= self.ci[1]


def checks() -> tuple[Check, ...]:
    """Return every comparison with published rates, relative risks and risks.

    Coefficients are at their medians; the people of a trial differ in density as they did there, and the
    means of their densities follow the published changes. No simulation of density is part of it, so that an
    error here is one of fractures.

    Returns
    -------
    tuple of Check
    """
    return (*_rates(), *_ratios(), _stopping(), *_lifetimes(), *_qfracture())


@cache
def _group(name: str) -> Mapping[str, Any]:
    entry = dict(data("checks")["groups"][name])
    like = entry.pop("like", None)
    return entry if like is None else {**_group(like), **entry}


@cache
def _risk(name: str) -> FractureRisk:
    """Compute the probabilities of a group of people who differ in density."""
    group = _group(name)
    months = np.arange(_LAST_MONTH + 1.0)
    rank = normals("fracture checks", name.partition("-")[0], 0, _PEOPLE, 1)
    scores = {}
    for site, (mean, sd) in group["t_scores"].items():
        young = young_reference(site)
        start = mean + sd * rank
        course = group.get("changes")
        percent = np.zeros(len(months))
        if course is not None:
            percent = np.interp(months, [0.0, *course["months"]], [0.0, *course[site]])
        scores[site] = start + (young.mean / young.sd + start) * percent[None, :] / 100.0
    given = group.get("turnover")
    turnover = None
    if given is not None:
        logs = np.interp(months, given["months"], np.log(given["values"]))
        turnover = np.broadcast_to(np.exp(logs), (_PEOPLE, len(months)))
    exposures = Exposures(
        inhibitor=tuple(Spell(month * DAYS_PER_MONTH) for month in group.get("inhibitor", ())),
        antiresorptive=tuple(Spell(month * DAYS_PER_MONTH) for month in group.get("antiresorptive", ())),
        denosumab=tuple(month * DAYS_PER_MONTH for month in group.get("denosumab", ())),
    )
    profile = RiskProfile(group["sex"], float(group["age"]))
    return probability(profile, months * DAYS_PER_MONTH, scores, turnover, exposures=exposures, draws=0)


def _until(name: str, kind: str, months: float) -> float:
    risk = _risk(name)
    return float(np.interp(months / 12.0, risk.years, risk.curves[kind]))


def _rates() -> Iterator[Check]:
    for row in data("checks")["rates"]:
        value = value_of(row["published"])
        published = 100.0 * value.number / float(value.n or 1) if row.get("of") else value.number
        computed = 100.0 * _until(row["group"], row["kind"], row["months"])
        unit = "%"
        if row.get("yearly"):
            computed, unit = -100.0 * np.log1p(-computed / 100.0) / (row["months"] / 12.0), "%/y"
        assumed = str(_group(row["group"])["assumed"])
        yield Check(row["name"], published, float(computed), unit, row["published"], assumed=assumed)


def _ratios() -> Iterator[Check]:
    for row in data("checks")["ratios"]:
        value = value_of(row["published"])
        ratio = 1.0 - value.number / 100.0 if row.get("reduction") else value.number
        treated, control = (_until(name, row["kind"], row["months"]) for name in row["groups"])
        computed = float(np.log1p(-treated) / np.log1p(-control))
        interval = None
        if value.ci is not None and value.ci[0] is not None and value.ci[1] is not None:
            interval = (value.ci[0], value.ci[1])
        assumed = str(_group(row["groups"][0])["assumed"])
        fitted = bool(row.get("fitted"))
        yield Check(row["name"], ratio, computed, "ratio", row["published"], interval, fitted, assumed)


def _stopping() -> Check:
    row = data("checks")["stopping"]
    off, on = (middle(reference) for reference in row["published"])

    def rate(months: list[float]) -> float:
        start, end = (_until(row["group"], row["kind"], month) for month in months)
        return float(-np.log1p(-(end - start) / (1.0 - start)) / (months[1] - months[0]))

    computed = rate(row["months_off"]) / rate(row["months_on"])
    assumed = str(_group(row["group"])["assumed"])
    return Check(row["name"], off / on, computed, "ratio", row["published"][0], None, True, assumed)


def _lifetimes() -> Iterator[Check]:
    entry = data("checks")["lifetime"]
    ages = np.arange(float(entry["from_age"]), _OLDEST, _STEP)
    for row in entry["rows"]:
        for sex, people in (("female", "women"), ("male", "men")):
            rate = incidence("hip", sex, ages)
            if row["kind"] == "major_osteoporotic":
                others = incidence("clinical_vertebral", sex, ages) + incidence("forearm_humerus", sex, ages)
                rate = rate + (1.0 - overlap()) * others
            reference = row["published"].format(sex=sex)
            computed = 100.0 * lifetime_risk(rate, ages, sex)
            yield Check(f"{row['name']}, {people}", middle(reference), computed, "%", reference)


def _qfracture() -> Iterator[Check]:
    entry = data("checks")["qfracture"]
    free = {name: False for name in data("factors") if name not in ("previous_fracture", "glucocorticoid")}
    days = np.array([0.0, _LAST_MONTH * DAYS_PER_MONTH])
    for sex, people in (("female", "women"), ("male", "men")):
        for age in entry["ages"]:
            who = RiskProfile(sex, float(age), (), free, 0.0)
            risk = probability(who, days, {}, draws=0, years=(10.0,), competing_death=False)
            for short, kind in entry["kinds"].items():
                reference = entry["published"].format(kind=short, sex=sex, age=age)
                words = {"hip": "hip", "mof": "major fracture"}[short]
                name = f"{entry['name'].format(age=age, kind=words)}, {people}"
                computed = 100.0 * risk.at(kind, 10.0).value
                yield Check(name, middle(reference), computed, "%", reference)
