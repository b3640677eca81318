"""The tables, as SQLAlchemy maps them. `osteocast.store.migrations` makes them.

A case has an owner, a row for every version that was ever saved, and shares. Documents are kept as text, so
that what is read is byte for byte what was saved, on every database. Nothing clinical stands outside
`VersionRow`, `ResultRow` and `DraftRow`; the audit trail has neither titles nor values.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, ForeignKey, ForeignKeyConstraint, Index, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

__all__ = [
    "AttemptRow",
    "AuditHead",
    "AuditRow",
    "Base",
    "CaseRow",
    "DraftRow",
    "Moment",
    "ResultRow",
    "SecretRow",
    "SessionRow",
    "ShareRow",
    "UserRow",
    "VersionRow",
]


class Moment(TypeDecorator[datetime]):
    """A time in UTC. SQLite keeps no zone, so it is taken off before and put back after."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time as the database takes it."""
        if value is None:
            return None
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the time with its zone."""
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table. Constraints have names, so that a migration can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment(), str: Text()}  # noqa: RUF012  SQLAlchemy reads it from the class


class UserRow(Base):
    """Who may log in, or, without a password, the owner of a store used by one person."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)  # the name with case folded
    role: Mapped[str]
    local: Mapped[bool]
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class CaseRow(Base):
    """One case; title, draft and times are those of its latest version."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_owner_changed", "owner_id", "changed_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    latest: Mapped[int]
    title: Mapped[str]
    title_key: Mapped[str]  # with case folded, for the search
    draft: Mapped[bool]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    archived_at: Mapped[datetime | None]

    owner: Mapped[UserRow] = relationship(foreign_keys=[owner_id], lazy="joined", innerjoin=True)
    changed_by: Mapped[UserRow] = relationship(foreign_keys=[changed_by_id], lazy="joined", innerjoin=True)


class VersionRow(Base):
    """What was saved; a row is written once and never changed."""

    __tablename__ = "versions"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    document: Mapped[str]
    draft: Mapped[bool]
    note: Mapped[str]
    made_with: Mapped[str]  # JSON
    nonce: Mapped[str]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    saved_at: Mapped[datetime]

    saved_by: Mapped[UserRow] = relationship(lazy="joined", innerjoin=True)


class ResultRow(Base):
    """What was computed from a version, by one set of versions of everything else."""

    __tablename__ = "results"
    __table_args__ = (
        ForeignKeyConstraint(
            ["case_id", "version"], ["versions.case_id", "versions.number"], ondelete="CASCADE"
        ),
    )

    case_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    made_with: Mapped[str] = mapped_column(primary_key=True)  # JSON
    summary: Mapped[str]  # JSON
    kept_at: Mapped[datetime]


class DraftRow(Base):
    """A case that is looked at and not saved. Its owner is not always a user: one may have no name yet."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_owner", "owner", "seen_at"),
        Index("ix_drafts_case_id", "case_id"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    content: Mapped[str]  # JSON
    seen_at: Mapped[datetime]


class SecretRow(Base):
    """What the web application makes its tokens and addresses from."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]  # hexadecimal


class ShareRow(Base):
    """A case that somebody else may read, or read and write."""

    __tablename__ = "shares"
    __table_args__ = (Index("ix_shares_user_id", "user_id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    access: Mapped[str]
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime]

    user: Mapped[UserRow] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)
    granted_by: Mapped[UserRow] = relationship(foreign_keys=[granted_by_id], lazy="joined", innerjoin=True)


class SessionRow(Base):
    """Somebody who is logged in. The token itself is only in the browser."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

    user: Mapped[UserRow] = relationship(lazy="joined", innerjoin=True)


class AttemptRow(Base):
    """Wrong passwords in a row, for one account or from one client."""

    __tablename__ = "attempts"

    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class AuditRow(Base):
    """One entry of the audit trail. Triggers keep it from being changed or taken out."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_case_id", "case_id"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str]
    action: Mapped[str]
    case_id: Mapped[str | None]  # no foreign key: an entry outlives its case
    version: Mapped[int | None]
    subject: Mapped[str | None]
    seal: Mapped[str | None]
    hash: Mapped[str]


class AuditHead(Base):
    """The end of the audit trail; its one row is also what writers wait for."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    hash: Mapped[str]
