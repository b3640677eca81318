"""Sources of the registry for programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from osteocast.web.api.bodies import problems
from osteocast.web.api.results import as_json
from osteocast.web.requests import Known
from osteocast.web.showing.evidence import looked_up

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["evidence"])

Reference = Annotated[
    str,
    Path(
        description="A source id, a DOI, or source-id/value-id.",
        openapi_examples={
            "source": {"value": "abcsg-18"},
            "value": {"value": "atac-bone-60-months/ana-total-hip-60"},
        },
    ),
]


@router.get(
    "/evidence/{reference:path}",
    summary="Look up a source, or one value of it",
    responses={
        200: {
            "description": "The source, as `osteocast evidence show --json` prints it.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **problems(401, 404),
    },
    response_class=Response,
)
def evidence(visitor: Known, reference: Reference) -> Response:
    """Citation, how deeply the source was read, and every value that was read in it."""
    found = looked_up(reference)
    content: dict[str, Any] = found.as_data()
    return Response(as_json(content), media_type="application/json")
