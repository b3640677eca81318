"""A form carries along what it was shown from, so that nothing is lost between two requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from osteocast.web.drafts import Draft
from osteocast.web.errors import Refused

__all__ = ["carried", "draft_from"]


def carried(draft: Draft) -> str:
    """Return a draft as the text that a form carries."""
    content = {
        "document": draft.document,
        "name": draft.name,
        "origins": dict(draft.origins),
        "case_id": draft.case_id,
        "version": draft.version,
    }
    return json.dumps(content, ensure_ascii=False)


def draft_from(form: dict[str, str]) -> Draft:
    """Take the draft that a form was shown from out of it; an empty one if it carries none.

    Raises
    ------
    Refused
        If what it carries is damaged.
    """
    try:
        given: Any = json.loads(form.pop("base", "{}"))
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, Mapping) or not isinstance(given.get("document", {}), Mapping):
        raise Refused(400, "the form lost what it was shown from", "open the case again")
    version, origins = given.get("version"), given.get("origins", {})
    return Draft(
        dict(given.get("document", {})),
        str(given.get("name", "")),
        {str(key): str(text) for key, text in origins.items()} if isinstance(origins, Mapping) else {},
        given.get("case_id") if isinstance(given.get("case_id"), str) else None,
        version if isinstance(version, int) else None,
    )
