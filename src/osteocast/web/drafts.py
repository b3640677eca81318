"""Cases that are being looked at: kept under a key, for the one who brought them.

Each change makes a new draft, so that the browser's back button undoes it. The key follows from the content
and its owner, so that the same case has the same address and a computation is found again. It cannot be
guessed. Memory answers; the store keeps them for the time after a restart.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from osteocast.person import Case, load_case
from osteocast.person.portable import document_text

if TYPE_CHECKING:
    from osteocast.web.shelf import Shelf

__all__ = ["Draft", "Drafts", "canonical"]

_KEY_CHARACTERS = 26
# After so long it is noted in the store that a draft is still looked at.
_DAY_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Draft:
    """A case as it stands, read or not.

    Parameters
    ----------
    document : dict
        As in a case file.
    name : str
        What to call it.
    origins : mapping of str to str
        ``typed`` or ``imported``, by field as the form names it.
    case_id, version : str and int, optional
        The kept case it was opened from.
    key : str
        Under which it is found.
    owner : str
        Who may see it.
    """

    document: dict[str, Any]
    name: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)
    case_id: str | None = None
    version: int | None = None
    key: str = ""
    owner: str = ""

    def case(self) -> Case:
        """Read the case.

        Raises
        ------
        InputError
            With everything that is wrong with it.
        """
        return replace(load_case(canonical(self.document)), name=self.name or None)


def canonical(document: Mapping[str, Any]) -> str:
    """Return a document as text that `osteocast.load_case` reads, the same for the same content."""
    return document_text(document)


class Drafts:
    """Drafts, in memory and in the store; in memory, the one that was not looked at for longest goes first.

    Parameters
    ----------
    secret : callable
        Returns what makes the keys unguessable.
    shelf : Shelf, optional
        Keeps them for the time after a restart.
    most : int
        How many are kept in memory.
    """

    def __init__(self, secret: Callable[[], bytes], shelf: Shelf | None = None, most: int = 512) -> None:
        self._secret = secret
        self._shelf = shelf
        self._most = most
        self._kept: OrderedDict[str, Draft] = OrderedDict()
        self._noted: dict[str, float] = {}
        self._lock = threading.Lock()

    def keep(self, draft: Draft, owner: str, *, lasting: bool = True) -> Draft:
        """Keep a draft for its owner and return it with its key.

        Parameters
        ----------
        draft : Draft
        owner : str
        lasting : bool
            Whether it is to outlive the program.
        """
        about = [owner, draft.name, draft.case_id, draft.version, sorted(draft.origins.items())]
        content = json.dumps(about) + canonical(draft.document)
        digest = hmac.new(self._secret(), content.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        key = base64.b32encode(digest).decode("ascii").lower()[:_KEY_CHARACTERS]
        made = replace(draft, key=key, owner=owner)
        self._remember(made)
        if lasting:
            self._noted.setdefault(key, -math.inf)
            self._note(made)
        return made

    def find(self, key: str, owner: str) -> Draft | None:
        """Return a draft of its owner; None if there is none, or it is somebody else's.

        Raises
        ------
        Unavailable
            If it is not in memory, and the store does not answer.
        """
        with self._lock:
            draft = self._kept.get(key)
            if draft is not None and draft.owner == owner:
                self._kept.move_to_end(key)
        if draft is not None:
            if draft.owner != owner:
                return None
            if key in self._noted:
                self._note(draft)
            return draft
        text = self._shelf.find(key, owner) if self._shelf is not None else None
        if text is None:
            return None
        found = _read(text, key, owner)
        self._remember(found)
        self._noted.setdefault(key, -math.inf)
        self._note(found)
        return found

    def lasts(self, key: str) -> bool:
        """Whether a draft in memory is kept for the time after a restart."""
        return key in self._noted

    def forget(self, case_id: str) -> None:
        """Drop the drafts of a case that was deleted for good; the store has dropped its own."""
        with self._lock:
            for key in [key for key, draft in self._kept.items() if draft.case_id == case_id]:
                del self._kept[key]
                self._noted.pop(key, None)

    def _remember(self, draft: Draft) -> None:
        with self._lock:
            self._kept[draft.key] = draft
            self._kept.move_to_end(draft.key)
            while len(self._kept) > self._most:
                gone, _ = self._kept.popitem(last=False)
                self._noted.pop(gone, None)

    def _note(self, draft: Draft) -> None:
        """Keep a draft in the store, unless that was done within the last day."""
        noted, now = self._noted.get(draft.key, -math.inf), time.monotonic()
        if self._shelf is None or now - noted < _DAY_SECONDS:
            return
        if self._shelf.keep(draft.key, draft.owner, _written(draft), draft.case_id):
            self._noted[draft.key] = now


def _written(draft: Draft) -> str:
    about = {
        "name": draft.name,
        "origins": dict(draft.origins),
        "case_id": draft.case_id,
        "version": draft.version,
    }
    return f'{{"about": {json.dumps(about)}, "document": {canonical(draft.document)}}}'


def _read(text: str, key: str, owner: str) -> Draft:
    content = json.loads(text)
    return Draft(content["document"], **content["about"], key=key, owner=owner)
