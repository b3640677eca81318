"""The services that are offered, and what each asks the record to send along."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from osteocast.files import read_data
from osteocast.interop.fhir.tables import LOINC, table

__all__ = ["HookService", "content", "find_service", "load_services"]

_REQUIREMENTS = "It answers from prefetch alone. Research and decision support, not a medical device."

Hook = Literal["patient-view", "order-select", "order-sign"]


@dataclass(frozen=True)
class HookService:
    """One service.

    Parameters
    ----------
    id : str
        As its address has it.
    hook : {"patient-view", "order-select", "order-sign"}
    title, description : str
    prefetch : mapping of str to str
        Templates by key.
    required : tuple of str
        Keys without which there is no answer, even if it were empty.
    """

    id: str
    hook: Hook
    title: str
    description: str
    prefetch: Mapping[str, str]
    required: tuple[str, ...]

    @property
    def takes_orders(self) -> bool:
        """Whether orders are being written where it is called."""
        return self.hook != "patient-view"

    def as_data(self) -> dict[str, Any]:
        """Return it as discovery tells it."""
        return {
            "hook": self.hook,
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "prefetch": dict(self.prefetch),
            "usageRequirements": _REQUIREMENTS,
        }


@functools.cache
def content() -> dict[str, Any]:
    """Read what stands in words: services, reasons to set a card aside, what can be ordered."""
    found: dict[str, Any] = read_data(Path(__file__).parent / "services.yaml")
    return found


@functools.cache
def load_services() -> tuple[HookService, ...]:
    """Return the services, in the order in which discovery tells them."""
    asked = _templates()
    return tuple(
        HookService(
            item["id"],
            item["hook"],
            item["title"],
            item["description"],
            {key: asked[key] for key in item["prefetch"]},
            tuple(item["required"]),
        )
        for item in content()["services"]
    )


def _templates() -> dict[str, str]:
    """Return the templates of all keys; observations are asked for by the codes that the import knows."""
    observations = table("observations")
    bone = [*observations["bone_density"], *observations["panels"]]
    other = [*observations["analytes"], *observations["body"], *observations["receptors"]]
    codes = {"densities": _tokens(bone), "laboratory": _tokens(other)}
    return {
        key: template.replace("{codes}", codes.get(key, ""))
        for key, template in content()["prefetch"].items()
    }


def _tokens(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return codes as a search takes them."""
    return ",".join(f"{LOINC}|{row['code']}" for row in rows)


def find_service(service_id: str) -> HookService | None:
    """Return a service by id."""
    return next((service for service in load_services() if service.id == service_id), None)
