"""Which drug a medication is: by the ingredient's code, or by its name in the product's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from osteocast.interop.fhir.draft import Draft
from osteocast.interop.fhir.quantities import Unread
from osteocast.interop.fhir.tables import table
from osteocast.interop.fhir.values import Resource, codings, described, mapping, mappings, text, words

__all__ = ["Product", "product_of", "recognised"]


@dataclass(frozen=True)
class Product:
    """A medication, with everything that names it.

    Parameters
    ----------
    name : str
        For people.
    concepts : tuple
        CodeableConcepts of product and ingredients.
    said : str
        All of it in words, in lower case.
    """

    name: str
    concepts: tuple[object, ...]
    said: str


def product_of(draft: Draft, resource: Resource) -> Product:
    """Return the product of an order, a statement or an administration, one reference away at most."""
    concepts: list[object] = [mapping(resource, "medicationCodeableConcept")]
    shown = text(resource, "medicationReference", "display")
    target = draft.pointed(resource, "medicationReference")
    if target is not None:
        concepts.append(mapping(target[1], "code"))
        concepts += [mapping(one, "itemCodeableConcept") for one in mappings(target[1], "ingredient")]
    said = " | ".join([*(words(one) for one in concepts), shown.casefold()])
    name = next((one for concept in concepts if (one := described(concept))), shown) or "(no medication)"
    return Product(name, tuple(concepts), said)


def recognised(product: Product, route: str | None) -> tuple[str, str]:
    """Return the drug of a product, and what to know of how it was recognised.

    Parameters
    ----------
    product : Product
    route : str or None
        It chooses between the forms of ibandronate.

    Raises
    ------
    Unread
        If it is none of the model's drugs; says louder if it is one that acts on bone.
    """
    found, note = _by_code(product), ""
    if found is None:
        found = _by_name(product)
        note = f"recognised by its name ({found})" if found else ""
    if found is None:
        _refuse(product)
    assert found is not None, "what is not found is refused"
    if found == "testosterone":
        return _form(product), note
    if found == "ibandronate" and route == "intravenous":
        return "ibandronate_iv", note
    return found, note


def _by_code(product: Product) -> str | None:
    systems = table("drugs")["systems"]
    for concept in product.concepts:
        for one in codings(concept):
            for drug, row in table("drugs")["drugs"].items():
                if one.system == systems["rxnorm"] and one.code in row["rxnorm"]:
                    return str(drug)
                if one.system == systems["snomed"] and one.code in row["snomed"]:
                    return str(drug)
                if "whocc" in one.system and one.code.upper() in row["atc"]:
                    return str(drug)
    return None


def _by_name(product: Product) -> str | None:
    """Return the one drug whose name stands in the product's; another hormone beside it is another drug."""
    if any(_named(product.said, row["names"]) for row in table("drugs")["outside"]):
        return None
    found = [drug for drug, row in table("drugs")["drugs"].items() if _named(product.said, row["names"])]
    return found[0] if len(found) == 1 else None


def _named(said: str, names: list[str]) -> bool:
    return _any_of(tuple(names)).search(said) is not None


@cache
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in names)})(?!\w)")


def _refuse(product: Product) -> None:
    rxnorm = table("drugs")["systems"]["rxnorm"]
    codes = {one.code for concept in product.concepts for one in codings(concept) if one.system == rxnorm}
    for row in table("drugs")["outside"]:
        if _named(product.said, row["names"]) or codes & set(row["rxnorm"]):
            raise Unread(f"acts on bone and is not in the forecast: {row['why']}")
    if not product.said.strip(" |"):
        raise Unread("it has no name, and its code is not known here")
    raise Unread("not a drug of the model")


def _form(product: Product) -> str:
    for name, words_ in table("drugs")["testosterone_forms"].items():
        if any(word in product.said for word in words_):
            return str(name)
    raise Unread("testosterone, but in which form (ester or gel) is not said")
