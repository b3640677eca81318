"""``osteocast export``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from osteocast.cli.export_code import write_c, write_ptx
from osteocast.cli.output import say

if TYPE_CHECKING:
    from osteocast.errors import Problem
    from osteocast.interop.sbml import Scenario

__all__ = ["export"]

Result = Literal["forecast", "verdict", "validation"]


def export(
    file: Annotated[
        Path, typer.Argument(help="File to write, or PEtab's folder.", metavar="FILE", show_default=False)
    ],
    format: Annotated[
        Literal["sbml", "petab", "nonmem", "parquet", "fhir", "c", "ptx"],
        typer.Option(
            help="sbml: the model for other simulators, Level 3. petab: the calibration for other fitters. "
            "nonmem: doses and measurements of a case as an event table (CSV). "
            "parquet: results as one table. fhir: a case with risks and schedule as a bundle of R4. "
            "c: the equations as C99. ptx: the engine as a kernel for graphics processors."
        ),
    ] = "sbml",
    case: Annotated[
        Path | None, typer.Option(help="Set up the model for the person of this case.", show_default=False)
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option(help="Under this plan of the case; the first by default.", show_default=False),
    ] = None,
    years: Annotated[
        float | None,
        typer.Option(
            help="Events, or the forecast, up to this many years; the case's horizon by default.",
            min=0.5,
            max=30,
        ),
    ] = None,
    trial: Annotated[
        list[str] | None,
        typer.Option(help="For PEtab: only this trial; may be repeated.", show_default=False),
    ] = None,
    result: Annotated[
        Result,
        typer.Option(
            help="For Parquet: forecast and verdict of a case; validation: published trials beside simulated."
        ),
    ] = "forecast",
    people: Annotated[
        int | None,
        typer.Option(
            help="For Parquet: virtual people.  [default: 256 for a forecast, 4096 for a verdict]",
            min=64,
            max=1_000_000,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the model for other simulators, with a person's life and plan as events if a case is given.

    As PEtab: a model of every arm of the fitted trials, what was published, and the parameters with priors.
    As Parquet: results as a table, with what made them in its metadata; needs the extra `cohort`.
    As FHIR: the person, and risks of fracture and schedule under a plan; needs the extra `fhir`.

    Examples
    --------
        osteocast export bone.xml --format sbml

        osteocast export calibration --format petab --trial atac --trial z-fast

        osteocast export events.csv --format nonmem --case my-case.yaml

        osteocast export results.parquet --format parquet --case my-case.yaml

        osteocast export bundle.json --format fhir --case my-case.yaml --plan zoledronate

        osteocast export bone.c --format c --case my-case.yaml

        osteocast export bone.xml --case my-case.yaml --plan zoledronate
    """
    from osteocast.errors import InputError, Problem

    if plan is not None and case is None:
        raise InputError([Problem("--plan", plan, "a case to take the plan from", "add --case FILE")])
    if years is not None and case is None and format != "parquet":
        remedy = "add --case FILE, or leave --years out"
        raise InputError([Problem("--years", years, "a case to look ahead for", remedy)])
    if format in ("petab", "ptx") and case is not None:
        holds = "PEtab holds the calibration" if format == "petab" else "a kernel is for everybody"
        raise InputError([Problem("--case", str(case), f"no case: {holds}", "leave --case out")])
    if trial and format != "petab":
        raise InputError([Problem("--trial", trial[0], "--format petab", "add it, or leave --trial out")])
    if format == "parquet":
        problems = _parquet_problems(result, case, plan, years)
        if problems:
            raise InputError(problems)
    elif result != "forecast" or people is not None:
        option, given = ("--people", people) if people is not None else ("--result", result)
        raise InputError([Problem(option, given, "--format parquet", "add it, or leave this out")])
    if not file.parent.is_dir():
        raise InputError(
            [Problem("FILE", str(file), "a file in a folder that exists", "make the folder first")]
        )
    if format in ("nonmem", "fhir") and case is None:
        raise InputError([Problem("--case", Problem.ABSENT, "a case to write", "add --case FILE")])
    if format == "petab":
        _write_petab(file, trial or ())
        return
    if format == "nonmem" and case is not None:
        _write_events(file, case, plan, years)
        return
    if format == "fhir" and case is not None:
        from osteocast.cli.export_fhir import write_fhir

        write_fhir(file, case, plan, years)
        return
    if format == "parquet":
        _write_table(file, result, case, plan, years, people)
        return
    if format == "ptx":
        write_ptx(file)
        return
    scenario = None if case is None else _scenario(case, plan, years)
    if format == "c":
        write_c(file, scenario)
        return
    from osteocast.interop import sbml

    sbml.write(file, scenario)
    say(f"Written: {file}")


