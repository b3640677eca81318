"""The audit trail: who did what, when, to which case; each entry carries the hash of the one before.

An entry holds no title and nothing clinical. One that belongs to a saved version holds its seal, the hash of
what was saved and of a random text beside it: it proves what was saved while the version is there, and tells
nothing once it is deleted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from osteocast.errors import NotAllowed
from osteocast.store.authorisation import may
from osteocast.store.opening import Store
from osteocast.store.people import User, acting
from osteocast.store.relations import page_of, related
from osteocast.store.tables import AuditHead, AuditRow, VersionRow

__all__ = ["AuditEntry", "AuditPage", "AuditReport", "append", "queue", "read_audit", "seal", "verify_audit"]

_BEGINNING = "0" * 64
_AT_ONCE = 1000


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the audit trail.

    Parameters
    ----------
    sequence : int
        From 1, without gaps.
    at : datetime
        UTC.
    who : str
        Name of the user.
    action : str
        As in "case saved".
    case_id : str or None
    version : int or None
    subject : str or None
        The other user whom it concerns.
    hash : str
        SHA-256 of the entry and of the hash before it.
    """

    sequence: int
    at: datetime
    who: str
    action: str
    case_id: str | None
    version: int | None
    subject: str | None
    hash: str


@dataclass(frozen=True)
class AuditPage:
    """One page of the audit trail, the newest entry first.

    Parameters
    ----------
    entries : tuple of AuditEntry
    total, page, pages : int
    """

    entries: tuple[AuditEntry, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class AuditReport:
    """Whether the audit trail is whole.

    Parameters
    ----------
    entries : int
        How many there are.
    head : str
        Hash of the last one. Kept elsewhere, it shows later that nothing before it was rewritten.
    faults : tuple of str
        Empty if it is whole.
    """

    entries: int
    head: str
    faults: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """Whether there is no fault."""
        return not self.faults


def queue(session: Session) -> AuditHead:
    """Wait until nobody else is writing, and return the end of the trail: the chain has one."""
    wanted = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    return session.execute(wanted).scalar_one()


def append(
    session: Session,
    at: datetime,
    who: str,
    action: str,
    *,
    case_id: str | None = None,
    version: int | None = None,
    subject: str | None = None,
    seal: str | None = None,
) -> None:
    """Write an entry, in the transaction of what it tells of: both are kept or neither."""
    head = queue(session)
    head.sequence += 1
    entry = AuditRow(
        sequence=head.sequence,
        at=at,
        who=who,
        action=action,
        case_id=case_id,
        version=version,
        subject=subject,
        seal=seal,
    )
    head.hash = entry.hash = _hash(head.hash, entry)
    session.add(entry)


def seal(row: VersionRow) -> str:
    """Return the seal of a version: the hash of all that was saved."""
    held = [row.nonce, row.case_id, row.number, row.title, row.document, row.draft, row.note, row.made_with]
    return hashlib.sha256(json.dumps(held).encode()).hexdigest()


def read_audit(
    store: Store, by: User, *, case_id: str | None = None, page: int = 1, per_page: int = 100
) -> AuditPage:
    """Read the audit trail: an admin all of it, the owner of a case what concerns the case.

    Parameters
    ----------
    store : Store
    by : User
        Who asks.
    case_id : str, optional
        Only entries of this case.
    page, per_page : int

    Raises
    ------
    NotFound
        If there is no such case for this user.
    NotAllowed
        If the user may not see these entries.
    Unavailable
    """
    with store.reading() as session:
        me = acting(session, by)
        if not may(me.role, "none", "see_audit"):
            if case_id is None:
                raise NotAllowed("only an admin sees the whole audit trail", "name a case of your own")
            related(session, me, case_id, "history")
        wanted = select(AuditRow) if case_id is None else select(AuditRow).where(AuditRow.case_id == case_id)
        total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        page, pages, skipped = page_of(total, page, per_page)
        ordered = wanted.order_by(AuditRow.sequence.desc()).offset(skipped).limit(per_page)
        return AuditPage(tuple(_entry(row) for row in session.scalars(ordered)), total, page, pages)


def verify_audit(store: Store, *, expected: str | None = None) -> AuditReport:
    """Recompute the audit trail, and hold every saved version against its seal.

    Parameters
    ----------
    store : Store
    expected : str, optional
        A hash that was noted earlier as the end of the trail.

    Returns
    -------
    AuditReport

    Raises
    ------
    Unavailable
    """
    faults: list[str] = []
    before, count, seen = _BEGINNING, 0, expected in (None, _BEGINNING)
    seals: dict[tuple[str, int], str] = {}
    deleted: set[str] = set()
    with store.reading() as session:
        rows = session.scalars(
            select(AuditRow).order_by(AuditRow.sequence).execution_options(yield_per=_AT_ONCE)
        )
        for row in rows:
            count += 1
            if row.sequence != count:
                faults.append(f"entry {count}: missing; the next one is {row.sequence}")
                count = row.sequence
            if row.hash != _hash(before, row):
                faults.append(f"entry {row.sequence}: changed, or not the one that followed")
            before = row.hash
            seen = seen or before == expected
            if row.seal is not None and row.case_id is not None and row.version is not None:
                seals[row.case_id, row.version] = row.seal
            if row.action == "case deleted" and row.case_id is not None:
                deleted.add(row.case_id)
        head = session.execute(select(AuditHead)).scalar_one()
        if (head.sequence, head.hash) != (count, before):
            faults.append(f"the end: entry {head.sequence} was the last one, now it is {count}")
        if not seen:
            faults.append("the hash noted earlier is not in the trail: it was rewritten, or is another one")
        faults += _against_seals(session, seals, deleted)
    return AuditReport(count, before, tuple(faults))


def _against_seals(session: Session, seals: dict[tuple[str, int], str], deleted: set[str]) -> list[str]:
    """Hold what is there against what the trail says was saved."""
    faults = []
    rows = session.scalars(
        select(VersionRow)
        .order_by(VersionRow.case_id, VersionRow.number)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in rows:
        sealed = seals.pop((row.case_id, row.number), None)
        name = f"case {row.case_id}, version {row.number}"
        if sealed is None:
            faults.append(f"{name}: the trail does not know of it")
        elif sealed != seal(row):
            faults.append(f"{name}: changed after it was saved")
    gone = sorted((case_id, number) for case_id, number in seals if case_id not in deleted)
    return faults + [f"case {case_id}, version {number}: saved, and not there" for case_id, number in gone]


def _hash(before: str, row: AuditRow) -> str:
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    held = [before, row.sequence, at, row.who, row.action, row.case_id, row.version, row.subject, row.seal]
    return hashlib.sha256(json.dumps(held).encode()).hexdigest()


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        row.sequence, row.at, row.who, row.action, row.case_id, row.version, row.subject, row.hash
    )
