"""Files that every page asks for."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from osteocast.web.assets import assets
from osteocast.web.errors import Gone

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Return a file; its name changes with its content, so that it may be kept for ever."""
    found = next((asset for asset in assets().values() if asset.name == name), None)
    if found is None:
        raise Gone("this file")
    return Response(found.content, media_type=found.media_type, headers=_FOR_EVER)


@router.get("/favicon.ico")
def icon() -> Response:
    """Return the icon."""
    found = assets()["icon.svg"]
    return Response(found.content, media_type=found.media_type, headers={"Cache-Control": "max-age=86400"})


@router.get("/robots.txt")
def robots() -> Response:
    """Keep search engines out."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain; charset=utf-8")
