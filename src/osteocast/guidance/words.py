"""Names that more than one part of guidance uses."""

from __future__ import annotations

from typing import Literal

__all__ = ["Level"]

Level = Literal["refuse", "warn", "note"]
