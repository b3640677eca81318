"""What replicates found, as records that survive a stop of the program.

With a folder, every replicate is one line of ``replicates.jsonl`` with its checksum, written before the next
one begins. A run that was stopped goes on behind the last whole line; a line that was cut off or does not
match its checksum is made again.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NoReturn

from osteocast.errors import InputError, Problem
from osteocast.virtual_trials.analysis import Effect

__all__ = ["FILE", "FORMAT", "ArmRecord", "Ledger", "Replicate", "json_safe"]

FORMAT = "osteocast-trial-1"
FILE = "replicates.jsonl"


@dataclass(frozen=True)
class ArmRecord:
    """What became of one arm.

    Parameters
    ----------
    randomised, left, rescued : int
        People; those who left before the last visit; those whom a rule gave a rescue.
    means, errors : tuple of (float or None)
        Mean of the primary observable in the unit of the primary endpoint at each visit after day 0, and its
        standard error; None where fewer than two were measured.
    """

    randomised: int
    left: int
    rescued: int
    means: tuple[float | None, ...]
    errors: tuple[float | None, ...]


@dataclass(frozen=True)
class Replicate:
    """One replicate, analysed.

    Parameters
    ----------
    number : int
    screened : int
    not_eligible : mapping of str to int
    arms : mapping of str to ArmRecord
    effects : tuple of Effect
        Every endpoint in every set that differs.
    summaries : mapping of str to float
        Every endpoint as a report prints it, mean or median of those observed.
    stopped : mapping of int to int
        By size of the trial: the look (from 1) at which it crossed the boundary, 0 for never.
    """

    number: int
    screened: int
    not_eligible: Mapping[str, int]
    arms: Mapping[str, ArmRecord]
    effects: tuple[Effect, ...]
    summaries: Mapping[str, float]
    stopped: Mapping[int, int]

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold; a number that could not be computed is null."""
        content: dict[str, Any] = json_safe(asdict(self))
        return content

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Replicate:
        """Read what `to_dict` wrote."""
        arms = {
            name: ArmRecord(**{**one, "means": tuple(one["means"]), "errors": tuple(one["errors"])})
            for name, one in content["arms"].items()
        }
        effects = tuple(_effect(one) for one in content["effects"])
        return cls(
            int(content["number"]),
            int(content["screened"]),
            dict(content["not_eligible"]),
            arms,
            effects,
            {name: _number(value) for name, value in content["summaries"].items()},
            {int(size): int(look) for size, look in content["stopped"].items()},
        )


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _effect(content: Mapping[str, Any]) -> Effect:
    numbers = {name: _number(content[name]) for name in ("estimate", "error", "low", "high", "p")}
    counts = {name: tuple(content[name]) for name in ("n", "missing")}
    return Effect(**{**{one.name: content[one.name] for one in fields(Effect)}, **numbers, **counts})


def json_safe(content: Any) -> Any:
    """Return the same with null for every number that is not finite, and lists for tuples."""
    if isinstance(content, Mapping):
        return {str(key): json_safe(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [json_safe(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content


class Ledger:
    """The file of replicates: what is in it is done.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    run : mapping
        What the replicates depend on; a file of another run is never continued.

    Raises
    ------
    InputError
        If the folder cannot be made, or holds the replicates of another run.
    """

    def __init__(self, folder: Path, run: Mapping[str, Any]) -> None:
        self.path = folder / FILE
        self._head = {"format": FORMAT, "run": json_safe(run)}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            expected = "a folder that can be made and written to"
            reason = f"choose another folder ({error.strerror or error}); nothing was written"
            raise InputError([Problem("--output", str(folder), expected, reason)]) from error
        self.done = {one.number: one for one in self._read()}
        self._rewrite()

    def _read(self) -> Iterator[Replicate]:
        """Yield the replicates of whole lines."""
        if not self.path.exists():
            if any(self.path.parent.iterdir()):
                self._refuse()
            return
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        if not lines or _loads(lines[0]) != self._head:
            self._refuse()
        for line in lines[1:]:
            content = _loads(line)
            if isinstance(content, dict) and content.pop("checksum", None) == _checksum(content):
                yield Replicate.from_dict(content)

    def _refuse(self) -> NoReturn:
        expected = "a new or empty folder, or one with the same run"
        remedy = "choose another folder; nothing was written"
        raise InputError([Problem("--output", str(self.path.parent), expected, remedy)])

    def _rewrite(self) -> None:
        """Leave only the whole lines, in their order, so that what is added follows them."""
        text = "".join(_line(one) for _, one in sorted(self.done.items()))
        new = self.path.with_suffix(".tmp")
        new.write_text(json.dumps(self._head) + "\n" + text, encoding="utf-8")
        os.replace(new, self.path)

    def add(self, replicate: Replicate) -> None:
        """Write one replicate, on the disk when this returns."""
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(_line(replicate))
            stream.flush()
            os.fsync(stream.fileno())
        self.done[replicate.number] = replicate


def _loads(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def _line(replicate: Replicate) -> str:
    content = replicate.to_dict()
    return json.dumps({**content, "checksum": _checksum(content)}) + "\n"


def _checksum(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
