"""``osteocast cases``: what the store keeps.

Whoever can open the database is its built-in user here, whom no password guards; see ``docs/cases.md``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from osteocast.cli.output import console, print_json, say

if TYPE_CHECKING:
    from osteocast.store import Store, User, Version

__all__ = ["app", "opened", "plain", "print_table", "shown_time"]

app = typer.Typer(help="Keep cases with every version.", no_args_is_help=True, rich_markup_mode=None)

_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
_CaseId = Annotated[
    str, typer.Argument(help="Id of a case, or the beginning of it.", metavar="CASE", show_default=False)
]
_Number = Annotated[
    int | None, typer.Option("--version", help="Which version; the latest by default.", show_default=False)
]
_Title = Annotated[str | None, typer.Option(help="What lists show.", show_default=False)]
_Name = Annotated[str, typer.Argument(help="Name of the user.", metavar="NAME", show_default=False)]


@contextlib.contextmanager
def opened() -> Iterator[tuple[Store, User]]:
    """Open the store as its built-in user."""
    from osteocast.store import local_user, open_store

    with open_store() as store:
        yield store, local_user(store)


@app.command("list")
def list_cases(
    search: Annotated[str, typer.Argument(help="Only cases with this in their title.")] = "",
    archived: Annotated[bool, typer.Option("--archived", help="The archived ones instead.")] = False,
    page: Annotated[int, typer.Option(help="Fifty cases make a page.", min=1)] = 1,
    as_json: _AsJson = False,
) -> None:
    """List the cases, the latest change first.

    Examples
    --------
        osteocast cases list

        osteocast cases list "ward 7" --json
    """
    from osteocast import store

    with opened() as (db, me):
        found = store.list_cases(db, me, search=search, page=page, archived=archived)
    if as_json:
        print_json(plain(asdict(found)))
        return
    rows = [
        [each.id, each.title, _numbered(each.version, each.draft), shown_time(each.changed_at), each.owner]
        for each in found.cases
    ]
    print_table(("id", "title", "version", "changed", "owner"), rows)
    say(
        f"{found.total} case{'' if found.total == 1 else 's'}"
        + (f", page {found.page} of {found.pages}" if found.pages > 1 else "")
    )


@app.command("save")
def save(
    file: Annotated[
        Path, typer.Argument(help="Case file (YAML or JSON).", metavar="FILE", show_default=False)
    ],
    case: Annotated[
        str | None, typer.Option(help="Save it as the next version of this case.", show_default=False)
    ] = None,
    on: Annotated[
        int | None,
        typer.Option(help="The version that was changed; the latest by default.", show_default=False),
    ] = None,
    title: _Title = None,
    note: Annotated[str, typer.Option(help="What changed, or why.", show_default=False)] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Save it even if it is not complete.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Save a case file: as a new case, or as the next version of one.

    Examples
    --------
        osteocast cases save my-case.yaml --title "Ward 7"

        osteocast cases save my-case.yaml --case q3k9 --on 2 --note "second scan"
    """
    from osteocast import store

    with opened() as (db, me):
        if case is None:
            made = store.create_case(db, me, file, title=title or file.stem, note=note, draft=draft)
        else:
            found = store.find_case(db, me, case)
            before = found.version if on is None else on
            made = store.save_case(
                db, me, found.id, file, expected=before, title=title, note=note, draft=draft
            )
    _tell(made, as_json=as_json)


@app.command("show")
def show(case: _CaseId, version: _Number = None, as_json: _AsJson = False) -> None:
    """Print a case as a case file.

    Examples
    --------
        osteocast cases show q3k9 > my-case.yaml

        osteocast cases show q3k9 --version 1 --json
    """
    import yaml

    from osteocast import store

    with opened() as (db, me):
        found = store.get_case(db, me, store.find_case(db, me, case).id, version)
    if as_json:
        print_json(_brief(found) | {"content": found.content})
        return
    by = f"{found.saved_by}, {shown_time(found.saved_at)}"
    say(f"{found.title}, version {found.number} of {found.case_id}, saved by {by}")
    typer.echo(yaml.safe_dump(found.content, sort_keys=False, allow_unicode=True, width=110), nl=False)


@app.command("versions")
def versions(case: _CaseId, as_json: _AsJson = False) -> None:
    """List the versions of a case, the newest first.

    Examples
    --------
        osteocast cases versions q3k9
    """
    from osteocast import store

    with opened() as (db, me):
        found = store.list_versions(db, me, store.find_case(db, me, case).id)
    if as_json:
        print_json([plain(asdict(each)) for each in found])
        return
    rows = [
        [
            _numbered(each.number, each.draft),
            shown_time(each.saved_at),
            each.saved_by,
            each.title,
            each.note,
            str(each.made_with.get("version", "")),
        ]
        for each in found
    ]
    print_table(("version", "saved", "by", "title", "note", "osteocast"), rows)


@app.command("duplicate")
def duplicate(case: _CaseId, version: _Number = None, title: _Title = None, as_json: _AsJson = False) -> None:
    """Copy a case into a new one.

    Examples
    --------
        osteocast cases duplicate q3k9 --title "What if she had started earlier"
    """
    from osteocast import store

    with opened() as (db, me):
        found = store.find_case(db, me, case)
        made = store.duplicate_case(db, me, found.id, version=version, title=title)
    _tell(made, as_json=as_json)


