"""Pages that take longer: whether lifestyle is enough, which plans there are, the reports of a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from osteocast.errors import InputError, NotCovered
from osteocast.forecast import Verdict
from osteocast.planning import PlanSearch
from osteocast.web.drafts import Draft
from osteocast.web.errors import Gone, Refused
from osteocast.web.long_work import AT_ONCE, searched_people, waited
from osteocast.web.pages.downloads import file_headers
from osteocast.web.rendering import respond
from osteocast.web.requests import Filled, Known, draft_of
from osteocast.web.showing.figures import DRAWING
from osteocast.web.showing.leading import leading, leading_search
from osteocast.web.showing.standing import main_part
from osteocast.web.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

JobId = Annotated[str, Query(max_length=40)]

# Seconds for which a page waits when it looks again.
_AGAIN = 0.2
# A report stands alone: its style and its font are inside it, and nothing else may be.
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; sandbox allow-popups"


def _waited(
    visitor: Visitor, draft: Draft, kind: str, count: int, asked: str, **query: str
) -> tuple[Any, Response | None]:
    """Return a result, or the page that waits for it.

    Parameters
    ----------
    asked : str
        Id of the job that the page waits for already, if it does.
    query : str
        What else the address of the page holds.
    """
    jobs = visitor.service.jobs
    before = jobs.find(asked, visitor.owner) if asked else None
    called_off = before is not None and before.state == "cancelled"
    job = before if before is not None and called_off else waited(visitor, kind, draft, count)
    found = None if called_off else jobs.result(job, _AGAIN if before else AT_ONCE)
    if found is not None:
        return found, None
    then = f"{visitor.path}?{urlencode(query)}" if query else visitor.path
    again = f"{visitor.path}?{urlencode({**query, 'job': job.id})}"
    return None, respond("waiting.html", visitor, draft=draft, job=job, then=then, again=again)


def _shown(
    visitor: Visitor, key: str, kind: str, count: int, show: Callable[[object], str], asked: str
) -> Response:
    """Return the page of a long computation, or one that waits for it."""
    draft = draft_of(visitor, key)
    try:
        draft.case()
    except InputError:
        return RedirectResponse(f"/d/{key}/edit", 303)
    try:
        found, waiting = _waited(visitor, draft, kind, count, asked)
    except NotCovered as error:
        return respond("not_covered.html", visitor, draft=draft, reasons=error.reasons)
    if waiting is not None:
        return waiting
    computations = visitor.service.computations

    def drawn() -> str:
        with DRAWING:
            return show(found)

    html = computations.get(computations.key_of(f"{kind}-page", draft, count), drawn)
    part = main_part(html)
    if isinstance(found, Verdict):
        part = leading(part, key, found)
    elif isinstance(found, PlanSearch):
        part = leading_search(part, key, found)
    return respond("standing.html", visitor, draft=draft, kind=kind, part=part)


@router.get("/d/{key}/verdict")
def verdict(visitor: Known, key: str, job: JobId = "") -> Response:
    """Show whether lifestyle alone is enough."""
    from osteocast.report.verdict_page import verdict_page

    people = visitor.service.settings.people
    return _shown(visitor, key, "verdict", people, verdict_page, job)  # type: ignore[arg-type]


@router.get("/d/{key}/search")
def search(visitor: Known, key: str, job: JobId = "") -> Response:
    """Show which plans there are."""
    from osteocast.report.planning_page import search_page

    return _shown(visitor, key, "plan", searched_people(visitor), search_page, job)  # type: ignore[arg-type]


@router.get("/d/{key}/visit/{reader}")
def visit(
    visitor: Known,
    key: str,
    reader: Literal["clinician", "patient"],
    format: Literal["html", "pdf"] = "html",
    save: bool = False,
    job: JobId = "",
) -> Response:
    """Return the report of a visit, as a page that stands alone or as PDF."""
    from osteocast.report.visit import visit_html, visit_pdf

    draft = draft_of(visitor, key)
    kept = {"format": format, **({"save": "true"} if save else {})}
    found, waiting = _waited(visitor, draft, "visit", searched_people(visitor), job, **kept)
    if waiting is not None:
        return waiting
    if format == "pdf":
        with DRAWING:
            content = visit_pdf(found, reader)
        headers = file_headers(draft, f"-{reader}.pdf")
        return Response(content, media_type="application/pdf", headers=headers)
    with DRAWING:
        html = visit_html(found, reader)
    headers = file_headers(draft, f"-{reader}.html") if save else {}
    return Response(html, media_type="text/html", headers=headers | {"Content-Security-Policy": _ALONE})


@router.post("/jobs/{job_id}/cancel")
def cancel(visitor: Known, job_id: str, form: Filled) -> Response:
    """Call long work off, and go back to the case."""
    job = visitor.service.jobs.find(job_id, visitor.owner)
    if job is None:
        raise Gone("this work")
    visitor.service.jobs.cancel(job)
    back = form.get("back", "")
    return RedirectResponse(f"/d/{back}" if back.isalnum() else "/", 303)


@router.get("/jobs/{job_id}/progress")
def progress(visitor: Known, job_id: str, then: str = "") -> Response:
    """Show how far long work is, as long as there is something to wait for, and where to go then."""
    # Of work that is not known any more, the page itself knows what to do.
    job = visitor.service.jobs.find(job_id, visitor.owner)
    if not then.startswith("/d/"):
        raise Refused(404, "there is no such page", "open the case again")
    if job is not None and job.is_going:
        return respond("progress.html", visitor, job=job, then=then)
    response = respond("work.html", visitor, job=job, then=then)
    # Heading and button go, too; while the work goes on they stay, with the focus that is on them.
    response.headers["HX-Retarget"] = "#work"
    return response
