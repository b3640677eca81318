"""Configuration of the documentation."""

from pathlib import Path

from sphinx.application import Sphinx

import osteocast
from osteocast.claims import ask
from osteocast.inference.report import to_markdown as calibration
from osteocast.physiology.equations.page import to_markdown as equations
from osteocast.report.claims import write_docs as write_claims
from osteocast.report.validation import write as write_validation
from osteocast.trials import validate

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


def write_pages(app: Sphinx) -> None:
    """Write the pages that come from the program, so that they never lag behind the model."""
    folder = Path(app.srcdir)
    for name, text in (("equations.md", equations()), ("calibration.md", calibration())):
        page = folder / name
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
    write_validation(folder, validate())
    write_claims(folder, ask())


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", write_pages)
