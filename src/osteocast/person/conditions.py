"""Conditions that a case may name, and why some put it outside the model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["CONDITIONS", "CONDITION_SYNONYMS"]

_TURNOVER = "drives bone turnover by a way the model does not contain"
_MINERAL = "changes how bone mineralises, which the model takes as normal"
_BY_HABIT = "is known to the model by its {}: give lifestyle.habits.{}"

#: Condition to the reason why the model does not cover it; None where it does, without an effect of its own.
CONDITIONS: Mapping[str, str | None] = MappingProxyType(
    {
        "breast_cancer": None,
        "osteopenia": None,
        "osteoporosis": None,
        "previous_fracture": None,
        "hypothyroidism": None,
        "hypertension": None,
        "dyslipidaemia": None,
        "osteoarthritis": None,
        "depression": None,
        "asthma": None,
        "copd": None,
        "type_1_diabetes": None,
        "type_2_diabetes": None,
        "parkinson_disease": None,
        "dementia": None,
        "epilepsy": None,
        "hypogonadism": None,
        "prostate_cancer": None,
        "jaw_osteonecrosis": None,
        "atypical_femur_fracture": None,
        "bone_metastases": _TURNOVER,
        "multiple_myeloma": _TURNOVER,
        "paget_disease": _TURNOVER,
        "primary_hyperparathyroidism": _TURNOVER,
        "hypoparathyroidism": _TURNOVER,
        "untreated_hyperthyroidism": _TURNOVER,
        "cushing_syndrome": _TURNOVER,
        "glucocorticoid_therapy": _BY_HABIT.format("dose", "glucocorticoid"),
        "rheumatoid_arthritis": _BY_HABIT.format("activity", "rheumatoid_arthritis"),
        "organ_transplant": _TURNOVER,
        "pregnancy": _TURNOVER,
        "osteomalacia": _MINERAL,
        "hypophosphatasia": _MINERAL,
        "osteogenesis_imperfecta": _MINERAL,
        "severe_kidney_disease": _MINERAL,
        "dialysis": _MINERAL,
        "malabsorption": "absorbs less calcium than the model computes from the intake",
        "bariatric_surgery": "absorbs less calcium than the model computes from the intake",
        "hypopituitarism": "takes away growth hormone and cortisol as well, which the model holds as normal",
        "orchiectomy": "silences the testes for good, and a case cannot say when; a drug that does so "
        "can be given as goserelin",
    }
)

#: Other names, in lower case.
CONDITION_SYNONYMS: Mapping[str, str] = MappingProxyType(
    {
        "chronic obstructive pulmonary disease": "copd",
        "parkinson": "parkinson_disease",
        "parkinson's disease": "parkinson_disease",
        "paget": "paget_disease",
        "paget's disease": "paget_disease",
        "hyperparathyroidism": "primary_hyperparathyroidism",
        "bone metastasis": "bone_metastases",
        "myeloma": "multiple_myeloma",
        "glucocorticoids": "glucocorticoid_therapy",
        "coeliac disease": "malabsorption",
        "celiac disease": "malabsorption",
        "fracture": "previous_fracture",
        "low testosterone": "hypogonadism",
        "testosterone deficiency": "hypogonadism",
        "castration": "orchiectomy",
    }
)
