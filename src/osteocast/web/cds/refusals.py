"""Calls that are not answered with cards: one shape of error, with what the standard asks for beside it."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from osteocast.errors import Problem
from osteocast.web.errors import Explained, Refused, problem_json

__all__ = ["CallRefused", "install", "malformed", "missing_data", "unauthorised"]


class CallRefused(Refused):
    """A call that is not answered with cards.

    Parameters
    ----------
    status : int
    title, reason, remedy : str
    problems : iterable of Problem
        Everything that is wrong with the call, or missing from it.
    """

    def __init__(
        self, status: int, title: str, reason: str, remedy: str = "", problems: Iterable[Problem] = ()
    ) -> None:
        super().__init__(status, reason, remedy)
        self.title = title
        self.problems = tuple(problems)


def malformed(problems: Iterable[Problem]) -> CallRefused:
    """Return the refusal of a call that is not as the specification has it."""
    return CallRefused(
        400, "The call is malformed", "it is not a call of CDS Hooks", "correct all of it", problems
    )


def missing_data(reason: str, problems: Iterable[Problem] = ()) -> CallRefused:
    """Return the refusal of a call without the data that an answer needs."""
    return CallRefused(
        412, "Data are missing", reason, "send them as prefetch; nothing is asked of the record", problems
    )


def unauthorised(
    reason: str, remedy: str = "send a token that this service knows how to check"
) -> CallRefused:
    """Return the refusal of a call that does not say who makes it."""
    return CallRefused(401, "Not authorised", reason, remedy)


async def _answer(request: Request, error: Exception) -> Response:
    assert isinstance(error, CallRefused)
    found = Explained(error.status, error.title, error.reason, error.remedy, error.problems)
    response = problem_json(found, request.url.path)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def install(app: FastAPI) -> None:
    """Let an application answer refused calls in this way."""
    app.add_exception_handler(CallRefused, _answer)
