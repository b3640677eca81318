"""Quantities at the door: every value enters in any usual unit and goes on in one.

Inside osteocast a quantity has a single unit, its canonical one. `read` knows the usual units of each
quantity and the range in which a measurement of a person can lie: a value outside that range in the unit
given, but inside it in another one, is refused with the unit that was probably meant. Durations and dates
are read by `read_duration` and `read_date`.

Examples
--------
>>> round(read("estradiol", "18 pmol/L"), 2)
4.9
>>> read_duration("6 months")
182.625
"""

from osteocast.units.quantities import ANALYTE_SYNONYMS, ANALYTES, QUANTITIES, Quantity, molar_mass
from osteocast.units.reading import convert, read, shown
from osteocast.units.times import DAYS_PER_MONTH, DAYS_PER_YEAR, read_date, read_duration

__all__ = [
    "ANALYTES",
    "ANALYTE_SYNONYMS",
    "DAYS_PER_MONTH",
    "DAYS_PER_YEAR",
    "QUANTITIES",
    "Quantity",
    "convert",
    "molar_mass",
    "read",
    "read_date",
    "read_duration",
    "shown",
]
