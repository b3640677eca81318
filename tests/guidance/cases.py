"""A woman and a man with nothing against their plans, and how to change one place of them."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import yaml

from osteocast.person import Case, load_case

TODAY = date(2025, 6, 1)

DENOSUMAB = [
    {"drug": "denosumab", "every": "6 months", "doses": 6},
    {"drug": "zoledronate", "dose": "5 mg", "start": "36 months", "doses": 1},
]

WOMAN: dict[str, Any] = {
    "person": {
        "sex": "female",
        "birth_date": "1957-05-14",
        "menopause": {"age": 50, "type": "natural"},
        "weight": "68 kg",
        "height": "164 cm",
        "calcium_intake": {"diet": "750 mg/d", "supplement": "500 mg/d"},
        "conditions": ["breast_cancer"],
        "fractures": "none",
        "precautions": {
            "oesophageal_disease": "no",
            "can_stay_upright": "yes",
            "dental_work": "no",
            "dental_check": "2025-02-01",
            "hormone_receptor": "positive",
        },
    },
    "scans": [
        {
            "date": "2025-02-24",
            "device": {"vendor": "hologic", "model": "Horizon A"},
            "sites": {"lumbar_spine": {"bmd": 0.919, "t_score": -1.2, "reference": "Hologic"}},
        },
    ],
    "labs": [
        {"date": "2025-03-03", "analyte": "creatinine", "value": "0.8 mg/dL"},
        {"date": "2025-03-03", "analyte": "calcium", "value": "9.5 mg/dL"},
        {"date": "2025-03-03", "analyte": "vitamin_d", "value": "34 ng/mL"},
    ],
    "treatments": [{"drug": "anastrozole", "dose": "1 mg", "start": "2025-03-10"}],
    "plans": [{"name": "the plan", "courses": DENOSUMAB}],
    "options": {"as_of": "2025-03-10", "forecast_years": 8},
}

MAN: dict[str, Any] = {
    "person": {
        "sex": "male",
        "birth_date": "1973-09-18",
        "weight": "88 kg",
        "height": "181 cm",
        "conditions": ["hypogonadism"],
        "precautions": {"wants_children": "no", "dental_check": "2025-01-01", "dental_work": "no"},
    },
    "scans": [
        {
            "date": "2025-02-24",
            "device": {"vendor": "hologic", "model": "Horizon A"},
            "sites": {"lumbar_spine": {"bmd": 0.981, "t_score": -0.6, "reference": "Hologic"}},
        },
    ],
    "labs": [
        {"date": "2025-03-03", "analyte": "creatinine", "value": "1.0 mg/dL"},
        {"date": "2025-03-03", "analyte": "estradiol", "value": "24 pg/mL", "method": "lc-ms"},
    ],
    "treatments": [
        {"drug": "testosterone_cypionate", "dose": "100 mg", "every": "1 week", "start": "2024-03-10"},
        {"drug": "anastrozole", "dose": "0.5 mg", "every": "1 week", "start": "2024-06-10"},
    ],
    "plans": [{"name": "the plan"}],
    "options": {"as_of": "2025-03-10", "forecast_years": 8},
}


class Remove:
    """Marks a field to be removed."""


REMOVE = Remove()
Change = tuple[str, Any]


def plan(*courses: dict[str, Any], **more: Any) -> Change:
    """Return the change that gives the case one plan."""
    return ("plans", [{"name": "the plan", "courses": list(courses), **more}])


def lab(analyte: str, value: str, **more: Any) -> Change:
    """Return the change that adds a laboratory value of the last week."""
    return ("labs.+", {"date": "2025-03-04", "analyte": analyte, "value": value, **more})


def changed(base: dict[str, Any], *changes: Change) -> dict[str, Any]:
    """Return the case with the value at each path (``scans.0.date``; ``labs.+`` adds) replaced or removed."""
    content = copy.deepcopy(base)
    for path, value in changes:
        *parents, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
        place: Any = content
        for part in parents:
            place = place[part]
        if value is REMOVE:
            del place[last]
        elif last == "+":
            place.append(value)
        else:
            place[last] = value
    return content


def load(base: dict[str, Any], *changes: Change) -> Case:
    """Read a changed case through the real loader."""
    return load_case(yaml.safe_dump(changed(base, *changes), allow_unicode=True), today=TODAY)
