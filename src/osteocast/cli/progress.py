"""How far long work is, shown to a person at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from osteocast.progress import silent

if TYPE_CHECKING:
    from osteocast.progress import Report

__all__ = ["progress_shown"]


@contextmanager
def progress_shown(*, counts: bool = False) -> Iterator[Report]:
    """Give what long work reports to: a bar for a person at a terminal, nothing for a file.

    Parameters
    ----------
    counts : bool
        Whether to show how many of how many, where the steps are things that a person counts; else percent.
    """
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    share = MofNCompleteColumn() if counts else TaskProgressColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), share, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda what, done, total: progress.update(task, description=what, completed=done, total=total)
