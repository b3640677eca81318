"""What can be taken away: case, numbers, page, calendar, letter."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from osteocast.guidance import calendar
from osteocast.web.api.results import JSON, forecast_json
from osteocast.web.drafts import Draft
from osteocast.web.errors import Refused
from osteocast.web.keeping import title_of
from osteocast.web.remembering import sent
from osteocast.web.rendering import respond
from osteocast.web.requests import Known, draft_of
from osteocast.web.security.spending import spend
from osteocast.web.showing.figures import DRAWING
from osteocast.web.showing.forecast import whole

__all__ = ["file_headers", "router"]

router = APIRouter(include_in_schema=False)


def file_headers(draft: Draft, suffix: str) -> dict[str, str]:
    """Let a browser save what is sent, under the name of the case."""
    words = re.sub(r"[^a-z0-9]+", "-", title_of(draft).casefold()).strip("-")[:60] or "case"
    return {"Content-Disposition": f'attachment; filename="{words}{suffix}"'}


@router.get("/d/{key}/case.json")
def case_file(visitor: Known, key: str) -> Response:
    """Return the case as a file that makes every number again."""
    from osteocast import store

    draft = draft_of(visitor, key)
    text = store.write_case_file(draft.document, title=title_of(draft), draft=True)
    return Response(text, media_type="application/json", headers=file_headers(draft, ".json"))


@router.get("/d/{key}/forecast.json")
def numbers(visitor: Known, key: str) -> Response:
    """Return every number of the forecast."""
    draft = draft_of(visitor, key)
    content = forecast_json(visitor, draft.document, draft.name, visitor.service.settings.draws)
    return sent(content, visitor, JSON, headers=file_headers(draft, "-forecast.json"))


@router.get("/d/{key}/page.html")
def page(visitor: Known, key: str) -> Response:
    """Return the forecast as one page that stands alone."""
    from osteocast.report import page as standing_page

    draft = draft_of(visitor, key)
    spend(visitor, draft)
    forecast = visitor.service.computations.forecast(draft)
    with DRAWING:
        text = standing_page(forecast)
    return Response(text, media_type="text/html", headers=file_headers(draft, "-forecast.html"))


@router.get("/d/{key}/calendar.ics")
def dates(visitor: Known, key: str, plan: Annotated[int, Query(ge=0, le=1000)] = 0) -> Response:
    """Return the visits of a plan for a calendar; they name no person."""
    draft = draft_of(visitor, key)
    spend(visitor, draft)
    schedules = whole(visitor.service.computations, draft).schedules
    if plan >= len(schedules):
        raise Refused(404, "there is no such plan", "go back to the forecast")
    text = calendar(schedules[plan])
    return Response(text.encode(), media_type="text/calendar", headers=file_headers(draft, ".ics"))


@router.get("/d/{key}/letter")
def letter(visitor: Known, key: str, plan: Annotated[int, Query(ge=0, le=1000)] = 0) -> Response:
    """Show a letter to print."""
    draft = draft_of(visitor, key)
    spend(visitor, draft)
    found = whole(visitor.service.computations, draft)
    if plan >= len(found.look.plans):
        raise Refused(404, "there is no such plan", "go back to the forecast")
    return respond("letter.html", visitor, draft=draft, found=found, look=found.look, chosen=plan)
