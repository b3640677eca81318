"""What to distrust: places of the page of the model's limits that concern a number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.files import read_data

__all__ = ["Limit", "known_limits", "limits"]


@dataclass(frozen=True)
class Limit:
    """A known weakness of the model, and which numbers it concerns (`limits.yaml`).

    Parameters
    ----------
    id, where, text : str
        `where` is the head of its place on the page of limits.
    kinds : tuple of str
        Kinds of number.
    sex : str
        Empty for both.
    drugs, of : tuple of str
        One of them has to be taken, or asked about; empty for any.
    lifestyle : bool
        Only where a lifestyle moves the result.
    sources : tuple of str
    """

    id: str
    where: str
    text: str
    kinds: tuple[str, ...]
    sex: str = ""
    drugs: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    lifestyle: bool = False
    sources: tuple[str, ...] = ()


@cache
def known_limits() -> tuple[Limit, ...]:
    """Return every known weakness, in the order of the file."""
    content: dict[str, dict[str, Any]] = read_data(Path(__file__).parent / "limits.yaml")
    return tuple(
        Limit(
            id=name,
            where=entry["where"],
            text=entry["text"],
            kinds=tuple(entry["kinds"]),
            sex=entry.get("sex", ""),
            drugs=tuple(entry.get("drugs", ())),
            of=tuple(entry.get("of", ())),
            lifestyle=entry.get("lifestyle", False),
            sources=tuple(entry["sources"]),
        )
        for name, entry in content.items()
    )


def limits(
    kind: str, sex: str, drugs: Collection[str] = (), *, of: str = "", lifestyle: bool = False
) -> tuple[Limit, ...]:
    """Return the weaknesses that concern a number.

    Parameters
    ----------
    kind : str
        Of the number.
    sex : {"female", "male"}
    drugs : collection of str
        Everything taken.
    of : str
        Site or quantity.
    lifestyle : bool
        Whether a lifestyle moves the result.
    """
    return tuple(
        one
        for one in known_limits()
        if kind in one.kinds
        and one.sex in ("", sex)
        and (not one.drugs or set(one.drugs) & set(drugs))
        and (not one.of or of in one.of)
        and (lifestyle or not one.lifestyle)
    )
