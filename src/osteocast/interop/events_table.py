"""Doses and measurements as an event table in the manner of NONMEM, one row an event, numbers alone.

===== =======================================================================================
ID    person
TIME  days since the person's first row
EVID  1 a dose, 0 a measurement; MDV is 1 for a dose
CMT   drug of a dose, by the codes of ``events_table.yaml``; 0 for a measurement
AMT   one dose, in the drug's unit; II and ADDL: days between, and how many more follow
ADH   share of the doses taken
DVID  what was measured, by code; DV: its value, BMD in g/cm2, the rest in the canonical unit
DEV   maker of the densitometer, by code
DAY0  TIME of the day that the case is seen from; AGE, WT (kg) then; SEX: 1 female, 2 male;
      MENO: age at menopause, 0 before it
===== =======================================================================================

A point stands for what is not known. Lifestyle, conditions and everything else of a case have no place in it.
"""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.errors import InputError, Problem
from osteocast.files import read_data
from osteocast.person import SITES, Case, Plan
from osteocast.therapies import DRUGS, Course
from osteocast.units import DAYS_PER_YEAR, QUANTITIES

__all__ = ["COLUMNS", "read_events", "write_events"]

COLUMNS = (
    *("ID", "TIME", "EVID", "MDV", "CMT", "AMT", "II", "ADDL", "ADH", "DVID", "DV", "DEV"),
    *("DAY0", "AGE", "SEX", "WT", "MENO"),
)
MAXIMUM_ROWS = 1_000_000
_MISSING = "."
_SEX = {"female": 1, "male": 2}
_EITHER_SIGN = ("TIME", "DAY0")
# Distances between doses that differ by less are one interval.
_SAME_DAYS = 1e-6


@cache
def _codes() -> dict[str, dict[str, int]]:
    codes: dict[str, dict[str, int]] = read_data(Path(__file__).parent / "events_table.yaml")
    return codes


