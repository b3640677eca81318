"""The drawer behind a number: what it is made of, where it was published, and what was read there."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from osteocast.errors import InputError, NotCovered
from osteocast.web.long_work import AT_ONCE, searched_people, waited
from osteocast.web.remembering import remembered
from osteocast.web.rendering import respond
from osteocast.web.requests import Known, draft_of
from osteocast.web.security.addresses import parts_of
from osteocast.web.security.spending import spend
from osteocast.web.showing.behind import KINDS, Behind, behind, behind_option, behind_verdict
from osteocast.web.showing.evidence import looked_up, written
from osteocast.web.showing.forecast import first_look
from osteocast.web.visitors import Visitor

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Where a number stood; only pages of a case, so that nobody is led elsewhere.
_OWN = re.compile(r"/d/[a-z0-9]+/evidence/[a-z-]+")
_PAGES = ("plans", "mechanism", "verdict", "search")


@router.get("/evidence/{reference:path}")
def evidence(visitor: Known, reference: str, back: str = "") -> Response:
    """Show a source as a page, or as the drawer of one."""
    template = "evidence_drawer.html" if visitor.live else "evidence.html"
    found = looked_up(reference)
    return respond(template, visitor, found=found, reference=reference, back=_own(back), written=written)


def _own(address: str) -> str:
    parts = parts_of(address)
    same = not parts.scheme and not parts.netloc and _OWN.fullmatch(parts.path) is not None
    return f"{parts.path}?{parts.query}" if same else ""


@router.get("/d/{key}/evidence/{kind}")
def number(
    visitor: Known,
    key: str,
    kind: str,
    plan: Annotated[int, Query(ge=0, le=1000)] = 0,
    of: Annotated[str, Query(max_length=80)] = "",
    year: Annotated[float | None, Query(ge=0, le=100)] = None,
    page: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show what is behind a number of a case, as a page or as the drawer of one."""
    draft = draft_of(visitor, key)

    def made(reader: Visitor) -> Response:
        found: Behind | None
        try:
            if kind == "verdict":
                found = _of_verdict(visitor, key, plan)
            elif page == "search":
                found = _of_search(visitor, key, kind, plan, of)
            else:
                spend(visitor, draft)
                forecast = first_look(visitor.service.computations, draft).forecast
                found = behind(forecast, kind, plan, of, year)
        except (InputError, NotCovered):
            return RedirectResponse(f"/d/{key}", 303)
        if found is None:
            return RedirectResponse(f"/d/{key}/{'verdict' if kind == 'verdict' else 'search'}", 303)
        place = page if page in _PAGES else "verdict" if kind == "verdict" else ""
        back = f"/d/{key}/{place}" if place else f"/d/{key}#{KINDS[kind].place}"
        when = "" if year is None else f"&year={year:g}"
        if place == "mechanism":
            back += f"?plan={plan}{when}"
        return respond(
            "behind_drawer.html" if reader.live else "behind.html",
            reader,
            draft=draft,
            found=found,
            back=back,
            here=f"/d/{key}/evidence/{kind}?plan={plan}&of={quote(of)}&page={place}{when}",
        )

    return remembered(visitor, (key, kind, plan, of, year, page), made)


def _of_verdict(visitor: Visitor, key: str, plan: int) -> Behind | None:
    """Return what is behind a verdict; None while it is being reached."""
    draft = draft_of(visitor, key)
    draft.case()
    job = waited(visitor, "verdict", draft, visitor.service.settings.people)
    found = visitor.service.jobs.result(job, AT_ONCE)
    return None if found is None else behind_verdict(found, plan)


def _of_search(visitor: Visitor, key: str, kind: str, plan: int, of: str) -> Behind | None:
    """Return what is behind a number of a search; None while it is going on."""
    draft = draft_of(visitor, key)
    draft.case()
    job = waited(visitor, "plan", draft, searched_people(visitor))
    found = visitor.service.jobs.result(job, AT_ONCE)
    return None if found is None else behind_option(found, kind, plan, of)
