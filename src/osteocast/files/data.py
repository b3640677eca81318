"""The data files that come along.

They are YAML, for people to read and to correct. A program reads JSON fifty times sooner: what a file held is
kept as such in the user's folder, under a digest of the file, so that a file that changed is read anew.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from osteocast.files import storage

__all__ = ["read_data"]

_KIND = "data"


def read_data(file: Path) -> Any:
    """Return what a YAML file holds.

    Parameters
    ----------
    file : Path
        One that comes with osteocast: what people bring is read with more care (`osteocast.load_case`).

    Raises
    ------
    OSError
        If there is none.
    UnicodeDecodeError, yaml.YAMLError
        If it is not text, or not YAML.
    """
    text = file.read_bytes()
    key = hashlib.sha256(text).hexdigest()
    kept = storage.load(key, _KIND)
    if kept is not None:
        return json.loads(kept)
    content = _parsed(text.decode("utf-8"))
    as_json = _as_json(content)
    if as_json is not None:
        storage.store(key, as_json, _KIND)
    return content


def _parsed(text: str) -> Any:
    import yaml

    # Written in C where it can be: ten times faster.
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _as_json(content: Any) -> bytes | None:
    """Return content as JSON; None if that cannot hold it as it is: dates, keys that are no text."""
    try:
        text = json.dumps(content, ensure_ascii=False)
    except TypeError:
        return None
    return text.encode("utf-8") if json.loads(text) == content else None