def write_events(cases: Sequence[Case], *, plan: Plan | None = None) -> str:
    """Return doses and measurements of people as an event table.

    Parameters
    ----------
    cases : sequence of Case
        Numbered from 1.
    plan : Plan, optional
        Whose doses are written after day 0, up to its horizon; without one, what runs goes on.

    Returns
    -------
    str
        CSV with `COLUMNS`.

    Examples
    --------
    >>> import osteocast as oc
    >>> case = oc.load_case('''
    ... person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}}
    ... treatments: [{drug: denosumab, start: 2025-03-10, doses: 2}]
    ... options: {as_of: 2025-03-10}
    ... ''')
    >>> print(write_events([case]).splitlines()[1])
    1,0,1,1,26,60,182.625,1,1,.,.,.,0,61.823,1,.,50
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, case in enumerate(cases, 1):
        rows = sorted([*_doses(case, plan), *_measurements(case)], key=lambda row: (row["day"], -row["EVID"]))
        first = rows[0]["day"] if rows else 0.0
        same = {"ID": number, "DAY0": 0.0 - first, **_covariates(case)}
        for row in rows:
            row["TIME"] = row["day"] - first
            writer.writerow([_written((same | row).get(name)) for name in COLUMNS])
    return stream.getvalue()


def _written(value: Any) -> str:
    if value is None:
        return _MISSING
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _covariates(case: Case) -> dict[str, Any]:
    menopause = case.person.menopause
    ended = None if menopause is None else menopause.age
    meno = None if case.person.sex == "male" else 0 if ended is None else ended
    return {"AGE": round(case.age, 3), "SEX": _SEX[case.person.sex], "WT": case.person.weight, "MENO": meno}


def _doses(case: Case, plan: Plan | None) -> Iterator[dict[str, Any]]:
    until = case.forecast_years * DAYS_PER_YEAR if plan is None else case.horizon_days(plan)
    for course in case.treatments if plan is None else case.regimen(plan):
        drug = DRUGS[course.drug]
        amount = drug.label_dose if course.dose is None else course.dose
        for day, interval, more in _runs(course, course.interval_days or drug.label_interval_days, until):
            repeated = {"II": interval, "ADDL": more} if more else {"II": 0, "ADDL": 0}
            yield {
                **{"day": day, "EVID": 1, "MDV": 1, "CMT": _codes()["drugs"][course.drug]},
                **{"AMT": float(amount), "ADH": course.adherence, **repeated},
            }


def _runs(course: Course, interval: float, until: float) -> Iterator[tuple[float, float, int]]:
    """Yield day, interval and number of further doses of each stretch in which doses keep their distance."""
    days = list(course.dose_days(interval, until))
    while days:
        n = 1
        while n < len(days) and abs(days[n] - days[n - 1] - interval) < _SAME_DAYS:
            n += 1
        yield days[0], interval, n - 1
        days = days[n:]


def _measurements(case: Case) -> Iterator[dict[str, Any]]:
    codes = _codes()["measurements"]
    observed = {"EVID": 0, "MDV": 0, "CMT": 0}
    for scan in case.scans:
        for site, seen in scan.sites.items():
            if seen.bmd is not None:
                vendor = _codes()["vendors"][scan.vendor]
                day = case.day(scan.date)
                yield {"day": day, **observed, "DVID": codes[site], "DV": seen.bmd, "DEV": vendor}
    for lab in case.labs:
        yield {"day": case.day(lab.date), **observed, "DVID": codes[lab.analyte], "DV": lab.value}


@dataclass(frozen=True)
class _Row:
    """One row, read."""

    line: int
    values: Mapping[str, float | None]

    def __getitem__(self, name: str) -> float | None:
        return self.values.get(name)


def read_events(text: str, *, as_of: date) -> dict[str, dict[str, Any]]:
    """Read an event table as case documents.

    Parameters
    ----------
    text : str
        CSV with columns as `write_events` makes them, in any order, names in any case; further columns are
        not looked at. Lines that begin with ``#`` are left out.
    as_of : date
        Date of DAY0 for everybody; the table has no calendar.

    Returns
    -------
    dict of str to dict
        By ID, a document that `osteocast.load_case` reads once it is written as YAML or JSON. Doses after
        DAY0 are a plan.

    Raises
    ------
    InputError
        Everything that is wrong in the table, each with its line.
    """
    problems: list[Problem] = []
    rows = list(_rows(text, problems))
    people: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        people[f"{row['ID']:g}"].append(row)
    documents = {name: _document(own, as_of, problems) for name, own in people.items()}
    if problems:
        raise InputError(problems)
    return documents


def _rows(text: str, problems: list[Problem]) -> Iterator[_Row]:
    lines = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    if not lines:
        problems.append(
            Problem("table", Problem.ABSENT, "a header and rows", "write the names of columns first")
        )
        return
    if len(lines) > MAXIMUM_ROWS:
        problems.append(Problem("table", len(lines), f"at most {MAXIMUM_ROWS:,} rows", "split it by ID"))
        return
    header = [name.strip().upper() for name in _cells(*lines[0], problems)]
    needed = ("ID", "TIME", "EVID", "AGE", "SEX")
    missing = [name for name in needed if name not in header]
    if missing:
        remedy = f"add {', '.join(missing)}"
        problems.append(
            Problem(f"line {lines[0][0]}", ",".join(header), f"columns {', '.join(needed)}", remedy)
        )
        return
    for number, line in lines[1:]:
        found = _cells(number, line, problems)
        if len(found) != len(header):
            expected = f"{len(header)} values"
            problems.append(Problem(f"line {number}", len(found), expected, "one value for every column"))
            continue
        values: dict[str, float | None] = {}
        for name, given in zip(header, found, strict=True):
            if name in COLUMNS:
                values[name] = _number(name, given.strip(), number, problems)
        row = _Row(number, values)
        if all(row[name] is not None for name in needed):
            yield row
        else:
            lacking = [name for name in needed if row[name] is None]
            expected = f"a number for {', '.join(lacking)}"
            problems.append(Problem(f"line {number}", _MISSING, expected, "fill it in"))


def _cells(number: int, line: str, problems: list[Problem]) -> list[str]:
    try:
        return next(csv.reader([line]))
    except csv.Error as error:
        problems.append(Problem(f"line {number}", str(error), "values with commas between", "correct it"))
        return []


def _number(name: str, given: str, line: int, problems: list[Problem]) -> float | None:
    if given in ("", _MISSING):
        return None
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    largest = _codes()["largest"].get(name, math.inf)
    smallest = -largest if name in _EITHER_SIGN else 0 if name in _codes()["largest"] else -math.inf
    if math.isfinite(value) and smallest <= value <= largest:
        return value
    expected = "a number, or a point for unknown"
    if math.isfinite(value):
        expected = f"{smallest:,g} to {largest:,g}"
    problems.append(Problem(f"line {line}, {name}", given, expected, "correct it"))
    return None


def _document(rows: Sequence[_Row], as_of: date, problems: list[Problem]) -> dict[str, Any]:
    first = rows[0]
    zero = first["DAY0"] or 0.0
    sex = next((name for name, code in _SEX.items() if code == first["SEX"]), None)
    if sex is None:
        problems.append(Problem(f"line {first.line}, SEX", first["SEX"], "1 female, 2 male", "correct it"))
        sex = "female"
    age = first["AGE"]
    assert age is not None, "rows without an age were left out"
    person: dict[str, Any] = {"sex": sex, "birth_date": _iso(as_of, -age * DAYS_PER_YEAR)}
    if sex == "female":
        person["menopause"] = _menopause(first, problems)
    if first["WT"] is not None:
        person["weight"] = f"{first['WT']:g} kg"
    doses = [row for row in rows if row["EVID"] == 1]
    seen = [row for row in rows if row["EVID"] == 0 and not row["MDV"]]
    for row in rows:
        if row["EVID"] not in (0, 1):
            expected = "0 a measurement, 1 a dose"
            problems.append(Problem(f"line {row.line}, EVID", row["EVID"], expected, "leave resets out"))
    scans, labs = _seen(seen, as_of, zero, problems)
    given = [one for row in doses if (one := _treatment(row, as_of, zero, problems))]
    planned = [one for one in given if one["start"] > as_of.isoformat()]
    document = {
        "person": person,
        "scans": scans,
        "labs": labs,
        "treatments": [one for one in given if one["start"] <= as_of.isoformat()],
        "plans": [{"name": "as in the table", "courses": planned}] if planned else [],
        "options": {"as_of": as_of.isoformat()},
    }
    return {name: value for name, value in document.items() if value}


def _menopause(row: _Row, problems: list[Problem]) -> Any:
    meno = row["MENO"]
    if meno is None:
        expected = "MENO, the age at menopause, or 0 before it"
        problems.append(Problem(f"line {row.line}, MENO", Problem.ABSENT, expected, "fill it in for women"))
    return {"age": meno} if meno else "premenopausal"


def _iso(as_of: date, days: float) -> str:
    return (as_of + timedelta(days=round(days))).isoformat()


def _named(kind: str, row: _Row, column: str, problems: list[Problem]) -> str | None:
    for name, code in _codes()[kind].items():
        if code == row[column]:
            return name
    known = ", ".join(f"{code} {name}" for name, code in _codes()[kind].items())
    problems.append(Problem(f"line {row.line}, {column}", row[column], f"a code: {known}", "translate yours"))
    return None


def _treatment(row: _Row, as_of: date, zero: float, problems: list[Problem]) -> dict[str, Any] | None:
    drug = _named("drugs", row, "CMT", problems)
    amount, time = row["AMT"], row["TIME"]
    if amount is None or amount <= 0:
        problems.append(Problem(f"line {row.line}, AMT", amount, "the amount of a dose", "fill it in"))
    if drug is None or amount is None or time is None:
        return None
    more = int(row["ADDL"] or 0)
    interval = row["II"] or DRUGS[drug].label_interval_days
    made = {
        "drug": drug,
        "dose": f"{amount:.10g} {DRUGS[drug].unit}",
        "every": f"{interval:.10g} days",
        "start": _iso(as_of, time - zero),
        "doses": more + 1,
    }
    return made if row["ADH"] in (None, 1.0) else {**made, "adherence": row["ADH"]}


def _seen(
    rows: Sequence[_Row], as_of: date, zero: float, problems: list[Problem]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    labs: list[dict[str, Any]] = []
    visits: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        name, time = _named("measurements", row, "DVID", problems), row["TIME"]
        if row["DV"] is None:
            problems.append(Problem(f"line {row.line}, DV", Problem.ABSENT, "a value", "or set MDV to 1"))
        if name is None or row["DV"] is None or time is None:
            continue
        on = _iso(as_of, time - zero)
        if name not in SITES:
            unit = QUANTITIES[name].canonical
            labs.append({"date": on, "analyte": name, "value": f"{row['DV']:.10g} {unit}"})
            continue
        vendor = _named("vendors", row, "DEV", problems)
        if vendor is not None:
            visit = visits.setdefault((on, vendor), {"date": on, "device": vendor, "sites": {}})
            visit["sites"][name] = {"bmd": f"{row['DV']:.10g} g/cm2"}
    return list(visits.values()), labs
