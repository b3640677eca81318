"""A virtual trial, run as often as asked: effects, power, and what became of the people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from osteocast.errors import InputError, Problem
from osteocast.forecast.provenance import Provenance, provenance
from osteocast.progress import Report, silent
from osteocast.virtual_trials.analysis import Effect, analyse, outcomes, summary_of
from osteocast.virtual_trials.conduct import TrialData, conduct
from osteocast.virtual_trials.design import ANALYSES, SETS, Analysis, AnalysisSet, Endpoint, TrialDesign
from osteocast.virtual_trials.interim import Boundary, boundary
from osteocast.virtual_trials.pool import NEVER, Pool, build_pool
from osteocast.virtual_trials.power import PowerPoint, SampleSize, power_points, sample_size
from osteocast.virtual_trials.results import ArmRecord, Ledger, Replicate

__all__ = ["TrialResult", "Typical", "run_trial"]


@dataclass(frozen=True)
class Typical:
    """An endpoint over all replicates.

    Parameters
    ----------
    endpoint : Endpoint
    people : str
        Set analysed.
    analysis : str
    estimate : float
        Mean over replicates.
    spread : float
        Standard deviation of the estimate over replicates: sampling, and what the trials leave open.
    error : float
        Mean of the standard error that a single trial reports.
    low, high : float
        Means of the ends of its interval.
    significant : float
        Share of replicates with p below alpha.
    monte_carlo : float
        Standard error of that share.
    methods : tuple of (str, int)
        What was fitted, and how often.
    """

    endpoint: Endpoint
    people: AnalysisSet
    analysis: str
    estimate: float
    spread: float
    error: float
    low: float
    high: float
    significant: float
    monte_carlo: float
    methods: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class TrialResult:
    """All replicates of a trial.

    Parameters
    ----------
    design : TrialDesign
    analysis : str
        Of the primary endpoint.
    boundary : Boundary
        Of the looks.
    replicates : tuple of Replicate
    power : tuple of PowerPoint
        One for each size asked for.
    provenance : Provenance
    """

    design: TrialDesign
    analysis: Analysis
    boundary: Boundary
    replicates: tuple[Replicate, ...]
    power: tuple[PowerPoint, ...]
    provenance: Provenance

    def typical(self) -> tuple[Typical, ...]:
        """Return every endpoint in every set analysed, over all replicates."""
        found = []
        for endpoint in self.design.endpoints:
            for people in SETS:
                own = [
                    one
                    for replicate in self.replicates
                    for one in replicate.effects
                    if (one.endpoint, one.people) == (endpoint.name, people)
                ]
                if own:
                    found.append(_typical(endpoint, people, own, self.design.alpha))
        return tuple(found)

    def size_for(self, power: float) -> SampleSize | None:
        """Return the size that reaches a power, from the sizes asked for; None with fewer than two."""
        return sample_size(self.power, power)


def run_trial(
    design: TrialDesign,
    *,
    power: Sequence[int] = (),
    analysis: Analysis | None = None,
    output: str | Path | None = None,
    threads: int | None = None,
    report: Report = silent,
) -> TrialResult:
    """Run a trial as often as its design says.

    Parameters
    ----------
    design : TrialDesign
        From `load_design`.
    power : sequence of int
        Sizes (people randomised in all) at which the share of significant trials is counted.
    analysis : {"t", "ancova", "mixed"}, optional
        Of the primary endpoint, instead of the design's. Other endpoints are analysed by the same, but by
        analysis of covariance where that is ``mixed``, which takes seconds for each.
    output : str or Path, optional
        Folder for the replicates as they are done; a run that was stopped goes on there.
    threads : int, optional
        Worker threads; all cores by default. Has no influence on any number.
    report : callable
        Told what is done, how much of it, of how much.

    Returns
    -------
    TrialResult

    Raises
    ------
    InputError
        If an analysis or a size cannot be used, or the folder holds another run.
    NotCovered
        If hardly any candidate is eligible.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from osteocast.virtual_trials import load_design
    >>> small = replace(load_design("atac"), replicates=3, draws=2, people=32)
    >>> len(run_trial(small).replicates)
    3
    """
    sizes = sorted({int(size) for size in power})
    wanted = design.analysis if analysis is None else analysis
    problems = [
        Problem("power", size, "4 people or more, 100,000 at most", "correct the size")
        for size in sizes
        if not 4 <= size <= 100_000
    ]
    if wanted not in ANALYSES:
        problems.append(Problem("analysis", wanted, f"one of {', '.join(ANALYSES)}", "choose one of them"))
    if problems:
        raise InputError(problems)
    versions = provenance()
    run = {"design": design.fingerprint(), "analysis": wanted, "power": sizes, "versions": asdict(versions)}
    ledger = None if output is None else Ledger(Path(output), run)
    limits = boundary(design.interim.looks, design.alpha, design.interim.spending)
    done = {} if ledger is None else dict(ledger.done)
    missing = [number for number in range(design.replicates) if number not in done]
    if missing:
        pool = build_pool(design, threads=threads, report=lambda part, parts: report("people", part, parts))
        for number in missing:
            done[number] = replicate_of(design, pool, number, wanted, sizes, limits)
            if ledger is not None:
                ledger.add(done[number])
            report("replicates", number + 1, design.replicates)
    replicates = tuple(done[number] for number in range(design.replicates))
    return TrialResult(design, wanted, limits, replicates, power_points(replicates, sizes), versions)


def replicate_of(
    design: TrialDesign,
    pool: Pool,
    number: int,
    analysis: Analysis,
    sizes: Sequence[int],
    limits: Boundary,
) -> Replicate:
    """Conduct and analyse one replicate."""
    largest = max([design.size, *sizes])
    everybody = conduct(design, pool, number, size=largest)
    data = everybody.first(design.size)
    secondary: Analysis = "ancova" if analysis == "mixed" else analysis
    effects = []
    for endpoint in design.endpoints:
        own = analysis if endpoint is design.primary else secondary
        effects += [analyse(data, endpoint, own, people) for people in _sets(design, own, endpoint)]
    stopped = {
        size: _stop(everybody.first(size), design.primary, analysis, limits)
        for size in dict.fromkeys([*sizes, *([design.size] if len(limits.looks) > 1 else [])])
    }
    return Replicate(
        number,
        data.screened,
        dict(data.not_eligible),
        {name: _record(data, name) for name in design.arms},
        tuple(effects),
        {endpoint.name: summary_of(data, endpoint) for endpoint in design.endpoints},
        stopped,
    )


def _sets(design: TrialDesign, analysis: Analysis, endpoint: Endpoint) -> list[AnalysisSet]:
    """Name the sets that differ: a mixed model takes what was observed anyway, and rescue needs a rule."""
    rules = any(arm.rules for arm in design.arms.values())
    repeated = analysis == "mixed" and endpoint.versus is not None
    return [
        people
        for people in SETS
        if not (people == "as_observed" and repeated) and not (people == "on_treatment" and not rules)
    ]


def _stop(data: TrialData, endpoint: Endpoint, analysis: Analysis, limits: Boundary) -> int:
    """Return the look at which the primary analysis crosses the boundary, 0 for none.

    A look sees the first people who entered, as many as its share of the information, up to their endpoint.
    """
    for look, (share, p) in enumerate(zip(limits.looks, limits.p, strict=True), start=1):
        seen = data.first(math.ceil(share * len(data)))
        if analyse(seen, endpoint, analysis, "intention_to_treat").p <= p:
            return look
    return 0


def _record(data: TrialData, arm: str) -> ArmRecord:
    own = data.in_arm(arm)
    primary = replace(data.design.primary, from_month=0.0)
    means: list[float | None] = []
    errors: list[float | None] = []
    for column in range(1, len(data.months)):
        values = outcomes(data, primary, column)[own]
        values = values[np.isfinite(values)]
        enough = values.size > 1
        means.append(float(values.mean()) if enough else None)
        errors.append(float(values.std(ddof=1) / math.sqrt(values.size)) if enough else None)
    last = data.measured[data.design.primary.observable][:, -1]
    return ArmRecord(
        int(own.sum()),
        int((own & ~np.isfinite(last)).sum()),
        int((own & (data.rescued != NEVER)).sum()),
        tuple(means),
        tuple(errors),
    )


def _typical(endpoint: Endpoint, people: AnalysisSet, own: Sequence[Effect], alpha: float) -> Typical:
    numbers = {
        name: np.array([getattr(one, name) for one in own]) for name in ("estimate", "error", "low", "high")
    }
    share = float(np.mean([one.p <= alpha for one in own]))
    methods: dict[str, int] = {}
    for one in own:
        methods[one.method] = methods.get(one.method, 0) + 1
    middle = {
        name: float(np.nanmean(values)) if np.isfinite(values).any() else math.nan
        for name, values in numbers.items()
    }
    return Typical(
        endpoint,
        people,
        own[0].analysis,
        middle["estimate"],
        float(np.nanstd(numbers["estimate"], ddof=1))
        if np.isfinite(numbers["estimate"]).sum() > 1
        else math.nan,
        middle["error"],
        middle["low"],
        middle["high"],
        share,
        math.sqrt(share * (1.0 - share) / len(own)),
        tuple(sorted(methods.items(), key=lambda item: -item[1])),
    )
