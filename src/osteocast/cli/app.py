"""The commands, put together, and what becomes of errors."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from osteocast.cli import (
    claims,
    cohort,
    evidence,
    export,
    forecasting,
    guidance,
    importing,
    lifestyle,
    planning,
    report,
    serve,
    store,
    system,
    titration,
    trials,
    users,
    verdict,
    virtual_trials,
)
from osteocast.cli.output import fail
from osteocast.errors import OsteocastError
from osteocast.version import __version__

__all__ = ["app", "main"]

_HELP = """Forecast what an aromatase inhibitor does to a person's bones, and what would help.

Start with a case file (see examples/):

    osteocast forecast examples/postmenopausal-anastrozole.yaml

Then ask whether lifestyle alone is enough:

    osteocast verdict examples/postmenopausal-anastrozole.yaml

See which plans there are, ranked for a goal:

    osteocast plan examples/postmenopausal-anastrozole.yaml

Before a plan, ask what is unsafe about it, what guidelines say, and what to watch when:

    osteocast safety examples/postmenopausal-anastrozole.yaml

    osteocast guidelines examples/postmenopausal-anastrozole.yaml

    osteocast surveillance examples/postmenopausal-anastrozole.yaml

Take it to a visit, as two pages for the clinician or one for the patient:

    osteocast report examples/postmenopausal-anastrozole.yaml --for patient

And look behind it:

    osteocast validate                 published trials beside their simulation

    osteocast claims                   what popular articles claim, simulated and answered

    osteocast trial z-fast             a trial, published or of your own, run on virtual people

    osteocast policy                   fractures averted and harms done in a population

    osteocast evidence show abcsg-18   every number of a source

    osteocast cite --case my-case.yaml what a forecast rests on

Exit codes: 0 done, 1 failed, 2 something given is wrong, 3 the person is not covered.
"""

app = typer.Typer(
    name="osteocast",
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"osteocast {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Hold the options of the command as a whole; its help is that of the app."""


app.command("forecast")(forecasting.forecast)
app.command("verdict")(verdict.verdict)
app.command("plan")(planning.plan)
app.command("titrate")(titration.titrate)
app.command("report")(report.report)
app.command("safety")(guidance.safety)
app.command("guidelines")(guidance.guidelines)
app.command("surveillance")(guidance.surveillance)
app.command("validate")(trials.validate)
app.command("trial")(virtual_trials.trial)
app.command("replicates")(virtual_trials.replicates)
app.command("policy")(virtual_trials.policy)
app.command("claims")(claims.claims)
app.add_typer(cohort.app)
app.add_typer(evidence.app, name="evidence")
app.add_typer(lifestyle.app, name="lifestyle")
app.add_typer(store.app, name="cases")
app.add_typer(users.app, name="users")
app.command("serve")(serve.serve)
app.command("cite")(evidence.cite)
app.command("export")(export.export)
app.command("import")(importing.import_)
app.command("parameters")(system.parameters)
app.command("drugs")(system.drugs)
app.command("doctor")(system.doctor)


def main() -> None:
    """Run the command line; an error that osteocast can explain becomes a message and an exit code."""
    as_json = "--json" in sys.argv
    try:
        app()
    except OsteocastError as error:
        sys.exit(fail(error, as_json=as_json))
