"""Parameters of the model behind a number, each with its source or that it is an estimate."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from osteocast.physiology.parameters import Parameter, parameters
from osteocast.physiology.quantities import SITES
from osteocast.therapies import DRUGS
from osteocast.web.showing.behind.parts import Fitted
from osteocast.web.strings import N_

__all__ = ["chosen", "informed", "of_drugs", "trials_behind"]

_SHARE = re.compile(r"(.+) (\d+)%")

_BASES = {
    "published": N_("published"),
    "derived": N_("derived from published values"),
    "estimate": N_("estimate"),
    "calibrated": N_("fitted to trials"),
    "person": N_("of the person; this is the usual value"),
}


def chosen(names: Iterable[str]) -> tuple[Fitted, ...]:
    """Return parameters by name, in this order, each once."""
    known = parameters()
    return tuple(_fitted(known[name]) for name in dict.fromkeys(names))


def of_drugs(drugs: Collection[str], sex: str) -> Iterator[str]:
    """Yield the names of what describes the way of some drugs through the body.

    Forms of one drug share its parameters, but for those of one form; those of men are left out for women.
    """
    stems = {drug.split("_")[0] for drug in drugs}
    others = {drug.split("_")[-1] for drug in DRUGS if "_" in drug and drug not in drugs} - {"iv"}
    for name in parameters():
        if others & set(name.split("_")):
            continue
        if name.startswith("male_"):
            if sex == "male" and name.rpartition("_")[2] in stems:
                yield name
        elif name.split("_")[0] in stems:
            yield name


def informed(
    trials: Collection[str], least: float, drugs: Collection[str], sex: str, site: str
) -> tuple[str, ...]:
    """Return names of the fitted parameters of a site about which some trials say most.

    Parameters
    ----------
    trials : collection of str
    least : float
        Percent of what is known about a parameter that they hold together.
    drugs : collection of str
        Everything taken: what other drugs do is left out.
    sex : {"female", "male"}
    site : str

    Returns
    -------
    tuple of str
        Those that they say most about first.
    """
    shares = {
        name: sum(share for trial, share in _informing(parameter) if trial in trials)
        for name, parameter in parameters().items()
    }
    fit = [name for name in shares if shares[name] >= least and _concerns(name, drugs, sex, site)]
    return tuple(sorted(fit, key=lambda one: -shares[one]))


def _concerns(name: str, drugs: Collection[str], sex: str, site: str) -> bool:
    """Whether a parameter moves the density of a site in such a person on such drugs."""
    stem, taken = name.split("_")[0], {drug.split("_")[0] for drug in drugs}
    if stem in {drug.split("_")[0] for drug in DRUGS} and stem not in taken:
        return False
    if stem == "bisphosphonate" and not any(DRUGS[drug].drug_class == "bisphosphonate" for drug in drugs):
        return False
    if stem in ("male", "androgen") and sex != "male":
        return False
    if any(name.endswith(other) for other in SITES if other != site):
        return False
    return not name.endswith("_responsive")  # of a marker


def trials_behind(names: Iterable[str]) -> tuple[str, ...]:
    """Return the sources of the trials that some fitted parameters rest on."""
    known, sources = parameters(), _sources()
    return tuple(
        dict.fromkeys(
            source
            for name in names
            for trial, _ in _informing(known[name])
            for source in sources.get(trial, ())
        )
    )


def _informing(parameter: Parameter) -> Iterator[tuple[str, float]]:
    """Yield what a fitted parameter rests on, each with its share in percent."""
    for text in parameter.informed_by:
        found = _SHARE.fullmatch(text)
        if found is not None:
            yield found[1], float(found[2])


@cache
def _sources() -> dict[str, tuple[str, ...]]:
    from osteocast.trials import load_trials

    return {trial.name: trial.sources for trial in load_trials()}


def _fitted(parameter: Parameter) -> Fitted:
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    error = "" if parameter.sd is None else f" (SD {parameter.sd:.3g})"
    return Fitted(
        parameter.name,
        parameter.meaning,
        f"{parameter.value:.4g}{error}{unit}",
        _BASES[parameter.basis],
        parameter.note,
        parameter.sources,
        parameter.informed_by,
    )
