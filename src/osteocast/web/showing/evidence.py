"""A source of the registry, looked up by whatever leads to it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from osteocast import evidence
from osteocast.errors import EvidenceError
from osteocast.evidence import Source, Value
from osteocast.report.context import linked
from osteocast.web.errors import Refused

__all__ = ["LookedUp", "looked_up", "written"]

#: Units that are written otherwise in the registry.
_UNITS = {
    "pct": "%",
    "pct_per_year": "% a year",
    "per_100_py": " per 100 person-years",
    "per_1000_py": " per 1,000 person-years",
    "per_10000_py": " per 10,000 person-years",
}


@dataclass(frozen=True)
class LookedUp:
    """A source, or some values of it.

    Parameters
    ----------
    source : Source
    values : tuple of Value
    citation : list of (str, str)
        Texts and links, as `osteocast.report.context.linked` cuts them.
    """

    source: Source
    values: tuple[Value, ...]
    citation: list[tuple[str, str]]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "id": self.source.id,
            "study": list(self.source.study),
            "read": self.source.read,
            "values": [_given(value) for value in self.values],
            "citation": _given(self.source.citation),
        }


def written(value: Value) -> str:
    """Write a value with its uncertainty and unit."""
    text = value.verbatim or ""
    if value.value is not None:
        text = f"{value.value:g}"
    elif value.range is not None:
        text = " to ".join("–" if end is None else f"{end:g}" for end in value.range)
    if value.ci is not None and None not in value.ci:
        text += f" ({value.ci[0]:g} to {value.ci[1]:g})"
    elif value.sd is not None:
        text += f" (SD {value.sd:g})"
    return text + ("" if value.unit == "1" else _UNITS.get(value.unit, f" {value.unit}"))


def _given(item: Any) -> dict[str, Any]:
    return {key: given for key, given in asdict(item).items() if given is not None}


def looked_up(reference: str) -> LookedUp:
    """Return what a reference leads to.

    Parameters
    ----------
    reference : str
        A source id, a DOI, or ``source-id/value-id``.

    Raises
    ------
    Refused
        If it leads nowhere.
    """
    registry = evidence.load()
    try:
        if reference in registry or "/" not in reference:
            source = registry.source(reference)
            values = source.values
        else:
            source = registry.source(reference.rpartition("/")[0])
            values = (registry.value(reference),)
    except EvidenceError as error:
        raise Refused(404, str(error), "see the sources of a forecast") from None
    return LookedUp(source, values, linked(evidence.cite([source.id])))
