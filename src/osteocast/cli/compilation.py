"""The engine is compiled on first use: say so, because it takes a while and happens only once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from osteocast.cli.output import say

__all__ = ["announced", "is_compiled"]

# What an engine that is compiled already never needs.
_PATIENCE_SECONDS = 4.0


def is_compiled() -> bool:
    """Whether this machine holds the compiled engine, for this version of the equations."""
    from osteocast.engine import compiled

    return compiled.is_kept()


@contextmanager
def announced() -> Iterator[None]:
    """Tell the person at the terminal when a computation waits for the compiler."""

    def tell() -> None:
        if not is_compiled():
            say("Compiling the engine: about 20 seconds, once for each version.")

    timer = threading.Timer(_PATIENCE_SECONDS, tell)
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
