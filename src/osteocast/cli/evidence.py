"""``osteocast evidence`` and ``osteocast cite``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from osteocast.cli.output import console, print_json

if TYPE_CHECKING:
    from osteocast.evidence import Source, Value

__all__ = ["app", "cite"]

app = typer.Typer(
    help="Look up the sources that everything rests on.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_sources(
    search: Annotated[
        str, typer.Argument(help="Only sources with this in id, title, study, or what their values are of.")
    ] = "",
    status: Annotated[
        Literal["used", "context", "excluded"] | None,
        typer.Option(help="Only sources with values of this status."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the sources of the registry: papers, labels, guidelines.

    Examples
    --------
        osteocast evidence list

        osteocast evidence list denosumab --status used
    """
    from osteocast.evidence import load

    found = [source for source in load() if _matches(source, search, status)]
    if as_json:
        print_json([_brief(source) for source in found])
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    made.add_column("id", no_wrap=True)
    made.add_column("year", justify="right")
    made.add_column("read")
    made.add_column("values", justify="right")
    made.add_column("title or study")
    for source in found:
        title = source.citation.title or ", ".join(source.study)
        year = str(source.citation.year or "")
        made.add_row(source.id, year, source.read.replace("_", " "), str(len(source.values)), Text(title))
    screen = console()
    screen.print(made)
    screen.print(f"{len(found)} sources")


def _matches(source: Source, search: str, status: str | None) -> bool:
    words = [source.id, *source.study, source.citation.title]
    for value in source.values:
        words += [value.quantity, value.arm, value.treatment, value.population]
    text = " ".join({word for word in words if word})
    return search.casefold() in text.casefold() and (
        status is None or any(value.status == status for value in source.values)
    )


def _brief(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "study": list(source.study),
        "read": source.read,
        "values": len(source.values),
        "citation": {key: given for key, given in asdict(source.citation).items() if given is not None},
    }


@app.command("show")
def show(
    reference: Annotated[
        str, typer.Argument(help="A source id, a DOI, or source-id/value-id.", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show a source with every value that was read in it, or one value.

    Examples
    --------
        osteocast evidence show abcsg-18

        osteocast evidence show atac-bone-60-months/ana-total-hip-60
    """
    from osteocast.evidence import load

    registry = load()
    if reference in registry:
        source, values = registry.source(reference), registry.source(reference).values
    elif "/" in reference:
        source = registry.source(reference.rpartition("/")[0])
        values = (registry.value(reference),)
    else:
        source = registry.source(reference)
        values = source.values
    if as_json:
        print_json(_brief(source) | {"values": [_given(value) for value in values]})
        return
    _print_source(source, values)


def _given(value: Value) -> dict[str, Any]:
    return {key: given for key, given in asdict(value).items() if given is not None}


def _print_source(source: Source, values: tuple[Value, ...]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from osteocast.evidence import cite as citation

    screen = console()
    screen.print(Text(source.id, style="bold"))
    screen.print(Text(citation([source.id])))
    screen.print(f"read: {source.read.replace('_', ' ')}")
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("value", "number", "of", "where", "status"):
        # A name is needed whole, to cite it: it goes on in the next line.
        made.add_column(name, justify="right" if name == "number" else "left", overflow="fold")
    for value in values:
        made.add_row(*(Text(cell) for cell in _cells(value)))
    screen.print(made)


def _cells(value: Value) -> tuple[str, str, str, str, str]:
    number = value.verbatim or (f"{value.range[0]} to {value.range[1]}" if value.range else "")
    if value.value is not None:
        number = f"{value.value:g}"
    if value.ci:
        number += f" ({value.ci[0]:g} to {value.ci[1]:g})" if None not in value.ci else ""
    elif value.sd is not None:
        number += f" (SD {value.sd:g})"
    unit = "" if value.unit == "1" else f" {value.unit}"
    of = [value.quantity, value.site, value.arm, value.population]
    of += [f"n={value.n}" if value.n else None, f"month {value.month:g}" if value.month is not None else None]
    where = "; ".join(text for text in (value.where, value.note) if text)
    status = value.status if not value.reason else f"{value.status}: {value.reason}"
    return value.id, number + unit, ", ".join(text for text in of if text), where, status


def cite(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Source ids, DOIs, or source-id/value-id.", show_default=False)
    ] = None,
    case: Annotated[
        Path | None, typer.Option(help="Cite what the forecast of this case rests on.", show_default=False)
    ] = None,
    style: Annotated[
        Literal["text", "bibtex", "json"], typer.Option(help="Plain text, BibTeX, or CSL-JSON.")
    ] = "text",
) -> None:
    """Print citations, of sources or of everything that a forecast rests on.

    Examples
    --------
        osteocast cite abcsg-18 10.1002/jbmr.534

        osteocast cite --case my-case.yaml --style bibtex > references.bib
    """
    from osteocast.errors import InputError, Problem
    from osteocast.evidence import cite as citation

    given = list(ids or [])
    if case is not None:
        from osteocast.forecast import run_forecast
        from osteocast.person import load_case
        from osteocast.report.sources import source_ids

        given += source_ids(run_forecast(load_case(case), draws=0))
    if not given:
        remedy = "see `osteocast evidence list`"
        raise InputError([Problem("ids", Problem.ABSENT, "ids of sources, or --case", remedy)])
    typer.echo(citation(given, style))
