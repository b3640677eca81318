"""Pages of reference that come from the program, so that nothing in it goes undocumented."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["CHARTS", "PAGES", "drawings", "routes", "rules", "trials"]

_TRIALS = """# The trials

The program writes this page from its [trial files](trial-files.md), in `src/osteocast/trials/published`.
How each of them compares with the model is under [Validation](validation.md);
`osteocast evidence show ID` prints what was read in a source.
"""

_RULES = """# The rules

The program writes this page from the data of [Guidance](guidance.md): the clauses of guidelines, the checks
of a plan's safety, and the questions on which no guideline was found. `osteocast guidelines` and
`osteocast safety` put them to a case.
"""

_ROUTES = """# The routes

The program writes this page from its own description, which the running application serves at
`/v1/openapi.json` with the fields of every request and answer. [The page](web.md#for-programs) explains how
to use them.
"""


def trials() -> str:
    """Return the page of trials: who took part, what they got, what was measured, and where it was read."""
    from osteocast.trials import Trial, load_trials
    from osteocast.trials.wording import KINDS

    def section(trial: Trial) -> Iterable[str]:
        yield f"\n### {trial.name}\n\n{trial.title}.\n"
        person = trial.population
        yield f"- people: {person.sex}, {person.age:g} years on average"
        yield f"- arms: {'; '.join(trial.arms)}"
        measured = sorted({one.observable for one in trial.observations})
        last = max(one.month for one in trial.observations)
        yield f"- {len(trial.observations)} results up to month {last:g}: {', '.join(measured)}"
        yield f"- sources: {', '.join(f'`{source}`' for source in trial.sources) or 'named at each result'}"

    everything = load_trials()
    lines = [_TRIALS]
    for kind, words in KINDS.items():
        own = [trial for trial in everything if trial.kind == kind]
        lines.append(f"\n## {words[0].upper()}{words[1:]} ({len(own)})")
        for trial in own:
            lines += section(trial)
    return "\n".join(lines) + "\n"


def rules() -> str:
    """Return the page of rules: clauses by guideline, checks of safety, and gaps."""
    from osteocast.guidance.bodies import load_bodies, load_gaps
    from osteocast.guidance.data import content

    lines = [_RULES, "## Guidelines"]
    for body in load_bodies():
        lines += [
            f"\n### {body.name}, {body.published}\n",
            f"For {body.applies_to}. Source: `{body.source}`.",
        ]
        lines += _table(
            ("id", "clause", "about", "what is to be done", "grade", "source"),
            (
                (rule.id, rule.clause, rule.about, rule.action, rule.grade or "none read", f"`{rule.source}`")
                for rule in body.rules
            ),
        )
    lines.append("\n## Safety\n")
    checks: list[Mapping[str, Any]] = content("safety")
    lines += _table(
        ("id", "drugs", "level", "what is said", "sources"),
        (
            (
                check["id"],
                ", ".join(check.get("drugs", ())) or "any",
                check["level"],
                check["text"],
                ", ".join(f"`{source}`" for source in check.get("sources", ())),
            )
            for check in checks
        ),
    )
    lines.append("\n## Where no guideline was found\n")
    lines += _table(("id", "what is said"), ((gap.id, gap.text) for gap, _ in load_gaps()))
    return "\n".join(lines) + "\n"


def routes() -> str:
    """Return the page of routes: what programs can ask of the web application, and the pages for people."""
    from fastapi.routing import APIRoute

    from osteocast.web import Settings, create_app
    from osteocast.web.app import ROUTERS

    described: Mapping[str, Any] = create_app(Settings(warm=False)).openapi()
    lines = [_ROUTES]
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            lines += [f"\n## {method.upper()} {path}\n", f"{route['summary']}.\n"]
            lines.append(_escaped(route.get("description", "").partition("\n\n")[0]) + "\n")
            asked = [f"`{one['name']}` ({one['in']})" for one in route.get("parameters", ())]
            if asked:
                lines.append(f"- takes {', '.join(asked)}")
            lines.append(f"- answers {', '.join(route['responses'])}")
    lines.append(
        "\n## Pages\n\nWhat people open in a browser; [the page](web.md#what-is-where) says what is where."
    )
    pages = [
        (f"`{' '.join(sorted(route.methods))} {route.path}`", _first(route.endpoint))
        for module in ROUTERS
        for route in module.router.routes
        if isinstance(route, APIRoute) and not route.include_in_schema
    ]
    lines += _table(("address", "what it does"), pages)
    return "\n".join(lines) + "\n"


#: Pages by name of their file.
PAGES: Mapping[str, Callable[[], str]] = {
    "reference-trials.md": trials,
    "reference-rules.md": rules,
    "reference-routes.md": routes,
}


#: Charts of a population that stand in a page: those that `osteocast cohort population us-women` writes.
CHARTS = ("population-vitamin-d", "population-total_hip-by-age")


def write(folder: Path) -> None:
    """Write the pages that changed, and drawings of others."""
    for name, make in PAGES.items():
        keep(folder / name, make())
    (folder / "figures").mkdir(exist_ok=True)
    for name, drawing in drawings().items():
        keep(folder / "figures" / f"{name}.svg", drawing)


def drawings() -> dict[str, str]:
    """Return charts of a population beside its sources, SVG by name."""
    from osteocast import population as people
    from osteocast.charts.population import charts_of

    charts = charts_of(people.draw(people.population("us-women"), 20_000, "charts"))
    return {chart.key: chart.svg() for chart in charts if chart.key in CHARTS}


def keep(page: Path, text: str) -> None:
    """Write a page unless it stands there already: Sphinx reads again what is newer."""
    if not page.is_file() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")


def _first(function: Callable[..., Any]) -> str:
    """Return the first line of what a function says of itself."""
    return (function.__doc__ or "").strip().partition("\n")[0]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = ["", f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(_escaped(str(cell)) for cell in row)} |" for row in rows]
    return [*lines, ""]


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
