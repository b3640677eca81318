"""Observations of a trial file, their numbers taken from the evidence registry or written in place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from osteocast import evidence, units
from osteocast.errors import EvidenceError, InputError, Problem, unknown_name
from osteocast.person.fields import Fields
from osteocast.physiology.observables import OBSERVABLE_NAMES
from osteocast.trials.schema import Arm, Observation, Statistic, Unit

__all__ = ["OBSERVATION_FIELDS", "read_observations"]

OBSERVATION_FIELDS = (
    "id",
    "arm",
    "observable",
    "month",
    "from_month",
    "versus",
    "statistic",
    "unit",
    "null_result",
    "evidence",
    "versus_evidence",
    "value",
    "source",
    "ci",
    "sd",
    "se",
    "n",
    "note",
)


def read_observations(fields: Fields, arms: Mapping[str, Arm]) -> tuple[Observation, ...]:
    """Read the observations of a trial.

    Parameters
    ----------
    fields : Fields
        Of the trial.
    arms : mapping of str to Arm
        Those that could be read.
    """
    named = [name for name, _, _ in fields.pairs("arms", "arms by name")]
    found = [_read(item, place, fields.problems, named) for item, place in fields.items("observations")]
    observations = tuple(one for one in found if one is not None)
    if not found and not fields.is_unusable("observations"):
        fields.report(
            "observations", "at least one observation", "write what was measured, in which arm and when"
        )
    ids = [
        str(item["id"])
        for item, _ in fields.items("observations")
        if isinstance(item, Mapping) and "id" in item
    ]
    fields.problems += [
        Problem("observations", name, "an id of its own for every observation", "rename one of the two")
        for name in sorted({name for name in ids if ids.count(name) > 1})
    ]
    return observations


def _read(content: Any, place: str, problems: list[Problem], arms: list[str]) -> Observation | None:
    before = len(problems)
    fields = Fields(content, place, problems, OBSERVATION_FIELDS)
    for key, remedy in (
        ("arm", f"name one of {', '.join(arms)}"),
        ("observable", "name what was measured, such as bmd_lumbar_spine"),
        ("month", "give the month of the measurement"),
    ):
        fields.require(key, f"the {key}", remedy)
    arm, versus = _read_arm(fields, "arm", arms), _read_arm(fields, "versus", arms)
    if arm is not None and arm == versus:
        fields.report("versus", "another arm than 'arm'", "name the arm that it is compared with")
    observable = fields.choice("observable", OBSERVABLE_NAMES, "observable")
    month = fields.number("month", 0, 600, "a month after day 0")
    from_month = fields.number("from_month", 0, 600, "a month after day 0") or 0.0
    unit = fields.choice("unit", get_args(Unit), "unit") or "pct"
    statistic = fields.choice("statistic", get_args(Statistic), "statistic") or "mean"
    if month is not None and unit != "absolute" and not from_month < month:
        fields.report("from_month", f"a month before {month:g}", "a change needs two times")
    known, other = (_registered(fields, key, observable, unit) for key in ("evidence", "versus_evidence"))
    value = fields.number("value", -1e6, 1e6, "the published number") if known is None else known.value
    if known is None and "evidence" not in fields:
        if fields.require("value", "the published number, or evidence", "give value and source, or evidence"):
            fields.require("source", "where the number was read", "write author, year and table, or a DOI")
    elif "value" in fields:
        fields.report("value", "either evidence or value, not both", "remove value: the registry has it")
    if known is not None and value is None:
        fields.report("evidence", "a registry value that is a number", "give value and source instead")
    if "versus_evidence" in fields and (versus is None or known is None):
        fields.report(
            "versus_evidence", "versus and evidence beside it", "name the arm that it is the mean of"
        )
    if other is not None and known is not None:
        known, value = _difference(known, other), _subtract(value, other.value)
    if unit == "g_per_cm2" and observable is not None and not observable.startswith("bmd_"):
        fields.report("unit", "pct, pct_per_year, change or absolute", "g_per_cm2 is a unit of bone density")
    null = _read_null(fields)
    own_n = fields.whole("n", 1, 10_000_000, "a number of people")
    interval = _read_interval(fields)
    sd = fields.number("sd", 0, 1e6, "a standard deviation")
    se = fields.number("se", 0, 1e6, "a standard error")
    if len(problems) > before or arm is None or observable is None or month is None or value is None:
        return None
    observation = Observation(
        id=fields.text("id", "an id") or f"{arm}-{observable}-{month:g}",
        arm=arm,
        observable=observable,
        month=month,
        from_month=from_month,
        value=value,
        unit=cast(Unit, unit),
        statistic=cast(Statistic, statistic),
        versus=versus,
        ci=interval or (known.ci if known else None),
        sd=sd if sd is not None or known is None else known.sd,
        se=se if se is not None or known is None else known.se,
        n=own_n if own_n is not None or known is None else known.n,
        null_result=null,
        evidence=fields.text("evidence", "source/value"),
        versus_evidence=fields.text("versus_evidence", "source/value"),
        source=fields.text("source", "where the number was read"),
        note=fields.text("note", "a text") or (known.note if known else None),
    )
    if null and observation.interval is None:
        fields.report(
            "null_result",
            "an interval beside it",
            "give ci, se, or sd and n: what would have been overlooked",
        )
        return None
    return observation


def _difference(value: evidence.Value, other: evidence.Value) -> evidence.Value:
    """Return the registry value of an arm as a difference from that of another arm, as independent means."""
    errors = [_standard_error(one) for one in (value, other)]
    se = None if None in errors else math.hypot(*(float(error) for error in errors if error is not None))
    return replace(value, ci=None, sd=None, se=se, n=_fewer(value.n, other.n))


def _standard_error(value: evidence.Value) -> float | None:
    if value.se is not None:
        return value.se
    if value.ci is not None and value.ci[0] is not None and value.ci[1] is not None:
        return (value.ci[1] - value.ci[0]) / 3.92
    return value.sd / math.sqrt(value.n) if value.sd is not None and value.n else None


def _fewer(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else min(one, other)


def _subtract(value: float | None, other: float | None) -> float | None:
    # Rounded to what a sum of printed numbers can have.
    return None if value is None or other is None else round(value - other, 6)


def _read_null(fields: Fields) -> bool:
    given = fields.raw("null_result")
    if given is None or fields.is_unusable("null_result") or isinstance(given, bool):
        return given is True
    fields.report(
        "null_result", "true, where the trial found no effect", "write 'null_result: true', or leave it out"
    )
    return False


def _read_arm(fields: Fields, key: str, arms: list[str]) -> str | None:
    given = fields.raw(key)
    if given is None or fields.is_unusable(key):
        return None
    if str(given) in arms:
        return str(given)
    fields.problems.append(unknown_name(fields.place(key), given, arms, "arm"))
    return None


def _registered(fields: Fields, key: str, observable: str | None, unit: str) -> evidence.Value | None:
    """Return the registry's value that the observation points at, in the observable's own unit."""

    def look_up(given: Any, place: str) -> evidence.Value:
        try:
            value = evidence.load().value(str(given))
        except EvidenceError as error:
            problem = Problem(place, given, "a value of the registry, as source/value", str(error))
            raise InputError([problem]) from None
        if value.status == "excluded":
            remedy = f"it is excluded: {value.reason}"
            raise InputError([Problem(place, given, "a value that may be used", remedy)])
        return _in_own_unit(value, observable) if unit in ("absolute", "change") else value

    return fields.read(key, look_up)


def _in_own_unit(value: evidence.Value, observable: str | None) -> evidence.Value:
    """Convert a level that was printed in another unit of its quantity, as testosterone in nmol/L."""
    quantity = units.QUANTITIES.get(observable or "")
    name = quantity.unit(value.unit) if quantity is not None else None
    if quantity is None or name is None or name == quantity.canonical:
        return value
    factor = quantity.factors[name]

    def scaled(number: float | None) -> float | None:
        # Rounded to what a converted printed number can have.
        return None if number is None else round(number * factor, 4)

    low, high = value.ci or (None, None)
    return replace(
        value,
        value=scaled(value.value),
        ci=None if value.ci is None else (scaled(low), scaled(high)),
        sd=scaled(value.sd),
        se=scaled(value.se),
        unit=quantity.canonical,
    )


def _read_interval(fields: Fields) -> tuple[float, float] | None:
    if "ci" not in fields:
        return None
    bounds = [
        Fields({"bound": item}, place, fields.problems, ("bound",)).number("bound", -1e6, 1e6, "a bound")
        for item, place in fields.items("ci")
    ]
    if len(bounds) == 2 and bounds[0] is not None and bounds[1] is not None and bounds[0] <= bounds[1]:
        return bounds[0], bounds[1]
    if not any(bound is None for bound in bounds) or len(bounds) != 2:
        fields.report(
            "ci", "[low, high] with low below high", "give both bounds of the 95% confidence interval"
        )
    return None