def _write_petab(folder: Path, trials: Sequence[str]) -> None:
    from osteocast.interop import petab

    made = petab.export(folder, trials=trials)
    say(
        f"Written: {made.problem}: {made.models} models, {made.observations} observations, "
        f"{made.parameters} parameters. {len(made.left_out)} observations have no place in PEtab: "
        f"{made.problem.parent / 'left-out.tsv'}"
    )


def _write_events(file: Path, path: Path, plan: str | None, years: float | None) -> None:
    from dataclasses import replace

    from osteocast.forecast.scenarios import chosen
    from osteocast.interop.events_table import write_events
    from osteocast.person import load_case
    from osteocast.report.writing import write_text

    case = load_case(path)
    wanted = None
    if plan is not None:
        case, wanted = chosen(case, plan)
    if years is not None:
        case = replace(case, forecast_years=years)
        wanted = wanted and replace(wanted, horizon_days=None)
    write_text(file, write_events([case], plan=wanted))
    say(f"Written: {file}")


def _parquet_problems(
    result: Result, case: Path | None, plan: str | None, years: float | None
) -> list[Problem]:
    from osteocast.errors import Problem

    problems = []
    if result == "validation" and case is not None:
        expected = "no case: validation is of trials"
        problems.append(Problem("--case", str(case), expected, "leave --case out"))
    if result != "validation" and case is None:
        problems.append(
            Problem("--case", Problem.ABSENT, f"a case to take the {result} of", "add --case FILE")
        )
    if result != "forecast":
        expected = f"no limit: a {result} has all of it"
        problems += [
            Problem(name, given, expected, f"leave {name} out")
            for name, given in (("--plan", plan), ("--years", years))
            if given is not None
        ]
    return problems


def _write_table(
    file: Path, result: Result, path: Path | None, plan: str | None, years: float | None, people: int | None
) -> None:
    from osteocast.cli.compilation import announced
    from osteocast.cohorts.extra import library
    from osteocast.interop import tables

    library("pyarrow")  # before anything is computed
    if path is None:
        from osteocast.trials import validate

        with announced():
            table = tables.validation_table(validate())
    else:
        from dataclasses import replace

        from osteocast import forecast
        from osteocast.forecast.scenarios import chosen
        from osteocast.person import load_case

        case = load_case(path)
        with announced():
            if result == "verdict":
                table = tables.verdict_table(forecast.verdict(case, people=people or 4096))
            else:
                if plan is not None:
                    case, wanted = chosen(case, plan)
                    case = replace(case, plans=(wanted,))
                table = tables.forecast_table(forecast.run_forecast(case, years=years, draws=people or 256))
    tables.write_parquet(file, table)
    say(f"Written: {file}: {table.num_rows:,} rows, {table.num_columns} columns")


def _scenario(path: Path, plan: str | None, years: float | None) -> Scenario:
    """Return the life of a case's person under one plan."""
    from osteocast.forecast import scenario
    from osteocast.interop.sbml import Scenario
    from osteocast.person import load_case

    return Scenario(*scenario(load_case(path), plan, years))
