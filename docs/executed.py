"""Notebooks for the documentation: executed, and written as Markdown with what they showed.

The notebooks are text (MyST, by jupytext) without outputs; Jupyter opens them with jupytext. What came of
them is kept in the build's folder as long as neither notebook nor program changes.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

DOCS = Path(__file__).parent
NOTEBOOKS = DOCS / "notebooks"
KEPT = DOCS / "_build" / "notebooks"
#: Where drawings go; pages of notebooks are one folder deeper.
DRAWINGS = DOCS / "figures"
_PROGRAM = DOCS.parent / "src" / "osteocast"
_TIMEOUT = 300  # seconds a cell


def execute(path: Path) -> NotebookNode:
    """Run a notebook in a kernel of its own, in a folder with nothing but the examples, and keep the result.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails; shows it.
    """
    import jupytext
    import nbformat
    from nbclient import NotebookClient

    logging.getLogger("traitlets").setLevel(logging.WARNING)
    notebook = jupytext.read(path)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(DOCS.parent / "examples", Path(folder) / "examples")
        NotebookClient(
            notebook,
            timeout=_TIMEOUT,
            kernel_name="python3",
            extra_arguments=["--log-level=40"],  # errors: each kernel would warn of its own socket
            resources={"metadata": {"path": folder}},
        ).execute()
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob(f"{path.stem}-*.ipynb"):
        old.unlink()
    nbformat.write(notebook, _kept(path))
    return notebook


def executed(path: Path) -> NotebookNode:
    """Return a notebook with its outputs: the kept ones if nothing changed since, else new ones."""
    import nbformat

    kept = _kept(path)
    return nbformat.read(kept, as_version=4) if kept.is_file() else execute(path)


def _kept(path: Path) -> Path:
    key = hashlib.sha256(path.read_bytes() + _program() + sys.version.encode()).hexdigest()[:12]
    return KEPT / f"{path.stem}-{key}.ipynb"


@cache
def _program() -> bytes:
    content = hashlib.sha256()
    for path in sorted([*_PROGRAM.rglob("*"), *(DOCS.parent / "examples").rglob("*")]):
        if path.suffix in (".py", ".yaml", ".npy"):
            content.update(path.name.encode() + path.read_bytes())
    return content.digest()


def to_markdown(path: Path) -> str:
    """Return a notebook as a page: its text, its code, and what came of it; drawings are written as files."""
    parts = []
    for i, cell in enumerate(executed(path).cells):
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code":
            parts.append(f"```python\n{cell.source}\n```")
            parts += [_shown(output, f"notebook-{path.stem}-{i}") for output in _joined(cell.outputs)]
    parts.append(
        f"---\n\n*This page is the notebook `docs/notebooks/{path.name}`, run when the page was built.*"
    )
    return "\n\n".join(parts) + "\n"


def _joined(outputs: Iterable[Any]) -> Iterator[Any]:
    """Put together what was printed in pieces."""
    last = None
    for output in outputs:
        if last is not None and output.output_type == last.output_type == "stream":
            last.text += output.text
            continue
        if last is not None:
            yield last
        last = output
    if last is not None:
        yield last


def _shown(output: Any, name: str) -> str:
    if output.output_type == "stream":
        return _text(output.text)
    drawn = output.data.get("image/svg+xml")
    if drawn is None:
        return _text(output.data["text/plain"])
    DRAWINGS.mkdir(exist_ok=True)
    (DRAWINGS / f"{name}.svg").write_text(_with_fonts(drawn), encoding="utf-8")
    words = output.data["text/plain"].replace("[", "(").replace("]", ")").replace("\n", " ")
    return f"![{words}](../figures/{name}.svg)"


def _text(text: str) -> str:
    return f"```none\n{text.rstrip()}\n```"


def _with_fonts(drawn: str) -> str:
    """Put the fonts into a drawing: labels are as wide as they were measured wherever it is shown."""
    head, end, rest = drawn.partition(">")
    return f"{head}{end}<style>{_faces()}</style>{rest}"


@cache
def _faces() -> str:
    from osteocast.charts import FONTS

    faces = ""
    for weight, name in ((400, "Inter-Regular-latin.woff2"), (600, "Inter-SemiBold-latin.woff2")):
        content = base64.b64encode((FONTS / name).read_bytes()).decode()
        source = f"url(data:font/woff2;base64,{content})"
        faces += f"@font-face{{font-family:Inter;font-weight:{weight};src:{source}}}"
    return faces
