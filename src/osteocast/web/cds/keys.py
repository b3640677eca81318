"""Public keys of records, from a file or from the settings themselves; never from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from osteocast.errors import OsteocastError, Problem

__all__ = ["ALGORITHMS", "algorithm_of", "needs_jwt", "read_keys"]

#: What the specification names; by the kind of key, so that a token cannot choose.
ALGORITHMS = {"EC": "ES384", "RSA": "RS384"}
_CURVE = "P-384"
_SHORTEST_RSA_BITS = 2048
_LARGEST_FILE = 100_000
_PUBLIC = "public keys of the kind EC (P-384) or RSA (2048 bits or more)"


def needs_jwt() -> None:
    """Check that tokens can be checked.

    Raises
    ------
    OsteocastError
        If what checks them is not installed; names the extra.
    """
    try:
        import cryptography  # noqa: F401
        import jwt  # noqa: F401
    except ImportError:
        raise OsteocastError(
            "tokens of records need PyJWT with cryptography: install it with  pip install 'osteocast[fhir]'"
        ) from None


def algorithm_of(key: Mapping[str, Any]) -> str:
    """Return the one algorithm that a key is used with."""
    return ALGORITHMS[key["kty"]]


def read_keys(given: object, place: str, folder: Path, problems: list[Problem]) -> dict[str, Any] | None:
    """Return a JSON Web Key Set; what is wrong with it is added to the problems.

    Parameters
    ----------
    given : object
        The set, or the name of a file that holds it.
    place : str
        Where it stands, for messages.
    folder : Path
        Where the file lies.
    problems : list of Problem
    """
    if given is None:
        return None
    if isinstance(given, str):
        try:
            path = folder / given
            if path.stat().st_size > _LARGEST_FILE:
                raise ValueError
            given = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            problems.append(Problem(place, given, "a file with a JSON Web Key Set", "check name and content"))
            return None
    listed = given.get("keys") if isinstance(given, Mapping) else None
    if not isinstance(listed, list) or not listed:
        problems.append(
            Problem(place, "no keys", "a JSON Web Key Set with `keys`", "write it as RFC 7517 has it")
        )
        return None
    wrong = [f"{place}.keys[{index}]" for index, key in enumerate(listed) if not _is_usable(key)]
    for where in wrong:
        # The key itself is not shown: it may be a private one.
        problems.append(Problem(where, "another key", _PUBLIC, "give the public part, of ES384 or RS384"))
    return None if wrong else {"keys": listed}


def _is_usable(key: object) -> bool:
    if not isinstance(key, dict) or "d" in key:
        return False
    if not isinstance(key.get("kty"), str) or key["kty"] not in ALGORITHMS:
        return False
    if key.get("alg", algorithm_of(key)) != algorithm_of(key) or key.get("use", "sig") != "sig":
        return False
    needs_jwt()
    import jwt

    try:
        made = jwt.PyJWK(key, algorithm=algorithm_of(key)).key
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        return False
    return key.get("crv") == _CURVE if key["kty"] == "EC" else made.key_size >= _SHORTEST_RSA_BITS
