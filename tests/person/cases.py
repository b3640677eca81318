"""A correct case as plain data, and how to change one place of it."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import yaml

from osteocast.person import Case, load_case

TODAY = date(2025, 6, 1)

CASE: dict[str, Any] = {
    "person": {
        "sex": "female",
        "birth_date": "1963-05-14",
        "menopause": {"age": 50, "type": "natural"},
        "weight": "68 kg",
        "height": "164 cm",
        "calcium_intake": {"diet": "750 mg/d", "supplement": "500 mg/d"},
        "conditions": ["breast_cancer"],
    },
    "scans": [
        {
            "date": "2023-02-20",
            "device": {"vendor": "hologic", "model": "Horizon A"},
            "sites": {
                "lumbar_spine": {"bmd": 0.928, "t_score": -1.1, "reference": "Hologic"},
                "total_hip": {"bmd": "842 mg/cm2", "t_score": -0.8, "reference": "NHANES III"},
            },
        },
        {
            "date": "2025-02-24",
            "device": {"vendor": "hologic", "model": "Horizon A"},
            "sites": {"lumbar_spine": {"bmd": 0.919, "t_score": -1.2, "reference": "Hologic"}},
        },
    ],
    "labs": [{"date": "2025-03-03", "analyte": "estradiol", "value": "19 pmol/L"}],
    "treatments": [{"drug": "anastrozole", "dose": "1 mg", "start": "2025-03-10"}],
    "plans": [
        {
            "name": "denosumab, then zoledronate",
            "courses": [
                {"drug": "denosumab", "every": "6 months", "doses": 6},
                {"drug": "zoledronate", "start": "36 months", "doses": 1},
            ],
        }
    ],
    "options": {"as_of": "2025-03-10", "forecast_years": 8},
}


class Remove:
    """Marks a field to be removed."""

    def __repr__(self) -> str:
        # Names of tests are made of it, and have to be the same in every process.
        return "REMOVE"


REMOVE = Remove()


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """Return the case with the value at each path (``scans.0.date``) replaced, added or removed."""
    content = copy.deepcopy(CASE)
    for path, value in changes:
        *parents, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
        place: Any = content
        for part in parents:
            place = place[part]
        if value is REMOVE:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value
    return content


def load(content: dict[str, Any]) -> Case:
    """Read a case from plain data."""
    return load_case(yaml.safe_dump(content, allow_unicode=True), today=TODAY)
