"""Reading the registry: files are read when they are asked for."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from osteocast.errors import EvidenceError, close_matches
from osteocast.evidence.schema import Source, Status, Value, source_from
from osteocast.files import read_data

__all__ = ["Registry", "load"]

_SOURCES = Path(__file__).parent / "sources"
_DOI_LINE = re.compile(r"^\s+doi:\s*['\"]?(\S+?)['\"]?\s*$", re.MULTILINE)


class Registry:
    """The sources of a directory, by id or DOI.

    Parameters
    ----------
    directory : Path
        Holds one ``<id>.yaml`` per source.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._paths = {path.stem: path for path in sorted(directory.glob("*.yaml"))}
        self._read: dict[str, Source] = {}
        if not self._paths:
            raise EvidenceError(f"no source files in {directory}")

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, source_id: str) -> bool:
        return source_id in self._paths or source_id.casefold() in self._by_doi

    def __iter__(self) -> Iterator[Source]:
        """Every source, in the order of the ids."""
        return (self.source(source_id) for source_id in self._paths)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all sources, sorted."""
        return tuple(self._paths)

    def source(self, source_id: str) -> Source:
        """Return a source.

        Parameters
        ----------
        source_id : str
            Its id or its DOI.

        Raises
        ------
        EvidenceError
            If there is none (the nearest ids are named) or its file is wrong.
        """
        name = source_id if source_id in self._paths else self._by_doi.get(source_id.casefold())
        if name is None:
            near = close_matches(source_id, self._paths)
            hint = f"did you mean {', '.join(near)}?" if near else "`osteocast evidence list` names them all"
            raise EvidenceError(f"the registry has no source {source_id!r}; {hint}")
        if name not in self._read:
            self._read[name] = source_from(_read_yaml(self._paths[name]), name)
        return self._read[name]

    def value(self, reference: str) -> Value:
        """Return a value by ``source-id/value-id``.

        Raises
        ------
        EvidenceError
            If there is none; the nearest are named.
        """
        source_id, slash, value_id = reference.rpartition("/")
        if not slash:
            raise EvidenceError(f"{reference!r} names no value; write it as source-id/value-id")
        return self.source(source_id).value(value_id)

    def values(
        self, *, status: Status | None = None, quantity: str | None = None
    ) -> Iterator[tuple[Source, Value]]:
        """Yield all values with their sources, in order, or those of one status or quantity."""
        for source in self:
            for value in source.values:
                if status in (None, value.status) and quantity in (None, value.quantity):
                    yield source, value

    @functools.cached_property
    def _by_doi(self) -> dict[str, str]:
        # The DOIs alone, without building 200 sources to find one.
        found: dict[str, str] = {}
        for name, path in self._paths.items():
            match = _DOI_LINE.search(path.read_text(encoding="utf-8"))
            if match:
                found[match[1].casefold()] = name
        return found


@functools.cache
def load(directory: Path | None = None) -> Registry:
    """Return the registry that comes with osteocast, or that of a directory.

    Raises
    ------
    EvidenceError
        If the directory has no source files.
    """
    return Registry(directory or _SOURCES)


def _read_yaml(path: Path) -> Any:
    import yaml

    try:
        return read_data(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path.name}: not readable as YAML: {error}") from None
