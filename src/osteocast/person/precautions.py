"""What decides on the safety of a plan beyond conditions and laboratory values: asked or not asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = ["Precautions"]

Receptor = Literal["positive", "negative"]


@dataclass(frozen=True)
class Precautions:
    """Answers; None is not asked, which differs from no.

    Parameters
    ----------
    height_loss : float or None
        Against the tallest height remembered, cm.
    impaired_mobility : bool or None
    oesophageal_disease : bool or None
        Narrowing, achalasia, inflammation, varices: whatever holds a tablet back.
    can_stay_upright : bool or None
        For an hour after a tablet.
    dental_work : bool or None
        An extraction, an implant or other surgery of the jaw is planned.
    dental_check : date or None
        Last examination by a dentist.
    may_become_pregnant : bool or None
    wants_children : bool or None
        In the near term.
    hormone_receptor : {"positive", "negative"} or None
        Of the breast cancer.
    self_directed : tuple of str
        Drugs whose dose the person sets without a prescriber.
    """

    height_loss: float | None = None
    impaired_mobility: bool | None = None
    oesophageal_disease: bool | None = None
    can_stay_upright: bool | None = None
    dental_work: bool | None = None
    dental_check: date | None = None
    may_become_pregnant: bool | None = None
    wants_children: bool | None = None
    hormone_receptor: Receptor | None = None
    self_directed: tuple[str, ...] = ()
