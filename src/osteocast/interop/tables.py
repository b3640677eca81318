"""Results as Arrow tables and Parquet files, for pandas, Polars, DuckDB, R and whatever else reads them.

A table says in its metadata, as JSON under ``osteocast``, what it is, of whom, with which versions it was
made and what a safety check found. Needs the extra ``cohort`` (pyarrow).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from osteocast.cohorts.extra import library
from osteocast.cohorts.tables import as_bytes, told
from osteocast.errors import InputError, Problem
from osteocast.forecast import Forecast, PlanForecast, PlanVerdict, Verdict
from osteocast.forecast.results import LEVELS
from osteocast.forecast.summary import headline
from osteocast.forecast.verdict_words import verdict_headline
from osteocast.fracture import FractureRisk
from osteocast.inference.provenance import provenance
from osteocast.person import SITES, Case
from osteocast.report.data import NOT_A_DEVICE
from osteocast.report.safety import checked, findings_as_data, refused
from osteocast.trials import Validation
from osteocast.trials.validate import Row
from osteocast.units import DAYS_PER_YEAR

__all__ = [
    "FORMAT",
    "about",
    "forecast_table",
    "read_parquet",
    "validation_table",
    "verdict_table",
    "write_parquet",
]

FORMAT = "osteocast-table-1"
_KEY = b"osteocast"
_BANDS = tuple(f"{end}_{level}" for level in LEVELS for end in ("low", "high"))


def forecast_table(forecast: Forecast) -> Any:
    """Return a forecast as a table, a row for every value of every quantity on every day.

    Parameters
    ----------
    forecast : Forecast

    Returns
    -------
    pyarrow.Table
        ``plan``, ``plan_key``, ``refused`` (a safety check refuses the plan); ``observable`` (``bmd``, ``t``,
        ``change``, a marker, a hormone, or ``fracture``), ``site`` (of the skeleton; for ``fracture`` its
        kind) and ``unit``; ``day`` from day 0 and ``date``; ``statistic`` (``median`` of the virtual people,
        ``mean`` for fractures, ``average person`` without virtual people), ``value``, and the ends ``low_50``
        to ``high_95`` of the bands. A probability of fracture, 0 to 1, stands on the day up
        to which it counts. No row for what lies beyond a plan's horizon; null where there is no band.

    Raises
    ------
    InputError
        If pyarrow is not installed.
    """
    safety = checked(forecast.case)
    unsafe = refused(safety)
    rows = (
        {"plan": plan.name, "plan_key": plan.key, "refused": plan.name in unsafe, **row}
        for plan in forecast.plans
        for found in (_curves(forecast, plan), _fractures(forecast, plan.fracture))
        for row in found
    )
    kinds = {
        **{"plan": "string", "plan_key": "string", "refused": "bool", "observable": "string"},
        **{"site": "string", "unit": "string", "day": "float64", "date": "date32", "statistic": "string"},
        **dict.fromkeys(("value", *_BANDS), "float64"),
    }
    described = {
        **_of_case("forecast", forecast.case, headline(forecast, refused=unsafe)),
        "versions": asdict(forecast.provenance),
        "people": forecast.n_draws,
        "safety": {name: findings_as_data(findings) for name, findings in safety},
    }
    return told(_table(rows, kinds), described)


def _curves(forecast: Forecast, plan: PlanForecast) -> Iterator[dict[str, Any]]:
    days = forecast.days.tolist()
    for name, curve in plan.curves.items():
        ends = {
            f"{end}_{band.level}": getattr(band, end).tolist()
            for band in curve.bands
            for end in ("low", "high")
        }
        observable, site = _split(name)
        shared = {"observable": observable, "site": site, "unit": curve.unit}
        statistic = "median" if curve.bands else "average person"
        for i, value in enumerate(curve.value.tolist()):
            if math.isfinite(value):
                bands = {end: values[i] for end, values in ends.items()}
                yield (
                    shared | _when(forecast.case, days[i]) | {"statistic": statistic, "value": value} | bands
                )


def _split(name: str) -> tuple[str, str | None]:
    """Take the site off the name of a curve."""
    for site in SITES:
        if name.endswith(f"_{site}"):
            return name.removesuffix(f"_{site}"), site
    return name, None


def _when(case: Case, day: float) -> dict[str, Any]:
    return {"day": day, "date": case.as_of + timedelta(days=math.floor(day))}


def _fractures(forecast: Forecast, risk: FractureRisk | None) -> Iterator[dict[str, Any]]:
    for one in risk.probabilities if risk is not None else ():
        bands = {
            f"{end}_{level}": value
            for level, pair in one.intervals.items()
            for end, value in zip(("low", "high"), pair, strict=True)
        }
        yield {
            **{"observable": "fracture", "site": one.kind, "unit": "probability"},
            **_when(forecast.case, one.years * DAYS_PER_YEAR),
            **{"statistic": "mean", "value": one.value},
            **bands,
        }


def verdict_table(verdict: Verdict) -> Any:
    """Return a verdict as a table, a row for every plan.

    Parameters
    ----------
    verdict : Verdict

    Returns
    -------
    pyarrow.Table
        ``plan``, ``plan_key``, ``kind``, ``refused``; ``probability`` of being adequate with its ``error``,
        ``stays_above`` and ``loses_little``, ``in_a_word``, ``barred``, ``reason``; ``grade``,
        ``grade_reason``; ``settling_day`` and ``settling_why``. By site, ``change_<site>`` (percent) and
        ``t_<site>`` at the end of the course with ``_low_80`` and ``_high_80``; by kind and horizon,
        ``fracture_<kind>_<years>_years`` with the ends of its 80% interval. Null where there is none.

    Raises
    ------
    InputError
        If pyarrow is not installed.
    """
    safety = checked(verdict.case)
    unsafe = refused(safety)
    rows = [
        {
            **{"plan": plan.name, "plan_key": plan.key, "kind": plan.kind, "refused": plan.name in unsafe},
            **{name: getattr(plan, name) for name in _JUDGED},
            **{"settling_day": plan.settling.day, "settling_why": plan.settling.why},
            **_numbers(plan),
        }
        for plan in verdict.plans
    ]
    numbers = [name for name in dict.fromkeys(name for row in rows for name in row) if name not in _WORDS]
    kinds = {name: _WORDS.get(name, "float64") for name in dict.fromkeys((*_WORDS, *numbers))}
    described = {
        **_of_case("verdict", verdict.case, verdict_headline(verdict)),
        "versions": asdict(verdict.provenance),
        "people": verdict.n_people,
        "safety": {name: findings_as_data(findings) for name, findings in safety},
    }
    return told(_table(iter(rows), kinds), described)


_JUDGED = (
    *("probability", "error", "stays_above", "loses_little", "in_a_word"),
    *("barred", "reason", "grade", "grade_reason"),
)
_WORDS = {
    **{"plan": "string", "plan_key": "string", "kind": "string", "refused": "bool"},
    **dict.fromkeys(("in_a_word", "barred", "reason", "grade", "grade_reason", "settling_why"), "string"),
}


def _numbers(plan: PlanVerdict) -> dict[str, float]:
    """Return what a plan brings: medians or means, and the ends of the central 80%."""
    found: dict[str, tuple[float, ...]] = {}
    for prefix, by_site in (("change", plan.change), ("t", plan.t_score)):
        found |= {f"{prefix}_{site}": values for site, values in by_site.items()}
    for one in plan.fracture.probabilities if plan.fracture is not None else ():
        ends = one.intervals.get(80, (math.nan, math.nan))
        found[f"fracture_{one.kind}_{one.years:g}_years"] = (one.value, *ends)
    return {
        name + suffix: value
        for name, values in found.items()
        for suffix, value in zip(("", "_low_80", "_high_80"), values, strict=True)
    }


def validation_table(validation: Validation) -> Any:
    """Return what was published beside what is simulated, a row for every result of a trial.

    Parameters
    ----------
    validation : Validation

    Returns
    -------
    pyarrow.Table
        The fields of `osteocast.trials.validate.Row`; the interval as ``interval_low`` and
        ``interval_high``, and whether the simulated value is ``within``.

    Raises
    ------
    InputError
        If pyarrow is not installed.
    """
    kinds = {
        one.name: _KINDS[str(one.type).removesuffix(" | None")]
        for one in fields(Row)
        if one.name != "interval"
    }
    kinds |= {"interval_low": "float64", "interval_high": "float64", "within": "bool"}
    rows = (
        {
            **asdict(row),
            **dict(zip(("interval_low", "interval_high"), row.interval or (None, None), strict=True)),
            "within": None if row.interval is None else row.within,
        }
        for row in validation.rows
    )
    described = {
        **{"format": FORMAT, "result": "validation", "notice": NOT_A_DEVICE},
        **{"versions": asdict(provenance()), "summary": validation.summary()},
    }
    return told(_table(rows, kinds), described)


_KINDS = {"str": "string", "Kind": "string", "Role": "string", "float": "float64", "bool": "bool"}


def _of_case(result: str, case: Case, words: str) -> dict[str, Any]:
    person = {"name": case.name, "as_of": case.as_of.isoformat(), "age": case.age}
    return {"format": FORMAT, "result": result, "notice": NOT_A_DEVICE, "headline": words, "case": person}


def _table(rows: Iterator[Mapping[str, Any]], kinds: Mapping[str, str]) -> Any:
    pyarrow = library("pyarrow")
    columns: dict[str, list[Any]] = {name: [] for name in kinds}
    for row in rows:
        for name, values in columns.items():
            values.append(row.get(name))
    types = {"date32": pyarrow.date32(), "bool": pyarrow.bool_()}
    return pyarrow.table(
        {
            # NaN is what does not exist: null.
            name: pyarrow.array(values, type=types.get(kinds[name]) or kinds[name], from_pandas=True)
            for name, values in columns.items()
        }
    )


def about(table: Any) -> dict[str, Any]:
    """Return what made a table of osteocast, as its metadata say.

    Raises
    ------
    InputError
        If it is none.
    """
    content = (table.schema.metadata or {}).get(_KEY)
    if content is None:
        expected = "a table that osteocast wrote"
        raise InputError([Problem("table", Problem.ABSENT, expected, "choose another file")])
    found: dict[str, Any] = json.loads(content)
    return found


def write_parquet(path: str | Path, table: Any) -> Path:
    """Write a table as one Parquet file (Zstandard), whole or not at all.

    Parameters
    ----------
    path : str or Path
        In a folder that exists.
    table : pyarrow.Table
    """
    from osteocast.report.writing import write_bytes

    target = Path(path)
    write_bytes(target, as_bytes(table))
    return target


def read_parquet(path: str | Path) -> Any:
    """Read a Parquet file as an Arrow table.

    Raises
    ------
    InputError
        If it is none, or pyarrow is not installed.
    """
    pyarrow, parquet = library("pyarrow"), library("pyarrow.parquet")
    try:
        return parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        remedy = f"choose another file ({error})"
        raise InputError([Problem("path", str(path), "a whole Parquet file", remedy)]) from None
