"""The commands, put together, and what becomes of errors."""

from __future__ import annotations

import atexit
import gc
import inspect
import sys
from collections.abc import Callable, Collection
from typing import Annotated, Any

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

_COMMANDS: dict[str, Callable[..., Any]] = {
    "forecast": forecasting.forecast,
    "verdict": verdict.verdict,
    "plan": planning.plan,
    "titrate": titration.titrate,
    "report": report.report,
    "safety": guidance.safety,
    "guidelines": guidance.guidelines,
    "surveillance": guidance.surveillance,
    "validate": trials.validate,
    "trial": virtual_trials.trial,
    "replicates": virtual_trials.replicates,
    "policy": virtual_trials.policy,
    "claims": claims.claims,
    "serve": serve.serve,
    "cite": evidence.cite,
    "export": export.export,
    "import": importing.import_,
    "parameters": system.parameters,
    "drugs": system.drugs,
    "doctor": system.doctor,
}
_GROUPS = {
    "cohort": cohort.app,
    "evidence": evidence.app,
    "lifestyle": lifestyle.app,
    "cases": store.app,
    "users": users.app,
}
_NAMES = (*_COMMANDS, *_GROUPS)
#: How the examples of a docstring are headed.
_EXAMPLES = "Examples\n--------\n"
# Objects more, before garbage is looked for: more than a forecast makes, few enough not to be missed.
_SELDOM = 200_000
#: Commands that garbage is looked for in: one that runs for weeks, and those of DuckDB, which takes what is
#: left at the end for a leak and tells of each object.
_TIDY = ("serve", "cohort")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"osteocast {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Hold the options of the command as a whole; its help is that of the app."""


def _of(names: Collection[str]) -> typer.Typer:
    """Put some of the commands together."""
    made = typer.Typer(
        name="osteocast",
        help=_HELP,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_root)
    for name, command in _COMMANDS.items():
        if name in names:
            made.command(name)(command)
    for name, group in _GROUPS.items():
        if name in names:
            made.add_typer(group, name=name)
    groups = [one.typer_instance for one in made.registered_groups]
    inside = [one for group in groups if group for one in group.registered_commands]
    for info in (*made.registered_commands, *inside):
        info.help = _help_of(info.callback)
    return made


def _help_of(command: Callable[..., Any] | None) -> str:
    """Return what a command says of itself, its examples as they stand: one a line, none of them broken."""
    text, _, examples = (inspect.getdoc(command) or "").partition(_EXAMPLES)
    lines = [line for line in examples.splitlines() if line.strip()]
    return f"{text}Examples:\n\n\b\n" + "\n".join(lines) if lines else text


app = _of(_NAMES)


def main() -> None:
    """Run the command line; an error that osteocast can explain becomes a message and an exit code."""
    as_json = "--json" in sys.argv
    called = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] in _NAMES else None
    if called not in _TIDY:
        _leave_garbage()
    try:
        # Typer describes every command that it knows before it looks for the one that was called.
        (_of([called]) if called else app)()
    except OsteocastError as error:
        sys.exit(fail(error, as_json=as_json))


def _leave_garbage() -> None:
    """Look for garbage seldom, and not at the end: what a command makes lives about as long as it does."""
    gc.set_threshold(_SELDOM)
    atexit.register(gc.freeze)
