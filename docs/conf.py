"""Configuration of the documentation."""

from pathlib import Path

from sphinx.application import Sphinx

import osteocast
from osteocast.physiology.equations.page import to_markdown

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


def write_equations(app: Sphinx) -> None:
    """Write the page of equations from the declaration, so that it never lags behind the model."""
    page = Path(app.srcdir) / "equations.md"
    text = to_markdown()
    if not page.is_file() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", write_equations)
