"""A case file, opened."""

from __future__ import annotations

from osteocast.errors import InputError
from osteocast.person.documents import parse_document
from osteocast.person.portable import unwrapped
from osteocast.web.drafts import Draft
from osteocast.web.forms.origins import imported

__all__ = ["draft_from_file"]


def draft_from_file(text: str, name: str) -> Draft:
    """Return a draft of a case file.

    Parameters
    ----------
    text : str
        YAML or JSON, as people write it or as osteocast exports it.
    name : str
        Of the file.

    Raises
    ------
    InputError
        If it is no document at all. What is wrong with its fields is told in the form.
    """
    written = parse_document(text, name)
    document = unwrapped(written)
    if document.problems:
        raise InputError(document.problems, name)
    title = str(written.content.get("title") or name) if document is not written else name
    return Draft(document.content, title, imported(document.content))
