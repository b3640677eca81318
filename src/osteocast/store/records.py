"""What is told about cases: frozen, and independent of the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, cast

from osteocast.store.authorisation import Access, Relation
from osteocast.store.tables import CaseRow, ShareRow, VersionRow

if TYPE_CHECKING:
    from osteocast.person import Case

__all__ = [
    "CasePage",
    "CaseSummary",
    "Share",
    "Version",
    "VersionSummary",
    "share_of",
    "summary_of",
    "version_of",
    "version_summary_of",
]


@dataclass(frozen=True)
class VersionSummary:
    """When a version of a case was saved, and by whom.

    Parameters
    ----------
    case_id : str
    number : int
        From 1.
    title : str
    draft : bool
        Whether it was saved without being read as a case.
    note : str
        What the user wrote about the change.
    saved_by : str
        Name of the user.
    saved_at : datetime
        UTC.
    made_with : mapping
        Versions of osteocast, engine, parameters, evidence and seeds that ran when it was saved.
    """

    case_id: str
    number: int
    title: str
    draft: bool
    note: str
    saved_by: str
    saved_at: datetime
    made_with: Mapping[str, Any]


@dataclass(frozen=True)
class Version(VersionSummary):
    """A version of a case with its document.

    Parameters
    ----------
    text : str
        The document, as JSON, which `osteocast.load_case` reads.
    """

    text: str = field(repr=False)

    @property
    def content(self) -> dict[str, Any]:
        """The fields of the document; a new mapping each time."""
        return cast(dict[str, Any], json.loads(self.text))

    def case(self) -> Case:
        """Read the case.

        Raises
        ------
        InputError
            If it is a draft that is not complete yet.
        """
        from osteocast.person import load_case
        from osteocast.store.accepting import as_text

        return load_case(as_text(self.text))


@dataclass(frozen=True)
class CaseSummary:
    """What a list of cases tells of one.

    Parameters
    ----------
    id : str
    title : str
    owner : str
        Name of the user.
    version : int
        Number of the latest version.
    draft : bool
        Whether that is a draft.
    archived : bool
    access : {"owner", "write", "read"}
        What ties the user who asked to the case.
    created_at, changed_at : datetime
        UTC.
    changed_by : str
        Name of the user who saved the latest version.
    """

    id: str
    title: str
    owner: str
    version: int
    draft: bool
    archived: bool
    access: Literal["owner", "write", "read"]
    created_at: datetime
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class CasePage:
    """One page of a list of cases, the latest change first.

    Parameters
    ----------
    cases : tuple of CaseSummary
    total, page, pages : int
    """

    cases: tuple[CaseSummary, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Share:
    """Somebody with whom a case is shared.

    Parameters
    ----------
    name : str
        Of the user.
    access : {"read", "write"}
    by : str
        Name of the user who shared it.
    at : datetime
        UTC.
    """

    name: str
    access: Access
    by: str
    at: datetime


def version_of(row: VersionRow) -> Version:
    """Return the version of a row."""
    return Version(**vars(version_summary_of(row)), text=row.document)


def version_summary_of(row: VersionRow) -> VersionSummary:
    """Return the version of a row without its document."""
    return VersionSummary(
        row.case_id,
        row.number,
        row.title,
        row.draft,
        row.note,
        row.saved_by.name,
        row.saved_at,
        json.loads(row.made_with),
    )


def summary_of(row: CaseRow, relation: Relation) -> CaseSummary:
    """Return what a list tells of a case."""
    return CaseSummary(
        row.id,
        row.title,
        row.owner.name,
        row.latest,
        row.draft,
        row.archived_at is not None,
        cast(Literal["owner", "write", "read"], relation),
        row.created_at,
        row.changed_at,
        row.changed_by.name,
    )


def share_of(row: ShareRow) -> Share:
    """Return the share of a row."""
    return Share(row.user.name, cast(Access, row.access), row.granted_by.name, row.granted_at)
