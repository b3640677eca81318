"""A chart: a Vega-Lite specification with its words and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from osteocast.charts.rendering import as_png, as_svg
from osteocast.errors import InputError, Problem

__all__ = ["SCHEMA", "Chart", "Table"]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.1.json"


@dataclass(frozen=True)
class Table:
    """The numbers behind a chart, for those who cannot see it or want to check it.

    Parameters
    ----------
    caption : str
    head : tuple of str
    rows : tuple of tuples of str
        The first cell of a row is its heading.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A chart that can be shown in a notebook, saved, or put into a page.

    Parameters
    ----------
    key : str
        Short name, for files and ids.
    title : str
    summary : str
        What the chart shows, in words.
    table : Table
    spec : dict
        Vega-Lite.
    """

    key: str
    title: str
    summary: str
    table: Table
    spec: dict[str, Any] = field(repr=False)

    def svg(self) -> str:
        """Draw as SVG."""
        return as_svg(self.spec)

    def png(self, scale: float = 2.0) -> bytes:
        """Draw as PNG on white, `scale` pixels for each unit of the SVG."""
        return as_png({**self.spec, "background": "white"}, scale)

    def save(self, path: str | Path) -> Path:
        """Write to a file; the suffix, ``.svg``, ``.png`` or ``.json`` (Vega-Lite), says what.

        Raises
        ------
        InputError
            If the suffix is another one.
        """
        import json

        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in _SUFFIXES:
            remedy = "choose one of these suffixes"
            raise InputError([Problem("path", str(path), f"a file name with {', '.join(_SUFFIXES)}", remedy)])
        if suffix == ".png":
            target.write_bytes(self.png())
        else:
            target.write_text(
                self.svg() if suffix == ".svg" else json.dumps(self.spec, indent=1), encoding="utf-8"
            )
        return target

    def _repr_mimebundle_(self, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> dict[str, Any]:
        """Show in a notebook: as SVG, which needs no extension and no network."""
        return {"image/svg+xml": self.svg(), "text/plain": f"{self.title}. {self.summary}"}


_SUFFIXES = (".svg", ".png", ".json")
