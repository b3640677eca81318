"""Doses and measurements as a table of events, out and in again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from osteocast.errors import InputError
from osteocast.interop.events_table import COLUMNS, _codes, read_events, write_events
from osteocast.person import Case, load_case
from osteocast.therapies import DRUGS
from osteocast.units import ANALYTES

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.name for path in EXAMPLES.glob("*.yaml"))


def again(case: Case, table: str) -> Case:
    (document,) = read_events(table, as_of=case.as_of).values()
    return load_case(yaml.safe_dump(document))


def doses_of(case: Case, until: float) -> list[tuple[str, int, float, float]]:
    """Every dose by itself: how courses are cut into runs is no matter."""
    found = []
    for course in case.treatments:
        drug = DRUGS[course.drug]
        interval = course.interval_days or drug.label_interval_days
        amount = drug.label_dose if course.dose is None else course.dose
        found += [
            (course.drug, round(day), amount, course.adherence) for day in course.dose_days(interval, until)
        ]
    return sorted(found)


def densities_of(case: Case) -> set[tuple[date, str, str, float]]:
    return {
        (scan.date, scan.vendor, site, value.bmd)
        for scan in case.scans
        for site, value in scan.sites.items()
        if value.bmd is not None
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_case_comes_back_with_the_same_doses_scans_and_values(name: str) -> None:
    case = load_case(EXAMPLES / name)
    back = again(case, write_events([case]))
    until = case.forecast_years * 365.25
    before, after = doses_of(case, until), doses_of(back, until)
    assert len(before) == len(after) > 0
    for one, other in zip(before, after, strict=True):
        assert (one[0], one[2], one[3]) == (other[0], other[2], other[3])
        assert abs(one[1] - other[1]) <= 1  # case files know whole days alone
    assert [(lab.date, lab.analyte) for lab in back.labs] == [(lab.date, lab.analyte) for lab in case.labs]
    assert [lab.value for lab in back.labs] == pytest.approx([lab.value for lab in case.labs])
    assert densities_of(back) == densities_of(case)
    assert (back.person.sex, back.person.weight) == (case.person.sex, case.person.weight)
    assert back.age == pytest.approx(case.age, abs=0.01)


def test_a_plan_adds_its_doses_as_runs() -> None:
    case = load_case(EXAMPLES / "letrozole-denosumab-exit.yaml")
    plan = next(plan for plan in case.plans if "zoledronate" in plan.name)
    rows = [line.split(",") for line in write_events([case], plan=plan).splitlines()]
    assert tuple(rows[0]) == COLUMNS
    doses = [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:] if row[2] == "1"]
    zoledronate = [row for row in doses if row["CMT"] == "21"]
    assert zoledronate
    assert all(float(row["TIME"]) > float(row["DAY0"]) for row in zoledronate)
    (back,) = again(case, write_events([case], plan=plan)).plans
    assert [course.drug for course in back.courses] == ["zoledronate"] * len(zoledronate)


def test_every_drug_site_and_analyte_has_a_code_of_its_own() -> None:
    codes = _codes()
    assert set(codes["drugs"]) == set(DRUGS)
    assert set(ANALYTES) < set(codes["measurements"])
    for kind in ("drugs", "measurements", "vendors"):
        assert len(set(codes[kind].values())) == len(codes[kind])


def test_everything_wrong_in_a_table_is_listed_with_its_line() -> None:
    table = """ID,TIME,EVID,CMT,AMT,DVID,DV,DEV,AGE,SEX,MENO
1,0,1,99,1,.,.,.,61,1,50
1,5,0,0,.,1,0.9,7,61,1,50
1,6,4,0,.,.,.,.,61,1,50
2,0,1,1,-1,.,.,.,61,3,.
2,one,0,0,.,31,0.4,.,61,1,50
3,0,0,0,.,31
# a comment
"""
    with pytest.raises(InputError) as caught:
        read_events(table, as_of=date(2025, 3, 10))
    fields = " ".join(problem.field for problem in caught.value.problems)
    for place in ("line 2, CMT", "line 3, DEV", "line 4, EVID", "line 5, SEX", "line 5, AMT", "line 5, MENO"):
        assert place in fields
    assert "line 6, TIME" in fields
    assert "line 7" in fields


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("TIME", "20250310"),
        ("DAY0", "-1e9"),
        ("AGE", "610"),
        ("AGE", "-1"),
        ("ADDL", "1e30"),
        ("TIME", "1e400"),
    ],
)
def test_a_time_that_is_no_time_of_a_life_is_refused(column: str, value: str) -> None:
    row = {"ID": "1", "TIME": "0", "EVID": "1", "CMT": "1", "AMT": "1", "ADDL": "9"}
    row |= {"AGE": "61", "SEX": "1", "MENO": "50", "DAY0": "0", column: value}
    with pytest.raises(InputError, match=f"line 2, {column}"):
        read_events(",".join(row) + "\n" + ",".join(row.values()), as_of=date(2025, 3, 10))


def test_a_cell_without_end_is_refused() -> None:
    table = "ID,TIME,EVID,AGE,SEX\n1,0,0,61,1\n" + '"' + "x" * 200_000
    with pytest.raises(InputError, match="line 3"):
        read_events(table, as_of=date(2025, 3, 10))


@pytest.mark.parametrize("table", ["", "# nothing\n", "ID,TIME\n1,0\n"])
def test_a_table_without_rows_or_columns_is_refused(table: str) -> None:
    with pytest.raises(InputError):
        read_events(table, as_of=date(2025, 3, 10))
