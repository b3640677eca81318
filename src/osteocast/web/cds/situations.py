"""What a hook is about: the person as the record knows them, the orders at hand, and what is to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from osteocast.guidance import Facts
from osteocast.person import AROMATASE_INHIBITORS, Case
from osteocast.person.case import end_day

if TYPE_CHECKING:
    from osteocast.forecast import Forecast

__all__ = ["Order", "Situation", "reference_of"]


@dataclass(frozen=True)
class Order:
    """An order of a drug that is being written.

    Parameters
    ----------
    reference : str
        As in ``MedicationRequest/103``.
    drug : str
    stops : bool
        Whether it ends the drug instead of giving it.
    renews : bool
        Whether the drug is taken already.
    chosen : bool
        Whether the hook is about it.
    """

    reference: str
    drug: str
    stops: bool = False
    renews: bool = False
    chosen: bool = True


@dataclass(frozen=True)
class Situation:
    """What a hook is about.

    Parameters
    ----------
    case : Case
        Seen from today, with the orders as if they were signed.
    orders : tuple of Order
        Empty where no orders are written.
    writing : bool
        Whether orders are being written.
    requested : frozenset of str
        What is ordered already, by its name in the list of what can be.
    notes : tuple of str
        What was assumed, or could not be read.
    patient : str
        As in ``Patient/1``.
    base_url : str
    forecast : Forecast or None
        Of the treatments as they run, of the average person; None where the model does not cover the person,
        or it took too long.
    """

    case: Case
    orders: tuple[Order, ...]
    writing: bool
    requested: frozenset[str]
    notes: tuple[str, ...]
    patient: str
    base_url: str
    forecast: Forecast | None = None

    @property
    def given(self) -> tuple[Order, ...]:
        """Orders that the hook is about and that give a drug."""
        return tuple(order for order in self.orders if order.chosen and not order.stops)

    @property
    def begun(self) -> str | None:
        """The aromatase inhibitor that an order begins, if one does."""
        drugs = [order.drug for order in self.given if not order.renews]
        return next((drug for drug in drugs if drug in AROMATASE_INHIBITORS), None)

    @property
    def inhibitor(self) -> str | None:
        """The aromatase inhibitor that is taken, or begun, if there is one."""
        running = [
            course.drug
            for course in self.case.treatments
            if course.drug in AROMATASE_INHIBITORS and end_day(course) > 0
        ]
        return self.begun or next(iter(running), None)

    def fact(self, name: str) -> bool | float | None:
        """Return a fact of the person by name; None if nobody knows."""
        return Facts(self.case)[name].value


def reference_of(resource: Mapping[str, Any]) -> str:
    """Return what others call a resource by."""
    return f"{resource.get('resourceType')}/{resource.get('id')}"
