"""Steps of a computation that were done before, found again by everything that they follow from.

Who changes one plan of four, or a value of a scan, need not wait for the other plans to be followed again.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

__all__ = ["Memory", "mark"]

_MOST_BYTES = 128_000_000
_SMALL = 64  # about what anything takes that is no array

Result = TypeVar("Result")


def mark(*given: Any) -> str:
    """Return a short text that differs whenever what is given differs, and only then.

    Examples
    --------
    >>> mark("plan", np.zeros(3)) == mark("plan", np.zeros(3)) != mark("plan", np.ones(3))
    True
    """
    found = hashlib.blake2b(digest_size=20)
    for part in _written(given):
        found.update(part)
    return found.hexdigest()


def _written(thing: Any) -> Iterator[bytes]:
    """Write something down so that it can be told from anything else: what it is, how long, its parts."""
    kind = type(thing).__name__
    if isinstance(thing, np.ndarray) and thing.dtype != object:
        yield f"{kind} {thing.dtype.str} {thing.shape}".encode()
        yield np.ascontiguousarray(thing).tobytes()
    elif isinstance(thing, Mapping):
        if set(map(type, thing.values())) == {float}:
            # Draws of parameters are many.
            yield f"{kind} {list(thing)}".encode()
            yield np.array(list(thing.values())).tobytes()
            return
        yield f"{kind} {len(thing)}".encode()
        for name, value in thing.items():
            yield from _written(name)
            yield from _written(value)
    elif isinstance(thing, tuple | list):
        yield f"{kind} {len(thing)}".encode()
        for one in thing:
            yield from _written(one)
    elif is_dataclass(thing):
        yield f"{kind} {type(thing).__module__}".encode()
        for each in fields(thing):
            yield from _written(getattr(thing, each.name))
    elif thing is None or isinstance(thing, str | int | float):
        yield f"{kind} {thing!r};".encode("utf-8", "surrogatepass")
    else:
        yield pickle.dumps(thing, protocol=5)


class Memory:
    """Results of steps, by their marks; those that were not asked for for longest go first.

    Several threads may use one.

    Parameters
    ----------
    most : int
        Bytes of all arrays in it.
    """

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self.hits = 0
        self.misses = 0
        self._most = most
        self._size = 0
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        return self._size

    def get(self, key: str, make: Callable[[], Result]) -> Result:
        """Return the result of a step, kept or made.

        Parameters
        ----------
        key : str
            The `mark` of everything that it follows from.
        make : callable
            Makes what nobody changes afterwards.
        """
        with self._lock:
            if key in self._kept:
                self.hits += 1
                self._kept.move_to_end(key)
                found: Result = self._kept[key][0]
                return found
            self.misses += 1
        made = make()
        with self._lock:
            self._size -= self._kept.pop(key, (None, 0))[1]
            self._kept[key] = (made, _bytes(made))
            self._size += self._kept[key][1]
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1][1]
        return made


def _bytes(thing: Any) -> int:
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if isinstance(thing, Mapping):
        return _SMALL + sum(map(_bytes, thing.values()))
    if isinstance(thing, tuple | list):
        return _SMALL + sum(map(_bytes, thing))
    if is_dataclass(thing):
        return _SMALL + sum(_bytes(getattr(thing, one.name)) for one in fields(thing))
    return _SMALL
