"""Kinds of fields: how what stands in a document is shown in a form, and how what was typed is written back.

A field shows itself as texts by part: most have one part, ``""``; a quantity has a second one, ``".unit"``.
What cannot be understood is shown and written as it is, so that the reader of the case says what is wrong
with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from osteocast.person.fields import match_name
from osteocast.units import QUANTITIES
from osteocast.web.forms.paths import ABSENT

__all__ = ["Choice", "Kind", "Late", "Number", "Numbers", "Quantity", "Share", "Text", "Yes", "plain"]

Parts = dict[str, str]

_INTEGER = re.compile(r"[-+]?\d{1,15}")
_DECIMAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_NUMBER_AND_UNIT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([^\s\d.].*?)\s*")
_MOST_CHARACTERS = 20_000


def plain(node: Any) -> str:
    """Show a value of a document as a text."""
    if node is ABSENT or node is None:
        return ""
    if isinstance(node, bool):
        return "yes" if node else "no"
    if isinstance(node, float) and node.is_integer() and abs(node) < 1e15:
        return f"{node:.1f}"
    return str(node)[:_MOST_CHARACTERS]


def number(text: str) -> Any:
    """Return a number where a text is one, else the text. A comma for the point is understood."""
    text = text.strip()
    if "," in text and "." not in text and text.count(",") == 1:
        text = text.replace(",", ".")
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and abs(float(text)) < 1e300:
        return float(text)
    return text


@dataclass(frozen=True)
class Kind:
    """A kind of field; by itself, a line of text."""

    #: What the template shows it as.
    widget = "text"

    def read(self, node: Any) -> Parts:
        """Show what stands in a document."""
        return {"": plain(node)}

    def write(self, parts: Mapping[str, str]) -> Any:
        """Return what to write for what was typed; `ABSENT` if nothing was."""
        text = parts.get("", "").strip()
        return text if text else ABSENT

    def parts(self) -> Sequence[str]:
        """Suffixes of its parts."""
        return ("",)


@dataclass(frozen=True)
class Text(Kind):
    """A line of text, or several.

    Parameters
    ----------
    widget : {"text", "date", "area"}
    """

    widget: str = "text"


@dataclass(frozen=True)
class Number(Kind):
    """A bare number."""

    widget = "number"

    def write(self, parts: Mapping[str, str]) -> Any:
        """Return the number, or the text if it is none."""
        text = parts.get("", "").strip()
        return number(text) if text else ABSENT


@dataclass(frozen=True)
class Share(Kind):
    """A percentage, written with its sign.

    Parameters
    ----------
    as_share : bool
        Whether a bare number counts as a share of one.
    """

    as_share: bool = True
    widget = "percent"

    def read(self, node: Any) -> Parts:
        """Show percent without the sign."""
        if self.as_share and isinstance(node, int | float) and not isinstance(node, bool):
            return {"": f"{100 * node:.10g}"}
        return {"": plain(node).removesuffix("%").rstrip()}

    def write(self, parts: Mapping[str, str]) -> Any:
        """Return percent with the sign."""
        text = parts.get("", "").strip().removesuffix("%").strip().replace(",", ".")
        return f"{text}%" if text else ABSENT


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few names; what is not among them is offered as it stands.

    Parameters
    ----------
    options : tuple of (str, str)
        Name and label.
    unset : str
        Label of no answer.
    """

    options: tuple[tuple[str, str], ...] = ()
    unset: str = "not known"
    widget = "choice"

    def read(self, node: Any) -> Parts:
        """Show the name that a text stands for."""
        text = plain(node)
        return {"": match_name(text, [name for name, _ in self.options]) or text}


@dataclass(frozen=True)
class Yes(Choice):
    """Yes, no or not known, which differs from no."""

    options: tuple[tuple[str, str], ...] = (("no", "no"), ("yes", "yes"))

    def write(self, parts: Mapping[str, str]) -> Any:
        """Return true or false."""
        text = parts.get("", "").strip()
        return {"": ABSENT, "yes": True, "no": False}.get(text, text)


@dataclass(frozen=True)
class Quantity(Kind):
    """A number with a unit that can be chosen.

    Parameters
    ----------
    quantity : str
        Key of `osteocast.units.QUANTITIES`.
    bare : str
        Unit of a bare number; empty where a bare number is refused.
    """

    quantity: str = ""
    bare: str = ""
    widget = "quantity"

    def parts(self) -> Sequence[str]:
        """Return number and unit."""
        return ("", ".unit")

    def read(self, node: Any) -> Parts:
        """Split number and unit."""
        if isinstance(node, Mapping):
            return {"": plain(node.get("value")), ".unit": self._unit(plain(node.get("unit")))}
        text = plain(node)
        match = _NUMBER_AND_UNIT.fullmatch(text)
        if match is not None and isinstance(node, str):
            return {"": match[1], ".unit": self._unit(match[2])}
        # What was typed and is no number comes back with the unit that was chosen beside it.
        for unit in sorted(self.units(), key=len, reverse=True):
            if isinstance(node, str) and text.endswith(f" {unit}"):
                return {"": text.removesuffix(f" {unit}"), ".unit": unit}
        return {"": text, ".unit": self.bare if text else ""}

    def units(self) -> tuple[str, ...]:
        """Return the units offered: one for each distinct factor is what people know."""
        return QUANTITIES[self.quantity].units

    def _unit(self, written: str) -> str:
        known = QUANTITIES[self.quantity].unit(written)
        return known or written

    def write(self, parts: Mapping[str, str]) -> Any:
        """Join number and unit."""
        text, unit = parts.get("", "").strip(), parts.get(".unit", "").strip()
        if not text:
            return ABSENT
        shown = number(text)
        if not unit:
            return shown
        return f"{text.replace(',', '.') if not isinstance(shown, str) else text} {unit}"


@dataclass(frozen=True)
class Numbers(Kind):
    """A list of whole numbers or names, with commas between them."""

    def read(self, node: Any) -> Parts:
        """Join them."""
        if isinstance(node, list):
            return {"": ", ".join(plain(item) for item in node)}
        return {"": plain(node)}

    def write(self, parts: Mapping[str, str]) -> Any:
        """Split them."""
        items = [number(item) for item in parts.get("", "").split(",") if item.strip()]
        return items or ABSENT


@dataclass(frozen=True)
class Late(Kind):
    """Numbers of doses and by how much each is late, as in ``3: 4 months, 5: 30 days``."""

    def read(self, node: Any) -> Parts:
        """Join them."""
        if isinstance(node, Mapping):
            return {"": ", ".join(f"{key}: {plain(value)}" for key, value in node.items())}
        return {"": plain(node)}

    def write(self, parts: Mapping[str, str]) -> Any:
        """Split them."""
        text = parts.get("", "").strip()
        if not text:
            return ABSENT
        pairs = [item.partition(":") for item in text.split(",")]
        if not all(colon for _, colon, _ in pairs):
            return text
        return {key.strip(): value.strip() for key, _, value in pairs}


Reader = Callable[[Any], Parts]
