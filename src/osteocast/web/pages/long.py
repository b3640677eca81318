"""Pages that take longer: whether lifestyle is enough, which plans there are, the reports of a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from osteocast.errors import InputError, NotCovered
from osteocast.web.errors import Gone
from osteocast.web.long_work import begin, searched_people
from osteocast.web.pages.downloads import file_headers
from osteocast.web.rendering import respond
from osteocast.web.requests import Filled, Known, draft_of
from osteocast.web.showing.figures import DRAWING
from osteocast.web.showing.standing import main_part
from osteocast.web.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Seconds for which a page waits before it shows that it waits.
_AT_ONCE = 2.0
# A report stands alone: its style and its font are inside it, and nothing else may be.
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; sandbox allow-popups"


def _shown(visitor: Visitor, key: str, kind: str, count: int, show: Callable[[object], str]) -> Response:
    """Return the page of a long computation, or one that waits for it."""
    draft = draft_of(visitor, key)
    try:
        draft.case()
    except InputError:
        return RedirectResponse(f"/d/{key}/edit", 303)
    job = begin(visitor, kind, draft, count)
    try:
        found = visitor.service.jobs.result(job, _AT_ONCE)
    except NotCovered as error:
        return respond("not_covered.html", visitor, draft=draft, reasons=error.reasons)
    if found is None:
        return respond("waiting.html", visitor, draft=draft, job=job)
    computations = visitor.service.computations

    def drawn() -> str:
        with DRAWING:
            return show(found)

    html = computations.get(computations.key_of(f"{kind}-page", draft, count), drawn)
    return respond("standing.html", visitor, draft=draft, kind=kind, part=main_part(html))


@router.get("/d/{key}/verdict")
def verdict(visitor: Known, key: str) -> Response:
    """Show whether lifestyle alone is enough."""
    from osteocast.report.verdict_page import verdict_page

    return _shown(visitor, key, "verdict", visitor.service.settings.people, verdict_page)  # type: ignore[arg-type]


@router.get("/d/{key}/search")
def search(visitor: Known, key: str) -> Response:
    """Show which plans there are."""
    from osteocast.report.planning_page import search_page

    return _shown(visitor, key, "plan", searched_people(visitor), search_page)  # type: ignore[arg-type]


@router.get("/d/{key}/visit/{reader}")
def visit(
    visitor: Known,
    key: str,
    reader: Literal["clinician", "patient"],
    format: Literal["html", "pdf"] = "html",
    save: bool = False,
) -> Response:
    """Return the report of a visit, as a page that stands alone or as PDF."""
    from osteocast.report.visit import visit_html, visit_pdf

    draft = draft_of(visitor, key)
    count = searched_people(visitor)
    job = begin(visitor, "visit", draft, count)
    found = visitor.service.jobs.result(job, _AT_ONCE)
    if found is None:
        return respond("waiting.html", visitor, draft=draft, job=job)
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
def progress(visitor: Known, job_id: str) -> Response:
    """Show how far long work is; when it is done, htmx loads the page again."""
    job = visitor.service.jobs.find(job_id, visitor.owner)
    if job is None:
        raise Gone("this work")
    response = respond("progress.html", visitor, job=job)
    if job.state not in ("waiting", "running"):
        response.headers["HX-Refresh"] = "true"
    return response
