"""Results as JSON text: as `json.dumps` writes it with an indent of one, in about half the time.

The standard library lays text out in Python, number by number. Here it is done so for objects and for lists
of lists alone; a list of numbers is written in one go.
"""

from __future__ import annotations

import json
from typing import Any

__all__ = ["json_text"]

_NESTED = (dict, list, tuple)


def json_text(content: Any) -> str:
    """Write plain data as JSON, one space for each level, every character as it is.

    Parameters
    ----------
    content : dict, list, str, number, bool or None

    Raises
    ------
    ValueError
        If a number is not finite.
    TypeError
        If something is no plain data.

    Examples
    --------
    >>> print(json_text({"days": [0, 30.5], "plans": []}))
    {
     "days": [
      0,
      30.5
     ],
     "plans": []
    }
    """
    return _text(content, "\n")


def _text(thing: Any, margin: str) -> str:
    """Write something that begins after a line break and some spaces."""
    inner = f"{margin} "
    if isinstance(thing, dict) and thing:
        items = (f"{_key(name)}{_text(value, inner)}" for name, value in thing.items())
        return f"{{{inner}{f',{inner}'.join(items)}{margin}}}"
    if isinstance(thing, list | tuple) and thing:
        if any(isinstance(one, _NESTED) for one in thing):
            items = (_text(one, inner) for one in thing)
            return f"[{inner}{f',{inner}'.join(items)}{margin}]"
        return f"[{inner}{_flat(thing, f',{inner}')[1:-1]}{margin}]"
    return _flat(thing, ",")


def _flat(thing: Any, comma: str) -> str:
    return json.dumps(thing, separators=(comma, ": "), ensure_ascii=False, allow_nan=False)


def _key(name: Any) -> str:
    """Write a key, which may be a number or nothing, with its colon."""
    return _flat({name: 0}, ",")[1:-2]
