"""A case as the body of a request."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from osteocast.errors import InputError, Problem
from osteocast.files import read_data
from osteocast.web.drafts import Draft
from osteocast.web.errors import Refused
from osteocast.web.examples import examples

__all__ = ["CASE_BODY", "PROBLEMS", "GivenCase"]


def _not_finite(text: str) -> float:
    raise InputError([Problem("", text, "finite numbers", "give the measured value or remove the field")])


def _number(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _not_finite(text)


async def read_case(request: Request) -> dict[str, Any]:
    """Return the case that a request carries, as `read_object` does."""
    return await read_object(request, "a case")


async def read_object(request: Request, what: str) -> dict[str, Any]:
    """Return the one object that a request carries.

    Parameters
    ----------
    request : Request
    what : str
        What it stands for, in words.

    Raises
    ------
    Refused
        If it is not JSON.
    InputError
        If it is not one object.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/json":
        raise Refused(415, f"{what} is sent as application/json", "set the header Content-Type")
    try:
        given = json.loads(await request.body(), parse_constant=_not_finite, parse_float=_number)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "it cannot be read"
        raise Refused(400, f"the body is not JSON: {reason}", "send one JSON object") from None
    if not isinstance(given, dict):
        problem = Problem("", given, f"one object with the fields of {what}", "see the documentation")
        raise InputError([problem])
    return given


GivenCase = Annotated[dict[str, Any], Depends(read_case)]


def case_draft(document: dict[str, Any], name: str = "") -> Draft:
    """Return a draft of what a program sent; what is wrong with it is told when it is read."""
    return Draft(document, name)


def _schema() -> dict[str, Any]:
    """Read the schema of a case; the examples are the cases that come along."""
    content: dict[str, Any] = read_data(Path(__file__).parent / "case.yaml")
    return content


#: The body as OpenAPI describes it, with examples that run.
CASE_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": _schema(),
            "examples": {
                name: {"summary": example.label, "value": example.document}
                for name, example in examples().items()
            },
        }
    },
}

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "remedy": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "value", "expected", "remedy"],
                "properties": {name: {"type": "string"} for name in ("field", "value", "expected", "remedy")},
            },
        },
        "reasons": {"type": "array", "items": {"type": "string"}},
    },
}
_DESCRIBED = {"content": {"application/problem+json": {"schema": _PROBLEM}}}

#: What can go wrong with a request that carries a case.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not JSON.", **_DESCRIBED},
    401: {"description": "Only people who are logged in may ask.", **_DESCRIBED},
    403: {"description": "The request comes from another site.", **_DESCRIBED},
    404: {"description": "There is none.", **_DESCRIBED},
    409: {"description": "There is no result yet.", **_DESCRIBED},
    412: {"description": "Data that the answer needs were not sent along.", **_DESCRIBED},
    413: {"description": "The body is too large.", **_DESCRIBED},
    415: {"description": "The body is not sent as JSON.", **_DESCRIBED},
    422: {
        "description": "The case is wrong, with every problem; or not covered, with the reasons.",
        **_DESCRIBED,
    },
    429: {"description": "Too many requests from one address.", **_DESCRIBED},
    503: {"description": "Too much is being computed.", **_DESCRIBED},
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of these errors."""
    return {status: PROBLEMS[status] for status in statuses}
