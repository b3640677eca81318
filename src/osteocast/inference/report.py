"""The page that tells what the trials taught the model and what they left open.

It is read from the split, the priors and the two files that a calibration writes; nothing is simulated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from osteocast import evidence, physiology, trials
from osteocast.files import read_data
from osteocast.inference.likelihood import SPREAD, Shapes, is_fitted
from osteocast.inference.posterior import laplace, quality
from osteocast.inference.scales import estimated, from_scale, prior_mean, prior_sd
from osteocast.physiology import Parameter
from osteocast.trials.load import load_trials

__all__ = [
    "WEAK",
    "Learnt",
    "effective_number",
    "learnt",
    "misfit",
    "strongest_ties",
    "temperature",
    "to_markdown",
]

#: A parameter of which the trials removed less than this share of the prior's variance counts as weak.
WEAK = 0.3
_FAR = 1.3  # prior standard deviations
_TIED = 0.5

_HEAD = """# Calibration

The program writes this page from the split, the priors and the result of the calibration. To repeat it:

```sh
./scripts/calibrate --from-priors
```

It takes a quarter of an hour on two cores (`--quick`: the mode alone, two minutes), and writes
`physiology/calibrated.yaml`, `inference/posterior.yaml` and `inference/posterior.npy`; its random streams
are fixed. What the parameters do is on the page of [equations](equations.md); how well
the result predicts is on the page of [validation](validation.md).

## Split before fitting

Which trials are fitted and which are predicted was written down, in `trials/split.yaml`, before any
fit, and by a rule that a test repeats. In the words of that file:

> {rule}

What counts in the error:

> {counted}

**The prediction is not blind.** No predicted mean entered a likelihood, but the errors of both groups were
printed after every fit, and some ten fits were made while the form of the model, its priors and the spread
between studies were chosen. The largest change of form, ageing by remodelling unit, took them from 0.90 and
1.29 to 0.79 and 1.11 points. Of the spreads between studies that were tried, the one taken here gave 0.79
fitted and 1.16 predicted at that stage; 0.4 and 0.6 gave 0.80 and 1.14, and 0.35 and 0.7 gave 0.81 and 1.11.
Take the fitted error as 0.8, not as below it, and expect trials that nobody here has seen to lie further off
than the predicted ones.

## What is fitted

{n_bmd} means of bone density and {n_marker} of turnover markers, from {n_trials} trials, and {n_shapes}
facts about turnover on and off denosumab that were published in words or as ranges (below).
{n_parameters} parameters are estimated together.

Oestradiol, PTH and sclerostin of the fitted trials are **not** in the likelihood. The parameters behind
them (`*_ki`, `e2_floor`, `exemestane_inactivation`, `pth_gain`, `sclerostin_e2_gain` and others) were
derived from published values or chosen by hand, as the table of parameters says; such rows count as
fitted in the validation because those trials were looked at, not because an optimiser used them.

## How far the model may lie from a mean

Each residual has three sources of spread: sampling error, where the paper gave one; an effect of the
study (its people, scanners, supplements), which all means of one kind in one trial share; and a
remainder that no model of this kind reproduces. Means of a trial are therefore correlated, and a trial
that reports six of them does not outweigh six trials. In percentage points of change, standard
deviations:

| | effect of the study | remainder |
|---|---:|---:|
| bone density | {bmd_study:g} | {bmd_rest:g} |
| bone density, trials of men and of training | {indirect_study:g} | {indirect_rest:g} |
| markers | {marker_study:g} | {marker_rest:g} |

A change given per year is scaled by the years between the two scans. In trials of men and of training more
is assumed than reported: own hormones, time on treatment before, and what was really trained.

Those of bone density lie 1.2 units below the highest log likelihood of the residuals (at 0.5 and 0.5),
on a grid of tenths and without IES. **They are tight.**
At the mode the whitened residuals have a sum of squares of
{misfit:.0f} over {n_data} data, of which about {effective:.0f} degrees of freedom went into parameters.
The likelihood is therefore divided by {temperature:.2f}, the misfit over its degrees of freedom, before the
posterior is sampled: all intervals below are wider by about its root, {factor:.1f}, than the likelihood as
written would make them.

## Priors

