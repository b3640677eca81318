"""A case as one JSON file: everything that reproduces its numbers, and a checksum.

Beside the document stand the versions of osteocast, engine, parameters, evidence and seeds. The reader says
which of them differ here; with the same ones, the same numbers come out to the last digit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from osteocast.errors import InputError, Problem
from osteocast.store import audit
from osteocast.store.accepting import (
    accepted,
    as_text,
    check_words,
    read_text_or_file,
    running_versions,
)
from osteocast.store.cases import create_from_file
from osteocast.store.finding import version_row
from osteocast.store.opening import Store
from osteocast.store.people import User, acting
from osteocast.store.records import Version, version_of
from osteocast.store.relations import related

__all__ = [
    "CaseFile",
    "Imported",
    "export_case",
    "file_name",
    "import_case",
    "read_case_file",
    "write_case_file",
]

# Somebody else may have written the file.
_LONGEST_VERSION = 40
_WORDS = {
    "version": "osteocast",
    "engine": "the engine",
    "parameters": "the parameters",
    "evidence": "the evidence",
    "seeds": "the seeds of virtual people",
    "calibrated": "whether the parameters are fitted",
}


@dataclass(frozen=True)
class CaseFile:
    """What a case file as JSON holds.

    Parameters
    ----------
    title : str
    text : str
        The document, as JSON.
    draft : bool
        Whether the document need not be complete.
    made_with : mapping
        Versions of what made it.
    differences : tuple of str
        What of it differs here, in words; empty if its numbers come out the same to the last digit.
    """

    title: str
    text: str
    draft: bool
    made_with: Mapping[str, Any]
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """A case that was imported.

    Parameters
    ----------
    version : Version
    differences : tuple of str
        What differs here from what the file was made with, in words.
    """

    version: Version
    differences: tuple[str, ...]


def write_case_file(
    document: str | Path | Mapping[str, Any],
    *,
    title: str,
    draft: bool = False,
    made_with: Mapping[str, Any] | None = None,
    saved: tuple[str, int, datetime] | None = None,
) -> str:
    """Return the text of a case file as JSON.

    Parameters
    ----------
    document : str, Path or mapping
        The text of a case file, the path of one, or its fields.
    title : str
    draft : bool
        Whether the document need not be complete.
    made_with : mapping, optional
        The versions that run here if left out.
    saved : (str, int, datetime), optional
        Id, version and time of a case that was saved.

    Raises
    ------
    InputError
        With everything that is wrong with the document.
    """
    from osteocast.person.documents import MAXIMUM_BYTES, parse_document
    from osteocast.person.portable import FORMAT, checksum, document_text

    held = {
        "format": FORMAT,
        "title": check_words(title),
        "draft": draft,
        "made_with": dict(running_versions() if made_with is None else made_with),
        "case": parse_document(accepted(document, draft=draft)).content,
    }
    if saved is not None:
        case_id, number, at = saved
        held["saved"] = {"case": case_id, "version": number, "at": at.isoformat(timespec="seconds")}
    held["checksum"] = checksum(held)
    text = document_text(held, indent=1) + "\n"
    # A very long case is written on one line, so that what could be saved can also be read back.
    return text if len(text.encode()) <= MAXIMUM_BYTES else document_text(held) + "\n"


def export_case(store: Store, by: User, case_id: str, version: int | None = None) -> str:
    """Return a version of a case as the text of a case file. The audit trail notes it.

    Parameters
    ----------
    store : Store
    by : User
    case_id : str
    version : int, optional
        The latest if left out.

    Raises
    ------
    NotFound, NotAllowed, Unavailable
    """
    with store.writing() as session:
        me = acting(session, by)
        case, _ = related(session, me, case_id, "export")
        found = version_of(version_row(session, case, version))
        audit.append(
            session, store.now(), me.name, "case exported", case_id=found.case_id, version=found.number
        )
    return write_case_file(
        found.text,
        title=found.title,
        draft=found.draft,
        made_with=found.made_with,
        saved=(found.case_id, found.number, found.saved_at),
    )


def file_name(version: Version) -> str:
    """Return what a file with this version may be called.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> file_name(Version("q3k9", 2, "Ward 7: Mrs A.", False, "", "local", datetime.now(UTC), {}, "{}"))
    'ward-7-mrs-a-v2.json'
    """
    words = re.sub(r"[^a-z0-9]+", "-", version.title.casefold()).strip("-")[:60].rstrip("-")
    return f"{words or version.case_id}-v{version.number}.json"


def read_case_file(source: str | Path) -> CaseFile:
    """Read a case file as JSON.

    Parameters
    ----------
    source : str or Path
        The text itself, or the path of a file.

    Raises
    ------
    InputError
        If it is none, or not what was written, or holds no case that can be read.
    """
    from osteocast.person import load_case
    from osteocast.person.portable import FORMAT, document_text, is_portable, unwrapped

    document = read_text_or_file(source)
    content = document.content
    if not is_portable(content):
        expected = f"a case file written by osteocast, with format {FORMAT}"
        given = content.get("format", Problem.ABSENT)
        problem = Problem("format", given, expected, "save an ordinary case file with `osteocast cases save`")
        raise InputError([problem], document.name)
    case = unwrapped(document)
    draft = content.get("draft") is True
    text = document_text(case.content)
    if not draft:
        load_case(as_text(text))
    made = content.get("made_with")
    versions = made if isinstance(made, dict) else {}
    return CaseFile(
        str(content.get("title") or "Untitled"), text, draft, versions, tuple(_differences(versions))
    )


def import_case(store: Store, by: User, source: str | Path, *, title: str | None = None) -> Imported:
    """Save what a case file as JSON holds as a new case.

    Parameters
    ----------
    store : Store
    by : User
        Who will own it.
    source : str or Path
        The text itself, or the path of a file.
    title : str, optional
        That of the file if left out.

    Returns
    -------
    Imported

    Raises
    ------
    InputError
        If it is none, or not what was written, or holds no case that can be read.
    NotAllowed, Unavailable
    """
    read = read_case_file(source)
    made = create_from_file(store, by, read.text, title=title or read.title, draft=read.draft)
    return Imported(made, read.differences)


def _differences(versions: Mapping[str, Any]) -> list[str]:
    here = running_versions()
    told = []
    for key in sorted(here, key=list(_WORDS).index):
        if versions.get(key) != here[key]:
            there = str(versions.get(key, "not said"))[:_LONGEST_VERSION]
            told.append(f"{_WORDS[key]}: {there} when the file was written, {here[key]} here")
    return told
