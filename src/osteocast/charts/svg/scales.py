"""From values to pixels: the scales of one view, gathered from all its layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from osteocast.charts.svg.reading import Unknown, allowed, number

__all__ = ["Linear", "Place", "Row", "Scale", "Steps", "Unit", "position", "scale_of", "shared", "styled"]

Row = Mapping[str, Any]
#: From a row to its place, pixels.
Place = Callable[[Row], float]

_POSITION = {"field", "type", "title", "scale", "axis", "sort", "value"}


@dataclass(frozen=True)
class Linear:
    """A quantity along an axis; values grow to the right, or upwards."""

    low: float
    high: float
    length: float
    upwards: bool

    def __call__(self, value: Any) -> float:
        """Return the place of a value, pixels."""
        share = (number(value, "a value") - self.low) / (self.high - self.low)
        return self.length * (1.0 - share if self.upwards else share)

    def of(self, field: str) -> Place:
        """Return what places the rows of a layer, of which there may be many."""
        per_unit = self.length / (self.high - self.low) * (-1.0 if self.upwards else 1.0)
        origin = (self.length if self.upwards else 0.0) - per_unit * self.low

        def place(row: Row) -> float:
            try:
                at: float = origin + per_unit * row[field]
            except (KeyError, TypeError):
                raise Unknown(f"a row without a number {field!r}") from None
            if at - at != 0.0:
                raise Unknown(f"{field} is not finite")
            return at

        return place


@dataclass(frozen=True)
class Steps:
    """Named lanes of equal height; a value stands in the middle of its own."""

    names: tuple[Any, ...]
    length: float

    def __call__(self, value: Any) -> float:
        """Return the place of a lane, pixels."""
        if value not in self.names:
            raise Unknown(f"no lane for {value!r}")
        return (self.names.index(value) + 0.5) * self.length / len(self.names)


Scale = Linear | Steps


@dataclass(frozen=True)
class Unit:
    """One layer, and which scales of its view it uses."""

    rows: Sequence[Row]
    mark: Mapping[str, Any]
    encoding: Mapping[str, Mapping[str, Any]]
    scales: Mapping[str, int]


def scale_of(channel: Mapping[str, Any], length: float, upwards: bool) -> Scale | None:
    """Return the scale that a position asks for; None for places in pixels."""
    allowed(channel, _POSITION, "a position")
    if "value" in channel or channel.get("scale", 0) is None:
        return None
    given = channel.get("scale") or {}
    domain = given.get("domain")
    if channel.get("type") in ("nominal", "ordinal"):
        allowed(given, ("domain", "padding"), "a scale of names")
        if given.get("padding", 0) != 0:
            raise Unknown("lanes with room between them")
        if not domain or list(channel.get("sort") or domain) != list(domain):
            raise Unknown("lanes without an order")
        return Steps(tuple(domain), length)
    allowed(given, ("domain", "nice", "zero"), "a scale")
    if channel.get("type") != "quantitative" or "sort" in channel or given.get("nice") or given.get("zero"):
        raise Unknown("a position that is no plain quantity")
    if not isinstance(domain, (list, tuple)) or len(domain) != 2:
        raise Unknown("a scale without a domain")
    low, high = (number(end, "a domain") for end in domain)
    if not high > low:
        raise Unknown("a scale of no length")
    return Linear(low, high, length, upwards)


def shared(
    units: Sequence[Unit], axis: str, key: int, length: float
) -> tuple[Scale | None, Mapping[str, Any]]:
    """Return the scale that layers have in common, and the position that describes its axis.

    Raises
    ------
    Unknown
        If layers do not agree, in scale or axis.
    """
    found: Scale | None = None
    describes: Mapping[str, Any] = {"axis": None}
    padded = False
    for unit in units:
        channel = unit.encoding.get(axis)
        if channel is None or unit.scales[axis] != key:
            continue
        scale = scale_of(channel, length, upwards=axis == "y")
        if scale is None:
            continue
        padded |= "padding" in (channel.get("scale") or {})
        if found is not None and scale != found:
            raise Unknown("layers with different scales")
        found = scale
        if channel.get("axis", 0) is None:
            continue
        if describes["axis"] is not None and _axis(channel) != _axis(describes):
            raise Unknown("layers with different axes")
        describes = {"axis": {}, **channel}
    # Without room around them, names are lanes if a mark fills them, and else points from edge to edge.
    if padded and not any(
        unit.mark.get("type") in ("bar", "rule") for unit in units if axis in unit.encoding
    ):
        raise Unknown("points on the edges of a view")
    return found, describes


def _axis(channel: Mapping[str, Any]) -> tuple[Any, Any]:
    return channel.get("title", 0), channel.get("axis")


def position(unit: Unit, name: str, scales: Mapping[str, Scale | None]) -> Place | None:
    """Return what places rows on a channel (``x``, ``x2``, ``y`` or ``y2``); None if nothing does."""
    channel = unit.encoding.get(name)
    if channel is None:
        return None
    if "value" in channel:
        always = number(channel["value"], name)
        return lambda row: always
    base = unit.encoding.get(name[0], {})
    if name != name[0]:
        allowed(channel, ("field",), name)
    scale = None if base.get("scale", 0) is None or "value" in base else scales[name[0]]
    field = channel["field"]
    if scale is None:
        return lambda row: number(row.get(field), name)
    return scale.of(field) if isinstance(scale, Linear) else lambda row: scale(row.get(field))


def styled(unit: Unit, name: str, row: Row) -> Any:
    """Return a colour, dash or shape: what the encoding says of a row, or the mark of all."""
    channel = unit.encoding.get(name)
    if channel is None:
        return unit.mark.get(name)
    allowed(channel, ("field", "type", "scale", "legend"), name)
    value, scale = row.get(channel["field"]), channel.get("scale", {})
    if scale is None:
        return value
    if channel.get("legend", {}) is not None or "range" not in scale or "domain" not in scale:
        raise Unknown(f"{name} with a legend or colours of Vega's own")
    allowed(scale, ("domain", "range"), name)
    if value not in scale["domain"]:
        raise Unknown(f"no {name} for {value!r}")
    return scale["range"][scale["domain"].index(value)]
