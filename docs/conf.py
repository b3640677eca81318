"""Configuration of the documentation."""

import osteocast

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
