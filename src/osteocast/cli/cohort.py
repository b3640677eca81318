"""``osteocast cohort``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from osteocast.cli.compilation import announced
from osteocast.cli.output import console, print_json, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from osteocast.cohorts import CohortRun, CohortSummary, Progress

__all__ = ["app"]

_RUN = "run"
_WIDEST = 24  # of a name beside the bar, so that the time that is left stands on a line of 80


class _RunByDefault(TyperGroup):
    """A group of commands of which one is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = {*self.commands, "-h", "--help"}
        if args and args[0] not in known:
            args = [_RUN, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_RunByDefault,
    name="cohort",
    help="Follow virtual people by the million. 'osteocast cohort SPEC' is short for 'cohort run SPEC'.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Place = Annotated[str, typer.Argument(help="Folder or address of a cohort.", metavar="DIR")]


@app.command(_RUN)
def run(
    spec: Annotated[Path, typer.Argument(help="Cohort file, YAML.", metavar="SPEC")],
    out: Annotated[
        str, typer.Option(help="Folder to keep the cohort in, or an address such as s3://bucket/cohort.")
    ],
    n: Annotated[int | None, typer.Option(help="People, instead of what the file says.", min=1)] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes; one for each core by default, fewer for a few chunks.", min=1, max=1024
        ),
    ] = None,
    chunk: Annotated[
        int | None, typer.Option(help="People computed and written together; 5000 by default.", min=1)
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume/--no-resume", help="Whether to go on with what the folder holds.")
    ] = True,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Compute on Dask: 'local', or the address of a scheduler.", metavar="local|tcp://HOST:PORT"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Follow virtual people under every arm of a cohort file, and keep what becomes of them as Parquet.

    The same command goes on after an interruption, whatever it was. Nobody is lost or there twice, and every
    number is the same for any number of workers and any size of chunk.

    Examples
    --------
        osteocast cohort examples/cohorts/two-arms.yaml --n 1000 --out cohort

        osteocast cohort summary cohort
    """
    from osteocast.errors import InputError, Problem

    if cluster is not None and cluster != "local" and "://" not in cluster:
        expected = "'local' or an address such as tcp://host:8786"
        raise InputError([Problem("--cluster", cluster, expected, "write the address of the scheduler")])
    with announced():
        from osteocast.cohorts import load_spec, run_cohort

        read = load_spec(spec)
        wanted = read if n is None else replace(read, n=n)
        with _progress(wanted.name) as report:
            done = run_cohort(
                wanted, out, workers=workers, chunk=chunk, resume=resume, cluster=cluster, report=report
            )
    if as_json:
        print_json(_as_data(done))
    else:
        _print_run(done)


@app.command("summary")
def summary(
    place: Place,
    output: Annotated[
        Path | None,
        typer.Option(help="Write charts and cohort-summary.json to this folder.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Condense a kept cohort: density, turnover, thresholds and fractures by arm and visit.

    Examples
    --------
        osteocast cohort summary cohort

        osteocast cohort summary cohort --output charts
    """
    from osteocast.cohorts import summarise

    found = summarise(place)
    if output is not None:
        _write(found, output)
    if as_json:
        print_json(found.to_dict())
    else:
        _print_summary(found)


@app.command("verify")
def verify(
    place: Place,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checksums as JSON.")] = False,
) -> None:
    """Read a kept cohort again, and print a checksum of each of its tables.

    The checksums are those of the numbers, person after person: two runs of one cohort have the same ones,
    however they were cut into chunks and whoever computed them.

    Examples
    --------
        osteocast cohort verify cohort
    """
    from osteocast.cohorts import verify as verified

    found = verified(place)
    if as_json:
        print_json(found)
    else:
        for name, digest in found.items():
            typer.echo(f"{digest}  {name}")


