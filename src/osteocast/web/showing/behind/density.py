"""Behind numbers of bone density: changes, T-scores, least significant changes, own scans."""

from __future__ import annotations

from collections.abc import Iterator

from osteocast.forecast.plans import BONE_DRUGS
from osteocast.forecast.scans import SiteBasis
from osteocast.forecast.summary import contents, signed
from osteocast.lifestyle import Effect
from osteocast.person import least_significant_change
from osteocast.person.precision import LSC_FACTOR
from osteocast.physiology.observables import OBSERVABLES
from osteocast.report.sources import CLASSES
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR
from osteocast.web.showing.behind.asking import (
    Asked,
    Parts,
    beyond_of,
    graded,
    limits_of,
    people_behind,
    references_of,
    regimen_of,
)
from osteocast.web.showing.behind.parameters import informed, of_drugs
from osteocast.web.showing.behind.trials import Told, of_effects, of_regimen

__all__ = ["density", "density_parameters", "density_rows", "least_change", "scan", "t_score"]

#: Percent of what is known about a parameter that the trials shown have to hold for it to be told.
_TOLD_FROM = 30.0
_MOST_PARAMETERS = 10
_OTHER = {"female": "male", "male": "female"}


def density(asked: Asked) -> Parts:
    """Return what is behind a change of bone density."""
    forecast, plan = asked.forecast, asked.plan
    basis = forecast.sites[asked.of]
    rows = density_rows(asked.sex, plan.courses, asked.moving, asked.of)
    return Parts(
        kind="density",
        title=f"Bone density of the {basis.label}: {plan.name}",
        number=_number(asked, basis),
        made_of=(
            f"The model's {_meaning(asked.of)}, in percent of its value on {forecast.case.as_of}"
            f"{_level(basis)}.",
            people_behind(forecast),
            contents(forecast),
            *_bands(asked),
            *regimen_of(asked),
        ),
        references=(*_of_scale(basis), *references_of(asked)),
        rows=rows,
        parameters=density_parameters(asked.sex, asked.drugs, rows, asked.of),
        limits=limits_of("density", asked),
        beyond=beyond_of(asked),
        grade=graded(asked),
    )


def density_rows(
    sex: str, courses: tuple[Course, ...], effects: tuple[Effect, ...], site: str
) -> tuple[Told, ...]:
    """Return the trials behind the density of a site.

    A drug for bone that nobody of this sex took in a trial that measured the site is told by other sites, or
    by the other sex.
    """
    everywhere = [item.name for item in OBSERVABLES if item.name.startswith("bmd_")]
    here = [f"bmd_{site}"]
    found = [*of_effects(effects, here), *of_regimen(sex, courses, here)]
    known = {drug for one in found for drug in one.drugs}
    for course in courses:
        if course.drug in BONE_DRUGS and course.drug not in known:
            known.add(course.drug)
            # At another site, and only then in the other sex.
            other = [one for one in of_regimen(sex, courses, everywhere) if course.drug in one.drugs]
            found = [*(other or of_regimen(_OTHER[sex], [course], here)), *found]
    return tuple(found) or of_regimen(sex, (), everywhere)


def density_parameters(
    sex: str, drugs: tuple[str, ...], rows: tuple[Told, ...], site: str
) -> tuple[str, ...]:
    """Return the parameters behind the density of a site: of the drugs, and those that the trials fixed."""
    trials = {one.row.trial for one in rows}
    fixed = informed(trials, _TOLD_FROM, drugs, sex, site)[:_MOST_PARAMETERS]
    return tuple(dict.fromkeys((*of_drugs(drugs, sex), *fixed, f"turnover_{site}", f"ageing_{site}")))


def _meaning(site: str) -> str:
    return next(item.meaning for item in OBSERVABLES if item.name == f"bmd_{site}")


def _level(basis: SiteBasis) -> str:
    return f" ({basis.note})" if basis.note else ""


def _number(asked: Asked, basis: SiteBasis) -> str:
    forecast, plan, day = asked.forecast, asked.plan, asked.day
    if day is None:
        return ""
    score = plan.curves.get(f"t_{asked.of}")
    tail = "" if score is None else f", T-score {signed(score.at(forecast.days, day))}"
    change = signed(plan.curves[f"change_{asked.of}"].at(forecast.days, day))
    return f"{change}%{tail} after {day / DAYS_PER_YEAR:.3g} years ({forecast.date_of(day)})"


