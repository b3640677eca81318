r"""How well the kidneys filter, from creatinine.

Two estimates, because those who set limits used both: kidney disease is staged by the estimated filtration of
CKD-EPI (2021), per 1.73 m2 of body surface, and labels give their limits as the creatinine clearance of
Cockcroft and Gault, of the whole body:

.. math::

   \mathrm{eGFR} &= 142 \min(c/\kappa, 1)^{\alpha} \max(c/\kappa, 1)^{-1.2} 0.9938^{a}
   (1.012 \text{ in women}) \\
   \mathrm{CrCl} &= \frac{(140 - a) \, w}{72 \, c} (0.85 \text{ in women})

with creatinine :math:`c` in mg/dL, age :math:`a` in years and weight :math:`w` in kg.

Sources: ckd-epi-2021, cockcroft-gault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from osteocast.person.published import published

if TYPE_CHECKING:
    import numpy as np

__all__ = ["creatinine_clearance", "creatinine_of", "estimated_filtration"]

#: One number, or those of many people.
Numbers = TypeVar("Numbers", float, "np.ndarray")


def estimated_filtration(creatinine: float, age: float, sex: str) -> float:
    """Return the estimated glomerular filtration rate of CKD-EPI (2021).

    Parameters
    ----------
    creatinine : float
        mg/dL.
    age : float
        Years.
    sex : {"female", "male"}

    Returns
    -------
    float
        mL/min/1.73 m2.

    Examples
    --------
    >>> round(estimated_filtration(0.9, 55, "female"), 1)
    75.5
    """

    def coefficient(name: str) -> float:
        return published(f"ckd-epi-2021/{name}")

    relative = creatinine / coefficient(f"kappa-{sex}")
    rate: float = (
        coefficient("scale")
        * min(relative, 1.0) ** coefficient(f"alpha-{sex}")
        * max(relative, 1.0) ** coefficient("upper-exponent")
        * coefficient("age-base") ** age
    )
    return rate * coefficient("female") if sex == "female" else rate


def creatinine_clearance(creatinine: Numbers, age: Numbers, sex: str, weight: Numbers) -> Numbers:
    """Return the creatinine clearance of Cockcroft and Gault.

    Parameters
    ----------
    creatinine : float or ndarray
        mg/dL.
    age : float or ndarray
        Years.
    sex : {"female", "male"}
    weight : float or ndarray
        kg.

    Returns
    -------
    float or ndarray
        mL/min.

    Examples
    --------
    >>> round(creatinine_clearance(1.0, 70, "male", 75), 1)
    72.9
    """
    clearance = (
        (published("cockcroft-gault/age") - age)
        * weight
        / (published("cockcroft-gault/divisor") * creatinine)
    )
    if sex == "female":
        clearance = clearance * published("cockcroft-gault/female")
    return clearance  # type: ignore[no-any-return]  # ndarray arithmetic is Any to the checker


def creatinine_of(filtration: np.ndarray, age: np.ndarray, sex: str) -> np.ndarray:
    """Return the creatinine from which CKD-EPI (2021) would estimate a filtration.

    Parameters
    ----------
    filtration : ndarray
        mL/min/1.73 m2.
    age : ndarray
        Years.
    sex : {"female", "male"}

    Returns
    -------
    ndarray
        mg/dL; the inverse of `estimated_filtration`.

    Examples
    --------
    >>> import numpy as np
    >>> creatinine_of(np.array([75.5]), np.array([55.0]), "female").round(2)
    array([0.9])
    """
    import numpy as np

    level = published("ckd-epi-2021/scale") * np.power(published("ckd-epi-2021/age-base"), age)
    if sex == "female":
        level = level * published("ckd-epi-2021/female")
    ratio = filtration / level
    # Above the level creatinine is below kappa, where the lower exponent holds.
    low = np.power(ratio, 1.0 / published(f"ckd-epi-2021/alpha-{sex}"))
    high = np.power(ratio, 1.0 / published("ckd-epi-2021/upper-exponent"))
    return np.asarray(published(f"ckd-epi-2021/kappa-{sex}") * np.where(ratio > 1.0, low, high))
