"""What can be measured or prescribed, in the units in which people write it.

Molar masses follow from elemental formulas and the abridged standard atomic weights of IUPAC (2021).
Parathyroid hormone is the intact peptide, PTH(1-84).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_ATOMIC_WEIGHT = {"C": 12.011, "H": 1.008, "N": 14.007, "O": 15.999, "S": 32.06, "Ca": 40.078}


def molar_mass(formula: str) -> float:
    """Return the molar mass of a compound, g/mol, from its elemental formula.

    Examples
    --------
    >>> round(molar_mass("C18H24O2"), 2)  # 17β-oestradiol
    272.39
    """
    return sum(
        _ATOMIC_WEIGHT[element] * int(count or 1)
        for element, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula)
    )


@dataclass(frozen=True)
class Quantity:
    """What can be measured or prescribed, in the units in which people write it.

    Parameters
    ----------
    name : str
        Key in `QUANTITIES`.
    label : str
        How a message names it.
    factors : mapping of str to float
        Unit to the number of canonical units in it; the first unit is the canonical one.
    low, high : float
        Plausible range of a person's value, in the canonical unit.
    """

    name: str
    label: str
    factors: Mapping[str, float]
    low: float
    high: float

    @property
    def canonical(self) -> str:
        """Unit used inside osteocast."""
        return next(iter(self.factors))

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit accepted, the canonical one first."""
        return tuple(self.factors)

    def unit(self, written: str) -> str | None:
        """Return the accepted unit that `written` stands for, or None.

        Case, spaces, ``µ``, ``mcg``, ``^2`` and ``²`` do not matter.
        """
        folded = _fold_unit(written)
        return next((unit for unit in self.factors if _fold_unit(unit) == folded), None)


def _fold_unit(text: str) -> str:
    folded = text.casefold().replace("μ", "u").replace("µ", "u").replace("mcg", "ug")
    folded = folded.replace("²", "2").replace("^", "").replace("**", "").replace("per", "/")
    folded = re.sub(r"\s+", "", folded)
    return re.sub(r"/day$", "/d", folded)


_ESTRADIOL = molar_mass("C18H24O2")
_CALCIDIOL = molar_mass("C27H44O2")  # 25-hydroxyvitamin D3
_TESTOSTERONE = molar_mass("C19H28O2")
_CREATININE = molar_mass("C4H7N3O")
_CALCIUM = molar_mass("Ca")
_PTH = molar_mass("C408H674N126O126S2")  # PTH(1-84)


