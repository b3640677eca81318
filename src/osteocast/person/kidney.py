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

from osteocast.person.published import published

__all__ = ["creatinine_clearance", "estimated_filtration"]


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


def creatinine_clearance(creatinine: float, age: float, sex: str, weight: float) -> float:
    """Return the creatinine clearance of Cockcroft and Gault.

    Parameters
    ----------
    creatinine : float
        mg/dL.
    age : float
        Years.
    sex : {"female", "male"}
    weight : float
        kg.

    Returns
    -------
    float
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
    return clearance * published("cockcroft-gault/female") if sex == "female" else clearance
