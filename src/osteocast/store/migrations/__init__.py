"""Revisions of the tables, in the order in which they were made.

`REVISIONS` repeats what the files in ``versions`` say, so that a store of today's revision is opened without
loading Alembic; a test holds the two together.
"""

__all__ = ["HEAD", "REVISIONS", "VERSION_TABLE"]

#: Every revision, oldest first.
REVISIONS = ("0001", "0002")
HEAD = REVISIONS[-1]

#: Its own name, so that the tables can live in one PostgreSQL database with those of other programs.
VERSION_TABLE = "osteocast_revision"