@app.command("export")
def export(
    case: _CaseId,
    output: Annotated[
        Path | None, typer.Option(help="Write to this file.", show_default=False, metavar="FILE")
    ] = None,
    version: _Number = None,
) -> None:
    """Write a case as one JSON file that reproduces every number.

    Examples
    --------
        osteocast cases export q3k9 --output ward-7.json

        osteocast cases export q3k9 --version 1 | ssh elsewhere osteocast cases import /dev/stdin
    """
    from osteocast import store

    with opened() as (db, me):
        text = store.export_case(db, me, store.find_case(db, me, case).id, version)
    if output is None:
        typer.echo(text, nl=False)
        return
    _write(output, text)
    say(f"Case: {output}")


@app.command("import")
def import_case(
    file: Annotated[
        Path, typer.Argument(help="A file of `osteocast cases export`.", metavar="FILE", show_default=False)
    ],
    title: _Title = None,
    as_json: _AsJson = False,
) -> None:
    """Save an exported case as a new one, and say what made it that differs here.

    Examples
    --------
        osteocast cases import ward-7.json
    """
    from osteocast import store

    with opened() as (db, me):
        made = store.import_case(db, me, file, title=title)
    if as_json:
        print_json(_brief(made.version) | {"differences": list(made.differences)})
        return
    _tell(made.version, as_json=False)
    for difference in made.differences:
        say(f"  differs: {difference}")
    if made.differences:
        say("Its numbers may come out differently here.")


@app.command("delete")
def delete(
    case: _CaseId,
    for_good: Annotated[
        bool, typer.Option("--for-good", help="Delete it with all its versions, instead of archiving it.")
    ] = False,
    restore: Annotated[bool, typer.Option("--restore", help="Put an archived case back instead.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before deleting for good.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Archive a case, or delete it for good. The audit trail keeps that there was one.

    Examples
    --------
        osteocast cases delete q3k9

        osteocast cases delete q3k9 --restore

        osteocast cases delete q3k9 --for-good
    """
    from osteocast import store
    from osteocast.errors import InputError, Problem

    if for_good and restore:
        problem = Problem("--restore", "with --for-good", "one of the two", "leave one out")
        raise InputError([problem])
    with opened() as (db, me):
        found = store.find_case(db, me, case)
        if for_good and not yes:
            question = f"Delete {found.title!r} ({found.id}) with {found.version} versions for good?"
            typer.confirm(question, abort=True, err=True)
        if restore:
            store.restore_case(db, me, found.id)
        else:
            store.archive_case(db, me, found.id)
        if for_good:
            store.delete_case(db, me, found.id)
    done = "deleted" if for_good else "restored" if restore else "archived"
    if as_json:
        print_json({"case": found.id, "done": done})
    else:
        say(f"{found.title} ({found.id}): {done}")


@app.command("share")
def share(
    case: _CaseId,
    name: _Name,
    access: Annotated[
        Literal["read", "write", "none"], typer.Option(help="What for; none takes it back.")
    ] = "read",
    as_json: _AsJson = False,
) -> None:
    """Share a case with a user.

    Examples
    --------
        osteocast cases share q3k9 anna --access write
    """
    from osteocast import store

    with opened() as (db, me):
        found = store.find_case(db, me, case)
        if access == "none":
            shares = store.unshare_case(db, me, found.id, name)
        else:
            shares = store.share_case(db, me, found.id, name, access)
    if as_json:
        print_json([plain(asdict(each)) for each in shares])
        return
    print_table(
        ("user", "access", "since"), [[each.name, each.access, shown_time(each.at)] for each in shares]
    )


@app.command("verify")
def verify(
    head: Annotated[
        str | None, typer.Option(help="A hash that was printed earlier.", show_default=False)
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Recompute the audit trail and hold every version against it; ends with 1 if something is wrong.

    Examples
    --------
        osteocast cases verify
    """
    from osteocast import store

    with opened() as (db, _):
        report = store.verify_audit(db, expected=head)
    if as_json:
        print_json({**asdict(report), "intact": report.intact})
    elif report.intact:
        typer.echo(f"{report.entries} entries, nothing missing or changed; the last one is {report.head}")
    else:
        typer.echo(f"{report.entries} entries, {len(report.faults)} faults")
        for fault in report.faults:
            typer.echo(f"  {fault}")
    if not report.intact:
        raise typer.Exit(1)


def _write(file: Path, text: str) -> None:
    from osteocast.errors import InputError, Problem
    from osteocast.report.writing import write_text

    try:
        write_text(file, text)
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = f"choose another file ({reason}); nothing was written"
        raise InputError([Problem("--output", str(file), "a file that can be written", remedy)]) from error


def _tell(made: Version, *, as_json: bool) -> None:
    if as_json:
        print_json(_brief(made))
    else:
        say(f"{made.title}: version {_numbered(made.number, made.draft)}")
        typer.echo(made.case_id)


def _numbered(version: int, draft: bool) -> str:
    return f"{version} (draft)" if draft else str(version)


def _brief(version: Version) -> dict[str, Any]:
    content: dict[str, Any] = plain({**asdict(version)})
    del content["text"]
    return content


def plain(content: Any) -> Any:
    """Turn times into texts, all the way down."""
    if isinstance(content, dict):
        return {key: plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [plain(value) for value in content]
    return content.isoformat(timespec="seconds") if isinstance(content, datetime) else content


def shown_time(at: datetime) -> str:
    """Return a time as the machine's own clock shows it."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def print_table(names: tuple[str, ...], rows: list[list[str]]) -> None:
    """Print rows of text under their names."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        made.add_column(name, no_wrap=name == "id")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    console().print(made)
