"""A virtual trial as a table in the terminal, as data, and as a page that stands alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from osteocast import evidence
from osteocast.report.writing import make_folder, write_text
from osteocast.virtual_trials import TrialResult, Typical
from osteocast.virtual_trials.results import json_safe

if TYPE_CHECKING:
    from rich.console import RenderableType

    from osteocast.charts import Chart

__all__ = [
    "TRIAL_FORMAT",
    "WrittenTrial",
    "trial_data",
    "trial_page",
    "trial_renderables",
    "trial_sentences",
    "write_trial",
]

TRIAL_FORMAT = "osteocast-virtual-trial-1"
_DATA, _PAGE = "trial.json", "trial.html"
_SETS = {
    "intention_to_treat": "intention to treat",
    "as_observed": "as observed",
    "on_treatment": "on treatment",
}
_SPENDING = {"obrien_fleming": "boundaries of O'Brien and Fleming", "pocock": "boundaries of Pocock"}
_SUFFIX = {"pct": "%", "pct_per_year": "%/y", "g_per_cm2": " g/cm2"}
NOTICE = "Virtual people: what the model and the published spread of people make of a trial, not a trial."


def what_of(one: Typical) -> str:
    """Say what an endpoint compares."""
    endpoint = one.endpoint
    what = endpoint.observable.removeprefix("bmd_").replace("_", " ")
    arms = endpoint.arm if endpoint.versus is None else f"{endpoint.arm} − {endpoint.versus}"
    return f"{what}, month {endpoint.month:g}: {arms}"


def number(one: Typical, value: float) -> str:
    """Write a number of an endpoint with its unit."""
    if not np.isfinite(value):
        return "–"
    digits = 4 if one.endpoint.unit == "g_per_cm2" else 2
    return f"{value:+.{digits}f}{_SUFFIX.get(one.endpoint.unit, '')}"


#: Columns for which a terminal has no room.
_ON_THE_PAGE = ("SE of one trial", "Spread")
HEAD = ("Endpoint", "People", "Effect", "95% interval", "SE of one trial", "Spread", "p < alpha")


def effect_rows(result: TrialResult) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table of effects, cells as in `HEAD`."""
    return tuple(
        (
            what_of(one),
            _SETS[one.people],
            number(one, one.estimate),
            f"{number(one, one.low)} to {number(one, one.high)}",
            number(one, one.error).lstrip("+"),
            number(one, one.spread).lstrip("+"),
            f"{one.significant:.0%} ± {100 * one.monte_carlo:.0f}",
        )
        for one in result.typical()
    )


def trial_sentences(result: TrialResult) -> tuple[str, ...]:
    """Say what became of the people, how it was analysed, and what was found."""
    return tuple(_sentences(result))


def _sentences(result: TrialResult) -> Iterator[str]:
    design, replicates = result.design, result.replicates
    n = len(replicates)
    screened = float(np.mean([one.screened for one in replicates]))
    yield (
        f"{design.size} people randomised in each of {n} replicate{'s' if n > 1 else ''}; "
        f"{screened:.0f} were screened for them on average."
    )
    for name in design.arms:
        records = [one.arms[name] for one in replicates]
        people, left, rescued = (
            float(np.mean([getattr(record, key) for record in records]))
            for key in ("randomised", "left", "rescued")
        )
        text = f"{name}: {people:.0f} people, of whom {left / people:.0%} left before the last visit"
        if design.arms[name].rules:
            text += f" and {rescued / people:.0%} were rescued"
        yield text + "."
    methods = {method for one in result.typical() for method, _ in one.methods}
    yield f"Analysed by {', '.join(sorted(methods))}; two-sided alpha {design.alpha:g}."
    if len(result.boundary.looks) > 1:
        looks = ", ".join(
            f"{share:.0%} of the information |z| > {z:.3f} (p < {p:.2g})"
            for share, z, p in zip(result.boundary.looks, result.boundary.z, result.boundary.p, strict=True)
        )
        yield f"Looks: {looks}; spent as {_SPENDING[design.interim.spending]} do."
        own = [one.stopped.get(design.size) for one in replicates]
        if None not in own:
            early = float(
                np.mean([look is not None and 0 < look < len(result.boundary.looks) for look in own])
            )
            yield f"{early:.0%} of the replicates stop before the end."
    for point in result.power:
        yield (
            f"Power with {point.size} people: {point.power:.0%} ± {100 * point.monte_carlo:.0f} "
            f"(95% Monte Carlo interval {point.low:.0%} to {point.high:.0%})."
        )
    for wanted in (0.8, 0.9) if result.power else ():
        found = result.size_for(wanted)
        if found is not None:
            apart = "" if found.inside else ", beyond the sizes that were run"
            yield f"Power of {wanted:.0%} needs about {found.size} people{apart}."


