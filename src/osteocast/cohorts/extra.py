"""Libraries of the extra ``cohort``: a clear word where one is missing."""

from __future__ import annotations

import importlib
from typing import Any

from osteocast.errors import InputError, Problem

__all__ = ["library"]


def library(name: str) -> Any:
    """Import a library that only cohorts and tables of results need.

    Raises
    ------
    InputError
        If it is not installed; says how to install it.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        remedy = 'install it with: pip install "osteocast[cohort]"'
        raise InputError([Problem(package, Problem.ABSENT, "an installed library", remedy)]) from None
