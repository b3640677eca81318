"""Configuration of the documentation."""

import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import osteocast
from osteocast.claims import ask
from osteocast.inference.report import to_markdown as calibration
from osteocast.physiology.equations.page import to_markdown as equations
from osteocast.report.claims import write_docs as write_claims
from osteocast.report.validation import write as write_validation
from osteocast.trials import validate

sys.path.insert(0, str(Path(__file__).parent))
import executed  # beside this file
import written

project = "osteocast"
author = "The osteocast maintainers"
copyright = "2026, the osteocast maintainers"
version = release = osteocast.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build", "decisions/template.md"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3

# Docstrings name things in single backticks, as numpydoc does: link them where that is possible.
default_role = "py:obj"
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"

html_theme = "furo"
html_title = f"osteocast {release}"
html_show_sourcelink = False
html_static_path = ["style"]
html_css_files = ["outputs.css"]


def write_pages(app: Sphinx) -> None:
    """Write the pages that come from the program, so that they never lag behind the model."""
    folder = Path(app.srcdir)
    for name, text in (("equations.md", equations()), ("calibration.md", calibration())):
        written.keep(folder / name, text)
    written.write(folder)
    write_validation(folder, validate())
    write_claims(folder, ask())


def read_notebooks(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Read every notebook again: what it shows may have changed though it has not."""
    return [f"notebooks/{path.stem}" for path in executed.NOTEBOOKS.glob("*.md")]


def show_notebook(app: Sphinx, name: str, content: list[str]) -> None:
    """Put what a notebook showed in its place."""
    if name.startswith("notebooks/"):
        content[0] = executed.to_markdown(Path(app.srcdir) / f"{name}.md")


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", write_pages)
    app.connect("env-get-outdated", read_notebooks)
    app.connect("source-read", show_notebook)
