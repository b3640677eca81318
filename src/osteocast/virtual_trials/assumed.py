"""Values taken where no file says them (`assumptions.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from osteocast.files import read_data

__all__ = ["assumed", "why"]


@cache
def _read() -> dict[str, Any]:
    content: dict[str, Any] = read_data(Path(__file__).parent / "assumptions.yaml")
    return content


def assumed(name: str) -> float:
    """Return an assumed value, in the unit that its name or note says."""
    return float(_read()[name]["value"])


def why(name: str) -> str:
    """Say what an assumed value is and what it rests on."""
    entry = _read()[name]
    return f"{entry['value']:g} ({entry['basis']}): {entry['note']}"
