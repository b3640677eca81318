"""The page of a forecast."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from osteocast.errors import InputError, NotCovered
from osteocast.web.pages.form import form_page
from osteocast.web.remembering import remembered
from osteocast.web.rendering import respond
from osteocast.web.requests import Known, draft_of
from osteocast.web.security.spending import spend
from osteocast.web.showing.forecast import whole
from osteocast.web.showing.patient import for_patient
from osteocast.web.visitors import Visitor

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/d/{key}")
def forecast(visitor: Known, key: str) -> Response:
    """Show the forecast of a case; what is wrong with it in its form; or why there is none."""
    draft = draft_of(visitor, key)

    def made(reader: Visitor) -> Response:
        spend(visitor, draft)
        show = for_patient if reader.view == "patient" else whole
        try:
            found = show(visitor.service.computations, draft)
        except InputError as error:
            return form_page(reader, draft, error.problems)
        except NotCovered as error:
            return respond("not_covered.html", reader, status=200, draft=draft, reasons=error.reasons)
        return respond("forecast.html", reader, draft=draft, found=found, look=found.look)

    return remembered(visitor, (draft.key,), made)
