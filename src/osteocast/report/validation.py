"""The page of validation: every trial, published beside simulated, with plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from osteocast.charts.calibration import calibration
from osteocast.charts.chart import Chart
from osteocast.charts.rendering import as_svgs
from osteocast.charts.trials import Line, Point, agreement, trial_course
from osteocast.fracture import checks
from osteocast.inference.likelihood import Shapes
from osteocast.inference.posterior import draws
from osteocast.inference.prediction import Intervals, predict
from osteocast.physiology import values
from osteocast.report.fracture_checks import fracture_checks_lines, fracture_checks_summary
from osteocast.report.validation_tables import coverage_table, null_table, table
from osteocast.trials import Observation, Trial, Validation, load_trials
from osteocast.trials.simulate import simulate_course
from osteocast.trials.wording import KINDS

__all__ = ["FIGURES", "charts", "to_markdown", "write"]

#: Folder of the figures, beside the page.
FIGURES = "figures"

_DRAWS = 40
_STEP = 3.0  # months between two points of a line
_BAND = (5.0, 95.0)  # percent

_HEAD = """# Validation

The program writes this page: it simulates every published trial again and sets the result beside what
was published. The same table, for any set of trials, comes from

```sh
osteocast validate
```

and with `osteocast validate FOLDER` for [trial files](trial-files.md) of your own. Where the model
fails, and why, is on the page of [its limits](model-limits.md).

An arm is simulated as its average person, an arm with a rescue rule as a mixture. *Fitted*: used to
choose the parameters. *Predicted*: kept from the optimiser; chosen [before any fit](calibration.md). It
is no blind test: whoever chose the form of the equations had read those trials. *Shown*: simulated, but
neither used nor counted, for the reason given.

## In brief

Errors over means of bone density, simulated minus published, in percentage points.

| | means | root mean square error | mean error | within 2 points |
|---|---:|---:|---:|---:|
"""

_INTERVALS = """## Prediction intervals

How far from the model may the next published mean lie? The interval of 90% joins what the trials leave open
about the parameters, the effect of a study, the remainder that the model leaves in the trials it was fitted
to, and the sampling error of a mean of so many people; where a report lets nobody tell the last, a usual one
is taken. If the intervals are right, nine of ten published numbers lie in theirs. Numbers of one trial rise
and fall together: the standard error of a share takes them together.

| | | numbers | trials | within the interval of 90% |
|---|---|---:|---:|---:|"""

_NULLS = """## Published nulls

Trials that found no effect, and what the model says of the same comparison. The simulated effect has to lie
in the published 95% interval; where a report has no number, the interval is what a trial of its size would
have overlooked.

| trial | arm | what | months | published | 95% interval | simulated | |
|---|---|---|---|---:|---:|---:|---|"""

_FRACTURES = """## Fractures

