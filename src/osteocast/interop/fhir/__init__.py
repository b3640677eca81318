"""FHIR R4: cases from bundles, bulk exports and servers.

The importer is generous in codes and strict in meaning: a drug is found by ingredient whatever the product,
but a site, a date, a unit or a status that is not said is never guessed. What is not used is said with its
reason, and nothing is written unless every person can be read.
"""

from osteocast.interop.fhir.importing import FhirImport, ImportedCase, import_resources, read_fhir
from osteocast.interop.fhir.ledger import Finding
from osteocast.interop.fhir.missing import Missing
from osteocast.interop.fhir.server import TOKEN_VARIABLE, bearer_token

__all__ = [
    "TOKEN_VARIABLE",
    "FhirImport",
    "Finding",
    "ImportedCase",
    "Missing",
    "bearer_token",
    "import_resources",
    "read_fhir",
]
