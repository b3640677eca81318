"""Forecasts and verdicts for programs: exactly what the command line prints with ``--json``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from osteocast.files.json_text import json_text
from osteocast.web.api.bodies import CASE_BODY, GivenCase, case_draft, problems
from osteocast.web.drafts import Draft
from osteocast.web.packing import Packed, pack
from osteocast.web.remembering import sent
from osteocast.web.requests import Known
from osteocast.web.security.spending import spend
from osteocast.web.visitors import Visitor

__all__ = [
    "JSON",
    "WRONG",
    "Name",
    "as_json",
    "described",
    "forecast_json",
    "remembered",
    "router",
    "verdict_json",
]

router = APIRouter(prefix="/v1", tags=["results"])

JSON = "application/json"

_MOST_DRAWS = 2000
_FEWEST_PEOPLE, _MOST_PEOPLE = 64, 20_000

Name = Annotated[str, Query(max_length=200, description="What the result calls the case.")]


def as_json(content: Any) -> bytes:
    """Write a result as the command line does."""
    return (json_text(content) + "\n").encode()


def forecast_json(visitor: Visitor, document: dict[str, Any], name: str, draws: int) -> Packed:
    """Return the forecast of a document, computed or remembered."""
    from osteocast.report import as_data

    computations, draft = visitor.service.computations, case_draft(document, name)
    spend(visitor, draft, "forecast", draws)
    forecast = computations.forecast(draft, draws)
    return remembered(visitor, "forecast-json", draft, draws, lambda: as_json(as_data(forecast)))


def verdict_json(visitor: Visitor, document: dict[str, Any], name: str, people: int) -> Packed:
    """Return the verdict on a document, computed or remembered."""
    from osteocast.report import verdict_as_data

    computations, draft = visitor.service.computations, case_draft(document, name)
    spend(visitor, draft, "verdict", people)
    verdict = computations.verdict(draft, people)
    return remembered(visitor, "verdict-json", draft, people, lambda: as_json(verdict_as_data(verdict)))


def remembered(visitor: Visitor, kind: str, draft: Draft, count: int, make: Callable[[], bytes]) -> Packed:
    """Return a result as text, written or remembered."""
    computations = visitor.service.computations
    return computations.get(computations.key_of(kind, draft, count), lambda: pack(make()))


#: What can go wrong with each of them.
WRONG = problems(400, 401, 403, 413, 415, 422, 429, 503)


_EVERY = ("format", "notice", "versions", "headline", "case", "plans", "inputs", "assumptions", "sources")
_OWN = {
    "forecast": ("confidence", "extrapolated", "alerts", "sites", "origin", "draws", "bands", "days"),
    "verdict": ("criteria", "grades", "cautions", "virtual_people"),
    "plan": (
        "goal",
        "constraints",
        "refused",
        "left_out",
        "reference",
        "grades",
        "cautions",
        "virtual_people",
    ),
}


def described(*commands: str) -> dict[str, Any]:
    """Describe a result, or one of several, as OpenAPI does."""
    schemas = [
        {
            "type": "object",
            "required": [*_EVERY, *_OWN[command]],
            "properties": {"format": {"type": "string"}, "plans": {"type": "array"}},
        }
        for command in commands
    ]
    printed = ", ".join(f"`osteocast {command} --json`" for command in commands)
    return {
        "description": f"What {printed} prints.",
        "content": {"application/json": {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}},
    }


@router.post(
    "/forecast",
    summary="Forecast bone density under every plan of a case",
    openapi_extra={"requestBody": CASE_BODY},
    responses={
        200: described("forecast"),
        **WRONG,
    },
    response_class=Response,
)
def forecast(
    visitor: Known,
    document: GivenCase,
    name: Name = "",
    draws: Annotated[int, Query(ge=0, le=_MOST_DRAWS, description="Virtual people behind the bands.")] = 256,
) -> Response:
    """Bone density, T-scores, turnover, fractures and safety of each plan, with bands and sources."""
    return sent(forecast_json(visitor, document, name, draws), visitor, JSON)


@router.post(
    "/verdict",
    summary="Judge whether lifestyle alone is enough, and what would be",
    openapi_extra={"requestBody": CASE_BODY},
    responses={
        200: described("verdict"),
        **WRONG,
    },
    response_class=Response,
)
def verdict(
    visitor: Known,
    document: GivenCase,
    name: Name = "",
    people: Annotated[
        int, Query(ge=_FEWEST_PEOPLE, le=_MOST_PEOPLE, description="Virtual people behind the probabilities.")
    ] = 4096,
) -> Response:
    """Give the probability that each plan is enough, its reason, grade, and what it hangs on."""
    return sent(verdict_json(visitor, document, name, people), visitor, JSON)
