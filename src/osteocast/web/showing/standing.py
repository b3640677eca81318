"""The middle of a page that stands alone, made part of a page of ours.

Reports carry their style with them; the policy of our pages allows none inside. The few colours that a
report sets on an element become classes, which the style sheet of all pages knows.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

from osteocast import report
from osteocast.web.showing.figures import unstyled

__all__ = ["REPORTS", "colour_classes", "main_part", "own_styles"]

#: Templates of the reports that are shown inside a page.
REPORTS = ("verdict.html.jinja", "planning.html.jinja")

_COLOURS = {"background": "back", "color": "ink", "border-top-color": "top"}
_STYLE = re.compile(r' style="(background|color|border-top-color):\s*var\(--plan-(\d)\);?"')
_CLASSED = re.compile(r'class="([^"]*)"( data-colour="([a-z]+-\d)")')


def main_part(html: str) -> Markup:
    """Return what stands between the head and the foot of a report."""
    found = re.search(r'<main id="main"[^>]*>(.*)</main>', html, re.DOTALL)
    assert found is not None, "a report has a middle"
    text = unstyled(found[1])
    text = _STYLE.sub(lambda one: f' data-colour="{_COLOURS[one[1]]}-{one[2]}"', text)
    text = _CLASSED.sub(r'class="\1 \3"', text)
    return Markup(re.sub(r' data-colour="([a-z]+-\d)"', r' class="\1"', text))


def colour_classes() -> str:
    """Return the style of the classes that stand for the colours of plans."""
    return "".join(
        f".{name}-{i}{{{rule}:var(--plan-{i})}}" for rule, name in _COLOURS.items() for i in range(8)
    )


@cache
def own_styles() -> str:
    """Return what the templates of the reports add to the style of all reports."""
    folder = Path(report.__file__).parent / "templates"
    styles = []
    for name in REPORTS:
        text = (folder / name).read_text(encoding="utf-8")
        found = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
        if found is not None:
            rules = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", found[1], flags=re.DOTALL)
            styles.append(re.sub(r"@font-face \{[^}]*\}", "", rules).strip())
    return "\n".join(styles)
