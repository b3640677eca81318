"""Where a cohort is kept: a folder of this machine, or of an object store, by fsspec.

A file is either there as a whole or not at all. On a disk it is written under another name, forced to the
disk, and renamed; in an object store an upload appears when it is complete.
"""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from osteocast.cohorts.extra import library
from osteocast.errors import InputError, OsteocastError, Problem

__all__ = ["Storage"]

_UNFINISHED = ".unfinished-"


class Storage:
    """A folder that holds a cohort.

    Parameters
    ----------
    place : str or Path
        A path, or an address such as ``s3://bucket/cohort`` or ``memory://cohort``.

    Raises
    ------
    InputError
        If nothing is known of such an address.
    """

    def __init__(self, place: str | Path) -> None:
        self.place = str(place)
        fsspec = library("fsspec")
        try:
            self._files, self._root = fsspec.core.url_to_fs(self.place)
        except (ValueError, ImportError) as error:
            expected = "a folder, or an address that fsspec knows"
            raise InputError([Problem("--out", self.place, expected, str(error))]) from None
        self.is_local = type(self._files).__name__ == "LocalFileSystem"

    def __reduce__(self) -> tuple[type[Storage], tuple[str]]:
        """Travel to workers as an address."""
        return Storage, (self.place,)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}" if name else str(self._root)

    @property
    def folder(self) -> Path:
        """The folder on this machine."""
        return Path(self._root)

    def address(self, name: str) -> str:
        """Return the address of a file, for those who open it themselves."""
        return self._path(name) if self.is_local else str(self._files.unstrip_protocol(self._path(name)))

    @property
    def files(self) -> Any:
        """The file system, as fsspec has it."""
        return self._files

    def exists(self, name: str) -> bool:
        """Whether a file is there."""
        return bool(self._files.exists(self._path(name)))

    def read(self, name: str) -> bytes | None:
        """Return a file, or None if there is none."""
        try:
            return bytes(self._files.cat_file(self._path(name)))
        except FileNotFoundError:
            return None

    def names(self, folder: str = "") -> list[str]:
        """Return the names of what lies in a folder, sorted; none if there is no such folder."""
        # What other processes wrote since counts.
        self._files.invalidate_cache()
        try:
            found = self._files.ls(self._path(folder), detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(Path(one).name for one in found)

    def is_file(self) -> bool:
        """Whether the place is a file."""
        return bool(self._files.isfile(self._path("")))

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all; one that was there is replaced.

        Raises
        ------
        OsteocastError
            If that was not possible; what was finished before is kept.
        """
        try:
            if self.is_local:
                self._write_here(Path(self._path(name)), content)
            else:
                self._files.pipe_file(self._path(name), content)
        except OSError as error:
            raise OsteocastError(
                f"{self.address(name)} could not be written: {error.strerror or error}; what was finished is "
                "kept: make room and run the same command again"
            ) from None

    @staticmethod
    def _write_here(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{_UNFINISHED}{uuid.uuid4().hex}")
        try:
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
        # The name is on the disk once its folder is.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def sweep(self) -> int:
        """Remove what was being written when a run was killed; return how many files."""
        if not self.is_local or not self.folder.is_dir():
            return 0
        left = list(self.folder.rglob(f"{_UNFINISHED}*"))
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)