def _bands(asked: Asked) -> Iterator[str]:
    days, curve = asked.forecast.days, asked.plan.curves[f"change_{asked.of}"]
    day = asked.plan.horizon if asked.day is None else asked.day
    ends = [(band.level, curve.band_at(days, day, band.level)) for band in curve.bands]
    told = [f"{level}% from {signed(one[0])} to {signed(one[1])}%" for level, one in ends if one is not None]
    if told:
        yield f"Of them, after {day / DAYS_PER_YEAR:.3g} years: {'; '.join(told)}."


def _of_scale(basis: SiteBasis) -> tuple[str, ...]:
    return () if basis.scale is None else (*basis.scale.sources, CLASSES)


def t_score(asked: Asked) -> Parts:
    """Return what is behind the T-scores of a site."""
    basis = asked.forecast.sites[asked.of]
    scale = basis.scale
    made_of: tuple[str, ...] = (f"{basis.label}: {basis.note}.",)
    values: tuple[str, ...] = (CLASSES,)
    if scale is not None:
        values = (*scale.sources, CLASSES)
        made_of = (
            f"T = (density − {scale.mean:.3f}) / {scale.sd:.3f}, in g/cm² on the scale of "
            f"{scale.vendor.capitalize()}: how many standard deviations of young adults lie between.",
            f"Reference: {scale.reference}.",
            f"{basis.note[:1].upper()}{basis.note[1:]}.",
        )
    return Parts(
        kind="t-score",
        title=f"T-scores of the {basis.label}",
        made_of=made_of,
        values=values,
        limits=limits_of("t-score", asked),
        beyond=(
            "T-scores of other devices, sites or references are other numbers for the same bone; they are "
            "never set against each other here.",
        ),
    )


def least_change(asked: Asked) -> Parts:
    """Return what is behind the least significant changes of a site."""
    basis = asked.forecast.sites[asked.of]
    vendor = "hologic" if basis.scale is None else basis.scale.vendor
    level = basis.used[-1].bmd if basis.used else 1.0
    published = least_significant_change(asked.of, level, vendor)
    own = {scan.precision[asked.of] for scan in asked.forecast.case.scans if asked.of in scan.precision}
    made_of = [
        f"{LSC_FACTOR:.2f} times the precision error of a measurement (1.96 × √2): where nothing changed, "
        "five of 100 pairs of scans lie further apart.",
    ]
    if published is not None:
        made_of.append(
            f"Published for this site{'' if asked.of == 'total_hip' else f' on {vendor.capitalize()}'}: "
            f"{published.percent:.1f}% of the density."
        )
    if own:
        shown = ", ".join(f"{one:g}%" for one in sorted(own))
        made_of.append(f"The centre's own precision, {shown}, takes its place where the report gives it.")
    made_of += [
        f"Scan of {point.date}: ± {point.least_significant_change:.3f} g/cm²."
        for point in basis.scans
        if point.least_significant_change is not None
    ]
    return Parts(
        kind="least-change",
        title=f"Least significant change of the {basis.label}",
        made_of=made_of,
        values=() if published is None else (published.source,),
        references=("wilson-dxa-precision", "manitoba-2024-vertebrae-lsc"),
        limits=limits_of("least-change", asked),
        beyond=(
            "It holds within one device. A centre that measured its own precision knows it better than a "
            "published mean.",
        ),
    )


def scan(asked: Asked) -> Parts:
    """Return what is behind the own scans of a site: device, error, reference."""
    basis = asked.forecast.sites[asked.of]
    least, score = least_change(asked), t_score(asked)
    return Parts(
        kind="scan",
        title=f"Own scans of the {basis.label}",
        made_of=(
            f"{basis.note[:1].upper()}{basis.note[1:]}. Density is as the report has it, on the scale of its "
            "device.",
            *score.made_of[:2],
            *least.made_of[:2],
        ),
        values=(*score.values, *least.values),
        references=least.references,
        limits=limits_of("scan", asked),
        beyond=(*score.beyond, *least.beyond),
    )
