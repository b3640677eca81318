"""Addresses that somebody else wrote: in a header, or in a query."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

__all__ = ["parts_of"]


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address; of one that is none, empty parts.

    Examples
    --------
    >>> parts_of("http://localhost:8750/new").netloc
    'localhost:8750'
    >>> parts_of("http://[").netloc
    ''
    """
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
