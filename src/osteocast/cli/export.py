"""``osteocast export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from osteocast.cli.output import say

if TYPE_CHECKING:
    from osteocast.interop.sbml import Scenario

__all__ = ["export"]


def export(
    file: Annotated[Path, typer.Argument(help="File to write.", metavar="FILE", show_default=False)],
    format: Annotated[Literal["sbml"], typer.Option(help="SBML Level 3, for other simulators.")] = "sbml",
    case: Annotated[
        Path | None, typer.Option(help="Set up the model for the person of this case.", show_default=False)
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option(help="Under this plan of the case; the first by default.", show_default=False),
    ] = None,
    years: Annotated[
        float | None,
        typer.Option(help="Events up to this many years; the case's horizon by default.", min=0.5, max=30),
    ] = None,
) -> None:
    """Write the model for other simulators, with a person's life and plan as events if a case is given.

    Examples
    --------
        osteocast export bone.xml --format sbml

        osteocast export bone.xml --case my-case.yaml --plan zoledronate
    """
    from osteocast.errors import InputError, Problem

    if plan is not None and case is None:
        raise InputError([Problem("--plan", plan, "a case to take the plan from", "add --case FILE")])
    if not file.parent.is_dir():
        raise InputError(
            [Problem("FILE", str(file), "a file in a folder that exists", "make the folder first")]
        )
    from osteocast.interop import sbml

    sbml.write(file, None if case is None else _scenario(case, plan, years))
    say(f"Written: {file}")


def _scenario(path: Path, plan: str | None, years: float | None) -> Scenario:
    """Return the life of a case's person under one plan."""
    from osteocast.forecast import scenario
    from osteocast.interop.sbml import Scenario
    from osteocast.person import load_case

    return Scenario(*scenario(load_case(path), plan, years))
