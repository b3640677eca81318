"""Values taken where no file says them (`assumptions.yaml`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

__all__ = ["assumed", "why"]


@cache
def _read() -> dict[str, Any]:
    text = (files("osteocast.virtual_trials") / "assumptions.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def assumed(name: str) -> float:
    """Return an assumed value, in the unit that its name or note says."""
    return float(_read()[name]["value"])


def why(name: str) -> str:
    """Say what an assumed value is and what it rests on."""
    entry = _read()[name]
    return f"{entry['value']:g} ({entry['basis']}): {entry['note']}"
