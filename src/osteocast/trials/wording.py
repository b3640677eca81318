"""How a row of the validation is written, on the terminal and on the page alike."""

from __future__ import annotations

from osteocast.trials.schema import Kind
from osteocast.trials.validate import Row

__all__ = ["KINDS", "arm_of", "interval_of", "months_of", "number", "role_of", "what_of"]

#: What the trials of a kind are about.
KINDS: dict[Kind, str] = {
    "women": "drugs, menopause and ageing in women",
    "men": "men",
    "lifestyle": "training and nutrition",
}
_UNITS = {"pct": "%", "pct_per_year": "%/y", "g_per_cm2": " g/cm2"}


def number(row: Row, value: float, *, unit: bool = True) -> str:
    """Write a number of a row with its unit; a change carries its sign.

    Examples
    --------
    >>> from osteocast.trials import load_trials, validate
    >>> (row, *_) = validate(trials=[one for one in load_trials() if one.name == "swan"]).rows
    >>> number(row, -10.6)
    '-10.60%'
    """
    suffix = _UNITS.get(row.unit, "")
    digits = 3 if row.unit == "g_per_cm2" else 2
    return f"{value:{'+' if suffix else ''}.{digits}f}{suffix if unit else ''}"


def interval_of(row: Row, bounds: tuple[float, float] | None) -> str:
    """Write an interval without its unit; nothing for none."""
    if bounds is None:
        return ""
    low, high = (number(row, bound, unit=False) for bound in bounds)
    return f"{low} to {high}"


def arm_of(row: Row) -> str:
    """Write the arm, less the one that it is compared with."""
    return row.arm if row.versus is None else f"{row.arm} − {row.versus}"


def months_of(row: Row, to: str = " to ") -> str:
    """Write when, from when on if not from the start."""
    return f"{row.month:g}" if not row.from_month else f"{row.from_month:g}{to}{row.month:g}"


def role_of(row: Row) -> str:
    """Write the role of a row."""
    return row.role + (", apart" if row.apart else "")


def what_of(row: Row) -> str:
    """Write what was measured."""
    return row.observable.replace("_", " ")
