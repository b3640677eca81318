"""Pages that were made before: kept for all who may see the same, filled in for each who does.

A page is made for a stand-in of the visitor, who has nothing but what the page is kept under, and a session
of its own. So nothing of one visitor can stand on a page that another one gets; the token of the forms is
the only word that is filled in.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

from osteocast.web.packing import Packed, pack

if TYPE_CHECKING:
    from osteocast.web.visitors import Visitor

__all__ = ["HTML", "Pages", "remembered", "sent"]

HTML = "text/html"

_MOST_BYTES = 64_000_000
_OK = 200


class Pages:
    """Pages, the newest and the most asked for of them.

    Parameters
    ----------
    most : int
        Bytes in all; the page that was not asked for for longest goes first.
    """

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Hashable, Packed] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size

    def find(self, key: Hashable) -> Packed | None:
        """Return a page if it is kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, page: Packed) -> None:
        """Keep a page, and drop others if there is no room for it."""
        size = page.size  # compresses it, for which nobody else has to wait
        with self._lock:
            replaced = self._kept.pop(key, None)
            self._size += size - (0 if replaced is None else replaced.size)
            self._kept[key] = page
            while self._size > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._size -= dropped.size


def remembered(
    visitor: Visitor, about: tuple[Hashable, ...], make: Callable[[Visitor], Response]
) -> Response:
    """Return a page, made or kept.

    Parameters
    ----------
    visitor : Visitor
    about : tuple
        What stands for everything that the page depends on besides the visitor: the key of a draft, which
        follows from its owner and all its content, and what else was asked for.
    make : callable
        From a visitor to the page; what is no page, or tells of an error, is made anew each time.
    """
    pages, metrics = visitor.service.pages, visitor.service.metrics
    anybody = visitor.stand_in()
    # A case without any date is seen from today.
    key = (date.today(), visitor.owner, *about, *anybody.shown)
    page = pages.find(key)
    metrics.event("pages", outcome="made" if page is None else "kept")
    status = _OK
    if page is None:
        made = make(anybody)
        if not isinstance(made, HTMLResponse):
            visitor.remember(made)
            return made
        status = made.status_code
        page = pack(bytes(made.body), anybody.token.encode())
        if status == _OK:
            pages.keep(key, page)
    response = sent(page, visitor, HTML, status=status, word=visitor.token.encode())
    visitor.remember(response)
    return response


def sent(
    text: Packed,
    visitor: Visitor,
    media_type: str,
    *,
    status: int = _OK,
    word: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a packed text as an answer, compressed for whoever takes it so.

    Parameters
    ----------
    text : Packed
    visitor : Visitor
    media_type : str
    status : int
    word : bytes
        What the visitor has for themselves in it.
    headers : mapping of str to str, optional
    """
    told = dict(headers or {})
    if not visitor.packs:
        return Response(text.plain(word), status, told, media_type)
    told |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(text.gzipped(word), status, told, media_type)
