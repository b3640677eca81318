"""``osteocast serve``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteocast.cli.output import say

if TYPE_CHECKING:
    from osteocast.web import Settings

__all__ = ["serve"]


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8750,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser once it is ready.")
    ] = True,
    database: Annotated[
        str | None,
        typer.Option(
            help="URL of the database that keeps cases; a file of your own if left out.", metavar="URL"
        ),
    ] = None,
    multi_user: Annotated[
        bool, typer.Option("--multi-user", help="People log in, and see only what is theirs.")
    ] = False,
    behind_tls: Annotated[
        bool, typer.Option("--behind-tls", help="A proxy in front of it speaks HTTPS.")
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option(help="Host name under which people reach it; repeat for more.", metavar="HOST"),
    ] = None,
    cds: Annotated[
        Path | None,
        typer.Option(
            help="Who may ask for cards in the record (CDS Hooks), from which pages: a settings file.",
            metavar="FILE",
        ),
    ] = None,
    no_cds: Annotated[bool, typer.Option("--no-cds", help="Serve no cards.")] = False,
) -> None:
    """Show forecasts, plans and cases as pages in the browser, and answer programs.

    It listens on this machine only and asks nothing of any other. To let others in, people have to log in,
    and a proxy with HTTPS has to stand in front.

    Examples
    --------
        osteocast serve

        osteocast serve --port 9000 --no-open

        osteocast serve --host 0.0.0.0 --multi-user --behind-tls --name bones.example.org --cds cds.yaml
    """
    from osteocast.web import Settings
    from osteocast.web.cds.settings import CdsSettings, read_cds_settings

    settings = Settings(
        host=host,
        port=port,
        database=database,
        multi_user=multi_user,
        behind_tls=behind_tls,
        names=tuple(name or ()),
        cds=None if no_cds else read_cds_settings(cds) if cds is not None else CdsSettings(),
    )
    _run(settings, open_page)


def _run(settings: Settings, open_page: bool) -> None:
    from osteocast.web import create_app

    app = create_app(settings)
    from osteocast.web.serving import address, run

    say(f"osteocast at {address(settings)}  (Ctrl+C ends it)")
    if settings.cds is not None:
        say(f"cards for records at {address(settings)}cds-services")
    run(app, settings, say=say, open_page=open_page)
