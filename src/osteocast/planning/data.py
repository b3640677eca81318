"""The data files of this room, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from osteocast import evidence

__all__ = ["data", "number"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return the content of a data file of this room, by its name without the suffix."""
    text = (Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8")
    content: Mapping[str, Any] = yaml.load(text, Loader=_LOADER)
    return content


def number(reference: str) -> float:
    """Return a number of the evidence registry."""
    return evidence.load().value(reference).number
