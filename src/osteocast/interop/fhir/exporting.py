"""A case, and what a forecast says of it, as a bundle that is checked before it is given away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from osteocast.errors import InputError, OsteocastError, Problem
from osteocast.files.json_text import json_text
from osteocast.forecast import Forecast, PlanForecast
from osteocast.guidance import check
from osteocast.interop.fhir.building import Bundling
from osteocast.interop.fhir.writing_forecast import MARK, write_forecast, write_software
from osteocast.interop.fhir.writing_person import write_person
from osteocast.person import Case
from osteocast.version import __version__

__all__ = ["FhirExport", "check_bundle", "export_fhir"]


@dataclass(frozen=True)
class FhirExport:
    """A bundle.

    Parameters
    ----------
    bundle : dict
        FHIR R4, of type ``collection``.
    left_out : tuple of str
        What the case holds and the bundle does not.
    """

    bundle: Mapping[str, Any]
    left_out: tuple[str, ...]

    @property
    def text(self) -> str:
        """The bundle as JSON."""
        return json_text(self.bundle) + "\n"


def export_fhir(
    case: Case,
    forecast: Forecast | None = None,
    plan: PlanForecast | None = None,
    *,
    at: datetime | None = None,
) -> FhirExport:
    """Write a case as a bundle; with a forecast also the risks and the schedule of a plan.

    Parameters
    ----------
    case : Case
    forecast : Forecast, optional
        Of this case; without one, the record alone is written.
    plan : PlanForecast, optional
        One of its plans; the first by default.
    at : datetime, optional
        When it was written, with its zone; now by default.

    Returns
    -------
    FhirExport

    Raises
    ------
    InputError
        If the extra ``fhir`` is not installed.
    OsteocastError
        If what was written is not FHIR R4: nothing is given away unchecked.

    Examples
    --------
    >>> import osteocast as oc
    >>> case = oc.load_case("person: {sex: male, birth_date: 1960-01-01, weight: 80 kg}")
    >>> made = export_fhir(case)
    >>> [entry["resource"]["resourceType"] for entry in made.bundle["entry"]]
    ['Device', 'Patient', 'Observation', 'Provenance']
    """
    now = (at or datetime.now(UTC)).isoformat(timespec="seconds")
    into = Bundling(f"{case.name or ''}/{case.person.birth_date}/{case.as_of}")
    software = write_software(into, __version__)
    subject, observations = write_person(into, case)
    computed: list[dict[str, str]] = []
    if forecast is not None:
        wanted = plan or forecast.plans[0]
        named = next((each for each in forecast.case.plans if each.name == wanted.name), None)
        findings = () if named is None else check(forecast.case, named)
        computed = write_forecast(into, forecast, wanted, findings, subject, software, observations)
        if any(each.name != wanted.name for each in case.plans):
            into.left_out.append("the other plans")
    elif case.plans:
        into.left_out.append("plans")
    into.add(
        "Provenance",
        "made",
        target=computed or [subject],
        recorded=now,
        agent=[{"type": {"text": MARK}, "who": software}],
    )
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": now,
        "meta": {"tag": [{"display": MARK}]},
        "entry": into.entries,
    }
    check_bundle(bundle)
    return FhirExport(bundle, tuple(dict.fromkeys(into.left_out)))


def check_bundle(bundle: Mapping[str, Any]) -> None:
    """Check a bundle against the profiles of R4.

    Raises
    ------
    InputError
        If the extra ``fhir`` is not installed.
    OsteocastError
        With the first places that are not FHIR.
    """
    try:
        from fhir.resources.R4B.bundle import Bundle
    except ImportError:
        remedy = 'install it with: pip install "osteocast[fhir]"'
        raise InputError(
            [Problem("fhir.resources", Problem.ABSENT, "an installed library", remedy)]
        ) from None
    try:
        Bundle.model_validate_json(json.dumps(bundle))
    except ValueError as error:
        raise OsteocastError(f"what was written is not FHIR R4: {str(error)[:1000]}") from None
