"""Data files of this room."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.files import read_data

__all__ = ["data"]


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return the content of a data file of this room."""
    return dict(read_data(Path(__file__).parent / f"{name}.yaml"))
