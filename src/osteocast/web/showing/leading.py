"""Numbers of the verdict and of the search that lead to what is behind them.

Their reports stand alone and know no pages; shown as a page of ours, the plans of their tables, chances,
dates, rates and inputs become links. The report of a search marks which plan a part is about, and of which
kind a number is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from markupsafe import Markup, escape

from osteocast.forecast import Verdict
from osteocast.forecast.summary import lowered
from osteocast.planning import PlanSearch
from osteocast.report.verdict_table import deciding
from osteocast.therapies import DRUGS
from osteocast.web.rendering import environment

__all__ = ["leading", "leading_search"]

_ROW = re.compile(r'(<th scope="row">)([^<]+)')
_CHANCE = re.compile(r'(<p class="chance">)([^<]+?)( <span)')
# What the report of a search marks: a row or a card of a plan, by rank; a number, by kind.
_MARKED = re.compile(r' data-plan="(\d+)"| data-number="([a-z-]+)">(<strong>)?([^<]+)')
_FIRST = re.compile(r'(<tr><th scope="row">)([^<]+)')
_HARM = re.compile(r"(<h3>)([^<:]+)(: [^<]*</h3>)")
_DATE = re.compile(r"[A-Z][a-z]+ \d{4}")


def leading(part: Markup, key: str, found: Verdict) -> Markup:
    """Return the page of a verdict with its numbers as links.

    Parameters
    ----------
    part : Markup
        As `osteocast.web.showing.standing.main_part` returns it.
    key : str
        Of the draft.
    found : Verdict
    """
    plans = {str(escape(plan.name)): i for i, plan in enumerate(found.plans)}
    inputs = {str(escape(one.name)): i for i, one in enumerate(found.inputs)}
    told = deciding(found)
    effects = {str(escape(effect.label)): effect.sources for effect in told.effects}
    scanned = next(i for i, plan in enumerate(found.plans) if plan is told)
    cards = count()

    def of_row(text: str) -> str | None:
        if text in plans:
            return _link(key, text, "verdict", plans[text])
        if text in inputs:
            return _link(key, text, "input", 0, str(inputs[text]))
        if text in effects:
            return " ".join((_link(key, text, "verdict", scanned), *map(_source, effects[text])))
        return _link(key, text, "verdict", scanned) if _DATE.fullmatch(text) else None

    def of_harm(text: str) -> str | None:
        known = {drug.words for drug in DRUGS.values()}
        return _link(key, text, "harm", 0, lowered(text)) if lowered(text) in known else None

    html = _swap(_ROW, str(part), of_row)
    html = _swap(_CHANCE, html, lambda text: _link(key, text, "verdict", next(cards)))
    return Markup(_swap(_HARM, html, of_harm))


def leading_search(part: Markup, key: str, found: PlanSearch) -> Markup:
    """Return the page of a search with its numbers as links.

    Parameters
    ----------
    part : Markup
        As `osteocast.web.showing.standing.main_part` returns it.
    key : str
        Of the draft.
    found : PlanSearch
    """
    options = {str(escape(option.name)): i for i, option in enumerate(found.options)}
    ranks = {option.rank: i for i, option in enumerate(found.options)}
    inputs = {str(escape(one.name)): i for i, one in enumerate(found.inputs)}
    harms = {
        str(escape(f"{one.what}, {one.drug}")): i
        for i, option in reversed(list(enumerate(found.options)))
        for one in option.harm.parts
    }
    about = 0

    def marked(match: re.Match[str]) -> str:
        nonlocal about
        if match[1]:
            about = ranks[int(match[1])]
            return ""
        return f">{match[3] or ''}{_link(key, match[4].strip(), match[2], about, page='search')}"

    def of_row(text: str) -> str | None:
        if text in inputs:
            return _link(key, text, "input", 0, str(inputs[text]), page="search")
        if text in harms:
            return _link(key, text, "harm", harms[text], page="search")
        return _link(key, text, "fracture", options[text], page="search") if text in options else None

    return Markup(_swap(_FIRST, _MARKED.sub(marked, str(part)), of_row))


def _swap(pattern: re.Pattern[str], html: str, link: Callable[[str], str | None]) -> str:
    def one(match: re.Match[str]) -> str:
        text = match[2].strip()
        made = link(text)
        # The mark before it may hold the same letters: a plan can be called "row".
        return match[0] if made is None else match[1] + match[0][len(match[1]) :].replace(text, made, 1)

    return pattern.sub(one, html)


def _source(reference: str) -> str:
    made = environment().get_template("parts.html").module.source(reference)  # type: ignore[attr-defined]
    return str(made).strip()


def _link(key: str, text: str, kind: str, plan: int, of: str = "", page: str = "verdict") -> str:
    template = environment().get_template("behind_link.html")
    return template.render(key=key, kind=kind, plan=plan, of=of, page=page, text=Markup(text)).strip()
