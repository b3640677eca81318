"""A kept cohort, condensed by DuckDB: by arm and visit, without reading it into memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from osteocast.cohorts.extra import library
from osteocast.cohorts.manifest import entries
from osteocast.cohorts.running import settings
from osteocast.cohorts.storage import Storage
from osteocast.errors import InputError, OsteocastError, Problem
from osteocast.person.published import published
from osteocast.physiology import SITES

__all__ = ["QUANTILES", "CohortSummary", "Distribution", "Fractures", "Visit", "summarise"]

#: Shares below the quantiles that are given.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_EVENTS = ("hip", "clinical_vertebral", "non_vertebral")
_KEYS = ("person", "month", "arm")


@dataclass(frozen=True)
class Distribution:
    """How a quantity is spread among people.

    Parameters
    ----------
    mean, sd : float
    quantiles : tuple of float
        At `QUANTILES`.
    """

    mean: float
    sd: float
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class Visit:
    """One arm at one visit.

    Parameters
    ----------
    arm : str
    month : float
    people : int
        Whose equations could be solved.
    values : mapping of str to Distribution
        Of every column; ``change_<site>`` is the change of density from day 0, percent.
    osteoporosis, low_density : float
        Shares with a lowest T-score at or below -2.5, and below -1.
    fractures : mapping of str to Fractures
        So far, by kind.
    """

    arm: str
    month: float
    people: int
    values: Mapping[str, Distribution]
    osteoporosis: float
    low_density: float
    fractures: Mapping[str, Fractures]


@dataclass(frozen=True)
class Fractures:
    """People with a first fracture of a kind so far, and alive till then, per 1,000.

    Parameters
    ----------
    drawn : float
        Counted among the times that were drawn.
    low, high : float
        95% interval of the count, by the normal approximation of the binomial.
    expected : float or None
        Mean of the people's probabilities, where they are kept.
    """

    drawn: float
    low: float
    high: float
    expected: float | None


@dataclass(frozen=True)
class CohortSummary:
    """A cohort, condensed.

    Parameters
    ----------
    name, title : str
    people : int
        In the files.
    planned : int
    unusable : mapping of str to int
        By arm, people whose equations left the range they hold in.
    screened : float
        People looked at for one that was included.
    covariates : mapping of str to Distribution
        On day 0.
    visits : tuple of Visit
        By arm and month.
    made_with : mapping
    """

    name: str
    title: str
    people: int
    planned: int
    unusable: Mapping[str, int]
    screened: float
    covariates: Mapping[str, Distribution]
    visits: tuple[Visit, ...]
    made_with: Mapping[str, Any]

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in the order of the file."""
        return tuple(dict.fromkeys(visit.arm for visit in self.visits))

    def of(self, arm: str) -> tuple[Visit, ...]:
        """Return the visits of one arm, in order."""
        return tuple(visit for visit in self.visits if visit.arm == arm)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        return asdict(self) | {"quantiles": list(QUANTILES)}


def summarise(out: str | Path) -> CohortSummary:
    """Condense a kept cohort; one that is not finished yet is condensed as far as it is.

    Parameters
    ----------
    out : str or Path
        Folder or address of the cohort.

    Returns
    -------
    CohortSummary

    Raises
    ------
    InputError
        If there is no cohort, or nothing of it is finished.
    OsteocastError
        If its files cannot be read.
    """
    storage = Storage(out)
    about = settings(storage)
    finished = entries(storage)
    if not finished:
        expected = "a cohort of which something is finished"
        raise InputError([Problem("DIR", storage.place, expected, "run: osteocast cohort SPEC --out DIR")])
    duckdb = library("duckdb")
    with duckdb.connect() as database:
        if not storage.is_local:
            database.register_filesystem(storage.files)
        try:
            return _Reading(database, storage, about, sorted(finished)).summary()
        except duckdb.Error as error:
            raise OsteocastError(f"{storage.place} cannot be read: {error}") from None


