"""The kinds of quantity a declaration is made of: states, inputs, observables, parameters."""

from __future__ import annotations

from dataclasses import dataclass

SITES = ("lumbar_spine", "total_hip", "femoral_neck")


@dataclass(frozen=True)
class State:
    """A quantity with a memory: it changes by a rate.

    Parameters
    ----------
    name : str
        Identifier used in equations, exports and error messages.
    unit : str
        Unit of the stored value; ``1`` for a ratio to the healthy premenopausal skeleton.
    initial : float
        Value in the healthy premenopausal steady state at peak bone mass.
    scale : float
        Size below which differences do not matter; sets the absolute tolerance of the integrator.
    meaning : str
        What it is, in one line.
    lowest : float
        Below it, by more than the integrator's error, a value is wrong: amounts of bone and cells cannot be
        negative.
    """

    name: str
    unit: str
    initial: float
    scale: float
    meaning: str
    lowest: float = 0.0


@dataclass(frozen=True)
class Input:
    """A quantity set from outside, constant between two events (a dosing rate, an intake, a load)."""

    name: str
    unit: str
    default: float
    meaning: str


@dataclass(frozen=True)
class Observable:
    """A quantity that can be measured or plotted, computed from states without memory."""

    name: str
    unit: str
    meaning: str
