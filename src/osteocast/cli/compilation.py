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
    from osteocast.engine import rodas

    # Numba tells only those who look behind its doors; if they move, nothing worse happens than a wrong word.
    index = getattr(getattr(rodas.integrate, "_cache", None), "_cache_file", None)
    load = getattr(index, "_load_index", dict)
    return bool(load())


def _load() -> None:
    """Load the compiled engine, without the linear algebra of SciPy that Numba would load with it.

    Numba asks for SciPy's BLAS in case compiled code multiplies matrices; the engine does not, and the import
    is a third of a second of every command. It is hidden for the moment of loading, in this process only.
    """
    import numpy as np

    from osteocast.simulation import Subject, run

    blas = "scipy.linalg"
    hide = blas not in sys.modules
    if hide:
        sys.modules[blas] = None  # type: ignore[assignment]
    try:
        run([Subject(31.0)], [[]], np.array([0.0]))
    finally:
        if hide:
            del sys.modules[blas]


@contextmanager
def announced() -> Iterator[None]:
    """Tell the person at the terminal when a computation waits for the compiler."""

    def tell() -> None:
        if not is_compiled():
            say("Compiling the engine: about 15 seconds, once for each version.")

    timer = threading.Timer(_PATIENCE_SECONDS, tell)
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        _load()
        yield
    finally:
        timer.cancel()
