"""``osteocast import``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteocast.cli.output import console, print_json, say

if TYPE_CHECKING:
    from datetime import date

__all__ = ["import_"]

_TABLES = (".csv", ".tsv", ".txt")
_FHIR = (".json", ".ndjson", ".jsonl")


def import_(
    file: Annotated[
        str,
        typer.Argument(
            help="Event table (CSV), FHIR bundle (JSON), bulk export (NDJSON or its folder), or https://server/...",
            metavar="FILE",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path, typer.Option(help="Folder for the case files, one for every person.", metavar="DIR")
    ] = Path("cases"),
    as_of: Annotated[
        str | None,
        typer.Option(
            help="Day the case is seen from, as 2025-03-10. Of an event table the date of DAY0, today by "
            "default; of a record its last date.",
            show_default=False,
            metavar="DATE",
        ),
    ] = None,
    patient: Annotated[
        str | None,
        typer.Option(help="FHIR: only the Patient of this id.", show_default=False, metavar="ID"),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            help="FHIR: maker of the densitometer where the record does not say: hologic, lunar, norland.",
            show_default=False,
        ),
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option(
            "--with",
            help="FHIR: case file (YAML) with what the record does not say; it stands over the record.",
            show_default=False,
            metavar="FILE",
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            help="FHIR server: file with the bearer token; OSTEOCAST_FHIR_TOKEN by default.",
            show_default=False,
            metavar="FILE",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="FHIR: print what became of every resource as JSON.")
    ] = False,
) -> None:
    """Make case files from what other programs hold: doses and measurements as an event table, or FHIR R4.

    Nothing is written unless every person can be read. What the source has no place for (lifestyle, of a
    table also conditions and T-scores) is to be filled in. Of FHIR a report says what was used, and what was
    dropped and why.

    Examples
    --------
        osteocast import events.csv --as-of 2025-03-10 --output cases

        osteocast import bundle.json --device hologic --with what-she-told.yaml --output cases

        osteocast import https://ehr.example/fhir --patient 123 --token-file token.txt --output cases
    """
    day = _day(as_of)
    given = {
        "--patient": patient,
        "--device": device,
        "--with": beside,
        "--token-file": token_file,
        "--json": as_json or None,
    }
    if _is_table(file):
        _refuse(given, "FHIR: an event table has none")
        _import_table(Path(file), output, day)
        return
    from osteocast.interop.fhir import bearer_token, read_fhir
    from osteocast.interop.fhir.showing import import_as_data, import_renderables

    on_server = file.casefold().startswith(("https://", "http://"))
    if not on_server:
        _refuse({"--token-file": token_file}, "a server: a file needs none")
    found = read_fhir(
        file,
        patient=patient,
        device=device,
        extra=_beside(beside),
        as_of=day,
        token=bearer_token(token_file) if on_server else None,
    )
    _write({one.file_name: one.text for one in found.cases}, output)
    if as_json:
        written = {one.patient: str(output / one.file_name) for one in found.cases}
        print_json(import_as_data(found, written))
        return
    screen = console()
    for part in import_renderables(found):
        screen.print(part)


def _day(given: str | None) -> date | None:
    from datetime import date

    from osteocast.errors import InputError, Problem

    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError:
        raise InputError(
            [Problem("--as-of", given, "a date such as 2025-03-10", "correct it; nothing was written")]
        ) from None


def _is_table(file: str) -> bool:
    """Whether a source is an event table: by its name, or else by its first character."""
    suffix = Path(file).suffix.casefold()
    if suffix in _TABLES:
        return True
    if suffix in _FHIR or file.casefold().startswith(("https://", "http://")) or Path(file).is_dir():
        return False
    try:
        with Path(file).open("rb") as stream:
            return not stream.read(1000).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    except OSError:
        return True


def _refuse(given: Mapping[str, object], expected: str) -> None:
    from osteocast.errors import InputError, Problem

    problems = [
        Problem(name, str(value), f"an option of {expected}", "leave it out")
        for name, value in given.items()
        if value is not None
    ]
    if problems:
        raise InputError(problems)


def _beside(path: Path | None) -> Mapping[str, Any]:
    from osteocast.errors import InputError
    from osteocast.person.documents import read_document

    if path is None:
        return {}
    document = read_document(path)
    if document.problems:
        raise InputError(document.problems, document.name)
    return document.content


def _import_table(file: Path, output: Path, day: date | None) -> None:
    from datetime import date

    import yaml

    from osteocast.errors import InputError, Problem
    from osteocast.interop.events_table import read_events
    from osteocast.person import load_case

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            [Problem("FILE", str(file), "a readable CSV in UTF-8", f"choose another file ({error})")]
        ) from None
    texts = {
        f"{name}.yaml": yaml.safe_dump(document, sort_keys=False)
        for name, document in read_events(text, as_of=day or date.today()).items()
    }
    problems = []
    for name, made in texts.items():
        try:
            load_case(made)
        except InputError as error:
            problems += [
                Problem(f"{name}: {one.field}", one.value, one.expected, one.remedy) for one in error.problems
            ]
    if problems:
        raise InputError(problems)
    _write(texts, output)


def _write(texts: Mapping[str, str], output: Path) -> None:
    """Write the case files, all of them or none."""
    from osteocast.errors import InputError, Problem
    from osteocast.report.writing import make_folder, write_text

    expected = "a name that is free"
    problems = [
        Problem("--output", str(output / name), expected, "choose another folder; nothing was written")
        for name in texts
        if (output / name).exists()
    ]
    if problems:
        raise InputError(problems)
    make_folder(output)
    for name, made in texts.items():
        write_text(output / name, made)
    say(f"Written: {len(texts)} case file{'s' if len(texts) != 1 else ''} in {output}")
