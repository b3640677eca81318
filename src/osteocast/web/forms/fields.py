"""What the form asks, section by section.

A field names its place in the case document; its range, choices and units come from the rooms that own them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache

from osteocast.lifestyle import GH_SECRETAGOGUES, PROGRAMMES, SMOKING, STRESS, SUNLIGHT, find_programme
from osteocast.lifestyle.nutrition import PATTERNS
from osteocast.person import AROMATASE_INHIBITORS, FRACTURE_SITES, SITE_LABELS, SITES, VENDORS
from osteocast.therapies import DRUGS
from osteocast.units import ANALYTES, QUANTITIES
from osteocast.web.forms.kinds import Choice, Kind, Late, Number, Numbers, Quantity, Share, Text, Yes
from osteocast.web.strings import N_

__all__ = [
    "ANSWERS",
    "COURSE",
    "EXERCISE",
    "FRACTURE",
    "LAB",
    "PLAN_EXERCISE",
    "ROWS",
    "SCALARS",
    "SCAN",
    "TREATMENT",
    "Field",
    "Rows",
    "drug_words",
    "plausible",
]


@dataclass(frozen=True)
class Field:
    """One question.

    Parameters
    ----------
    path : str
        Place in the document, or in a row of it.
    label : str
    kind : Kind
    hint : str
        What to know to answer it.
    """

    path: str
    label: str
    kind: Kind = field(default_factory=Text)
    hint: str = ""


@dataclass(frozen=True)
class Rows:
    """Something of which there may be many.

    Parameters
    ----------
    path : str
        Place of the list.
    fields : tuple of Field
        Paths are those within a row.
    add : str
        What the button that adds one says.
    """

    path: str
    fields: tuple[Field, ...]
    add: str


def _named(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, name.replace("_", " ").replace("-", " ")) for name in names)


def drug_words(drug: str) -> str:
    """Name a drug as print has it; one that nobody knows as it was written."""
    return DRUGS[drug].words if drug in DRUGS else drug


_DATE = Text("date")
_SEX = Choice((("female", N_("woman")), ("male", N_("man"))), N_("choose"))
_MENOPAUSE = Choice(
    (
        ("natural", N_("yes, by nature")),
        ("surgical", N_("yes, ovaries removed or silenced")),
        ("premenopausal", N_("not yet")),
    ),
    N_("choose"),
)
_DRUG = Choice(tuple((name, drug.words) for name, drug in DRUGS.items()), "–")


def _quantity(kind: str, bare: str = "") -> Quantity:
    return Quantity(kind, bare)


def _habit(name: str) -> str:
    return f"lifestyle.habits.{name}.value"


#: Whether there were fragility fractures; the bones are rows.
ANSWERS = Choice((("none", N_("none")), ("some", N_("yes: which"))), N_("not known"))

#: Questions with one answer, by section.
SCALARS: dict[str, tuple[Field, ...]] = {
    "first": (
        Field("person.sex", N_("Sex at birth"), _SEX),
        Field("person.birth_date", N_("Date of birth"), _DATE),
        Field("person.menopause.type", N_("Menopause"), _MENOPAUSE, N_("of a woman")),
        Field(
            "person.menopause.age", N_("Age at the last period"), Number(), N_("years; an estimate will do")
        ),
        Field("person.parental_hip_fracture", N_("Did mother or father break a hip?"), Yes()),
    ),
    "body": (
        Field("person.menopause.date", N_("Date of the last period"), Text(), N_("instead of the age")),
        Field("person.weight", N_("Weight"), _quantity("weight")),
        Field("person.height", N_("Height"), _quantity("height")),
        Field("person.calcium_intake.diet", N_("Calcium in food"), _quantity("calcium_intake")),
        Field("person.calcium_intake.supplement", N_("Calcium as a supplement"), _quantity("calcium_intake")),
        Field("person.falls", N_("Falls in the last year"), Number()),
        Field("person.frax.major", N_("FRAX, major fracture"), Share(False), N_("percent in ten years")),
        Field("person.frax.hip", N_("FRAX, hip"), Share(False), N_("percent in ten years")),
    ),
    "lifestyle": (
        Field(_habit("smoking"), N_("Smoking"), Choice(_named(SMOKING))),
        Field(_habit("alcohol"), N_("Alcohol"), _quantity("alcohol")),
        Field(_habit("sleep"), N_("Sleep at night"), _quantity("sleep")),
        Field(_habit("stress"), N_("Stress"), Choice(_named(STRESS))),
        Field(_habit("glucocorticoid"), N_("Cortisone, as prednisolone"), _quantity("glucocorticoid")),
        Field(_habit("rheumatoid_arthritis"), N_("Active rheumatoid arthritis"), Yes()),
        Field(_habit("shift_work"), N_("Work that turns day and night around"), Yes()),
        Field(_habit("crp"), N_("C-reactive protein"), _quantity("crp")),
        Field(_habit("gh_secretagogue"), N_("Growth hormone secretagogue"), Choice(_named(GH_SECRETAGOGUES))),
        Field("lifestyle.nutrition.vitamin_d", N_("Vitamin D swallowed"), _quantity("vitamin_d_intake")),
        Field("lifestyle.nutrition.protein", N_("Protein eaten"), _quantity("protein")),
        Field("lifestyle.nutrition.pattern", N_("Way of eating"), Choice(_named(PATTERNS))),
        Field("lifestyle.nutrition.sun", N_("Sun on the skin"), Choice(_named(SUNLIGHT))),
    ),
    "safety": (
        Field(
            "person.precautions.can_stay_upright", N_("Can stay upright for an hour after a tablet"), Yes()
        ),
        Field(
            "person.precautions.oesophageal_disease",
            N_("Disease of the oesophagus"),
            Yes(),
            N_("narrowing, achalasia, inflammation, varices"),
        ),
        Field("person.precautions.dental_work", N_("Surgery of the jaw or an extraction is planned"), Yes()),
        Field("person.precautions.dental_check", N_("Last examination by a dentist"), Text()),
        Field("person.precautions.impaired_mobility", N_("Walks with difficulty"), Yes()),
        Field("person.precautions.height_loss", N_("Height lost since youth"), _quantity("height")),
        Field("person.precautions.may_become_pregnant", N_("May become pregnant"), Yes()),
        Field("person.precautions.wants_children", N_("Wants children soon"), Yes()),
        Field(
            "person.precautions.hormone_receptor",
            N_("Hormone receptor of the breast cancer"),
            Choice((("positive", N_("positive")), ("negative", N_("negative")))),
        ),
    ),
    "options": (
        Field(
            "options.as_of", N_("Seen from"), _DATE, N_("the day of the visit; the last date given if empty")
        ),
        Field("options.forecast_years", N_("Years to look ahead"), Number(), N_("0.5 to 30; 10 if empty")),
        Field("notes", N_("Notes"), Text("area"), N_("kept with the case, not used")),
    ),
}

FRACTURE = Rows(
    "person.fractures",
    (
        Field("site", N_("Bone"), Choice(_named(FRACTURE_SITES), N_("choose"))),
        Field("date", N_("When"), Text(), N_("a year will do")),
    ),
    N_("Add a fracture"),
)

SCAN = Rows(
    "scans",
    (
        Field("date", N_("Date"), _DATE),
        Field("device.vendor", N_("Maker"), Choice(_named(VENDORS), N_("choose"))),
        Field("device.model", N_("Device"), Text(), N_("if known")),
        Field("reference", N_("T-scores refer to"), Text(), N_("as printed: Hologic, NHANES III, GE Lunar")),
        *(
            part
            for site in SITES
            for part in (
                Field(
                    f"sites.{site}.bmd", f"{SITE_LABELS[site].capitalize()}, BMD", _quantity("bmd", "g/cm2")
                ),
                Field(f"sites.{site}.t_score", "T-score", Number()),
                Field(f"sites.{site}.reference", N_("refers to"), Text(), N_("if it differs")),
            )
        ),
        Field("sites.lumbar_spine.vertebrae", N_("Vertebrae read"), Number(), N_("of L1–L4")),
    ),
    N_("Add a scan"),
)

LAB = Rows(
    "labs",
    (
        Field("date", N_("Date"), _DATE),
        Field("analyte", N_("What"), Choice(tuple((name, QUANTITIES[name].label) for name in ANALYTES), "–")),
        Field("value", N_("Value"), Kind()),  # a quantity of the analyte of its row
        Field(
            "method",
            N_("Method"),
            Choice((("lc-ms", N_("mass spectrometry")), ("immunoassay", N_("immunoassay")))),
        ),
        Field("hours_since_dose", N_("Hours since the last dose"), Number()),
    ),
    N_("Add a value"),
)

_COURSE = (
    Field("drug", N_("Drug"), _DRUG),
    Field("dose", N_("Dose"), Text(), N_("as in 4 mg; the label's if empty")),
    Field("every", N_("Every"), Text(), N_("as in 6 months; the label's if empty")),
    Field("doses", N_("Doses"), Number(), N_("how many; empty: goes on")),
    Field("start", N_("Start"), Text(), N_("a date")),
    Field("stop", N_("Stop"), Text(), N_("the first day without")),
    Field("adherence", N_("Taken"), Share(), N_("percent of doses")),
    Field("missed", N_("Missed doses"), Numbers(), N_("their numbers, as in 4, 5")),
    Field("late", N_("Late doses"), Late(), N_("number and delay, as in 3: 4 months")),
)

TREATMENT = Rows(
    "treatments",
    tuple(Field(one.path, one.label, _DATE) if one.path in ("start", "stop") else one for one in _COURSE),
    N_("Add a treatment"),
)
#: A course of a plan, whose times are durations as well.
COURSE = Rows(
    "courses",
    tuple(
        Field(
            one.path, one.label, one.kind, N_("a date, or a time from the start of the plan, as in 6 months")
        )
        if one.path in ("start", "stop")
        else one
        for one in _COURSE
    ),
    N_("Add a drug"),
)


@cache
def _programmes() -> tuple[tuple[str, str], ...]:
    return tuple((name, find_programme(name).label or name) for name in PROGRAMMES)


_EXERCISE = (
    Field("programme", N_("Programme"), Choice(_programmes(), N_("none"))),
    Field("adherence", N_("Sessions done"), Share(), N_("percent")),
    Field("start", N_("Start"), Text(), N_("a date; lifelong if empty")),
    Field("weeks", N_("Weeks"), Number(), N_("empty: goes on")),
)
EXERCISE = Rows("lifestyle.exercise", _EXERCISE, N_("Add a programme"))
PLAN_EXERCISE = Rows(
    "lifestyle.exercise",
    tuple(
        Field(one.path, one.label, one.kind, N_("a date or a duration; with the plan if empty"))
        if one.path == "start"
        else one
        for one in _EXERCISE
    ),
    N_("Add a programme"),
)

#: Everything of which a case may have many.
ROWS: dict[str, Rows] = {rows.path: rows for rows in (FRACTURE, SCAN, LAB, TREATMENT, EXERCISE)}

#: Drugs that the first question about treatment offers.
INHIBITORS = tuple((name, name) for name in AROMATASE_INHIBITORS)


def plausible(quantity: str, unit: str) -> str:
    """Say the plausible range of a quantity in a unit.

    Examples
    --------
    >>> plausible("estradiol", "pmol/L")
    '0.184 to 3670 pmol/L'
    """
    known = QUANTITIES[quantity]
    name = known.unit(unit) or known.canonical
    low, high = known.low / known.factors[name], known.high / known.factors[name]
    return f"{_short(low)} to {_short(high)} {name}"


def _short(value: float) -> str:
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{round(value, digits):g}" if digits else f"{round(value, -int(math.log10(abs(value))) + 2):.0f}"
