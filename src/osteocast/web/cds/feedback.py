"""What became of a card: taken over or set aside, and for which reason. Free text is not kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from osteocast.errors import Problem
from osteocast.web.cds.refusals import malformed
from osteocast.web.cds.services import content

__all__ = ["read_feedback"]

_MOST = 1000
_OUTCOMES = ("accepted", "overridden")


def read_feedback(given: Mapping[str, Any]) -> list[dict[str, str]]:
    """Read feedback.

    Parameters
    ----------
    given : mapping
        The body of the request.

    Returns
    -------
    list of dict
        ``card``, ``outcome``, ``reason`` (one of the reasons that cards offer, ``other``, or empty) and
        ``day``. What somebody wrote in words may name a person, and is left out.

    Raises
    ------
    CallRefused
        With status 400 and everything that is wrong.
    """
    listed = given.get("feedback")
    if not isinstance(listed, list) or not listed or len(listed) > _MOST:
        shown = Problem.ABSENT if listed is None else f"a {type(listed).__name__}"
        raise malformed(
            [Problem("feedback", shown, f"a list of 1 to {_MOST} items", "send what became of cards")]
        )
    problems: list[Problem] = []
    found = [_item(item, f"feedback[{index}]", problems) for index, item in enumerate(listed)]
    if problems:
        raise malformed(problems)
    return found


def _item(item: object, place: str, problems: list[Problem]) -> dict[str, str]:
    if not isinstance(item, Mapping):
        problems.append(Problem(place, f"a {type(item).__name__}", "an object", "correct it"))
        return {}
    card, outcome = item.get("card"), item.get("outcome")
    if not isinstance(card, str) or not 0 < len(card) <= 100:
        problems.append(
            Problem(f"{place}.card", Problem.ABSENT, "the uuid of a card", "send it as it was given")
        )
    if outcome not in _OUTCOMES:
        shown = outcome if isinstance(outcome, str) else Problem.ABSENT
        problems.append(Problem(f"{place}.outcome", shown, " or ".join(_OUTCOMES), "correct it"))
    accepted = item.get("acceptedSuggestions")
    if outcome == "accepted" and not (isinstance(accepted, list) and accepted):
        expected = "the suggestions that were taken over"
        problems.append(Problem(f"{place}.acceptedSuggestions", Problem.ABSENT, expected, "send their ids"))
    day = _day(item.get("outcomeTimestamp"), f"{place}.outcomeTimestamp", problems)
    return {"card": str(card), "outcome": str(outcome), "reason": _reason(item), "day": day}


def _day(given: object, place: str, problems: list[Problem]) -> str:
    try:
        when = datetime.fromisoformat(given) if isinstance(given, str) else None
        when = when if when is None or when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        when = None
    if when is None:
        shown = given if isinstance(given, str) else Problem.ABSENT
        problems.append(Problem(place, shown, "a time as in ISO 8601", "send when that was, in UTC"))
        return ""
    return when.date().isoformat()


def _reason(item: Mapping[str, Any]) -> str:
    override = item.get("overrideReason")
    reason = override.get("reason") if isinstance(override, Mapping) else None
    if not isinstance(reason, Mapping):
        return "in words" if isinstance(override, Mapping) and override.get("userComment") else ""
    known = content()["override"]
    code = reason.get("code")
    ours = reason.get("system") == known["system"] and isinstance(code, str) and code in known["reasons"]
    return str(code) if ours else "other"
