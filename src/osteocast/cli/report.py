"""``osteocast report``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from osteocast.cli.output import say

__all__ = ["report"]

_OUTPUT = Path("osteocast-output")
_PEOPLE = 384


class _Reader(StrEnum):
    clinician = "clinician"
    patient = "patient"


class _Format(StrEnum):
    html = "html"
    pdf = "pdf"


def report(
    person: Annotated[Path, typer.Argument(help="Case file (YAML).", metavar="PERSON", show_default=False)],
    reader: Annotated[
        _Reader, typer.Option("--for", help="Who reads it: two pages, or one in plain words.")
    ] = _Reader.clinician,
    kind: Annotated[
        _Format | None,
        typer.Option(
            "--format",
            help="PDF needs the extra 'report'.  [default: by the name of --output, else html]",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="File to write.  [default: osteocast-output/NAME-OF-CASE-READER.FORMAT]",
            show_default=False,
            metavar="FILE",
        ),
    ] = None,
    years: Annotated[
        float | None,
        typer.Option(help="How far the chart looks, years; as far as the case by default.", min=10, max=30),
    ] = None,
    people: Annotated[
        int, typer.Option(help="Virtual people behind the numbers.", min=16, max=100_000)
    ] = _PEOPLE,
) -> None:
    """Write the report of a visit: two pages for a clinician, or one for a patient in plain words.

    Both hold the same numbers: whether lifestyle alone is enough, plans ranked with fractures, harm and
    burden, what is refused or has to be done first, the next scans and samples, guidelines, and why. The
    goal and the wishes of the case decide which plan is to be talked about first.

    Examples
    --------
        osteocast report examples/postmenopausal-anastrozole.yaml

        osteocast report my-case.yaml --for patient --format pdf

        osteocast report my-case.yaml --output visit/for-the-file.pdf
    """
    from osteocast.cli.compilation import announced
    from osteocast.person import load_case
    from osteocast.report.visit import check_file, write_visit
    from osteocast.report.visit.pdf import require_typst

    chosen = kind or _named(output)
    target = output or _OUTPUT / f"{person.stem}-{reader.value}.{chosen.value}"
    case = load_case(person)
    check_file(target)
    if chosen is _Format.pdf:
        # Nobody waits for a simulation whose result cannot be written.
        require_typst()
    with announced():
        from osteocast.cli.progress import progress_shown
        from osteocast.planning import assess

        with progress_shown() as report_to:
            found = assess(case, years=years, people=people, report=report_to)
    written = write_visit(found, target, reader=reader.value, format=chosen.value)
    say(f"Report: {written}")


def _named(output: Path | None) -> _Format:
    suffix = "" if output is None else output.suffix.lower().removeprefix(".")
    return _Format(suffix) if suffix in _Format.__members__ else _Format.html
