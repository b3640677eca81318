"""Citations as text, BibTeX or CSL-JSON, of what was verified and nothing more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Literal

from osteocast.errors import EvidenceError, close_matches
from osteocast.evidence.registry import Registry, load
from osteocast.evidence.schema import Source

__all__ = ["cite"]

Style = Literal["text", "bibtex", "json"]


def cite(ids: Iterable[str], style: Style = "text", registry: Registry | None = None) -> str:
    """Return the citations of sources, each once, in the order given.

    Parameters
    ----------
    ids : iterable of str
        Source ids, DOIs, or ``source-id/value-id``.
    style : {"text", "bibtex", "json"}
        ``json`` is CSL-JSON, which reference managers read.
    registry : Registry, optional
        The one that comes with osteocast by default.

    Raises
    ------
    EvidenceError
        If an id or the style is unknown.

    Examples
    --------
    >>> print(cite(["swan-greendale-2012"], style="bibtex"))
    @article{swan-greendale-2012,
      title = {Bone mineral density loss in relation to the final menstrual period ...},
      journal = {Journal of Bone and Mineral Research},
      year = {2012},
      doi = {10.1002/jbmr.534},
      ...
    }
    """
    if style not in _STYLES:
        near = close_matches(style, _STYLES)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise EvidenceError(f"no citation style {style!r}: one of {', '.join(_STYLES)}{hint}")
    known = registry or load()
    sources: dict[str, Source] = {}
    for given in ids:
        source = known.source(given if given in known else given.rpartition("/")[0] or given)
        sources.setdefault(source.id, source)
    return _STYLES[style](list(sources.values()))


def _as_text(sources: list[Source]) -> str:
    return "\n".join(_line(source) for source in sources)


def _line(source: Source) -> str:
    citation = source.citation
    head = citation.title or f"{', '.join(source.study) or source.id} ({source.id})"
    place = " ".join(str(item) for item in (citation.journal, citation.year) if item)
    numbers = [
        f"doi:{citation.doi}" if citation.doi else "",
        f"PMID {citation.pmid}" if citation.pmid else "",
        citation.url or "",
        source.code or "",
    ]
    return ". ".join(part.rstrip(".") for part in (head, place, *numbers) if part)


def _as_bibtex(sources: list[Source]) -> str:
    return "\n\n".join(_entry(source) for source in sources)


def _entry(source: Source) -> str:
    citation = source.citation
    kind = "article" if citation.doi else "misc"
    rows = {
        "title": citation.title,
        "journal": citation.journal,
        "year": citation.year,
        "doi": citation.doi,
        "pmid": citation.pmid,
        "url": citation.url,
        "howpublished": source.code,
        "note": None if citation.title else ", ".join(source.study) or None,
    }
    lines = [f"  {key} = {{{_escaped(str(given))}}}," for key, given in rows.items() if given]
    return "\n".join([f"@{kind}{{{source.id},", *lines, "}"])


def _escaped(text: str) -> str:
    """BibTeX reads braces as groups: only balanced ones may stay."""
    return text if text.count("{") == text.count("}") else text.replace("{", "(").replace("}", ")")


def _as_json(sources: list[Source]) -> str:
    return json.dumps([_csl(source) for source in sources], indent=2, ensure_ascii=False)


def _csl(source: Source) -> dict[str, Any]:
    citation = source.citation
    item: dict[str, Any] = {
        "id": source.id,
        "type": "article-journal" if citation.doi else "webpage",
        "title": citation.title,
        "container-title": citation.journal,
        "issued": {"date-parts": [[citation.year]]} if citation.year else None,
        "DOI": citation.doi,
        "PMID": citation.pmid,
        "PMCID": citation.pmcid,
        "URL": citation.url,
        "note": "; ".join(item for item in (", ".join(source.study), source.code) if item) or None,
    }
    return {key: given for key, given in item.items() if given}


_STYLES: dict[str, Callable[[list[Source]], str]] = {
    "text": _as_text,
    "bibtex": _as_bibtex,
    "json": _as_json,
}
