"""What was computed from a version: kept beside it, as long as nothing that made it has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from osteocast.store.accepting import made_with
from osteocast.store.finding import version_row
from osteocast.store.opening import Store
from osteocast.store.people import User, acting
from osteocast.store.relations import related
from osteocast.store.tables import ResultRow

__all__ = ["find_result", "keep_result"]


def keep_result(
    store: Store, by: User, case_id: str, version: int, kind: str, summary: Mapping[str, Any]
) -> None:
    """Keep a result of a version, under the versions of what runs here.

    Parameters
    ----------
    store : Store
    by : User
        Whoever may read the case: a result says nothing that it does not hold.
    case_id : str
    version : int
    kind : str
        As in "forecast".
    summary : mapping
        What JSON can hold.

    Raises
    ------
    NotFound, Unavailable
    """
    text, versions = json.dumps(summary, allow_nan=False), made_with()
    with store.writing() as session:
        case, _ = related(session, acting(session, by), case_id, "read", lock=True)
        number = version_row(session, case, version).number
        row = session.get(ResultRow, (case.id, number, kind, versions))
        if row is None:
            row = ResultRow(case_id=case.id, version=number, kind=kind, made_with=versions)
            session.add(row)
        row.summary, row.kept_at = text, store.now()


def find_result(store: Store, by: User, case_id: str, version: int, kind: str) -> dict[str, Any] | None:
    """Return what was kept, None if nothing was or something that made it has changed since.

    Raises
    ------
    NotFound, Unavailable
    """
    versions = made_with()
    with store.reading() as session:
        case, _ = related(session, acting(session, by), case_id, "read")
        row = session.get(ResultRow, (case.id, version_row(session, case, version).number, kind, versions))
        return None if row is None else cast(dict[str, Any], json.loads(row.summary))