# Ranges are wide enough for disease and narrow enough to notice a unit mistaken for another.
QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        quantity.name: quantity
        for quantity in (
            # One pmol/L of a substance of molar mass M (g/mol) is M pg/L, which is M / 1000 pg/mL.
            Quantity(
                "estradiol",
                "oestradiol",
                {"pg/mL": 1, "pmol/L": _ESTRADIOL / 1e3, "ng/L": 1, "nmol/L": _ESTRADIOL, "ng/dL": 10},
                0.05,
                1000,
            ),
            Quantity(
                "vitamin_d",
                "25-hydroxyvitamin D",
                {"ng/mL": 1, "nmol/L": _CALCIDIOL / 1e3, "ug/L": 1},
                2,
                150,
            ),
            Quantity("pth", "PTH", {"pg/mL": 1, "pmol/L": _PTH / 1e3, "ng/L": 1}, 3, 1000),
            Quantity("calcium", "serum calcium", {"mg/dL": 1, "mmol/L": _CALCIUM / 10}, 5, 18),
            Quantity(
                "creatinine",
                "serum creatinine",
                {"mg/dL": 1, "umol/L": _CREATININE / 1e4, "mmol/L": _CREATININE / 10},
                0.2,
                15,
            ),
            Quantity(
                "testosterone",
                "testosterone",
                {"ng/dL": 1, "nmol/L": _TESTOSTERONE / 10, "ng/mL": 100, "ug/L": 100},
                1,
                3000,
            ),
            Quantity(
                "free_testosterone",
                "free testosterone",
                {
                    "pg/mL": 1,
                    "pmol/L": _TESTOSTERONE / 1e3,
                    "ng/dL": 10,
                    "nmol/L": _TESTOSTERONE,
                    "ng/L": 1,
                },
                0.1,
                1000,
            ),
            Quantity("lh", "LH", {"IU/L": 1, "mIU/mL": 1, "U/L": 1}, 0.01, 200),
            Quantity("fsh", "FSH", {"IU/L": 1, "mIU/mL": 1, "U/L": 1}, 0.01, 250),
            Quantity("shbg", "SHBG", {"nmol/L": 1}, 1, 300),
            Quantity("ctx", "CTX", {"ng/mL": 1, "pg/mL": 1e-3, "ng/L": 1e-3, "ug/L": 1}, 0.01, 5),
            Quantity("p1np", "P1NP", {"ng/mL": 1, "ug/L": 1}, 2, 1000),
            Quantity("bsap", "bone alkaline phosphatase", {"ug/L": 1, "ng/mL": 1}, 1, 300),
            Quantity("ntx", "serum NTX", {"nmol BCE/L": 1, "nM BCE": 1}, 1, 300),
            Quantity("bmd", "BMD", {"g/cm2": 1, "mg/cm2": 1e-3}, 0.2, 2.5),
            Quantity("weight", "weight", {"kg": 1, "g": 1e-3, "lb": 0.45359237}, 25, 300),
            Quantity("height", "height", {"cm": 1, "m": 100, "mm": 0.1, "in": 2.54}, 100, 230),
            Quantity(
                "calcium_intake",
                "calcium intake",
                {"mg/d": 1, "g/d": 1000, "mmol/d": _CALCIUM},
                0,
                5000,
            ),
            Quantity("dose", "dose", {"mg": 1, "ug": 1e-3, "g": 1000}, 1e-3, 1e4),
            Quantity("activity", "dose", {"IU": 1, "U": 1}, 1, 1e5),
            # What is eaten and done; a unit of alcohol is the British one of 8 g.
            Quantity("vitamin_d_intake", "vitamin D", {"IU/d": 1, "ug/d": 40, "IU/week": 1 / 7}, 0, 20_000),
            Quantity("protein", "protein", {"g/kg/d": 1}, 0.2, 4),
            Quantity("vitamin_k", "vitamin K", {"ug/d": 1, "mg/d": 1000}, 0, 50_000),
            Quantity("magnesium", "magnesium", {"mg/d": 1, "g/d": 1000}, 0, 2000),
            Quantity("zinc", "zinc", {"mg/d": 1}, 0, 100),
            Quantity("omega_3", "omega-3 fatty acids", {"g/d": 1, "mg/d": 1e-3}, 0, 12),
            Quantity("isoflavones", "isoflavones", {"mg/d": 1}, 0, 500),
            Quantity("prunes", "prunes", {"g/d": 1}, 0, 300),
            Quantity("portions", "portions", {"/d": 1, "/week": 1 / 7}, 0, 20),
            Quantity(
                "alcohol", "alcohol", {"g/d": 1, "units/d": 8, "g/week": 1 / 7, "units/week": 8 / 7}, 0, 250
            ),
            Quantity("sleep", "sleep", {"h": 1}, 2, 14),
            Quantity("glucocorticoid", "prednisolone", {"mg/d": 1}, 0, 200),
            Quantity("crp", "C-reactive protein", {"mg/L": 1, "mg/dL": 10}, 0, 400),
            Quantity("weight_change", "change of weight", {"%": 1}, -40, 60),
            Quantity("rest", "rest", {"s": 1, "min": 60}, 0, 600),
        )
    }
)

#: Quantities that a laboratory measures.
ANALYTES = (
    "estradiol",
    "vitamin_d",
    "pth",
    "calcium",
    "creatinine",
    "testosterone",
    "free_testosterone",
    "lh",
    "fsh",
    "shbg",
    "ctx",
    "p1np",
    "bsap",
    "ntx",
)

#: Other names of the analytes, in lower case.
ANALYTE_SYNONYMS: Mapping[str, str] = MappingProxyType(
    {
        "e2": "estradiol",
        "oestradiol": "estradiol",
        "25ohd": "vitamin_d",
        "25-ohd": "vitamin_d",
        "25(oh)d": "vitamin_d",
        "calcidiol": "vitamin_d",
        "25-hydroxyvitamin d": "vitamin_d",
        "parathyroid hormone": "pth",
        "ca": "calcium",
        "t": "testosterone",
        "total testosterone": "testosterone",
        "ft": "free_testosterone",
        "luteinising hormone": "lh",
        "luteinizing hormone": "lh",
        "follicle-stimulating hormone": "fsh",
        "sex hormone-binding globulin": "shbg",
        "beta-ctx": "ctx",
        "s-ctx": "ctx",
        "ctx-i": "ctx",
        "pinp": "p1np",
        "s-pinp": "p1np",
        "bap": "bsap",
        "bone alkaline phosphatase": "bsap",
        "s-ntx": "ntx",
    }
)
