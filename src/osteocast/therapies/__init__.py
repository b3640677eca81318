"""Drugs, one file each: label, where it enters the physiology, cautions."""

from __future__ import annotations

from osteocast.errors import InputError, unknown_name
from osteocast.therapies import (
    alendronate,
    anastrozole,
    denosumab,
    estradiol,
    exemestane,
    gonadorelin,
    goserelin,
    hcg,
    ibandronate,
    ibandronate_iv,
    letrozole,
    risedronate,
    tamoxifen,
    testosterone_cypionate,
    testosterone_enanthate,
    testosterone_gel,
    testosterone_undecanoate,
    zoledronate,
)
from osteocast.therapies.course import Course
from osteocast.therapies.drug import Dosing, Drug

_MODULES = (
    anastrozole,
    letrozole,
    exemestane,
    tamoxifen,
    goserelin,
    estradiol,
    testosterone_cypionate,
    testosterone_enanthate,
    testosterone_undecanoate,
    testosterone_gel,
    hcg,
    gonadorelin,
    zoledronate,
    ibandronate,
    ibandronate_iv,
    risedronate,
    alendronate,
    denosumab,
)

DRUGS: dict[str, Drug] = {module.DRUG.name: module.DRUG for module in _MODULES}


def find(name: str) -> Drug:
    """Return a drug by generic name or synonym, whatever the case.

    Raises
    ------
    InputError
        If there is no such drug; lists the known ones.
    """
    wanted = name.strip().lower()
    for drug in DRUGS.values():
        if wanted == drug.name or wanted in (synonym.lower() for synonym in drug.synonyms):
            return drug
    raise InputError((unknown_name("drug", name, DRUGS, "drug"),))


__all__ = ["DRUGS", "Course", "Dosing", "Drug", "find"]
