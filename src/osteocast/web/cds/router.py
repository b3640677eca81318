"""The addresses of CDS Hooks: what is offered, what a hook is answered, what became of the cards."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from osteocast.errors import InputError
from osteocast.web.api.bodies import problems, read_object
from osteocast.web.cds.answering import answer
from osteocast.web.cds.calls import read_call
from osteocast.web.cds.desk import Desk
from osteocast.web.cds.feedback import read_feedback
from osteocast.web.cds.refusals import CallRefused, malformed
from osteocast.web.cds.services import HookService, find_service, load_services
from osteocast.web.service import Service, service_of

__all__ = ["router"]

router = APIRouter(prefix="/cds-services", tags=["CDS Hooks"])

ServiceId = Annotated[str, Path(max_length=100, description="As discovery names it.")]


def open_desk(request: Request) -> Service:
    """Return what calls share.

    Raises
    ------
    CallRefused
        With status 404 where cards are switched off.
    """
    service = service_of(request)
    if service.desk is None:
        remedy = "switch it on for osteocast serve, with the issuers of tokens where others reach it"
        raise CallRefused(404, "Not found", "cards are switched off here", remedy)
    return service


def base_url_of(request: Request) -> str:
    """Return the absolute address of the application, without a slash at its end."""
    desk = service_of(request).desk
    given = desk.settings.base_url if desk is not None else ""
    return given or str(request.base_url).rstrip("/")


def known_service(
    service_id: ServiceId, request: Request, shared: Annotated[Service, Depends(open_desk)]
) -> HookService:
    """Return the service that is called, by somebody who may.

    Raises
    ------
    CallRefused
        With status 404 if there is none, with 401 if the token is not good.
    TooOften
    """
    service = find_service(service_id)
    if service is None:
        offered = ", ".join(each.id for each in load_services())
        raise CallRefused(404, "Not found", "there is no such service", f"call one of {offered}")
    desk = shared.desk
    assert isinstance(desk, Desk)
    address = request.client.host if request.client else ""
    desk.admit(request.headers.get("authorization", ""), service.id, base_url_of(request), address)
    return service


async def sent_object(request: Request, _: Annotated[HookService, Depends(known_service)]) -> dict[str, Any]:
    """Return what was sent, by somebody who may.

    Raises
    ------
    CallRefused
        With status 400 if it is no object.
    """
    try:
        return await read_object(request, "a call")
    except InputError as error:
        raise malformed(error.problems) from None


Sent = Annotated[dict[str, Any], Depends(sent_object)]
Called = Annotated[HookService, Depends(known_service)]

_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/json": {"schema": {"type": "object"}}},
}
_CARDS = {
    "description": "Cards, the gravest first.",
    "content": {"application/json": {"schema": {"type": "object", "required": ["cards"]}}},
}


@router.get("", summary="Which services there are", responses=problems(404))
def discovery(_: Annotated[Service, Depends(open_desk)]) -> dict[str, Any]:
    """Each service with its hook and the templates of what it wants to be sent along."""
    return {"services": [service.as_data() for service in load_services()]}


@router.post(
    "/{service_id}",
    summary="Answer a hook with cards",
    openapi_extra={"requestBody": _BODY},
    responses={200: _CARDS, **problems(400, 401, 403, 404, 412, 413, 415, 429)},
)
def call(service: Called, content: Sent, request: Request) -> dict[str, Any]:
    """Cards from what was sent along; nothing is asked of the record, and nothing of a person is kept."""
    return answer(read_call(content, service), service, service_of(request), base_url_of(request))


@router.post(
    "/{service_id}/feedback",
    summary="Say what became of cards",
    openapi_extra={"requestBody": _BODY},
    responses={200: {"description": "Counted."}, **problems(400, 401, 403, 404, 413, 415, 429)},
    response_class=Response,
)
def feedback(service: Called, content: Sent, request: Request) -> Response:
    """Topic, outcome and reason are counted; what was written in words is not kept."""
    desk = service_of(request).desk
    assert desk is not None
    for line in read_feedback(content):
        topic = desk.topic_of(service.id, line.pop("card"))
        desk.note_feedback({**line, "service": service.id, "topic": topic})
    return Response(status_code=200)
