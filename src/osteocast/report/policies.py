"""Policy studies as tables: in the terminal, as data, and as a page of the documentation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from osteocast.fracture import KINDS
from osteocast.virtual_trials import Estimate, PolicyOutcome, PolicyResult
from osteocast.virtual_trials.policy_results import HORIZONS
from osteocast.virtual_trials.policy_results import KINDS as COUNTED
from osteocast.virtual_trials.results import json_safe

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["POLICY_FORMAT", "policy_data", "policy_markdown", "policy_renderables"]

POLICY_FORMAT = "osteocast-policy-1"
NOTICE = (
    "Fractures follow from density, turnover and published rates; harms from published rates per year on the "
    "drug, counted in other women than these: orders of magnitude, and no advice to one person. Deaths from "
    "breast cancer, and what a drug does to the cancer, are not counted."
)
_SHOWN = ("any_clinical", "hip", "clinical_vertebral")
_SHORT = {"any_clinical": "any clinical", "hip": "hip", "clinical_vertebral": "vertebral"}
_MOST_DRIVERS = 4


def estimate(one: Estimate) -> str:
    """Write a number per 1,000 with the central 90% of the worlds."""
    return f"{one.mean:.0f} ({one.low:.0f} to {one.high:.0f})"


def _harm(value: float, between: tuple[float, float]) -> str:
    if value == 0:
        return "0"
    low, high = between
    return f"{value:.1f} ({low:.1f} to {high:.1f})"


FRACTURE_HEAD = (
    "Policy",
    *(f"{_SHORT[kind]}, {years:g} y" for years in HORIZONS for kind in _SHOWN),
)
AVERTED_HEAD = (
    "Policy",
    *(f"{_SHORT[kind]}, {years:g} y" for years in HORIZONS for kind in _SHOWN),
    *(f"harms, {years:g} y" for years in HORIZONS),
)


def fracture_rows(result: PolicyResult) -> list[tuple[str, ...]]:
    """Return women with a first fracture per 1,000, by policy."""
    return [
        (one.name, *(estimate(one.fractures[kind, years]) for years in HORIZONS for kind in _SHOWN))
        for one in result.outcomes
    ]


def averted_rows(result: PolicyResult) -> list[tuple[str, ...]]:
    """Return fractures averted and harms expected per 1,000, by policy other than the reference."""
    return [
        (
            one.name,
            *(estimate(one.averted[kind, years]) for years in HORIZONS for kind in _SHOWN),
            *(_harm(one.harm(years), one.harms_between[years]) for years in HORIZONS),
        )
        for one in result.outcomes
        if one.name != result.study.reference
    ]


def _by_horizon(row: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Cut a row into one for each horizon, narrow enough for a terminal."""
    name, *cells = row
    kinds, horizons = len(_SHOWN), len(HORIZONS)
    for i, years in enumerate(HORIZONS):
        harms = cells[kinds * horizons + i : kinds * horizons + i + 1]
        yield "" if i else name, f"{years:g}", (*cells[kinds * i : kinds * (i + 1)], *harms)


def policy_sentences(result: PolicyResult) -> list[str]:
    """Say who the women are, what a rule did, what the harms are, and what the answer hangs on."""
    age, low = result.baseline["age"], result.baseline["lowest_t_score"]
    lines = [
        f"{result.women} women of {age[0]:.0f} ± {age[1]:.0f} years with a lowest T-score of {low[0]:.1f} ± "
        f"{low[1]:.1f}, in {result.worlds} worlds; compared with {result.study.reference}."
    ]
    if result.unsolved > 0:
        lines.append(f"{result.unsolved:.2%} of the lives could not be solved and are left out.")
    for arm in result.study.arms:
        if arm.rules:
            share = result.outcome(arm.name).treated
            lines.append(f"{arm.name}: the rule started treatment in {share:.0%} of the women.")
    several = [
        f"{one.name} {estimate(one.fractures['multiple_vertebral', HORIZONS[-1]])}"
        for one in result.outcomes
        if one.fractures["multiple_vertebral", HORIZONS[-1]].mean > 0
    ]
    if several:
        lines.append(
            f"Several vertebral fractures at once after denosumab, within {HORIZONS[-1]:g} years: "
            f"{', '.join(several)}."
        )
    for one in result.outcomes:
        if one.harms:
            lines.append(f"Harms of {one.name}: {_harms(one)}.")
    unknown = sorted({text for one in result.outcomes for text in one.unknown})
    if unknown:
        lines.append(f"Not counted, because no rate is known: {'; '.join(unknown)}.")
    errors = [
        one.averted["any_clinical", HORIZONS[-1]].monte_carlo
        for one in result.outcomes
        if one.name != result.study.reference
    ]
    if any(math.isfinite(error) for error in errors):
        lines.append(
            f"So many women leave a Monte Carlo error of up to {max(errors):.1f} in the fractures averted "
            f"within {HORIZONS[-1]:g} years."
        )
    for name, found in result.drivers.items():
        told = ", ".join(f"{one.name} {one.share:.0%}" for one in found[:_MOST_DRIVERS])
        lines.append(
            f"What the fractures averted by {name} hang on, share of the variance between worlds: {told}."
        )
    return lines


