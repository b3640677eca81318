"""Cases that are being looked at: kept in memory under a key, for the one who brought them.

Each change makes a new draft, so that the browser's back button undoes it. The key follows from the content
and its owner, so that the same case has the same address and a computation is found again. It cannot be
guessed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from osteocast.person import Case, load_case
from osteocast.person.portable import document_text

__all__ = ["Draft", "Drafts", "canonical"]

_KEY_CHARACTERS = 26


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
    """Drafts in memory; the one that was not looked at for longest goes first.

    Parameters
    ----------
    secret : bytes
        Makes the keys unguessable.
    most : int
        How many are kept.
    """

    def __init__(self, secret: bytes, most: int = 512) -> None:
        self._secret = secret
        self._most = most
        self._kept: OrderedDict[str, Draft] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, draft: Draft, owner: str) -> Draft:
        """Keep a draft for its owner and return it with its key."""
        content = json.dumps(
            [owner, draft.name, draft.case_id, draft.version, sorted(draft.origins.items())]
        ) + canonical(draft.document)
        digest = hmac.new(self._secret, content.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        key = base64.b32encode(digest).decode("ascii").lower()[:_KEY_CHARACTERS]
        made = replace(draft, key=key, owner=owner)
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def find(self, key: str, owner: str) -> Draft | None:
        """Return a draft of its owner; None if there is none, or it is somebody else's."""
        with self._lock:
            draft = self._kept.get(key)
            if draft is None or draft.owner != owner:
                return None
            self._kept.move_to_end(key)
            return draft
