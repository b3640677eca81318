"""Between a case that is looked at and one that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osteocast import store
from osteocast.web.drafts import Draft
from osteocast.web.errors import LoginNeeded
from osteocast.web.forms.origins import imported
from osteocast.web.visitors import Visitor

if TYPE_CHECKING:
    from osteocast.store import User, Version

__all__ = ["draft_of_version", "title_of", "user_of"]


def user_of(visitor: Visitor) -> User:
    """Return who keeps cases: who is logged in, or the one user of this machine.

    Raises
    ------
    LoginNeeded
        Where people log in and this one has not.
    """
    if visitor.user is not None:
        return visitor.user
    if visitor.multi_user:
        raise LoginNeeded
    return store.local_user(visitor.service.store)


def draft_of_version(visitor: Visitor, version: Version) -> Draft:
    """Open a version of a kept case."""
    draft = Draft(version.content, version.title, imported(version.content), version.case_id, version.number)
    return visitor.service.drafts.keep(draft, visitor.owner)


def title_of(draft: Draft) -> str:
    """Return what a draft would be called if it were kept."""
    name = draft.name
    for suffix in (".yaml", ".yml", ".json"):
        name = name.removesuffix(suffix)
    return name.replace("-", " ").strip() or "Case"
