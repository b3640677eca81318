"""What stands behind a card, in Markdown: points, sources with links, what is not known, what this is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from osteocast.guidance import Fact
from osteocast.report.sources import known_ids
from osteocast.web.cds.cards import escaped
from osteocast.web.cds.situations import Situation

__all__ = ["asked", "points", "written"]

NOT_A_DEVICE = "Research and decision support, not a medical device."


def points(texts: Iterable[str]) -> str:
    """Write texts as a list, each once."""
    return "\n".join(f"- {escaped(text)}" for text in dict.fromkeys(texts))


def asked(facts: Iterable[Fact]) -> list[str]:
    """Return what nobody knows, in words, each once."""
    return list(dict.fromkeys(fact.label for fact in facts))


def written(
    situation: Situation, parts: Sequence[str], sources: Iterable[str], missing: Iterable[Fact] = ()
) -> str:
    """Write the detail of a card.

    Parameters
    ----------
    situation : Situation
    parts : sequence of str
        Markdown; empty ones are left out.
    sources : iterable of str
        References into the evidence registry.
    missing : iterable of Fact
        What nobody knows and would matter.
    """
    unknown = asked(missing)
    linked = [_linked(each, situation.base_url) for each in known_ids(sources)]
    rest = [
        f"**Not in the record:** {escaped('; '.join(unknown))}" if unknown else "",
        f"**Read from the record with care:** {escaped('; '.join(situation.notes))}"
        if situation.notes
        else "",
        f"**Sources:** {', '.join(linked)}" if linked else "",
        f"*{NOT_A_DEVICE}*",
    ]
    return "\n\n".join(part for part in (*parts, *rest) if part)


def _linked(source: str, base_url: str) -> str:
    return f"[{source}]({base_url}/evidence/{source})"
