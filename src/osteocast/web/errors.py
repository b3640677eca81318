"""What becomes of errors: a page for people, ``application/problem+json`` (RFC 9457) for programs."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from osteocast.errors import (
    Cancelled,
    Conflict,
    InputError,
    LoginRefused,
    NotAllowed,
    NotCovered,
    NotFound,
    OsteocastError,
    Problem,
    StoreError,
    TooManyAttempts,
    Unavailable,
)
from osteocast.web.computing import Busy
from osteocast.web.security.rates import TooOften

__all__ = ["Explained", "Gone", "LoginNeeded", "Refused", "explain", "install", "problem_json"]

_log = logging.getLogger("osteocast.web")
_TITLES = {
    400: "The request cannot be understood",
    401: "Log in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not done in this way",
    409: "Somebody changed it meanwhile",
    413: "Too large",
    415: "Not JSON",
    421: "Another address",
    422: "Something in it is wrong",
    429: "Too often",
    500: "It failed",
    503: "Not now",
}


#: The first that fits counts.
_KEPT: tuple[tuple[type[StoreError], int], ...] = (
    (LoginRefused, 401),
    (TooManyAttempts, 429),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Unavailable, 503),
)


class Refused(OsteocastError):
    """A request that is not carried out.

    Parameters
    ----------
    status : int
    reason, remedy : str
    """

    def __init__(self, status: int, reason: str, remedy: str = "") -> None:
        self.status, self.reason, self.remedy = status, reason, remedy
        super().__init__(reason)


class Gone(Refused):
    """Nothing is kept under an address any more."""

    def __init__(self, what: str) -> None:
        super().__init__(404, f"{what} is not here any more", "open the case again, or start anew")


class LoginNeeded(Refused):
    """Only somebody who is logged in may see it."""

    def __init__(self) -> None:
        super().__init__(401, "only people who are logged in may see this", "log in")


@dataclass(frozen=True)
class Explained:
    """An error, explained.

    Parameters
    ----------
    status : int
    title, detail, remedy : str
    problems : tuple of Problem
        Everything wrong with what was given.
    reasons : tuple of str
        Why the model does not cover the case.
    retry_after : int or None
        Seconds.
    """

    status: int
    title: str
    detail: str
    remedy: str = ""
    problems: tuple[Problem, ...] = ()
    reasons: tuple[str, ...] = ()
    retry_after: int | None = None


def explain(error: Exception) -> Explained:
    """Explain an error."""
    if isinstance(error, InputError):
        count = len(error.problems)
        detail = f"{count} problem{'s' if count > 1 else ''} in what was given"
        return Explained(422, _TITLES[422], detail, "correct all of them", problems=error.problems)
    if isinstance(error, NotCovered):
        title = "The model does not cover this person"
        return Explained(422, title, "no number is given, because", reasons=error.reasons)
    if isinstance(error, Busy | TooOften):
        status = 503 if isinstance(error, Busy) else 429
        return Explained(status, _TITLES[status], str(error), retry_after=error.retry_after)
    if isinstance(error, Cancelled):
        return Explained(503, _TITLES[503], str(error), "begin it again", retry_after=1)
    if isinstance(error, Refused):
        return Explained(error.status, _titled(error.status), error.reason, error.remedy)
    if isinstance(error, HTTPException):
        remedy = "see the home page" if error.status_code == 404 else ""
        return Explained(error.status_code, _titled(error.status_code), str(error.detail), remedy)
    if isinstance(error, RequestValidationError):
        problems = tuple(
            Problem(
                ".".join(str(part) for part in one["loc"]),
                one.get("input", Problem.ABSENT),
                one["msg"].lower(),
                "correct it",
            )
            for one in error.errors()
        )
        return Explained(422, _TITLES[422], "the request is not as it should be", "", problems)
    return _explain_kept(error)


def _explain_kept(error: Exception) -> Explained:
    """Explain errors of the cases and of everything else."""
    if isinstance(error, StoreError):
        status = next((code for kind, code in _KEPT if isinstance(error, kind)), 500)
        wait = error.retry_after if isinstance(error, TooManyAttempts) else 5 if status == 503 else None
        return Explained(status, _titled(status), error.reason, error.remedy, retry_after=wait)
    if isinstance(error, OsteocastError):
        return Explained(500, _TITLES[500], str(error))
    return Explained(500, _TITLES[500], "an error that nobody expected; it is in the log", "try again")


def _titled(status: int) -> str:
    return _TITLES.get(status, "It failed")


def problem_json(found: Explained, instance: str = "") -> JSONResponse:
    """Return an error for a program.

    Parameters
    ----------
    found : Explained
    instance : str
        Path of the request.
    """
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": found.title,
        "status": found.status,
        "detail": found.detail,
        "instance": instance,
    }
    if found.remedy:
        content["remedy"] = found.remedy
    if found.problems:
        content["problems"] = [problem.as_dict() for problem in found.problems]
    if found.reasons:
        content["reasons"] = list(found.reasons)
    headers = {} if found.retry_after is None else {"Retry-After": str(found.retry_after)}
    return JSONResponse(content, found.status, headers, "application/problem+json")


def wants_json(request: Request) -> bool:
    """Whether a request comes from a program."""
    return request.url.path.startswith(("/v1/", "/cds-services", "/healthz", "/readyz", "/metrics"))


async def answer(request: Request, error: Exception) -> Response:
    """Answer a request that failed."""
    from osteocast.web.pages.failure import failure_page

    found = explain(error)
    if found.status == 500:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    if wants_json(request):
        return problem_json(found, request.url.path)
    if isinstance(error, LoginNeeded) and request.method == "GET":
        return RedirectResponse("/login", 303)
    return failure_page(request, found)


async def refuse(request: Request, status: int, wrong: str, remedy: str) -> Response:
    """Answer a request that was turned away before anything was done."""
    return await answer(request, Refused(status, wrong, remedy))


def install(app: FastAPI) -> None:
    """Let an application answer errors in this way."""
    for kind in (OsteocastError, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, answer)
