"""Style sheet, script and fonts, as files that a browser may keep: their names change with their content."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from osteocast import report
from osteocast.charts import FONTS
from osteocast.web.showing.standing import colour_classes, own_styles

__all__ = ["HTMX", "Asset", "address", "assets"]

HTMX = "htmx-2.0.11.min.js"

_STATIC = Path(__file__).parent / "static"
_STYLES = Path(report.__file__).parent / "templates" / "page.css"
_FACES = {400: "Inter-Regular-latin.woff2", 600: "Inter-SemiBold-latin.woff2"}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """A file that every page may ask for.

    Parameters
    ----------
    name : str
        With a digest of its content.
    content : bytes
    media_type : str
    """

    name: str
    content: bytes
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Return all files, by the name without digest."""
    made = {}
    for name in _FACES.values():
        made[name] = _asset(name, (FONTS / name).read_bytes())
    for path in sorted(_STATIC.iterdir()):
        if path.suffix in (".js", ".svg"):
            made[path.name] = _asset(path.name, path.read_bytes())
    faces = "".join(
        f"@font-face{{font-family:Inter;font-weight:{weight};font-display:swap;"
        f'src:url({made[name].name}) format("woff2")}}\n'
        for weight, name in _FACES.items()
    )
    own = "".join(
        (_STATIC / name).read_text(encoding="utf-8") for name in ("app.css", "form.css", "parts.css")
    )
    styles = (faces, themed(_STYLES.read_text(encoding="utf-8")), own_styles(), colour_classes(), own)
    made["app.css"] = _asset("app.css", "\n".join(styles).encode())
    return made


def address(name: str) -> str:
    """Return the address of a file."""
    return f"/static/{assets()[name].name}"


def _asset(name: str, content: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    digest = hashlib.sha256(content).hexdigest()[:10]
    return Asset(f"{stem}-{digest}.{suffix}", content, _TYPES[f".{suffix}"])


def themed(styles: str) -> str:
    """Let a choice of light or dark go before that of the system.

    Examples
    --------
    >>> print(themed("@media (prefers-color-scheme: dark) { :root { --a: 2; } }"))
    @media screen and (prefers-color-scheme: dark) { :root:not([data-theme=light]) { --a: 2; } }
    @media screen { :root[data-theme=dark] { color-scheme: dark; --a: 2; } }
    :root[data-theme=light] { color-scheme: light; }
    """
    pattern = r"@media (\(prefers-color-scheme: dark\) \{\s*):root \{([^}]*)\}"
    match = re.search(pattern, styles)
    if match is None:
        return styles
    styles = re.sub(pattern, r"@media screen and \1:root:not([data-theme=light]) {\2}", styles, count=1)
    dark = " ".join(match[2].split())
    return (
        f"{styles}\n@media screen {{ :root[data-theme=dark] {{ color-scheme: dark; {dark} }} }}\n"
        ":root[data-theme=light] { color-scheme: light; }\n"
    )