@app.command("population")
def population(
    name: Annotated[
        str, typer.Argument(help="Population, such as us-women; a wrong name lists them.", metavar="NAME")
    ],
    n: Annotated[int, typer.Option(help="People drawn.", min=100, max=1_000_000)] = 20_000,
    output: Annotated[
        Path | None, typer.Option(help="Write the charts to this folder.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every comparison as JSON.")] = False,
) -> None:
    """Draw a population, and set it beside the sources that it was made from.

    Distributions, density by age, and how closely covariates go together; what is drawn is always the same.

    Examples
    --------
        osteocast cohort population us-women

        osteocast cohort population inhibitor-women --output charts
    """
    from osteocast import population as people
    from osteocast.charts.population import charts_of

    charts = charts_of(people.draw(people.population(name), n, "charts"))
    if output is not None:
        from osteocast.report.writing import make_folder, write_text

        make_folder(output)
        for chart in charts:
            write_text(output / f"{chart.key}.svg", chart.svg())
    if as_json:
        print_json({chart.key: {"summary": chart.summary, **asdict(chart.table)} for chart in charts})
        return
    for chart in charts:
        typer.echo(chart.summary)
    if output is not None:
        say(f"Written to {output}: {len(charts)} charts")


@contextmanager
def _progress(name: str) -> Iterator[Callable[[Progress], None] | None]:
    """Show a person at a terminal how far it is, how fast, and how long it will take."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("people, left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(name[:_WIDEST], total=None)

        def report(progress: Any) -> None:
            # What an earlier run did says nothing about how long the rest takes.
            shown.update(
                task, completed=progress.people - progress.found, total=progress.total - progress.found
            )

        yield report


def _as_data(done: CohortRun) -> dict[str, Any]:
    return {
        "out": done.place,
        "cohort": done.spec.name,
        "people": done.people,
        "found": done.found,
        "repaired": list(done.repaired),
        "arms": list(done.spec.arms),
        "made_with": dict(done.about),
        "chunks": [asdict(entry) for entry in done.entries],
    }


def _print_run(done: CohortRun) -> None:
    arms = len(done.spec.arms)
    say(f"{done.people:,} people under {arms} arm{'s' if arms > 1 else ''} in {done.place}")
    if done.found:
        say(f"{done.found:,} of them had been finished before.")
    for problem in done.repaired:
        say(f"Made again: {problem}.")
    say(f"Next: osteocast cohort summary {done.place}")


def _print_summary(found: CohortSummary) -> None:
    from rich import box
    from rich.table import Table

    from osteocast.person import SITE_LABELS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("arm", overflow="fold")
    sites = [f"{label}, %" for label in SITE_LABELS.values()]
    for name in ("year", *sites, "T ≤ -2.5", "hip", "vertebra", "other"):
        table.add_column(name, justify="right")
    last = None
    for visit in found.visits:
        if last is not None and visit.arm != last:
            table.add_section()
        changes = [f"{visit.values[f'change_{site}'].mean:+.1f}" for site in SITE_LABELS]
        broken = [
            f"{visit.fractures[kind].drawn:.1f}" if kind in visit.fractures else "-"
            for kind in ("hip", "clinical_vertebral", "non_vertebral")
        ]
        table.add_row(
            "" if visit.arm == last else visit.arm,
            f"{visit.month / 12:g}",
            *changes,
            f"{100 * visit.osteoporosis:.1f}%",
            *broken,
        )
        last = visit.arm
    screen = console()
    screen.print(f"{found.title}: {found.people:,} people")
    screen.print(table)
    screen.print(
        "Mean change of density from day 0; share with osteoporosis at any site; people with a first"
    )
    screen.print("fracture of hip, vertebra (clinical) or anything but the spine so far, per 1,000.")
    left = {arm: count for arm, count in found.unusable.items() if count}
    for arm, count in left.items():
        screen.print(f"Left out: {count:,} people of {arm}, whose equations left the range they hold in.")
    if found.people < found.planned:
        screen.print(f"Not finished: {found.planned - found.people:,} people are still to come.")


def _write(found: CohortSummary, folder: Path) -> None:
    import json

    from osteocast.charts.cohort import charts_of
    from osteocast.report.writing import make_folder, write_text

    files = {f"{chart.key}.svg": chart.svg() for chart in charts_of(found)}
    files["cohort-summary.json"] = json.dumps(found.to_dict(), indent=1, allow_nan=False) + "\n"
    make_folder(folder)
    for name, text in files.items():
        write_text(folder / name, text)
    say(f"Written to {folder}: {', '.join(files)}")
