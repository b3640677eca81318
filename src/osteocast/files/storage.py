"""A folder of the user's that keeps from one run to the next what takes long to make.

That is code, of the engine and of templates, and what data files held. Each lies in a file behind one line of
JSON that says what it was made from and what it must hash to. A file that is missing, damaged, made from
something else, or open to other users' writing counts as absent: the worst that can happen is that it is made
again. A file takes its place in one step, so that processes that write the same one at once cannot spoil it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
import tempfile
from pathlib import Path

__all__ = ["VARIABLE", "folder", "load", "store"]

#: Environment variable that names another folder.
VARIABLE = "OSTEOCAST_CACHE_DIR"

_FORMAT = "osteocast machine code 1"
# A version, a processor or a library more is a file more; the oldest go. Data files are many, and small.
_KEPT = 8
_KEPT_OF = {"data": 1000}


def folder() -> Path:
    """Return where all of it is kept: `VARIABLE`, or what the operating system has for such things."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "osteocast"


def load(key: str, kind: str = "engine") -> bytes | None:
    """Return the code that was stored under a key, or None.

    Parameters
    ----------
    key : str
        Digest of all that the code was made from.
    kind : str
        What the code is of; each kind has files of its own, of which the oldest go.
    """
    try:
        path = _path(key, kind)
        with path.open("rb") as file:
            if not _is_ours_alone(os.fstat(file.fileno())):
                return None
            head, code = json.loads(file.readline(10_000)), file.read()
    except (OSError, ValueError, RuntimeError):  # RuntimeError: a user without a home
        return None
    if head != _head(key, code):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # used just now: the last to go
    return code


def store(key: str, code: bytes, kind: str = "engine") -> bool:
    """Keep code for later processes; return whether that worked."""
    text = json.dumps(_head(key, code)).encode() + b"\n" + code
    try:
        path = _path(key, kind)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except (OSError, RuntimeError):
        return False
    _forget_old(path.parent, kind)
    return True


def _path(key: str, kind: str) -> Path:
    return folder() / f"{kind}-{key[:32]}.bin"


def _head(key: str, code: bytes) -> dict[str, str]:
    return {"format": _FORMAT, "key": key, "sha256": hashlib.sha256(code).hexdigest()}


def _is_ours_alone(file: os.stat_result) -> bool:
    """Whether nobody else could have written the file; code is run as it stands."""
    if sys.platform == "win32":
        return True  # there the folder's own rights keep others out
    return file.st_uid in (os.geteuid(), 0) and not file.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _forget_old(where: Path, kind: str) -> None:
    with contextlib.suppress(OSError):
        by_age = sorted(where.glob(f"{kind}-*.bin"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in by_age[_KEPT_OF.get(kind, _KEPT) :]:
            path.unlink(missing_ok=True)
