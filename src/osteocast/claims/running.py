"""Asking all claims at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from osteocast import physiology
from osteocast.claims.answers import Answer, Filled, Number, Series
from osteocast.claims.load import load_claims
from osteocast.claims.persons import ask_persons
from osteocast.claims.published import month_of, published
from osteocast.claims.rules import findings, reason, verdict
from osteocast.claims.scenarios import load_scenarios
from osteocast.claims.schema import Claim, Curve, Measure, Picture, Reading, TableSpec
from osteocast.claims.simulating import Runs, simulate, simulate_observations
from osteocast.claims.tables import load_tables
from osteocast.errors import InputError, unknown_name
from osteocast.inference.posterior import draws as posterior_draws

__all__ = ["DRAWS", "Result", "arms_of", "ask", "run"]

#: Draws of the parameters behind the range of each simulated number.
DRAWS = 24

_BAND = (5.0, 95.0)  # percent
_CURVE_POINTS = 40


@dataclass(frozen=True)
class Result:
    """Answers, and the tables that go with them.

    Parameters
    ----------
    answers : tuple of Answer
    tables : tuple of Filled
    draws : int
        Behind the ranges.
    """

    answers: tuple[Answer, ...]
    tables: tuple[Filled, ...]
    draws: int


def run(
    ids: Sequence[str] | None = None,
    *,
    draws: int = DRAWS,
    claims: Sequence[Claim] | None = None,
) -> tuple[Answer, ...]:
    """Answer claims: simulate their scenarios and apply their rules.

    Parameters
    ----------
    ids : sequence of str, optional
        Which claims, in any case; all by default.
    draws : int
        Draws of the parameters behind the ranges; 0 for none.
    claims : sequence of Claim, optional
        Those that come with osteocast by default.

    Returns
    -------
    tuple of Answer
        In the order of the claims.

    Raises
    ------
    InputError
        If there is no claim of such an id; lists the known ones.

    Examples
    --------
    >>> (answer,) = run(["L3"], draws=0)
    >>> answer.verdict in ("supported", "partly", "not supported")
    True
    """
    return ask(ids, draws=draws, claims=claims, tables=()).answers


def ask(
    ids: Sequence[str] | None = None,
    *,
    draws: int = DRAWS,
    claims: Sequence[Claim] | None = None,
    tables: Sequence[TableSpec] | None = None,
) -> Result:
    """Answer claims and fill the tables, in one batch of simulations.

    Parameters
    ----------
    ids, draws, claims
        As in `run`.
    tables : sequence of TableSpec, optional
        Those that come with osteocast by default.

    Raises
    ------
    InputError
        As in `run`.
    """
    chosen = _chosen(claims if claims is not None else load_claims(), ids)
    specs = tuple(tables) if tables is not None else load_tables()
    sets = [physiology.values(), *(posterior_draws(draws) if draws else ())]
    runs = _simulated(chosen, specs, sets)
    answers = tuple(_answer(claim, runs) for claim in chosen)
    return Result(answers, tuple(_filled(spec, runs) for spec in specs), draws)


def _chosen(claims: Sequence[Claim], ids: Sequence[str] | None) -> list[Claim]:
    if ids is None:
        return list(claims)
    known = {claim.id.casefold(): claim for claim in claims}
    names = [claim.id for claim in claims]
    problems = [unknown_name("id", one, names, "claim") for one in ids if one.casefold() not in known]
    if problems:
        raise InputError(problems)
    wanted = {one.casefold() for one in ids}
    return [claim for claim in claims if claim.id.casefold() in wanted]


@dataclass(frozen=True)
class _Look:
    """One thing to look at: a scenario, an observable, a month."""

    arm: str
    observable: str
    month: float


def _simulated(
    claims: Sequence[Claim], tables: Sequence[TableSpec], sets: Sequence[Mapping[str, float]]
) -> Runs:
    readings = [one.reading for claim in claims for one in claim.measures.values() if one.reading]
    looks = [look for reading in readings for look in _looks(reading)]
    for picture in (claim.picture for claim in claims if claim.picture):
        for curve in picture.curves:
            for arm in filter(None, (curve.arm, curve.minus)):
                looks += [_Look(arm, picture.observable, month) for month in _months(picture)]
    for table in tables:
        for _, arm, versus in table.rows:
            for one in filter(None, (arm, versus)):
                looks += [_Look(one, column.observable, column.month) for column in table.columns]
    # Scenarios asked for their hazard alone are simulated for no time at all.
    last: dict[str, float] = {arm: 0.0 for claim in claims for arm in arms_of(claim)}
    for look in looks:
        last[look.arm] = max(last.get(look.arm, 0.0), look.month)
    known = load_scenarios()
    problems = [unknown_name("arm", arm, known, "scenario") for arm in last if arm not in known]
    if problems:
        raise InputError(problems, "claims")
    return simulate(
        {name: known[name] for name in last},
        {look.month for look in looks},
        {look.observable for look in looks},
        last,
        sets,
        simulate_observations(_observations(readings), sets),
        ask_persons((one.person, one.arm) for one in readings if one.person is not None),
    )


def _observations(readings: Iterable[Reading]) -> Iterable[tuple[str, str]]:
    """Yield trial and observation of everything read off published trials."""
    for one in readings:
        if one.trial is not None:
            yield from ((one.trial, name) for name in (one.arm, one.minus, one.over) if name)


def _looks(reading: Reading) -> Iterable[_Look]:
    if not reading.of_scenarios:
        return
    for arm in filter(None, (reading.arm, reading.minus, reading.over, reading.over_minus)):
        for observable in filter(None, (reading.observable, reading.over_observable)):
            yield _Look(arm, observable, reading.month)
            yield _Look(arm, observable, reading.from_month)


def _months(picture: Picture) -> np.ndarray:
    return np.linspace(0.0, picture.months, _CURVE_POINTS + 1)


def _answer(claim: Claim, runs: Runs) -> Answer:
    numbers = {name: _number(measure, runs) for name, measure in claim.measures.items()}
    found = findings(claim.criteria, numbers)
    series: tuple[Series, ...] = ()
    if claim.picture is not None:
        series = tuple(_series(claim.picture, curve, runs) for curve in claim.picture.curves)
    says = tuple(dict.fromkeys(runs.scenarios[arm].says for arm in arms_of(claim)))
    return Answer(claim, verdict(found), reason(found), tuple(numbers.values()), found, series, says)


def arms_of(claim: Claim) -> tuple[str, ...]:
    """Return the scenarios that a claim asks, each once."""
    used: dict[str, None] = {}
    for reading in (one.reading for one in claim.measures.values() if one.reading):
        if reading.of_scenarios or reading.hazard:
            for arm in (reading.arm, reading.minus, reading.over, reading.over_minus):
                used |= {arm: None} if arm else {}
    for curve in claim.picture.curves if claim.picture else ():
        used |= {arm: None for arm in (curve.arm, curve.minus) if arm}
    return tuple(used)


def _number(measure: Measure, runs: Runs) -> Number:
    values = None if measure.reading is None else runs.value(measure.reading)
    low, high = (None, None) if values is None or len(values) == 1 else _band(values)
    return Number(
        measure.name,
        measure.what,
        measure.unit,
        None if values is None else float(values[0]),
        low,
        high,
        tuple(published(one) for one in measure.published),
    )


def _band(values: np.ndarray) -> tuple[float, float]:
    low, high = np.nanpercentile(values, _BAND)
    return float(low), float(high)


def _series(picture: Picture, curve: Curve, runs: Runs) -> Series:
    months = _months(picture)
    values = np.array([_point(picture, curve, runs, month) for month in months]).T
    low, high = np.nanpercentile(values, _BAND, axis=0)
    points = tuple((month_of(one), published(one)) for one in curve.points)
    return Series(curve.label, months, values[0], low, high, points)


def _point(picture: Picture, curve: Curve, runs: Runs, month: float) -> np.ndarray:
    return runs.value(Reading(curve.arm, picture.observable, month, unit=picture.unit, minus=curve.minus))


def _filled(spec: TableSpec, runs: Runs) -> Filled:
    cells = tuple(
        tuple(
            float(
                runs.value(
                    Reading(
                        arm,
                        column.observable,
                        column.month,
                        unit=column.unit,
                        minus=versus if column.unit != "absolute" else None,
                        over=versus if column.unit == "absolute" else None,
                    )
                )[0]
            )
            for column in spec.columns
        )
        for _, arm, versus in spec.rows
    )
    return Filled(spec, cells)
