"""A search for plans, and long work in the background, for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from osteocast.web.api.bodies import CASE_BODY, GivenCase, case_draft, problems
from osteocast.web.api.results import JSON, WRONG, Name, as_json, described, remembered
from osteocast.web.errors import Gone, Refused
from osteocast.web.jobs import Job
from osteocast.web.long_work import begin, compute
from osteocast.web.remembering import sent
from osteocast.web.requests import Known
from osteocast.web.visitors import Visitor

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["results"])

_FEWEST, _MOST = 32, 20_000
_USUAL = {"forecast": 256, "verdict": 4096, "plan": 384}

_ADDRESS = {"type": "string", "description": "Where to ask."}
_TOLD: dict[str, Any] = {
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["id", "kind", "state", "progress", "step", "seconds_left", "self"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string"},
                    "kind": {"enum": sorted(_USUAL)},
                    "state": {"enum": ["waiting", "running", "done", "failed", "cancelled"]},
                    "progress": {"type": "number", "minimum": 0, "maximum": 1},
                    "step": {"type": "string", "description": "What is being done; empty if nothing is."},
                    "seconds_left": {"type": ["number", "null"], "description": "About; null if it waits."},
                    "self": _ADDRESS,
                    "result": _ADDRESS,
                },
            },
            "example": {
                "id": "q1Zx0kTn5u2Yw8Rb",
                "kind": "plan",
                "state": "running",
                "progress": 0.42,
                "step": "following plan 21 of 25",
                "seconds_left": 3.4,
                "self": "/v1/jobs/q1Zx0kTn5u2Yw8Rb",
            },
        }
    }
}

JobId = Annotated[str, Path(max_length=40, description="As POST /v1/jobs gave it.")]


@router.post(
    "/plan",
    summary="Search for a plan: what is feasible and safe, and what each comes to",
    openapi_extra={"requestBody": CASE_BODY},
    responses={200: described("plan"), **WRONG},
    response_class=Response,
)
def plan(
    visitor: Known,
    document: GivenCase,
    name: Name = "",
    people: Annotated[
        int, Query(ge=_FEWEST, le=_MOST, description="Virtual people that every plan is followed over.")
    ] = 384,
) -> Response:
    """Rank plans for the goal of the case and within its constraints (`options`)."""
    from osteocast.report.planning_data import search_as_data

    draft = case_draft(document, name)
    found = compute(visitor, "plan", draft, people)
    content = remembered(visitor, "plan-json", draft, people, lambda: as_json(search_as_data(found)))
    return sent(content, visitor, JSON)


@router.post(
    "/jobs",
    status_code=202,
    tags=["jobs"],
    summary="Begin long work in the background",
    openapi_extra={"requestBody": CASE_BODY},
    responses={202: {"description": "Begun; ask at the address in Location.", **_TOLD}, **WRONG},
)
def start(
    visitor: Known,
    document: GivenCase,
    kind: Annotated[
        Literal["forecast", "verdict", "plan"], Query(description="What to compute.")
    ] = "verdict",
    name: Name = "",
    count: Annotated[
        int | None,
        Query(ge=_FEWEST, le=_MOST, description="Virtual people; as the command line if left out."),
    ] = None,
) -> JSONResponse:
    """Begin a forecast, a verdict or a search, and say where to ask how far it is."""
    draft = case_draft(document, name)
    draft.case()
    job = begin(visitor, kind, draft, _USUAL[kind] if count is None else count)
    return JSONResponse(_told(job), 202, {"Location": f"/v1/jobs/{job.id}"})


@router.get(
    "/jobs/{job_id}",
    tags=["jobs"],
    summary="How far long work is",
    responses={200: {"description": "How far it is.", **_TOLD}, **problems(401, 404, 422)},
)
def look(visitor: Known, job_id: JobId) -> dict[str, Any]:
    """State, share done, current step and about how many seconds are left; with `result` once it is done."""
    return _told(_job(visitor, job_id))


@router.get(
    "/jobs/{job_id}/result",
    tags=["jobs"],
    summary="The result of long work",
    responses={200: described("forecast", "verdict", "plan"), **problems(401, 404, 409, 422)},
    response_class=Response,
)
def result(visitor: Known, job_id: JobId) -> Response:
    """Answer what the command line prints; 409 as long as there is none."""
    from osteocast.report import as_data, verdict_as_data
    from osteocast.report.planning_data import search_as_data

    job = _job(visitor, job_id)
    if job.state not in ("done", "failed"):
        remedy = "begin it anew" if job.state == "cancelled" else "ask again"
        raise Refused(409, f"the work is {job.state}", remedy)
    found = job.shared.future.result()
    writers: dict[str, Callable[[Any], dict[str, Any]]] = {
        "forecast": as_data,
        "verdict": verdict_as_data,
        "plan": search_as_data,
    }
    written = writers[job.kind]
    return Response(as_json(written(found)), media_type="application/json")


@router.delete(
    "/jobs/{job_id}",
    status_code=204,
    tags=["jobs"],
    summary="Call long work off",
    responses=problems(401, 403, 404, 422),
)
def cancel(visitor: Known, job_id: JobId) -> Response:
    """End it at its next step, within about a second: it has no result then."""
    visitor.service.jobs.cancel(_job(visitor, job_id))
    return Response(status_code=204)


def _job(visitor: Visitor, job_id: str) -> Job:
    job = visitor.service.jobs.find(job_id, visitor.owner)
    if job is None or job.kind not in _USUAL:
        raise Gone("this work")
    return job


def _told(job: Job) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": round(job.progress, 3),
        "step": job.step,
        "seconds_left": None if job.seconds_left is None else round(job.seconds_left, 1),
        "self": f"/v1/jobs/{job.id}",
    }
    if job.state == "done":
        told["result"] = f"/v1/jobs/{job.id}/result"
    return told
