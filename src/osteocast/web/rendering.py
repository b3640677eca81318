"""Pages from templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from osteocast import report
from osteocast.report.data import NOT_A_DEVICE
from osteocast.version import __version__
from osteocast.web.assets import HTMX, address
from osteocast.web.forms.fields import drug_words
from osteocast.web.strings import translations

if TYPE_CHECKING:
    from osteocast.web.visitors import Visitor

__all__ = ["environment", "fragment", "respond"]

_TEMPLATES = (Path(__file__).parent / "templates", Path(report.__file__).parent / "templates")


@cache
def environment(language: str = "en") -> Environment:
    """Return the templates, with the words of a language."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters["drug_words"] = drug_words
    made.globals |= {
        "asset": address,
        "htmx": HTMX,
        "notice": NOT_A_DEVICE,
        "version": __version__,
        "language": language,
        # Words that are marked elsewhere; a percent sign in them is one.
        "t": translations(language).gettext,
    }
    return made


def fragment(template: str, visitor: Visitor, **content: Any) -> str:
    """Return a filled template."""
    filled: str = environment().get_template(template).render(visitor=visitor, **content)
    return filled


def respond(template: str, visitor: Visitor, *, status: int = 200, **content: Any) -> HTMLResponse:
    """Return a page, with the cookie of the session if it is new."""
    response = HTMLResponse(fragment(template, visitor, **content), status)
    visitor.remember(response)
    return response