class _Reading:
    """A database over the files of the chunks that are finished."""

    def __init__(self, database: Any, storage: Storage, about: Mapping[str, Any], chunks: list[int]) -> None:
        self._database = database
        self._storage = storage
        self._about = about
        self._arms = tuple(about["spec"]["arms"])
        self._view("people", chunks, (None,))
        self._view("course", chunks, self._arms)
        self._view("outcomes", chunks, self._arms)

    def _view(self, table: str, chunks: list[int], arms: tuple[str | None, ...]) -> None:
        # Chunks by name, so that what was being written when a run was killed does not count.
        from osteocast.cohorts.manifest import table_name

        parts = []
        for arm in arms:
            files = [self._storage.address(table_name(table, k, arm)) for k in chunks]
            listed = ", ".join("'" + name.replace("'", "''") + "'" for name in files)
            column = "" if arm is None else f", '{arm}' as arm"
            parts.append(f"select *{column} from read_parquet([{listed}], hive_partitioning = false)")
        self._database.execute(f"create view {table} as {' union all '.join(parts)}")

    def _rows(self, query: str) -> list[dict[str, Any]]:
        found = self._database.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _columns(self, table: str, *without: str) -> list[str]:
        rows = self._rows(f"describe {table}")
        numbers = [row["column_name"] for row in rows if row["column_type"] in ("FLOAT", "DOUBLE")]
        return [name for name in numbers if name not in without]

    def summary(self) -> CohortSummary:
        spec = self._about["spec"]
        head = self._rows("select count(*) as people, avg(screened) as screened from people")[0]
        covariates = self._columns("people")
        return CohortSummary(
            name=str(spec["cohort"]),
            title=str(spec.get("title", spec["cohort"])),
            people=int(head["people"]),
            planned=int(self._about["n"]),
            unusable={
                row["arm"]: int(row["n"])
                for row in self._rows(
                    "select arm, count(*) filter (not usable) as n from outcomes group by arm order by arm"
                )
            },
            screened=float(head["screened"]),
            covariates=_distributions(
                self._rows(f"select {_statistics(covariates)} from people")[0], covariates
            ),
            visits=tuple(self._visits()),
            made_with=self._about["made_with"],
        )

    def _visits(self) -> list[Visit]:
        columns = self._columns("course", "month")
        changes = {f"change_{site}": f"100.0 * (bmd_{site} / first_{site} - 1.0)" for site in SITES}
        starts = ", ".join(f"bmd_{site} as first_{site}" for site in SITES)
        lowest = "least(" + ", ".join(f"t_score_{site}" for site in SITES) + ")"
        osteoporosis, low = (published(f"iscd-2005-reporting/{name}") for name in ("osteoporosis", "normal"))
        rows = self._rows(
            f"""
            with start as (select person, arm, {starts} from course where month = 0),
            joined as (
                select course.*, {", ".join(f"{sql} as {name}" for name, sql in changes.items())}
                from course join start using (person, arm) where not isnan(bmd_{SITES[0]})
            )
            select arm, month, count(*) as people, {_statistics([*columns, *changes])},
                avg(({lowest} <= {osteoporosis})::int) as osteoporosis,
                avg(({lowest} < {low})::int) as low_density
            from joined group by arm, month order by arm, month
            """
        )
        order = {arm: i for i, arm in enumerate(self._arms)}
        rows.sort(key=lambda row: (order[row["arm"]], row["month"]))
        return [self._visit(row, [*columns, *changes]) for row in rows]

    def _visit(self, row: Mapping[str, Any], columns: list[str]) -> Visit:
        values = _distributions(row, columns)
        return Visit(
            arm=row["arm"],
            month=float(row["month"]),
            people=int(row["people"]),
            values=values,
            osteoporosis=float(row["osteoporosis"]),
            low_density=float(row["low_density"]),
            fractures=self._fractures(row["arm"], float(row["month"]), int(row["people"]), values),
        )

    def _fractures(
        self, arm: str, month: float, people: int, values: Mapping[str, Distribution]
    ) -> dict[str, Fractures]:
        kinds = [kind for kind in _EVENTS if f"{kind}_fracture_year" in self._columns("outcomes")]
        if not kinds:
            return {}
        counted = ", ".join(
            f"count(*) filter ({kind}_fracture_year <= {month / 12.0 + 1e-6}) as {kind}" for kind in kinds
        )
        row = self._rows(f"select {counted} from outcomes where usable and arm = '{arm}'")[0]
        found = {}
        for kind in kinds:
            share = row[kind] / people
            margin = 1.96 * (share * (1.0 - share) / people) ** 0.5
            expected = values.get(f"risk_{kind}")
            found[kind] = Fractures(
                1000.0 * share,
                1000.0 * max(share - margin, 0.0),
                1000.0 * (share + margin),
                None if expected is None else 1000.0 * expected.mean,
            )
        return found


def _statistics(columns: list[str]) -> str:
    """Mean, spread and quantiles of columns, as one row of a query."""
    shares = ", ".join(map(str, QUANTILES))
    return ", ".join(
        f"avg({name}::double) as {name}__mean, stddev_pop({name}::double) as {name}__sd, "
        f"quantile_cont({name}::double, [{shares}]) as {name}__quantiles"
        for name in columns
    )


def _distributions(row: Mapping[str, Any], columns: list[str]) -> dict[str, Distribution]:
    return {
        name: Distribution(
            float(row[f"{name}__mean"]),
            float(row[f"{name}__sd"]),
            tuple(float(value) for value in row[f"{name}__quantiles"]),
        )
        for name in columns
    }
