"""What may be saved: a document that can be read as a case, a title and a note."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osteocast.errors import InputError, Problem

if TYPE_CHECKING:
    from osteocast.person.documents import Document

__all__ = ["accepted", "as_text", "check_words", "made_with", "read_text_or_file", "running_versions"]

_LONGEST_TITLE, _LONGEST_NOTE = 200, 2000
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def accepted(source: str | Path | Mapping[str, Any], *, draft: bool = False) -> str:
    """Return a document as it is kept: JSON that the reader of cases takes.

    Parameters
    ----------
    source : str, Path or mapping
        The text of a case file, the path of one, or its fields.
    draft : bool
        Whether it need not be complete.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    # Loaded here, because whoever only lists cases has no need of it.
    from osteocast.person import load_case
    from osteocast.person.documents import Document, parse_document
    from osteocast.person.portable import document_text, unwrapped
    from osteocast.person.reading_courses import earliest_dates

    # What is kept is what the reader found, not how it was typed.
    if isinstance(source, Mapping):
        document = unwrapped(Document(json.loads(document_text(source))))
    else:
        document = unwrapped(read_text_or_file(source))
        if document.problems:
            if not draft:
                load_case(as_text(source))  # which has more to say than the mere document
            raise InputError(document.problems, document.name)
    content = document.content
    text = document_text(content)
    if draft:
        parse_document(text)
        return text
    try:
        case = load_case(as_text(text))
    except InputError as error:
        raise InputError(error.problems, document.name) from None
    options = content.get("options") or {}
    if "as_of" not in options and not list(earliest_dates(content)):
        # Nothing in it has a date, so that it would be seen from another day tomorrow.
        text = document_text({**content, "options": {**options, "as_of": case.as_of.isoformat()}})
    return text


def read_text_or_file(source: str | Path) -> Document:
    """Read a document. A text is never taken for the name of a file: it may come from anybody.

    Raises
    ------
    InputError
    """
    from osteocast.person.documents import parse_document, read_document

    return parse_document(source) if isinstance(source, str) else read_document(source)


def as_text(source: str | Path) -> str | Path:
    """Return a text so that `osteocast.person.load_case` takes it for nothing else: with a line break."""
    return f"{source}\n" if isinstance(source, str) else source


def check_words(title: str, note: str = "") -> str:
    """Return a title without spaces around it.

    Raises
    ------
    InputError
        If title or note cannot be kept.
    """
    problems, shown = [], title.strip()
    if not 1 <= len(shown) <= _LONGEST_TITLE or _CONTROL.search(shown):
        expected = f"one line of at most {_LONGEST_TITLE} characters"
        problems.append(Problem("title", title or Problem.ABSENT, expected, "name the case"))
    if len(note) > _LONGEST_NOTE or _CONTROL.search(re.sub(r"[\n\r\t]", "", note)):
        expected = f"text of at most {_LONGEST_NOTE} characters"
        problems.append(Problem("note", note, expected, "shorten the note"))
    if problems:
        raise InputError(problems)
    return shown


def running_versions() -> dict[str, Any]:
    """Return the versions of what runs here, by name: osteocast, engine, parameters, evidence, seeds."""
    from osteocast.forecast.provenance import provenance

    return asdict(provenance())


@cache
def made_with() -> str:
    """Return the versions of what runs here as text, the same for the same versions."""
    return json.dumps(running_versions(), sort_keys=True)