def _harms(one: PolicyOutcome) -> str:
    return "; ".join(
        f"{harm.what} ({harm.drug}) "
        + ", ".join(
            f"{_harm(harm.expected[years], harm.between[years])} within {years:g} years" for years in HORIZONS
        )
        for harm in one.harms
    )


def policy_renderables(results: Sequence[PolicyResult]) -> list[RenderableType]:
    """Return the parts of the text, for a console that knows its own width."""
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = []
    for result in results:
        parts += [Text(result.study.title, style="bold"), Text(result.study.question)]
        for caption, rows, more in (
            ("Women with a first fracture, per 1,000", fracture_rows(result), ()),
            (
                f"Averted against {result.study.reference}, and harms, per 1,000",
                averted_rows(result),
                ("harms",),
            ),
        ):
            drawn = Table(title=caption, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
            for i, name in enumerate(("Policy", "years", *(_SHORT[kind] for kind in _SHOWN), *more)):
                drawn.add_column(name, justify="left" if i == 0 else "right")
            for row in rows:
                for name, years, cells in _by_horizon(row):
                    drawn.add_row(Text(name), years, *(Text(cell.replace(" (", "\n(")) for cell in cells))
            parts.append(drawn)
        parts += [Padding(Text(f"- {text}"), (0, 0, 0, 2)) for text in policy_sentences(result)]
        parts.append(Text(""))
    return [*parts, Text(NOTICE, style="italic")]


def policy_data(results: Sequence[PolicyResult]) -> dict[str, Any]:
    """Return policy studies as what JSON can hold: ``format``, ``studies`` by name, ``versions``."""
    content = {
        "format": POLICY_FORMAT,
        "notice": NOTICE,
        "studies": {result.study.name: _study(result) for result in results},
        "versions": asdict(results[0].provenance) if results else None,
    }
    made: dict[str, Any] = json_safe(content)
    return made


def _study(result: PolicyResult) -> dict[str, Any]:
    def numbers(one: PolicyOutcome, which: str) -> dict[str, dict[str, Any]]:
        return {
            kind: {f"{years:g}": asdict(getattr(one, which)[kind, years]) for years in HORIZONS}
            for kind in COUNTED
        }

    return {
        "title": result.study.title,
        "question": result.study.question,
        "population": result.study.population,
        "reference": result.study.reference,
        "women": result.women,
        "unsolved": result.unsolved,
        "worlds": result.worlds,
        "baseline": {name: list(pair) for name, pair in result.baseline.items()},
        "policies": {
            one.name: {
                "fractures_per_1000": numbers(one, "fractures"),
                "averted_per_1000": numbers(one, "averted"),
                "harms_per_1000": [
                    {
                        **asdict(harm),
                        "expected": {f"{y:g}": value for y, value in harm.expected.items()},
                        "between": {f"{y:g}": list(pair) for y, pair in harm.between.items()},
                    }
                    for harm in one.harms
                ],
                "harms_between": {f"{y:g}": list(pair) for y, pair in one.harms_between.items()},
                "harms_without_rate": list(one.unknown),
                "treated": one.treated,
                "bmd_change_pct": {
                    f"{site} {years:g}": value for (site, years), value in one.bmd_change.items()
                },
            }
            for one in result.outcomes
        },
        "drivers": {name: [asdict(one) for one in found] for name, found in result.drivers.items()},
        "sentences": policy_sentences(result),
    }


def policy_markdown(results: Sequence[PolicyResult], command: str) -> str:
    """Return policy studies as a page of the documentation.

    Parameters
    ----------
    results : sequence of PolicyResult
    command : str
        That writes the page again.
    """
    kinds = ", ".join(KINDS[kind] for kind in _SHOWN)
    lines = [
        "# Policies",
        "",
        f"Written by `{command}`; do not edit it by hand.",
        "",
        "The same virtual women live under each policy, in worlds that differ by what the trials leave open",
        "about bone and by the coefficients of fracture. Numbers count women of 1,000 with a first fracture",
        "of a kind, before death from other causes, with the central 90% of the worlds in brackets.",
        "[Virtual trials](virtual-trials.md#policies) explains the rest.",
        f"Kinds: {kinds}. Harms are events per 1,000 women",
        "of the serious harms of which a rate is known, with the central 90% of what the few events leave",
        "open that were counted.",
        "",
        NOTICE,
        "",
    ]
    for result in results:
        lines += [f"## {result.study.title}", "", result.study.question, ""]
        for caption, head, rows in (
            ("Women with a first fracture, per 1,000:", FRACTURE_HEAD, fracture_rows(result)),
            (
                f"Averted against *{result.study.reference}*, and harms, per 1,000:",
                AVERTED_HEAD,
                averted_rows(result),
            ),
        ):
            lines += [caption, "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
            lines += ["| " + " | ".join(row) + " |" for row in rows]
            lines.append("")
        lines += [f"- {text}" for text in policy_sentences(result)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
