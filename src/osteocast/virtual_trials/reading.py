"""Trial designs from YAML: every problem of a file in one message."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

from osteocast.errors import InputError, Problem, TrialError, unknown_name
from osteocast.person.documents import Document, parse_document, read_document
from osteocast.person.fields import Fields
from osteocast.physiology.observables import OBSERVABLE_NAMES
from osteocast.physiology.quantities import SITES
from osteocast.population.reading import read_limits
from osteocast.trials import Trial, load_trial, load_trials
from osteocast.trials.load import read_arms, read_sources, read_visits, trial_from
from osteocast.trials.population import read_population
from osteocast.trials.schema import Arm, Population, Unit
from osteocast.virtual_trials.design import (
    ANALYSES,
    MEASURES,
    Bounds,
    Eligibility,
    Endpoint,
    Randomisation,
    Stratum,
    TrialDesign,
)
from osteocast.virtual_trials.published import published_design
from osteocast.virtual_trials.reading_conditions import (
    read_adherence,
    read_dropout,
    read_interim,
    read_measurement,
)

__all__ = ["DESIGN_FIELDS", "find_trial", "load_design", "parse_design"]

DESIGN_FIELDS = (
    "trial",
    "title",
    "sources",
    "population",
    "eligibility",
    "arms",
    "randomisation",
    "size",
    "visits",
    "window",
    "endpoints",
    "dropout",
    "adherence",
    "measurement",
    "interim",
    "alpha",
    "analysis",
    "replicates",
    "draws",
    "people",
    "seed",
    "notes",
)
ENDPOINT_FIELDS = ("name", "observable", "month", "from_month", "unit", "statistic", "arm", "versus")
_UNITS = ("pct", "pct_per_year", "change", "absolute", "g_per_cm2")
_LARGEST_BLOCK = 64


def load_design(source: str | Path) -> TrialDesign:
    """Read a design, or take a published trial as one.

    Parameters
    ----------
    source : str or Path
        A file with a design; a file that describes a published trial; or the name of a trial that comes with
        osteocast, such as ``z-fast``, ``zfast`` or ``trials/z-fast``.

    Raises
    ------
    TrialError
        If there is no such file or trial, or anything in it is wrong; lists every problem.

    Examples
    --------
    >>> load_design("trials/zfast").name
    'z-fast'
    """
    path = Path(source)
    if not path.is_file():
        return published_design(find_trial(str(source)))
    try:
        document = read_document(path)
    except InputError as error:
        raise TrialError(error.problems, path.name) from None
    return _design_from(document, path)


def parse_design(text: str, name: str | None = None) -> TrialDesign:
    """Read a design from the text of a file.

    Raises
    ------
    TrialError
        As `load_design`.
    """
    try:
        document = parse_document(text, name)
    except InputError as error:
        raise TrialError(error.problems, name) from None
    return _design_from(document, None)


def find_trial(source: str) -> Trial:
    """Return a published trial by its file or its name; hyphens, case and a folder in front do not matter.

    Raises
    ------
    TrialError
        If there is no such file or trial, or anything in the file is wrong.
    """
    if Path(source).is_file():
        return load_trial(source)

    def bare(text: str) -> str:
        return "".join(letter for letter in text.casefold() if letter.isalnum())

    wanted = source.removesuffix(".yaml").rpartition("/")[2]
    trials = load_trials()
    for trial in trials:
        if bare(trial.name) == bare(wanted):
            return trial
    problem = unknown_name("SPEC", source, [trial.name for trial in trials], "file or published trial")
    raise TrialError([problem])


def _design_from(document: Document, path: Path | None) -> TrialDesign:
    content, problems = document.content, list(document.problems)
    if "observations" in content and "endpoints" not in content:
        return published_design(trial_from(content, problems, path))
    fields = Fields(content, "", problems, DESIGN_FIELDS)
    fields.require("trial", "a short name", "write it as in 'trial: denosumab-on-ai'")
    name = fields.text("trial", "a short name") or (path.stem if path else "")
    population = read_population(fields, None)
    arms = read_arms(fields, population)
    visits = _visits(fields)
    given: dict[str, Any] = {
        "title": fields.text("title", "what the trial is") or name,
        "sources": read_sources(fields),
        "eligibility": _eligibility(fields, population),
        "randomisation": _randomisation(fields, arms, population),
        "endpoints": _endpoints(fields, arms, visits),
        "window_days": fields.duration("window"),
        "dropout": read_dropout(fields, arms),
        "adherence": read_adherence(fields, arms),
        "measurement": read_measurement(fields),
        "interim": read_interim(fields),
        "alpha": fields.number("alpha", 1e-6, 0.5, "an error of the first kind, two-sided"),
        "analysis": fields.choice("analysis", ANALYSES, "analysis"),
        "replicates": fields.whole("replicates", 1, 100_000, "a number of replicates"),
        "draws": fields.whole("draws", 0, 10_000, "draws of the posterior, 0 for the calibrated values"),
        "people": fields.whole("people", 8, 100_000, "candidates simulated for each draw"),
        "seed": fields.whole("seed", 0, 2**31, "a seed"),
        "notes": fields.text("notes", "a text"),
    }
    fields.require("size", "how many are randomised", "write it as in 'size: 200'")
    size = fields.whole("size", 4, 100_000, "people randomised, all arms together")
    if problems or population is None or size is None:
        raise TrialError(problems, path.name if path else document.name)
    known = {key: value for key, value in given.items() if value is not None}
    return TrialDesign(
        name=name, population=population, arms=arms, visits=visits, size=size, path=path, **known
    )


def _visits(fields: Fields) -> tuple[float, ...]:
    fields.require("visits", "a list of months", "write it as in 'visits: [6, 12, 24]'")
    visits = read_visits(fields)
    if visits and visits[0] <= 0:
        fields.report("visits", "months after 0", "everybody is measured at 0 anyway: leave it out")
    return visits


def _eligibility(parent: Fields, population: Population | None) -> Eligibility | None:
    if "eligibility" not in parent:
        return None
    known = ("age", "years_since_menopause", "t_score")
    fields = Fields(parent.raw("eligibility"), parent.place("eligibility"), parent.problems, known)
    scores: dict[str, Bounds] = {}
    holder = Fields(fields.raw("t_score") or {}, fields.place("t_score"), parent.problems, SITES)
    for site in SITES:
        bounds = read_limits(holder, site, -6, 6, "T-scores")
        if bounds is not None:
            scores[site] = bounds
    since = read_limits(fields, "years_since_menopause", -30, 80, "years since menopause")
    if since is not None and population is not None and population.menopause_age is None:
        fields.report("years_since_menopause", "women with a menopause", "remove it")
    age = read_limits(fields, "age", 18, 110, "years")
    return Eligibility(age or (None, None), since or (None, None), scores)


def _randomisation(
    parent: Fields, arms: Mapping[str, Arm], population: Population | None
) -> Randomisation | None:
    content = parent.raw("randomisation")
    known = ("method", "blocks", "allocation", "strata")
    fields = Fields({} if content is None else content, parent.place("randomisation"), parent.problems, known)
    method = cast(
        'Literal["simple", "blocks"]', fields.choice("method", ("simple", "blocks"), "method") or "blocks"
    )
    allocation = dict.fromkeys(arms, 1)
    for arm, part, place in fields.pairs("allocation", "parts by arm"):
        if arm not in arms:
            parent.problems.append(unknown_name(place, arm, arms, "arm"))
        else:
            holder = Fields({"part": part}, place, parent.problems, ("part",))
            allocation[arm] = holder.whole("part", 1, 20, "parts of an arm") or 1
    unit = sum(allocation.values())
    blocks = []
    for item, place in fields.items("blocks"):
        size = Fields({"size": item}, place, parent.problems, ("size",)).whole(
            "size", 1, _LARGEST_BLOCK, "people in a block"
        )
        if size is not None and unit and size % unit:
            parent.problems.append(
                Problem(
                    place,
                    item,
                    f"a multiple of the allocation, {unit}",
                    f"write {size // unit * unit + unit}",
                )
            )
        elif size is not None:
            blocks.append(size)
    strata = [_stratum(item, place, parent.problems, population) for item, place in fields.items("strata")]
    return Randomisation(
        method,
        tuple(blocks) or (2 * unit or 2,),
        allocation,
        tuple(one for one in strata if one is not None),
    )


def _stratum(
    content: Any, place: str, problems: list[Problem], population: Population | None
) -> Stratum | None:
    fields = Fields(content, place, problems, ("of", "at"))
    fields.require("of", "a site, for its T-score, or age", "write '{of: lumbar_spine, at: -1.5}'")
    fields.require("at", "a cut", "write '{of: lumbar_spine, at: -1.5}'")
    of = fields.choice("of", (*SITES, *MEASURES), "measure")
    at = fields.number("at", -30, 110, "a cut")
    if of == "years_since_menopause" and population is not None and population.menopause_age is None:
        fields.report("of", "women with a menopause", "choose another measure")
    return Stratum(of, at) if of is not None and at is not None else None


def _endpoints(parent: Fields, arms: Mapping[str, Arm], visits: tuple[float, ...]) -> tuple[Endpoint, ...]:
    parent.require("endpoints", "at least one endpoint", "write what is compared, the primary one first")
    found: list[Endpoint] = []
    for content, place in parent.items("endpoints"):
        fields = Fields(content, place, parent.problems, ENDPOINT_FIELDS)
        for key, expected in (("observable", "what is measured"), ("month", "a visit"), ("arm", "an arm")):
            fields.require(key, expected, f"write {key}")
        observable = fields.choice("observable", OBSERVABLE_NAMES, "observable")
        month = fields.number("month", 0.01, 600, "a month")
        from_month = fields.number("from_month", 0, 600, "a month") or 0.0
        for key, value in (("month", month), ("from_month", from_month or None)):
            if value is not None and visits and value not in visits:
                fields.report(
                    key, f"one of the visits: {', '.join(f'{v:g}' for v in visits)}", "add the visit"
                )
        if month is not None and from_month >= month:
            fields.report("from_month", "a month before 'month'", "exchange the two")
        arm, versus = (_arm(fields, key, arms) for key in ("arm", "versus"))
        if arm is not None and arm == versus:
            fields.report("versus", "another arm", "remove it or name the other arm")
        unit = cast("Unit", fields.choice("unit", _UNITS, "unit") or "pct")
        if unit == "g_per_cm2" and observable is not None and not observable.startswith("bmd_"):
            fields.report("unit", "pct, change or absolute for what is no density", "choose another unit")
        statistic = cast(
            'Literal["mean", "median"]', fields.choice("statistic", ("mean", "median"), "statistic") or "mean"
        )
        if observable is None or month is None or arm is None:
            continue
        label = f"{arm}-{observable.removeprefix('bmd_').replace('_', '-')}-{month:g}"
        name = fields.text("name", "a short name") or label
        found.append(Endpoint(name, observable, month, unit, arm, versus, statistic, from_month))
    names = [one.name for one in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        parent.report("endpoints", "a name of its own for every endpoint", "rename one of the two", name)
    return tuple(found)


def _arm(fields: Fields, key: str, arms: Mapping[str, Arm]) -> str | None:
    name = fields.text(key, "an arm")
    if name is not None and arms and name not in arms:
        fields.problems.append(unknown_name(fields.place(key), name, arms, "arm"))
        return None
    return name
