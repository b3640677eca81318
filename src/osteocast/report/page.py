"""A page that stands alone: no network, no script, font and pictures inside."""

from __future__ import annotations

import base64
import sys
from functools import cache
from pathlib import Path
from typing import Any

from osteocast.charts import FONTS
from osteocast.forecast.results import Forecast

__all__ = ["page", "template"]

_TEMPLATES = Path(__file__).parent / "templates"
_FACES = {400: "Inter-Regular-latin.woff2", 600: "Inter-SemiBold-latin.woff2"}


def page(forecast: Forecast) -> str:
    """Return a forecast as one HTML file.

    Parameters
    ----------
    forecast : Forecast

    Returns
    -------
    str
        HTML that loads nothing from anywhere, reads without JavaScript, prints, follows the reader's choice
        of light or dark, and has a table and a summary in words for every chart.
    """
    from osteocast.report.context import context

    html: str = template("page.html.jinja").render(**context(forecast))
    return html


@cache
def template(name: str) -> Any:
    """Return a template of a page, with the style sheet and the font that every page carries."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        bytecode_cache=_kept(),
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style_sheet"] = (_TEMPLATES / "page.css").read_text(encoding="utf-8")
    environment.globals["faces"] = {weight: _encoded(FONTS / name) for weight, name in _FACES.items()}
    return environment.get_template(name)


def _kept() -> Any:
    """Return where compiled templates wait for the next process; compiling takes longer than filling."""
    import hashlib

    from jinja2.bccache import Bucket, BytecodeCache

    from osteocast.files import storage
    from osteocast.files.libraries import version

    class Kept(BytecodeCache):
        def load_bytecode(self, bucket: Bucket) -> None:
            code = storage.load(_key(bucket), "template")
            if code is not None:
                bucket.bytecode_from_string(code)

        def dump_bytecode(self, bucket: Bucket) -> None:
            storage.store(_key(bucket), bucket.bytecode_to_string(), "template")

    def _key(bucket: Bucket) -> str:
        # The text of the template, where it stands, and who compiled it.
        made_from = (bucket.key, bucket.checksum, version("jinja2"), sys.version)
        return hashlib.sha256("\n".join(made_from).encode()).hexdigest()

    return Kept()


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")
