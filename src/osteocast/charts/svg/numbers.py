"""Round numbers along an axis, and how they are written: the rules of d3 as far as our charts use them."""

from __future__ import annotations

import math
import re

from osteocast.charts.svg.reading import Unknown

__all__ = ["digits_of_step", "step_of", "ticks", "written"]

_FORMAT = re.compile(r"(\+?)(,?)(?:\.(\d+))?(~?)([dfgr]?)$")

# What a rough step of at least so much is rounded to.
_FACTORS = ((10, math.sqrt(50)), (5, math.sqrt(10)), (2, math.sqrt(2)))


def step_of(low: float, high: float, count: float) -> float:
    """Distance between ticks: 1, 2 or 5 times a power of ten, for about `count` of them."""
    rough = (high - low) / max(count, 0.5)
    power = math.floor(math.log10(rough))
    share = rough / 10.0**power
    factor = next((f for f, least in _FACTORS if share >= least), 1)
    return float(factor * 10.0**power)


def ticks(low: float, high: float, count: float) -> list[float]:
    """Return the round numbers from `low` to `high`, about `count` of them."""
    if not high > low:
        raise Unknown(f"an axis from {low} to {high}")
    step = step_of(low, high, count)
    if step >= 1:
        first, last = math.ceil(low / step), math.floor(high / step)
        return [i * step for i in range(first, last + 1)]
    # Whole multiples of an inverse, so that 0.3 is 0.3.
    inverse = round(1 / step)
    return [i / inverse for i in range(math.ceil(low * inverse), math.floor(high * inverse) + 1)]


def digits_of_step(step: float) -> int:
    """Digits after the point that tell the ticks apart."""
    return max(0, -math.floor(math.log10(step) + 1e-9))


def written(value: float, form: str) -> str:
    """Write a number in a form of d3: ``d``, ``.2f``, ``~g`` or ``~r``, each with a plus if wanted."""
    found = _FORMAT.match(form)
    if found is None:
        raise Unknown(f"the format {form!r}")
    plus, comma, digits, trim, kind = found.groups()
    match kind:
        case "d":
            number = f"{abs(value):{comma}.0f}"
        case "f":
            number = f"{abs(value):{comma}.{digits or 6}f}"
        case "g" | "r" if trim and digits is None and not comma and (value == 0 or 1e-4 <= abs(value) < 1e6):
            number = f"{abs(value):.6g}"
        case _:
            raise Unknown(f"the format {form!r}")
    if trim and "." in number:
        number = number.rstrip("0").rstrip(".")
    negative = value < 0 and any(digit in number for digit in "123456789")
    return ("−" if negative else plus) + number
