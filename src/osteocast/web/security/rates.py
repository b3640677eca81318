"""How often one address may ask for what costs something."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from osteocast.errors import OsteocastError

__all__ = ["Rates", "TooOften"]

_SECONDS = 60.0
_MOST_ADDRESSES = 10_000


class TooOften(OsteocastError):
    """One address asked more often than it may.

    Attributes
    ----------
    retry_after : int
        Seconds after which to ask again.
    """

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"asked too often: try again in {retry_after} seconds")


class Rates:
    """A bucket for each address that refills with time.

    Parameters
    ----------
    per_minute : int
        How many in a minute, and how many at once.
    clock : callable
        Seconds; only differences count.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, address: str) -> None:
        """Count one request of an address.

        Raises
        ------
        TooOften
            If it has asked too often.
        """
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(address, (float(self.per_minute), now))
            left = min(float(self.per_minute), left + (now - since) * self.per_minute / _SECONDS)
            allowed = left >= 1.0
            self._left[address] = (left - 1.0 if allowed else left, now)
            while len(self._left) > _MOST_ADDRESSES:
                self._left.popitem(last=False)
        if not allowed:
            raise TooOften(max(1, round((1.0 - left) * _SECONDS / self.per_minute)))
