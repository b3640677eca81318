"""The drawer behind a number: where it was published, and what was read there."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from osteocast.web.rendering import respond
from osteocast.web.requests import Known
from osteocast.web.showing.evidence import looked_up

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/evidence/{reference:path}")
def evidence(visitor: Known, reference: str) -> Response:
    """Show a source as a page, or as the drawer of one."""
    template = "evidence_drawer.html" if visitor.live else "evidence.html"
    return respond(template, visitor, found=looked_up(reference), reference=reference)
