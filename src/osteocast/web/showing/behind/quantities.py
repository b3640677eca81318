"""Behind the links of the chain, the inputs of a forecast and the dates of visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.files import read_data
from osteocast.forecast.inputs import Input
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.summary import lowered
from osteocast.guidance import surveillance
from osteocast.physiology.observables import OBSERVABLES
from osteocast.report.sources import site_references
from osteocast.units import DAYS_PER_YEAR
from osteocast.web.errors import Refused
from osteocast.web.showing.behind.asking import (
    Asked,
    Parts,
    beyond_of,
    graded,
    limits_of,
    people_behind,
    references_of,
    regimen_of,
)
from osteocast.web.showing.behind.parameters import of_drugs, trials_behind
from osteocast.web.showing.behind.trials import Told, known_rows, of_regimen
from osteocast.web.showing.mechanism import LABELS

__all__ = ["QUANTITIES", "data", "given", "of_input", "quantity", "visit"]

_LARGE = 20.0  # a number without digits after the point


@cache
def data() -> dict[str, Any]:
    """Return what is known of each link of the chain and of each input (`quantities.yaml`)."""
    content: dict[str, Any] = read_data(Path(__file__).parent / "quantities.yaml")
    return content


#: Links of the chain that can be asked about.
QUANTITIES: tuple[str, ...] = tuple(data()["quantities"])


def quantity(asked: Asked) -> Parts:
    """Return what is behind a link of the chain."""
    entry = data()["quantities"][asked.of]
    rows = _measured(asked, entry["observables"])
    people = "men" if asked.sex == "male" else "women"
    drugs = [drug for drug in asked.drugs if drug in entry.get("drugs", ())]
    names = dict.fromkeys((*entry["parameters"], *entry.get(people, ()), *of_drugs(drugs, asked.sex)))
    return Parts(
        kind="quantity",
        title=f"{_label(asked.of)}: {asked.plan.name}",
        number=_number(asked),
        made_of=(
            f"The model's {_meaning(asked.of, entry)}.",
            people_behind(asked.forecast),
            *regimen_of(asked),
        ),
        references=(*entry["sources"], *references_of(asked)),
        rows=rows,
        parameters=tuple(names),
        limits=limits_of("quantity", asked),
        beyond=_unmeasured(asked.of, entry),
        grade=("", ""),
    )


def _measured(asked: Asked, observables: list[str]) -> tuple[Told, ...]:
    """Return the trials that measured it on such a regimen, or in the same sex, or at all."""
    found = of_regimen(asked.sex, asked.plan.courses, observables)
    if found:
        return found
    every = [one for one in known_rows() if one.row.observable in observables]
    alike = [one for one in every if one.trial.population.sex == asked.sex]
    return tuple(alike or every)


def _unmeasured(name: str, entry: dict[str, Any]) -> tuple[str, ...]:
    if name in entry["observables"]:
        return ()
    names = [_label(one) for one in entry["observables"]]
    told = " and ".join(name if name.isupper() else lowered(name) for name in names)
    return (f"No trial here measured it; what it does is seen through {told}.",)


def _label(name: str) -> str:
    """Name a link as its box is called; other markers by their letters."""
    return LABELS.get(name, name.upper())


def _meaning(name: str, entry: dict[str, Any]) -> str:
    known = {item.name: item for item in OBSERVABLES}
    if name not in known:
        return str(entry["about"])
    unit = "" if known[name].unit == "1" else f", {known[name].unit}"
    return f"{known[name].meaning}{unit}"


def _number(asked: Asked) -> str:
    forecast, plan, day = asked.forecast, asked.plan, asked.day
    curve = plan.curves.get(asked.of)
    if day is None or curve is None:
        return ""
    unit = "" if curve.unit == "1" else f" {curve.unit}"
    value = curve.at(forecast.days, day)
    text = f"{_digits(value)}{unit} after {day / DAYS_PER_YEAR:.3g} years ({forecast.date_of(day)})"
    band = curve.band_at(forecast.days, day)
    if band is None:
        return text
    return f"{text}; 80% of virtual people from {_digits(band[0])} to {_digits(band[1])}"


def _digits(value: float) -> str:
    return f"{value:.2f}" if value < _LARGE else f"{value:.0f}"


def given(asked: Asked) -> Parts:
    """Return what is behind something that a forecast started from."""
    forecast = asked.forecast
    parts, name = of_input(forecast.inputs, asked.of, asked.sex, forecast.sites)
    return replace(parts, limits=limits_of("input", Asked(forecast, asked.index, name)))


def of_input(inputs: Sequence[Input], of: str, sex: str, sites: Mapping[str, SiteBasis]) -> tuple[Parts, str]:
    """Return what is behind an input by its place, without what to distrust; and its name.

    Raises
    ------
    Refused
        If there is no such input.
    """
    if not of.isdecimal() or int(of) >= len(inputs):
        raise Refused(404, f"there is no input {of!r}", "see the numbers of the page")
    one = inputs[int(of)]
    about = data()["inputs"]
    name = next((key for key in about if one.name.startswith(key)), None)
    names = tuple(about[name]["parameters"]) if name else ()
    kept = tuple(each for each in names if sex == "male" or not each.startswith("male_"))
    origin = {
        "measured": "It was measured in this person.",
        "given": "It was given with the case.",
        "assumed": "Nobody gave it: it is assumed.",
    }[one.origin]
    parts = Parts(
        kind="input",
        title=f"{one.name[:1].upper()}{one.name[1:]}",
        number=one.value,
        made_of=(origin, one.note, "Below are the parameters of the model that it acts on, or stands for."),
        references=trials_behind(kept) if kept else tuple(site_references(sites)),
        parameters=kept,
        beyond=(one.warning,) if one.warning else (),
    )
    return parts, one.name


def visit(asked: Asked) -> Parts:
    """Return what is behind the date of a visit."""
    visits = surveillance(asked.forecast, asked.plan).visits
    if not asked.of.isdecimal() or int(asked.of) >= len(visits):
        raise Refused(404, f"{asked.plan.name} has no visit {asked.of!r}", "see the dates of the forecast")
    one = visits[int(asked.of)]
    basis = {
        "guideline": "The day is that of a guideline.",
        "label": "The day is that of the label.",
        "model": "The day is when the forecast change exceeds what a scan can tell.",
        "estimate": "Nobody says when: the day is an estimate.",
    }[one.basis]
    return Parts(
        kind="visit",
        title=f"{one.date}: {one.what}",
        made_of=(f"{one.why[:1].upper()}{one.why[1:]}.", basis, *(f"{text}." for text in one.if_so)),
        values=one.sources,
        references=() if one.sources and one.kind != "scan" else tuple(_of_day(asked)),
        limits=limits_of("visit", asked),
        beyond=beyond_of(asked) if one.basis == "model" else (),
        grade=graded(asked) if one.basis == "model" else ("", ""),
    )


def _of_day(asked: Asked) -> tuple[str, ...]:
    return (*site_references(asked.forecast.sites), *references_of(asked), "wilson-dxa-precision")