def trial_renderables(result: TrialResult) -> list[RenderableType]:
    """Return the parts of the text, for a console that knows its own width."""
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    shown = [i for i, name in enumerate(HEAD) if name not in _ON_THE_PAGE]
    for i in shown:
        drawn.add_column(HEAD[i], justify="left" if i < 2 else "right", no_wrap=i > 0)
    last = None
    for row in effect_rows(result):
        if last is not None and row[0] != last:
            drawn.add_section()
        drawn.add_row(*(Text("" if i == 0 and row[0] == last else row[i]) for i in shown))
        last = row[0]
    parts: list[RenderableType] = [Text(result.design.title, style="bold"), drawn]
    parts += [Padding(Text(f"- {text}"), (0, 0, 0, 2)) for text in trial_sentences(result)]
    if result.design.assumed:
        parts += [Text(""), Text("Assumed", style="bold")]
        parts += [
            Padding(Text(f"- {name.replace('_', ' ')}: {reason}"), (0, 0, 0, 2))
            for name, reason in result.design.assumed.items()
        ]
    return [*parts, Text(""), Text(NOTICE, style="italic")]


def trial_data(result: TrialResult) -> dict[str, Any]:
    """Return a trial as what JSON can hold; single replicates stand in ``replicates.jsonl``.

    Returns
    -------
    dict
        ``format``, ``trial``, ``replicates``, ``effects``, ``arms``, ``boundary``, ``power``, ``sizes`` by
        power, ``sentences``, ``assumed``, ``versions``.
    """
    design = result.design
    sizes = {f"{wanted:g}": result.size_for(wanted) for wanted in (0.8, 0.9)}
    content = {
        "format": TRIAL_FORMAT,
        "notice": NOTICE,
        "trial": design.name,
        "title": design.title,
        "design": design.fingerprint(),
        "size": design.size,
        "draws": design.draws,
        "seed": design.seed,
        "analysis": result.analysis,
        "alpha": design.alpha,
        "replicates": len(result.replicates),
        "effects": [
            {
                "endpoint": one.endpoint.name,
                "what": what_of(one),
                "unit": one.endpoint.unit,
                "people": one.people,
                "analysis": one.analysis,
                "estimate": one.estimate,
                "low": one.low,
                "high": one.high,
                "error": one.error,
                "spread": one.spread,
                "significant": one.significant,
                "monte_carlo": one.monte_carlo,
                "methods": dict(one.methods),
            }
            for one in result.typical()
        ],
        "arms": {
            name: {
                key: float(np.mean([getattr(one.arms[name], key) for one in result.replicates]))
                for key in ("randomised", "left", "rescued")
            }
            for name in design.arms
        },
        "boundary": asdict(result.boundary),
        "power": [asdict(point) for point in result.power],
        "sizes": {wanted: None if found is None else asdict(found) for wanted, found in sizes.items()},
        "sentences": list(trial_sentences(result)),
        "assumed": dict(design.assumed),
        "versions": asdict(result.provenance),
    }
    made: dict[str, Any] = json_safe(content)
    return made


def charts_of(result: TrialResult, **size: int) -> list[Chart]:
    """Return the charts of a trial: its arms, and power where sizes were asked for."""
    from osteocast.charts.virtual_trials import arm_means, power_curve

    return [arm_means(result, **size), *([power_curve(result, **size)] if result.power else [])]


def trial_page(result: TrialResult) -> str:
    """Return a trial as one HTML file that loads nothing, with a table and words for every chart."""
    from osteocast.charts import as_svgs
    from osteocast.report.context import pairs
    from osteocast.report.page import template

    wide, narrow = charts_of(result), charts_of(result, width=250)
    as_svgs([chart.spec for chart in (*wide, *narrow)])
    known = evidence.load()
    cited = [source for source in result.design.sources if source in known]
    html: str = template("virtual_trial.html.jinja").render(
        title=result.design.title,
        design=result.design,
        sentences=trial_sentences(result),
        figures=pairs(wide, narrow),
        head=HEAD,
        rows=effect_rows(result),
        assumed=result.design.assumed,
        notice=NOTICE,
        provenance=result.provenance,
        replicates=len(result.replicates),
        citations=evidence.cite(cited).splitlines() if cited else [],
    )
    return html


@dataclass(frozen=True)
class WrittenTrial:
    """What was written.

    Parameters
    ----------
    folder, page, data : Path
    charts : tuple of Path
    """

    folder: Path
    page: Path
    data: Path
    charts: tuple[Path, ...]


def write_trial(result: TrialResult, folder: str | Path) -> WrittenTrial:
    """Write page, charts and data of a trial beside its replicates.

    Parameters
    ----------
    result : TrialResult
    folder : str or Path
        That of the run (`osteocast.virtual_trials.run_trial`); what an earlier run left is replaced.
    """
    target = Path(folder)
    charts = charts_of(result)
    files = {f"{chart.key}.svg": chart.svg() for chart in charts}
    files |= {_DATA: json.dumps(trial_data(result), allow_nan=False) + "\n", _PAGE: trial_page(result)}
    make_folder(target)
    for name, text in files.items():
        write_text(target / name, text)
    return WrittenTrial(
        target, target / _PAGE, target / _DATA, tuple(target / f"{chart.key}.svg" for chart in charts)
    )
