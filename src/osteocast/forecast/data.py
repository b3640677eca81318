"""Data files of this room, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.files import read_data

__all__ = ["data"]


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return the content of a data file of this room, by its name without the suffix."""
    content: Mapping[str, Any] = read_data(Path(__file__).parent / f"{name}.yaml")
    return content
