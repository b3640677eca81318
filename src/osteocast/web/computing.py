"""Computations: a few at a time, each once, and remembered for a while.

People who ask for the same case at the same moment wait for one computation. What is asked for beyond the
queue is refused at once, with a time after which to come back, instead of making everybody wait. What
nobody waits for any more can be called off; it ends at its next step and leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

from osteocast.errors import OsteocastError
from osteocast.population.memory import Memory
from osteocast.progress import Report
from osteocast.web.shared import Shared, Steps

if TYPE_CHECKING:
    from osteocast.forecast import Forecast, Verdict
    from osteocast.person import Case
    from osteocast.web.drafts import Draft
    from osteocast.web.settings import Settings

__all__ = ["Busy", "Computations", "content_key"]

Result = TypeVar("Result")
_RETRY_SECONDS = 5


class Busy(OsteocastError):
    """More is being computed than may wait.

    Attributes
    ----------
    retry_after : int
        Seconds after which to ask again.
    """

    def __init__(self, retry_after: int = _RETRY_SECONDS) -> None:
        self.retry_after = retry_after
        super().__init__(f"too much is being computed at once: try again in {retry_after} seconds")


def content_key(text: str) -> str:
    """Return a short name for a text, the same for the same text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Computations:
    """A bounded pool of threads with a memory.

    Parameters
    ----------
    settings : Settings
    most : int
        Results that are remembered; the one that was not asked for for longest goes first.
    """

    def __init__(self, settings: Settings, most: int = 64) -> None:
        self.settings = settings
        #: Plans that were followed: who changes one of them need not wait for the others.
        self.memory = Memory()
        self.hits = 0
        self.misses = 0
        self.refused = 0
        self._most = most
        self.open()
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._running: dict[str, Shared[Any]] = {}
        self._ending: set[Shared[Any]] = set()
        self._lock = threading.Lock()

    @property
    def running(self) -> int:
        """How many are being computed or wait for it; what was called off counts until it has ended."""
        return len(self._running) + len(self._ending)

    def peek(self, key: str) -> Any | None:
        """Return a result if it is remembered."""
        with self._lock:
            if key not in self._kept:
                return None
            self.hits += 1
            self._kept.move_to_end(key)
            return self._kept[key]

    def join(self, key: str, make: Callable[[Report], Result]) -> Shared[Result]:
        """Return a result that may be still to come, shared by all who want it.

        Parameters
        ----------
        key : str
            What stands for everything that the result depends on.
        make : callable
            Computes it, and reports how far it is; called only if it is neither remembered nor on its way.

        Raises
        ------
        Busy
            If too many wait already.
        """
        with self._lock:
            if key in self._kept:
                self.hits += 1
                self._kept.move_to_end(key)
                done: Future[Result] = Future()
                done.set_result(self._kept[key])
                return Shared(key, done)
            if key in self._running:
                self.hits += 1
                self._running[key].waiting += 1
                return cast("Shared[Result]", self._running[key])
            if self.running >= self.settings.workers + self.settings.waiting:
                self.refused += 1
                raise Busy
            self.misses += 1
            steps = Steps()
            shared = Shared(key, self._pool.submit(steps.run, make), steps)
            self._running[key] = shared
        shared.future.add_done_callback(lambda _: self._keep(shared))
        return shared

    def leave(self, shared: Shared[Any]) -> None:
        """Want a result no longer: nobody's computation is not begun, or ends at its next step."""
        with self._lock:
            shared.waiting -= 1
            if shared.waiting > 0 or self._running.get(shared.key) is not shared:
                return
            # Whoever asks for it from now on gets a new one.
            self._ending.add(self._running.pop(shared.key))
            shared.steps.stop()
        shared.future.cancel()

    def start(self, key: str, make: Callable[[], Result]) -> Future[Result]:
        """Return a result that may be still to come, of a computation that is not called off.

        Parameters
        ----------
        key, make
            As in `join`, without a report.

        Raises
        ------
        Busy
            If too many wait already.
        """
        return self.join(key, lambda _: make()).future

    def _keep(self, shared: Shared[Any]) -> None:
        found = shared.future
        with self._lock:
            if self._running.get(shared.key) is shared:
                del self._running[shared.key]
            called_off = shared in self._ending
            self._ending.discard(shared)
            if called_off or found.cancelled() or found.exception() is not None:
                return
            self._kept[shared.key] = found.result()
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def get(self, key: str, make: Callable[[], Result]) -> Result:
        """Return a result, waiting for it.

        Raises
        ------
        Busy
            If too many wait already, or it takes longer than anybody waits for a page.
        """
        return self.wait(key, lambda _: make())

    def wait(self, key: str, make: Callable[[Report], Result]) -> Result:
        """Return the result of long work, as `get` does.

        Raises
        ------
        Busy
        """
        shared = self.join(key, make)
        try:
            return shared.future.result(timeout=self.settings.patience)
        except FutureTimeout:
            # It goes on: who comes again finds it further on, or done.
            raise Busy(_RETRY_SECONDS) from None

    def forecast(self, draft: Draft, draws: int | None = None) -> Forecast:
        """Return the forecast of a draft.

        Raises
        ------
        InputError, NotCovered, EngineError, Busy
        """
        count = self.settings.draws if draws is None else draws
        return self.wait(self.key_of("forecast", draft, count), lambda tell: self.run(draft, count, tell))

    def run(self, draft: Draft, draws: int, report: Report) -> Forecast:
        """Compute the forecast of a draft now; what stays the same as in others is not computed again.

        Raises
        ------
        InputError, NotCovered, EngineError
        """
        from osteocast.forecast import run_forecast

        return run_forecast(_read(draft), draws=draws, report=report, memory=self.memory)

    def verdict(self, draft: Draft, people: int | None = None) -> Verdict:
        """Return the verdict on a draft.

        Raises
        ------
        InputError, NotCovered, EngineError, Busy
        """
        count = self.settings.people if people is None else people
        return self.wait(self.key_of("verdict", draft, count), lambda tell: _verdict(draft, count, tell))

    def key_of(self, kind: str, draft: Draft, count: int) -> str:
        """Return what stands for everything that a result of a draft depends on."""
        from osteocast.forecast import provenance
        from osteocast.web.drafts import canonical

        # A case without any date is seen from today.
        given = f"{date.today()}|{draft.name}|{canonical(draft.document)}"
        return content_key(f"{kind}|{count}|{provenance()}|{given}")

    def open(self) -> None:
        """Be ready to compute, for the first time or again."""
        self._pool = ThreadPoolExecutor(self.settings.workers, thread_name_prefix="compute")

    def close(self) -> None:
        """Call off what runs, wait until it has ended, and start nothing more."""
        with self._lock:
            for shared in self._running.values():
                shared.steps.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _verdict(draft: Draft, people: int, report: Report) -> Verdict:
    from osteocast.forecast import verdict

    return verdict(_read(draft), people=people, report=report)


def _read(draft: Draft) -> Case:
    return draft.case()
