"""The mechanism: the chain from aromatase to bone, with a time and a plan to choose."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from osteocast.errors import InputError, NotCovered
from osteocast.web.remembering import remembered
from osteocast.web.rendering import respond
from osteocast.web.requests import Known, draft_of
from osteocast.web.security.spending import spend
from osteocast.web.showing.forecast import whole
from osteocast.web.showing.mechanism import chain, years_of
from osteocast.web.visitors import Visitor

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/d/{key}/mechanism")
def mechanism(
    visitor: Known,
    key: str,
    year: Annotated[float, Query(ge=0, le=30)] = 2.0,
    plan: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Response:
    """Show the chain under a plan at a time; only the diagram if htmx asks."""
    draft = draft_of(visitor, key)

    def made(reader: Visitor) -> Response:
        spend(visitor, draft)
        try:
            found = whole(visitor.service.computations, draft)
        except InputError:
            return RedirectResponse(f"/d/{key}/edit", 303)
        except NotCovered as error:
            return respond("not_covered.html", reader, draft=draft, reasons=error.reasons)
        forecast = found.look.forecast
        years = years_of(forecast)
        at = min(years, key=lambda one: abs(one - year))
        chosen = min(plan, len(forecast.plans) - 1)
        return respond(
            "mechanism_chain.html" if reader.live else "mechanism.html",
            reader,
            draft=draft,
            found=found,
            look=found.look,
            chain=chain(forecast, chosen, at),
            years=years,
            chosen=chosen,
        )

    return remembered(visitor, (key, year, plan), made)
