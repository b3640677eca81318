"""The page: forecasts, plans and cases in a browser, and the same as an API.

`create_app` makes the application from `Settings`; `osteocast serve` runs it. It answers from this machine
and asks nothing of any other. Everything works without JavaScript; with it, results change as one types.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from osteocast.errors import OsteocastError
from osteocast.web.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["Settings", "create_app", "missing"]

# Modules that the extra brings, by which its absence is noticed.
_NEEDED = ("fastapi", "uvicorn", "multipart", "sqlalchemy", "alembic", "argon2")


def missing() -> tuple[str, ...]:
    """Return what the web application needs and this environment lacks."""
    return tuple(name for name in _NEEDED if importlib.util.find_spec(name) is None)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the web application.

    Parameters
    ----------
    settings : Settings, optional
        Those of one person on one machine by default.

    Raises
    ------
    OsteocastError
        If what it needs is not installed; names the extra.
    """
    absent = missing()
    if absent:
        raise OsteocastError(
            f"the web application needs {', '.join(absent)}: install it with  pip install 'osteocast[web]'"
        )
    from osteocast.web.app import create

    return create(settings or Settings())
