"""Whether it lives, whether it can serve, what it does."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from osteocast.version import __version__
from osteocast.web.api.bodies import problems
from osteocast.web.errors import Refused
from osteocast.web.service import service_of

__all__ = ["router"]

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Whether the program lives")
def lives() -> dict[str, str]:
    """Answer."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz", summary="Whether it can serve", responses=problems(503))
def ready(request: Request) -> dict[str, str]:
    """Answer once the engine is warm and the cases can be reached."""
    service = service_of(request)
    if not service.warmed.is_set():
        raise Refused(503, "the engine is still being warmed", "ask again in a few seconds")
    service.store.ping()
    return {"status": "ready", "version": __version__}


@router.get(
    "/metrics",
    summary="Counters, as Prometheus reads them",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request) -> Response:
    """Answers by route and status, durations, computations; nothing of a person."""
    service = service_of(request)
    text = service.metrics.text(service.computations)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4; charset=utf-8")
