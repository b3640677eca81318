"""Data files of this room."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

__all__ = ["data"]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return the content of a data file of this room."""
    text = (files("osteocast.population") / f"{name}.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=_Loader))
