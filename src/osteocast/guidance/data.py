"""Data files of this room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from osteocast.files import read_data

__all__ = ["content", "rule_files"]

_HERE = Path(__file__).parent


def content(name: str) -> Any:
    """Return what a data file of this room holds.

    Parameters
    ----------
    name : str
        Without ``.yaml``; within a folder, with it before a slash.
    """
    return read_data(_HERE / f"{name}.yaml")


def rule_files() -> list[str]:
    """Return the names of the files of rules, in order."""
    return [f"rules/{path.stem}" for path in sorted((_HERE / "rules").glob("*.yaml"))]