Rates, relative risks and lifetime risks of [fractures](fracture.md), published beside computed. People have
the densities of the trial and follow its published changes, so that an error is one of fractures and not of
density. *Fitted*: an estimated coefficient was set with the number in view; *predicted*: none was. The error
is computed minus published, and in percent of the published number.
"""

_GROUPS = {
    "fitted": "fitted",
    "predicted": "predicted",
    "apart": "predicted, apart (ARBI, an outlier of its class)",
    "new": "new",
}


@dataclass(frozen=True)
class _Panel:
    """One chart of a trial: which arms and sites, and what to say below it."""

    key: str
    title: str
    trial: str
    lines: tuple[tuple[str, str, str, str | None], ...]  # name, arm, observable, versus
    months: float
    said: str


_PANELS = (
    _Panel(
        "inhibitor",
        "Five years of anastrozole, then none",
        "atac-off",
        (
            ("lumbar spine", "anastrozole", "bmd_lumbar_spine", None),
            ("total hip", "anastrozole", "bmd_total_hip", None),
        ),
        84,
        "Points at 24 and 60 months are those of ATAC; later ones are changes from month 60.",
    ),
    _Panel(
        "denosumab",
        "Denosumab without an inhibitor",
        "freedom",
        (
            ("lumbar spine", "denosumab", "bmd_lumbar_spine", None),
            ("total hip", "denosumab", "bmd_total_hip", None),
            ("hip, placebo", "placebo", "bmd_total_hip", None),
        ),
        96,
        "FREEDOM and its extension.",
    ),
    _Panel(
        "denosumab-stopped",
        "Five doses of denosumab, then none",
        "freedom-stop",
        (
            ("lumbar spine", "stopped", "bmd_lumbar_spine", None),
            ("total hip", "stopped", "bmd_total_hip", None),
        ),
        66,
        "The points stand for the words 'near baseline 12 months after the missed dose'.",
    ),
    _Panel(
        "zoledronate-on-letrozole",
        "Letrozole with zoledronate every six months, at once or on need",
        "zo-fast",
        (
            ("at once", "immediate", "bmd_lumbar_spine", None),
            ("on need", "delayed", "bmd_lumbar_spine", None),
        ),
        60,
        "Lumbar spine in ZO-FAST. The second arm is a mixture: part of it is rescued.",
    ),
    _Panel(
        "zoledronate-once",
        "One dose of 5 mg zoledronate, less placebo",
        "grey-zoledronate",
        (
            ("lumbar spine", "zoledronate_5", "bmd_lumbar_spine", "placebo"),
            ("total hip", "zoledronate_5", "bmd_total_hip", "placebo"),
        ),
        60,
        "Osteopenic women without an inhibitor.",
    ),
    _Panel(
        "menopause",
        "Menopause",
        "swan",
        (
            ("lumbar spine", "natural", "bmd_lumbar_spine", None),
            ("femoral neck", "natural", "bmd_femoral_neck", None),
        ),
        120,
        "SWAN. The points at 84 months are changes from month 48.",
    ),
)


def write(folder: Path, validation: Validation, intervals: Intervals | None = None) -> None:
    """Write ``validation.md`` and its figures; files that would not change are left alone.

    Parameters
    ----------
    folder : Path
    validation : Validation
        Of the trials that come with osteocast.
    intervals : Intervals, optional
        Their prediction intervals; simulated here if not given.
    """
    found = predict() if intervals is None else intervals
    drawn = charts(validation, found)
    (folder / FIGURES).mkdir(parents=True, exist_ok=True)
    files = {
        f"{FIGURES}/{chart.key}.svg": svg
        for chart, svg in zip(drawn, as_svgs([c.spec for c in drawn]), strict=True)
    }
    files["validation.md"] = to_markdown(validation, drawn, found)
    for name, text in files.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def charts(validation: Validation, intervals: Intervals) -> list[Chart]:
    """Return the scatter of all means, how prediction intervals hold, and trials of one mechanism each."""
    trials = {trial.name: trial for trial in load_trials()}
    sets = [values(), *draws(_DRAWS)]
    courses = [
        trial_course(
            panel.key,
            panel.title,
            "change of BMD, %",
            [_line(panel, trials, sets, *line) for line in panel.lines],
        )
        for panel in _PANELS
    ]
    groups = [group for group in ("fitted", "predicted") if intervals.of(group, "bone density")]
    reliability = {group: intervals.reliability(group) for group in groups}
    counts = {group: len(intervals.of(group, "bone density")) for group in groups}
    return [agreement(validation.rows), calibration(reliability, counts), *courses, _turnover(sets)]


def _line(
    panel: _Panel,
    trials: Mapping[str, Trial],
    sets: Sequence[Mapping[str, float]],
    name: str,
    arm: str,
    observable: str,
    versus: str | None,
) -> Line:
    trial = trials[panel.trial]
    of_interest = [
        one
        for source in dict.fromkeys((panel.trial, panel.trial.removesuffix("-off")))
        for one in trials[source].observations
        if (one.arm, one.observable, one.versus, one.unit) == (arm, observable, versus, "pct")
    ]
    months = np.arange(_STEP, panel.months + 0.1, _STEP)
    like = replace(of_interest[0], from_month=0.0)
    simulated = np.hstack([np.zeros((len(sets), 1)), simulate_course(trial, like, list(months), sets)])
    months = np.concatenate([[0.0], months])
    low, high = np.percentile(simulated, _BAND, axis=0)
    shown = [one for one in of_interest if not one.id.endswith(("-second-report", "-extension-subset"))]
    points = tuple(_point(one, months, simulated[0]) for one in shown)
    return Line(name, months, simulated[0], low, high, points)


def _point(one: Observation, months: np.ndarray, simulated: np.ndarray) -> Point:
    """Place a published change on the line: one from a later month starts where the simulation then is."""
    start = float(np.interp(one.from_month, months, simulated)) if one.from_month else 0.0

    def place(change: float) -> float:
        return (1 + start / 100) * (100 + change) - 100 if one.from_month else change

    interval = None
    if one.ci is not None and one.ci[0] is not None and one.ci[1] is not None:
        interval = (place(one.ci[0]), place(one.ci[1]))
    return Point(one.month, place(one.value), interval)


def _turnover(sets: Sequence[Mapping[str, float]]) -> Chart:
    """Chart CTX on and off denosumab against the facts that were read in words."""
    shapes = Shapes.load()
    facts = [fact for fact in shapes.facts if fact["observable"] == "ctx"]
    months = np.arange(0.0, 60.1, 0.5)
    often = tuple({"observable": "ctx", "month": float(month)} for month in months[1:])
    simulated = replace(shapes, facts=often).simulate(sets)
    simulated = np.hstack([np.zeros((len(sets), 1)), simulated])
    low, high = np.percentile(simulated, _BAND, axis=0)
    points = tuple(
        Point(fact["month"], fact["value"], (fact["value"] - 2 * fact["sd"], fact["value"] + 2 * fact["sd"]))
        for fact in facts
    )
    line = Line("CTX", months, simulated[0], low, high, points)
    return trial_course(
        "denosumab-ctx", "CTX on five doses of denosumab, and after them", "change of CTX, %", [line]
    )


def to_markdown(validation: Validation, drawn: Sequence[Chart], intervals: Intervals) -> str:
    """Return the page in MyST Markdown.

    Parameters
    ----------
    validation : Validation
    drawn : sequence of Chart
        As `charts` returns them.
    intervals : Intervals
        Of the same trials.
    """
    lines = [_HEAD.rstrip("\n")]
    for group, errors in validation.summary().items():
        lines.append(
            f"| {_GROUPS[group]} | {errors['n']:.0f} | {errors['rmse']:.2f} | {errors['bias']:+.2f} "
            f"| {errors['within_2']:.0%} |"
        )
    for kind, words in KINDS.items():
        lines += [
            f"| {words}: {_GROUPS[group]} | {errors['n']:.0f} | {errors['rmse']:.2f} | {errors['bias']:+.2f} "
            f"| {errors['within_2']:.0%} |"
            for group, errors in validation.summary(kind).items()
        ]
    said = {panel.key: panel.said for panel in _PANELS}
    said["denosumab-ctx"] = (
        "Points are facts published in words or as ranges, with the spread that the fit gave them; "
        "see [calibration](calibration.md)."
    )
    first, held, *courses = drawn
    lines += ["", f"![{first.summary}]({FIGURES}/{first.key}.svg)", "", first.summary, ""]
    lines += [_INTERVALS, *coverage_table(intervals), ""]
    lines += [f"![{held.summary}]({FIGURES}/{held.key}.svg)", "", held.summary, "", _NULLS]
    compared = checks()
    lines += [*null_table(validation.nulls()), "", _FRACTURES, *fracture_checks_lines(compared), ""]
    lines += [*(f"- {line}" for line in fracture_checks_summary(compared)), "", "## Over time", ""]
    lines += [
        "Lines are the simulation; bands hold 90% of what the trials leave open about the average person;",
        "bars are published 95% confidence intervals.",
    ]
    for chart in courses:
        lines += [
            "",
            f"### {chart.title}",
            "",
            f"![{chart.summary}]({FIGURES}/{chart.key}.svg)",
            "",
            said[chart.key],
        ]
    return "\n".join([*lines, "", "## Every observation", "", *table(validation.rows, intervals)]) + "\n"
