"""A case file as JSON: one document, what it was made with, and a checksum over both.

The reader of documents takes JSON as it takes YAML, so that such a file can stand wherever a case file can.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from osteocast.errors import InputError, Problem
from osteocast.person.documents import UNUSABLE, Document

__all__ = ["FORMAT", "checksum", "document_text", "is_portable", "unwrapped"]

FORMAT = "osteocast-case-1"

_KIND = FORMAT.rstrip("0123456789")
# What JSON may leave as it is and YAML reads differently, or not at all: controls, line separators,
# surrogates, and what is no character.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def is_portable(content: Mapping[str, Any]) -> bool:
    """Whether a document is a case file as JSON, of whatever version."""
    return isinstance(content.get("format"), str) and content["format"].startswith(_KIND)


def unwrapped(document: Document) -> Document:
    """Return the case that a case file as JSON holds; any other document as it is.

    Parameters
    ----------
    document : Document

    Raises
    ------
    InputError
        If the file is of another version, or is not what was written.
    """
    content = document.content
    if not is_portable(content):
        return document
    problems = list(document.problems)
    if content["format"] != FORMAT:
        expected = f"{FORMAT}, which is what this version reads"
        problems.append(Problem("format", content["format"], expected, "update osteocast"))
    elif not isinstance(content.get("case"), dict):
        given = content.get("case", Problem.ABSENT)
        problems.append(Problem("case", given, "a mapping of fields", "export the case again"))
    elif not problems and content.get("checksum") != checksum(content):
        problems.append(
            Problem(
                "checksum",
                content.get("checksum", Problem.ABSENT),
                "the checksum of what the file holds",
                "the file was changed or damaged after it was written: export it again, or copy what stands "
                "under `case` into a file of its own, where it may be edited",
            )
        )
    if problems:
        raise InputError(problems, document.name)
    return replace(document, content=content["case"])


def checksum(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a case file as JSON, of everything in it but the checksum itself."""
    rest = {key: value for key, value in content.items() if key != "checksum"}
    return "sha256:" + hashlib.sha256(document_text(rest, sort_keys=True).encode()).hexdigest()


def document_text(content: Mapping[str, Any], *, indent: int | None = None, sort_keys: bool = False) -> str:
    """Write a document as JSON which the reader of documents reads back exactly.

    Parameters
    ----------
    content : mapping
        Mappings, lists, texts, finite numbers, booleans, None and dates.
    indent : int, optional
        Spaces for each level; everything on one line if left out.
    sort_keys : bool
        Whether keys go by the alphabet instead of as they come.

    Raises
    ------
    InputError
        If the content holds something else.

    Examples
    --------
    >>> document_text({"person": {"birth_date": date(1963, 5, 14)}})
    '{"person": {"birth_date": "1963-05-14"}}'
    """
    try:
        text = json.dumps(
            content, ensure_ascii=False, allow_nan=False, indent=indent, sort_keys=sort_keys, default=_plain
        )
    except (TypeError, ValueError, RecursionError) as error:
        expected = "mappings, lists, texts, finite numbers, yes or no, and dates"
        raise InputError([Problem("", str(error), expected, "correct that value")]) from None
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    what = "a value that cannot be read" if value is UNUSABLE else f"a {type(value).__name__}"
    raise TypeError(what)
