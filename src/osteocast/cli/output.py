"""What goes to the terminal: results to stdout, everything else to stderr."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import typer

from osteocast.errors import InputError, NotCovered, OsteocastError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "fail", "print_json", "say"]

_PLAIN_WIDTH = 100


def say(text: str) -> None:
    """Tell the person at the terminal something that is not the result."""
    typer.echo(text, err=True)


def print_json(content: Any) -> None:
    """Print a result for programs."""
    from osteocast.files.json_text import json_text

    typer.echo(json_text(content))


def console() -> Console:
    """Return a console for results: as wide as the terminal, or 100 characters when written to a file."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PLAIN_WIDTH
    return Console(width=width, highlight=False, soft_wrap=False)


def fail(error: OsteocastError, *, as_json: bool) -> int:
    """Tell an error and return its exit code.

    With ``--json`` it is one object on stdout: ``error``, ``message``, and ``problems`` or ``reasons``.
    """
    if as_json:
        content: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
        if isinstance(error, InputError):
            content["problems"] = [problem.as_dict() for problem in error.problems]
        if isinstance(error, NotCovered):
            content["reasons"] = list(error.reasons)
        print_json(content)
    else:
        say(str(error))
    return error.exit_code
