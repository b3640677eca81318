"""One thing that a forecast started from, with where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Input", "Origin"]

Origin = Literal["measured", "given", "assumed"]


@dataclass(frozen=True)
class Input:
    """One thing that the forecast started from.

    Parameters
    ----------
    name : str
        As a person would say it.
    value : str
        With its unit.
    origin : {"measured", "given", "assumed"}
    note : str
        Where it came from, or why it was assumed.
    warning : str
        What is doubtful about it; empty if nothing is.
    """

    name: str
    value: str
    origin: Origin
    note: str = ""
    warning: str = ""
