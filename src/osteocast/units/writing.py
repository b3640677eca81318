"""Numbers and sentences as print has them."""

from __future__ import annotations

__all__ = ["sentence", "signed"]


def signed(value: float, digits: int = 1) -> str:
    """Write a number with its sign, a true minus, and no negative zero.

    Examples
    --------
    >>> signed(-2.04), signed(0.03), signed(1.0)
    ('−2.0', '0.0', '+1.0')
    """
    rounded = round(value, digits) + 0.0
    if rounded == 0:
        return f"{0:.{digits}f}"
    return f"{rounded:+.{digits}f}".replace("-", "−")


def sentence(clause: str) -> str:
    """Write a clause as a sentence: a capital first, one full stop last; nothing stays nothing.

    Examples
    --------
    >>> sentence("T-scores fall"), sentence("nothing follows."), sentence("")
    ('T-scores fall.', 'Nothing follows.', '')
    """
    return f"{clause[:1].upper()}{clause[1:].rstrip('.')}." if clause else ""
