"""Conditions of a design that are not who, what and when: leaving, adherence, errors, looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from osteocast.errors import Problem, unknown_name
from osteocast.person.fields import Fields, match_name
from osteocast.physiology.quantities import SITES
from osteocast.trials.schema import Arm
from osteocast.virtual_trials.design import Adherence, Interim, Measurement
from osteocast.virtual_trials.interim import SPENDING

__all__ = ["read_adherence", "read_dropout", "read_interim", "read_measurement"]

_MARKERS = ("ctx", "ntx", "p1np", "bsap")


def _by_arm(parent: Fields, key: str, arms: Mapping[str, Arm]) -> dict[str, tuple[Any, str]]:
    """Return what stands under a key for each arm: one value for all of them, or a mapping by arm."""
    given = parent.raw(key)
    if given is None:
        return {}
    if isinstance(given, Mapping) and not set(given) <= {"mean", "sd"}:
        for name in given:
            if name not in arms:
                parent.problems.append(unknown_name(f"{parent.place(key)}.{name}", name, arms, "arm"))
        return {name: (given[name], f"{parent.place(key)}.{name}") for name in arms if name in given}
    return dict.fromkeys(arms, (given, parent.place(key)))


def read_dropout(parent: Fields, arms: Mapping[str, Arm]) -> dict[str, float]:
    """Read the share of each arm that leaves in a year."""
    found, seen = {}, set()
    for arm, (given, place) in _by_arm(parent, "dropout", arms).items():
        problems: list[Problem] = []
        rate = Fields({"rate": given}, place, problems, ("rate",)).number(
            "rate", 0, 0.95, "the share that leaves in a year"
        )
        if place not in seen:
            parent.problems += [Problem(place, one.value, one.expected, one.remedy) for one in problems]
        seen.add(place)
        found[arm] = rate or 0.0
    return found


def read_adherence(parent: Fields, arms: Mapping[str, Arm]) -> dict[str, Adherence]:
    """Read how much of the doses at home is taken, by arm."""
    found, seen = {}, set()
    for arm, (given, place) in _by_arm(parent, "adherence", arms).items():
        problems: list[Problem] = []
        content = {"mean": given} if isinstance(given, int | float) else given
        fields = Fields(content, place, problems, ("mean", "sd"))
        mean = fields.number("mean", 0.01, 1, "the mean share of doses taken")
        sd = fields.number("sd", 0, 0.5, "its standard deviation among people")
        if mean is not None and sd is not None and sd**2 >= mean * (1 - mean) and sd > 0:
            fields.report("sd", "less than a share between 0 and 1 can vary", "lower it")
        if place not in seen:
            parent.problems += problems
        seen.add(place)
        found[arm] = Adherence(1.0 if mean is None else mean, sd or 0.0)
    return found


def read_measurement(parent: Fields) -> Measurement | None:
    """Read the errors of scans and assays; none where the field is absent."""
    if "measurement" not in parent:
        return None
    known = ("vendor", "precision", "scan", "assay")
    fields = Fields(parent.raw("measurement"), parent.place("measurement"), parent.problems, known)
    vendor = fields.choice("vendor", ("hologic", "lunar", "norland"), "maker") or "hologic"

    def errors(key: str, names: tuple[str, ...], what: str) -> dict[str, float]:
        found = {}
        for name, given, place in fields.pairs(key, f"CV in percent by {what}"):
            match = match_name(name, names)
            if match is None:
                parent.problems.append(unknown_name(place, name, names, what))
                continue
            holder = Fields({match: given}, fields.place(key), parent.problems, names)
            cv = holder.number(match, 0, 50, "a CV in percent")
            if cv is not None:
                found[match] = cv
        return found

    precision, scan = (errors(key, SITES, "site") for key in ("precision", "scan"))
    return Measurement(vendor, precision, scan, errors("assay", _MARKERS, "marker"))


def read_interim(parent: Fields) -> Interim | None:
    """Read the looks before the end; none where the field is absent."""
    if "interim" not in parent:
        return None
    fields = Fields(parent.raw("interim"), parent.place("interim"), parent.problems, ("looks", "spending"))
    looks = []
    for item, place in fields.items("looks"):
        look = Fields({"look": item}, place, parent.problems, ("look",)).number(
            "look", 0.05, 1, "a share of the information"
        )
        if look is not None:
            looks.append(look)
    if looks != sorted(set(looks)):
        fields.report("looks", "rising shares, each once", "sort them")
    if len(looks) > 10:
        fields.report("looks", "at most 10 looks", "leave some out")
    if looks and looks[-1] < 1.0:
        looks.append(1.0)
    spending = fields.choice("spending", SPENDING, "spending") or "obrien_fleming"
    return Interim(tuple(looks) or (1.0,), cast('Literal["obrien_fleming", "pocock"]', spending))
