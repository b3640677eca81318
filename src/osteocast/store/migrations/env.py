"""What Alembic runs: every revision in one transaction, on the connection that was opened for it."""

from __future__ import annotations

from alembic import context

from osteocast.store.migrations import VERSION_TABLE
from osteocast.store.tables import Base

__all__: list[str] = []


def _run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        # SQLite cannot alter most of a table; Alembic then copies it.
        render_as_batch=True,
    )
    # No transaction is begun here: the caller holds one, with the lock that keeps other processes out.
    context.run_migrations()


# Alembic sets this up when it runs the file; whoever else imports it wants to read it.
if hasattr(context, "config"):
    _run()
