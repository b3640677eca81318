"""For programs: sources of the registry, and what is behind a number of a case."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from osteocast.web.api.bodies import CASE_BODY, GivenCase, case_draft, problems
from osteocast.web.api.results import WRONG, as_json
from osteocast.web.long_work import compute
from osteocast.web.requests import Known
from osteocast.web.security.spending import spend
from osteocast.web.showing.behind import KINDS, behind, behind_verdict
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


Number = Literal[
    "density",
    "t-score",
    "least-change",
    "scan",
    "fracture",
    "harm",
    "burden",
    "grade",
    "quantity",
    "input",
    "visit",
    "verdict",
]
assert set(get_args(Number)) == {*KINDS, "verdict"}, "every kind of number can be asked about"


@router.post(
    "/evidence",
    summary="What is behind a number of a case",
    openapi_extra={"requestBody": CASE_BODY},
    responses={
        200: {
            "description": "What the number is made of, its grade, published values, trials beside what is "
            "simulated, parameters, what to distrust, and every source.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **WRONG,
        **problems(404),
    },
    response_class=Response,
)
def number(
    visitor: Known,
    document: GivenCase,
    number: Annotated[Number, Query(description="Of which kind it is.")] = "density",
    plan: Annotated[int, Query(ge=0, le=1000, description="Place of the plan, from 0.")] = 0,
    of: Annotated[
        str,
        Query(
            max_length=80,
            description="Of what: a site (`lumbar_spine`), a link of the chain (`ctx`), a drug, or the place "
            "of an input or a visit. The first site or link if left out.",
        ),
    ] = "",
    year: Annotated[float | None, Query(ge=0, le=100, description="When, in years from day 0.")] = None,
) -> Response:
    """Say what it is made of, what informs it, how well it is known, and what to distrust."""
    draft, settings = case_draft(document), visitor.service.settings
    if number == "verdict":
        found = behind_verdict(compute(visitor, "verdict", draft, settings.people), plan)
    else:
        spend(visitor, draft, "forecast", settings.draws)
        found = behind(visitor.service.computations.forecast(draft), number, plan, of, year)
    return Response(as_json(found.as_data()), media_type="application/json")