Each prior is normal on its own scale: *log* for what must be positive, *logit* for shares between 0 and
1, *linear* else. A standard deviation of 0.5 on the log scale means a factor of 2.3 up or down at 90%.
Medians are what we believed beforehand; few have a source of their own, which the page of
[equations](equations.md) then names. Part of that belief was formed by reading the same trials (the
size of tamoxifen's effect in bone, the time course on denosumab), so that priors and data are not
wholly independent.

## Shapes read in words

The months after a missed dose of denosumab decide what a plan is worth, and no trial gave its mean with
a number that could be used. These facts are taken as numbers, with a spread that is our reading. They
count in no error.

{shapes}

## Mode and spread

The mode is found by Levenberg and Marquardt's method, with all columns of the Jacobian simulated as one
batch. The posterior around it is sampled by chains that start spread out (`osteocast.inference.sampling`).
{sampling} `osteocast.inference.posterior.draws` takes parameters from the stored draws. They describe what
the trials leave open about the *average* person; people differ from each other by more than that.

## What each parameter learnt

*Learnt* is the share of the prior's variance that the trials removed: 0 means that the prior speaks
alone. *Informed by* names the trials with the largest share of the information. *Tied to* names
parameters with a correlation above {tied:g} in the posterior: only a combination of the two is known
well.

{table}

## What the trials do not identify

Less than {weak:.0%} learnt, so that value and interval are mostly our belief:

{weak_list}

A prediction that hangs on one of these rests on the prior. `modelling`, the turnover that
antiresorptives do not stop, is the plainest case: it is there because without it the long gain on
denosumab has no source, and no fitted mean says how large it is.

Farthest from the middle of the prior, which means that the trials and our belief disagree, or that the
parameter pays for something that the model lacks:

{far_list}
"""


@dataclass(frozen=True)
class Learnt:
    """What became of one parameter.

    Parameters
    ----------
    parameter : Parameter
        As declared, with its prior.
    prior, posterior : (float, float)
        Interval of 90%, in the parameter's unit.
    value : float
        At the mode.
    share : float
        Of the prior's variance that the trials removed.
    shift : float
        From the prior's median to the mode, in standard deviations of the prior.
    informed_by, tied_to : tuple of str
    """

    parameter: Parameter
    prior: tuple[float, float]
    posterior: tuple[float, float]
    value: float
    share: float
    shift: float
    informed_by: tuple[str, ...]
    tied_to: tuple[str, ...]


def learnt() -> list[Learnt]:
    """Return what became of every estimated parameter, in the order of their declaration."""
    entries = _calibrated()["parameters"]
    mode, _ = laplace()
    ties = strongest_ties(_TIED)
    found = []
    for parameter, z, mean, sd in zip(estimated(), mode, prior_mean(), prior_sd(), strict=True):
        entry = entries[parameter.name]
        low, high = (from_scale(parameter, mean + k * sd) for k in (-1.645, 1.645))
        partners = [(b if a == parameter.name else a, r) for a, b, r in ties if parameter.name in (a, b)]
        found.append(
            Learnt(
                parameter=parameter,
                prior=(low, high),
                posterior=tuple(entry["interval_90"]),
                value=float(entry["value"]),
                share=float(entry["learnt"]),
                shift=float((z - mean) / sd),
                informed_by=tuple(entry["informed_by"]),
                tied_to=tuple(f"{name} {r:+.2f}" for name, r in partners),
            )
        )
    return found


def strongest_ties(least: float) -> list[tuple[str, str, float]]:
    """Return pairs of parameters with at least this correlation in the posterior, strongest first."""
    names = [parameter.name for parameter in estimated()]
    _, covariance = laplace()
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    pairs = [
        (names[i], names[j], float(correlation[i, j]))
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if abs(correlation[i, j]) >= least
    ]
    return sorted(pairs, key=lambda pair: -abs(pair[2]))


def misfit() -> float:
    """Return the sum of squared whitened residuals at the mode: the cost less what the priors add to it."""
    mode, _ = laplace()
    return float(_calibrated()["cost"] - np.sum(((mode - prior_mean()) / prior_sd()) ** 2))


def temperature() -> float:
    """Return what the likelihood was divided by before the posterior was sampled."""
    return float(quality()["temperature"])


def effective_number(n_data: int) -> float:
    """Return how many parameters the data pay for, as the temperature counts them."""
    return n_data - misfit() / temperature()


def _sampling() -> str:
    how = quality()["sampling"]
    if how["method"] != "sampled":
        return (
            "This calibration was a quick one: its draws are those of the normal approximation at the mode."
        )
    return (
        f"{how['chains']} chains of {how['steps']} steps after burn-in; the worst split-R-hat is "
        f"{how['worst_r_hat']:.3f}, of every parameter there are at least {how['fewest_effective']:.0f} "
        f"effective draws, and {how['acceptance']:.0%} of the proposals were taken."
    )


def _calibrated() -> dict[str, Any]:
    content: dict[str, Any] = read_data(Path(physiology.__file__).parent / "calibrated.yaml")
    return content


def to_markdown() -> str:
    """Return the page in MyST Markdown.

    Examples
    --------
    >>> page = to_markdown()
    >>> "## What the trials do not identify" in page and "`modelling`" in page
    True
    """
    split = read_data(Path(trials.__file__).parent / "split.yaml")
    used = [
        (trial.name, observation)
        for trial in load_trials()
        for observation in trial.observations
        if is_fitted(trial, observation)
    ]
    kinds = Counter("bmd" if observation.is_bmd else "marker" for _, observation in used)
    shapes = Shapes.load()
    n_data = len(used) + len(shapes.facts)
    found = learnt()
    return _HEAD.format(
        rule=split["rule"].strip(),
        counted=split["counted"].strip(),
        n_bmd=kinds["bmd"],
        n_marker=kinds["marker"],
        n_trials=len({name for name, _ in used}),
        n_shapes=len(shapes.facts),
        n_parameters=len(found),
        bmd_study=SPREAD["bmd"][0],
        bmd_rest=SPREAD["bmd"][1],
        indirect_study=SPREAD["bmd_indirect"][0],
        indirect_rest=SPREAD["bmd_indirect"][1],
        marker_study=SPREAD["marker"][0],
        marker_rest=SPREAD["marker"][1],
        misfit=misfit(),
        n_data=n_data,
        effective=effective_number(n_data),
        temperature=temperature(),
        factor=np.sqrt(temperature()),
        sampling=_sampling(),
        shapes=_shapes(shapes.facts),
        tied=_TIED,
        table=_table(found),
        weak=WEAK,
        weak_list=_weak(found),
        far_list=_far(found),
    )


def _shapes(facts: Iterable[Mapping[str, Any]]) -> str:
    lines = ["| what | month | taken as | ± | said | source |", "|---|---:|---:|---:|---|---|"]
    for fact in facts:
        what = fact["observable"].replace("_", " ")
        lines.append(
            f"| {what} | {fact['month']} | {fact['value']:+g}% | {fact['sd']:g} | {fact['says']} "
            f"| {_source(fact['source'])} |"
        )
    return "\n".join(lines)


def _source(name: str) -> str:
    citation = evidence.load().source(name).citation
    address = f"https://doi.org/{citation.doi}" if citation.doi else citation.url
    return f"[{name}]({address})" if address else name


def _table(found: Iterable[Learnt]) -> str:
    lines = [
        "| parameter | meaning | unit | prior 90% | mode | posterior 90% | learnt | informed by | tied to |",
        "|---|---|---|---|---:|---|---:|---|---|",
    ]
    for one in found:
        unit = "" if one.parameter.unit == "1" else one.parameter.unit
        cells = (
            f"`{one.parameter.name}`",
            one.parameter.meaning,
            unit,
            _interval(one.prior),
            f"{one.value:.3g}",
            _interval(one.posterior),
            f"{one.share:.0%}",
            ", ".join(one.informed_by),
            ", ".join(one.tied_to),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _interval(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:.2g} to {bounds[1]:.2g}"


def _weak(found: Iterable[Learnt]) -> str:
    weak = sorted((one for one in found if one.share < WEAK), key=lambda one: one.share)
    return "\n".join(f"- `{one.parameter.name}` ({one.share:.0%}): {one.parameter.meaning}" for one in weak)


def _far(found: Iterable[Learnt]) -> str:
    far = sorted((one for one in found if abs(one.shift) >= _FAR), key=lambda one: -abs(one.shift))
    return "\n".join(
        f"- `{one.parameter.name}`: {one.shift:+.1f} standard deviations, "
        f"{one.value:.3g} where the prior had {_median(one.parameter):.3g}"
        for one in far
    )


def _median(parameter: Parameter) -> float:
    assert parameter.prior is not None
    return parameter.prior.median
