"""``osteocast users``: those who share a store."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from osteocast.cli.output import print_json, say
from osteocast.cli.store import opened, plain, print_table, shown_time

if TYPE_CHECKING:
    from osteocast.store import User

__all__ = ["app"]

app = typer.Typer(help="Look after those who share a store.", no_args_is_help=True, rich_markup_mode=None)

_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
_Name = Annotated[str, typer.Argument(help="Name of the user.", metavar="NAME", show_default=False)]
_Role = Literal["admin", "clinician", "viewer"]


@app.command("list")
def list_users(as_json: _AsJson = False) -> None:
    """List the users.

    Examples
    --------
        osteocast users list
    """
    from osteocast import store

    with opened() as (db, me):
        found = store.list_users(db, me)
    if as_json:
        print_json([plain(asdict(each)) for each in found])
        return
    rows = [
        [each.name, each.role, "disabled" if each.disabled else "", shown_time(each.created_at)]
        for each in found
    ]
    print_table(("name", "role", "", "since"), rows)


@app.command("add")
def add(
    name: _Name,
    role: Annotated[_Role, typer.Option(help="What the user may do.")] = "clinician",
    as_json: _AsJson = False,
) -> None:
    """Add a user. The password is asked for, or read from standard input.

    Examples
    --------
        osteocast users add anna --role clinician
    """
    from osteocast import store

    with opened() as (db, me):
        made = store.add_user(db, me, name, role, _password())
    _tell_user(made, as_json=as_json)


@app.command("password")
def password(name: _Name, as_json: _AsJson = False) -> None:
    """Give a user another password; their sessions end. It is asked for, or read from standard input.

    Examples
    --------
        osteocast users password anna
    """
    from osteocast import store

    with opened() as (db, me):
        made = store.set_password(db, me, name, _password())
    _tell_user(made, as_json=as_json)


@app.command("role")
def role(
    name: _Name,
    role: Annotated[_Role, typer.Argument(help="What the user may do.", show_default=False)],
    as_json: _AsJson = False,
) -> None:
    """Give a user another role.

    Examples
    --------
        osteocast users role anna viewer
    """
    from osteocast import store

    with opened() as (db, me):
        made = store.set_role(db, me, name, role)
    _tell_user(made, as_json=as_json)


@app.command("disable")
def disable(
    name: _Name,
    undo: Annotated[bool, typer.Option("--undo", help="Let the user in again.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Shut a user out, at once. Their cases stay.

    Examples
    --------
        osteocast users disable anna
    """
    from osteocast import store

    with opened() as (db, me):
        made = (store.enable_user if undo else store.disable_user)(db, me, name)
    _tell_user(made, as_json=as_json)


def _password() -> str:
    """Ask for a password twice; without a terminal, read one line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked


def _tell_user(user: User, *, as_json: bool) -> None:
    if as_json:
        print_json(plain(asdict(user)))
    else:
        say(f"{user.name}: {user.role}{', disabled' if user.disabled else ''}")
