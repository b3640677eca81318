"""Drafts in the store, so that they outlive the program; as far as the store can be reached."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from osteocast.errors import OsteocastError

if TYPE_CHECKING:
    from osteocast.store import Store

__all__ = ["Shelf"]

_log = logging.getLogger("osteocast.web")
# After a failure the store is left alone for so long: nobody waits for it at every key that is pressed.
_PAUSE_SECONDS = 30.0
_SECRET = "web"  # the name of the secret, which is none


class Shelf:
    """Where drafts lie while nobody looks at them.

    Parameters
    ----------
    store : callable
        Returns the store, or raises.
    """

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._paused_until = 0.0
        self._secret: bytes | None = None
        self._lock = threading.Lock()

    def secret(self) -> bytes:
        """Return what addresses and tokens are made from: that of the store, else one of this program."""
        from osteocast.store import drafts

        with self._lock:
            if self._secret is None:
                try:
                    self._secret = drafts.secret(self._store(), _SECRET)
                except OsteocastError as error:
                    self._pause(error)
                    self._secret = secrets.token_bytes(32)
            return self._secret

    def keep(self, key: str, owner: str, content: str, case_id: str | None) -> bool:
        """Keep a draft; return whether that could be done."""
        from osteocast.store import drafts

        if time.monotonic() < self._paused_until:
            return False
        try:
            drafts.keep_draft(self._store(), key, owner, content, case_id)
        except OsteocastError as error:
            self._pause(error)
            return False
        return True

    def find(self, key: str, owner: str) -> str | None:
        """Return a draft, None if there is none of this owner.

        Raises
        ------
        Unavailable
            If the store does not answer: the draft may be there.
        """
        from osteocast.store import drafts

        return drafts.find_draft(self._store(), key, owner)

    def _pause(self, error: OsteocastError) -> None:
        self._paused_until = time.monotonic() + _PAUSE_SECONDS
        _log.warning("drafts are kept in memory only: %s", error)
