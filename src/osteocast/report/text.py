"""Tables for a terminal: as text, and never narrower than their figures."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.table import Table
    from rich.text import Text

__all__ = ["Fitted", "as_text", "bullets", "figures", "new_table"]

# Wide enough that no table is asked to shrink while it is measured.
_UNBOUNDED = 10_000


def as_text(parts: Iterable[RenderableType], *, width: int, colour: bool = False) -> str:
    """Return what a console of some width would print.

    Parameters
    ----------
    parts : iterable of rich renderables
    width : int
        Characters in a line.
    colour : bool
        Whether to mark up with terminal colours.
    """
    from rich.console import Console

    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def new_table(title: str = "", caption: str = "") -> Table:
    """Return an empty table in the style of all of them."""
    from rich import box
    from rich.table import Table

    made = Table(
        title=title or None,
        box=box.SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
    )
    made.caption, made.caption_justify, made.caption_style = caption or None, "left", "dim"
    return made


def figures(
    heads: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    title: str = "",
    caption: str = "",
    *,
    left: Collection[str] = (),
) -> Table:
    """Tabulate names and their figures; only the names may be broken.

    Parameters
    ----------
    heads : sequence of str
        Of the columns; the first is that of the names.
    rows : sequence of sequences of str or Text
        Cells may have several lines.
    title, caption : str
    left : collection of str
        Heads of the columns that hold words: they are not broken either, but begin on the left.
    """
    from rich.text import Text

    made = new_table(title, caption)
    for i, head in enumerate(heads):
        cells = [str(row[i]) for row in rows]
        if i == 0:
            least = max((len(word) for cell in (head, *cells) for word in cell.split()), default=0)
            made.add_column(head, min_width=least)
        else:
            least = max(len(line) for cell in (head, *cells) for line in cell.split("\n"))
            made.add_column(head, min_width=least, justify="left" if head in left else "right")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return made


class Fitted:
    """The first of several tables that a console has room for; the last if it has for none.

    Parameters
    ----------
    *choices : Table
        Widest first.
    """

    def __init__(self, *choices: Table) -> None:
        self.choices = choices

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Choose by the narrowest that each table can be."""
        from rich.measure import Measurement

        unbounded = options.update(max_width=_UNBOUNDED)
        for choice in self.choices:
            if Measurement.get(console, unbounded, choice).minimum <= options.max_width:
                yield choice
                return
        yield self.choices[-1]


def bullets(title: str, items: Sequence[str]) -> list[RenderableType]:
    """Return a list under a heading; nothing where there are no items."""
    from rich.padding import Padding
    from rich.text import Text

    if not items:
        return []
    listed = [Padding(Text(f"- {item}"), (0, 0, 0, 2)) for item in items]
    return [Text(title, style="bold"), *listed]
