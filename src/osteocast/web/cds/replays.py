"""Tokens that were seen already: one token is good for one call."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable

__all__ = ["Replays"]


class Replays:
    """Remembers tokens until they expire.

    Parameters
    ----------
    clock : callable
        Seconds since the epoch, as tokens count them.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._seen: set[tuple[str, str]] = set()
        self._ends: list[tuple[float, tuple[str, str]]] = []
        self._lock = threading.Lock()

    def is_new(self, issuer: str, token_id: str, until: float) -> bool:
        """Whether a token was not seen before; it counts as seen from now on.

        Parameters
        ----------
        issuer, token_id : str
            Tokens of different issuers may have the same id.
        until : float
            When it is refused for its age, seconds since the epoch.
        """
        key = (issuer, token_id)
        with self._lock:
            while self._ends and self._ends[0][0] < self._clock():
                self._seen.discard(heapq.heappop(self._ends)[1])
            if key in self._seen:
                return False
            self._seen.add(key)
            heapq.heappush(self._ends, (until, key))
            return True

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._ends)
