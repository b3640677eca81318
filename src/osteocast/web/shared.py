"""A computation that several may wait for: how far it is, and an end to it once nobody wants it any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from osteocast.errors import Cancelled
from osteocast.progress import Report

__all__ = ["Shared", "Steps"]

Result = TypeVar("Result")


class Steps:
    """How far a computation is, as it says itself between its units of work."""

    def __init__(self) -> None:
        self.share = 0.0
        self.what = ""
        self.begun: float | None = None
        self._stopped = threading.Event()

    def run(self, make: Callable[[Report], Result]) -> Result:
        """Compute, in the thread of a worker.

        Raises
        ------
        Cancelled
            If it was called off meanwhile.
        """
        self.begun = time.monotonic()
        self._go_on()
        made = make(self._note)
        # What was called off after its last step has no result either.
        self._go_on()
        return made

    def stop(self) -> None:
        """End the computation at its next step."""
        self._stopped.set()

    def _note(self, what: str, done: int, total: int) -> None:
        self._go_on()
        self.what = what
        # A part that turns out to be longer than it was thought does not take back what was shown.
        self.share = max(self.share, done / total if total else 0.0)

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise Cancelled


@dataclass(eq=False)
class Shared(Generic[Result]):
    """A computation that several may wait for.

    Parameters
    ----------
    key : str
        What stands for everything that the result depends on.
    future : Future
    steps : Steps
    waiting : int
        How many wait for it.
    """

    key: str
    future: Future[Result]
    steps: Steps = field(default_factory=Steps)
    waiting: int = 1
