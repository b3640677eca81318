"""Reading a specification strictly: what is not understood is not drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Unknown", "allowed", "number", "text"]


class Unknown(Exception):
    """The specification asks for something that is not drawn here."""


def allowed(given: Mapping[str, Any], names: Iterable[str], where: str) -> None:
    """Raise `Unknown` if there are other keys than these."""
    other = sorted(set(given) - set(names))
    if other:
        raise Unknown(f"{where}: {', '.join(other)}")


def number(value: Any, where: str) -> float:
    """Return a finite number, or raise `Unknown`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Unknown(f"{where}: {value!r}")
    return float(value)


def text(value: float) -> str:
    """Write a coordinate: to a hundredth of a pixel, without an idle zero."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
