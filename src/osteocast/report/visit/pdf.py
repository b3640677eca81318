"""A visit as PDF: tagged (PDF/UA-1), with the fonts that come along, and the same bytes for the same case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from osteocast.charts import FONTS, STYLES
from osteocast.errors import OsteocastError

__all__ = ["as_pages", "as_pdf", "require_typst"]

_TEMPLATES = Path(__file__).parent
_STANDARD = "ua-1"
# From the largest, in points: the first in which everything fits on its page is taken.
_SIZES = tuple(tenths / 10 for tenths in range(100, 61, -2))
_PIXELS_PER_INCH = 80.0


def as_pdf(template: str, content: Mapping[str, Any], as_of: date) -> bytes:
    """Set a sheet as PDF.

    Parameters
    ----------
    template : str
        Name of the Typst file.
    content : mapping
        What it is filled with. It goes in as data and is never read as markup.
    as_of : date
        Stands in the file as its date, so that the same case gives the same bytes.

    Raises
    ------
    OsteocastError
        If the extra ``report`` is not installed.
    """
    made: bytes = _compiler(template, content).compile(
        format="pdf", pdf_standards=[_STANDARD], timestamp=datetime.combine(as_of, time(), UTC)
    )
    return made


def as_pages(template: str, content: Mapping[str, Any]) -> list[bytes]:
    """Set a sheet as pictures (PNG), one for each page; otherwise as `as_pdf`."""
    made: bytes | list[bytes] = _compiler(template, content).compile(format="png", ppi=_PIXELS_PER_INCH)
    return made if isinstance(made, list) else [made]


def require_typst() -> Any:
    """Return the typesetter.

    Raises
    ------
    OsteocastError
        If the extra ``report`` is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise OsteocastError(
            f"PDF needs {error.name}: pip install 'osteocast[report]', or choose --format html"
        ) from None
    return typst


def _compiler(template: str, content: Mapping[str, Any]) -> Any:
    look = {
        "colours": [style.colour for style in STYLES],
        "dashes": [list(style.dash) for style in STYLES],
        "sizes": _SIZES,
    }
    return require_typst().Compiler(
        input=str(_TEMPLATES / template),
        root=str(_TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps({**content, **look}, ensure_ascii=False)},
    )
