"""What the people of a cohort depend on: a run is only gone on with where all of it is the same."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from osteocast.cohorts.spec import CohortSpec

__all__ = ["FORMAT", "code", "made_with"]

#: Of the files; another one is not gone on with.
FORMAT = 1
#: Rooms whose code or data moves a number of a cohort.
_ROOMS = (
    "physiology",
    "therapies",
    "lifestyle",
    "engine",
    "simulation",
    "population",
    "fracture",
    "cohorts",
)


def made_with(spec: CohortSpec) -> dict[str, Any]:
    """Return versions and keys, as they stand beside the results."""
    from osteocast.inference.provenance import provenance

    return {"format": FORMAT, "spec": spec.key, "code": code(), **asdict(provenance())}


@cache
def code() -> str:
    """First 12 digits of the SHA-256 of the rooms that a cohort is computed by."""
    content = hashlib.sha256()
    for room in _ROOMS:
        for name, path in sorted(_files_of(files(f"osteocast.{room}"), room)):
            content.update(name.encode() + path.read_bytes())
    return content.hexdigest()[:12]


def _files_of(folder: Traversable, name: str) -> list[tuple[str, Traversable]]:
    found = []
    for path in folder.iterdir():
        own = f"{name}/{path.name}"
        if path.is_dir() and path.name != "__pycache__":
            found += _files_of(path, own)
        elif path.name.endswith((".py", ".yaml")):
            found.append((own, path))
    return found
