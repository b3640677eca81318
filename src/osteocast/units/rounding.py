"""Rounding many numbers at once to what can be seen of them."""

from __future__ import annotations

import numpy as np

__all__ = ["significant"]

# The largest power of ten that a float holds exactly.
_EXACT = 22


def significant(values: np.ndarray, digits: int) -> np.ndarray:
    """Round numbers to significant digits, as ``float(f"{value:.{digits}g}")`` does one by one.

    Parameters
    ----------
    values : ndarray
        What is not finite stays as it is.
    digits : int

    Returns
    -------
    ndarray of the same shape
        The floats next to the decimal numbers, so that they are written as short as these.

    Examples
    --------
    >>> significant(np.array([0.123456, -98765.4, 0.0, np.nan]), 3).tolist()
    [0.123, -98800.0, 0.0, nan]
    """
    given = np.asarray(values, dtype=np.float64)
    sizes = np.abs(given)
    known = np.isfinite(given) & (sizes > 0.0)
    decimals = digits - 1 - np.floor(np.log10(sizes, out=np.zeros_like(sizes), where=known))
    rare = np.abs(decimals) > _EXACT
    power = 10.0 ** np.where(rare, 0.0, np.abs(decimals))
    wide = np.where(decimals >= 0, given * power, given / power)
    whole = np.rint(wide)
    rounded = np.where(decimals >= 0, whole / power, whole * power)
    # Half way between two numbers it is the digits beyond a float's that decide.
    beyond = np.subtract(wide, whole, out=np.zeros_like(wide), where=known)
    rare |= np.abs(beyond) == 0.5
    rounded[rare] = [float(f"{value:.{digits}g}") for value in given[rare].tolist()]
    return rounded
