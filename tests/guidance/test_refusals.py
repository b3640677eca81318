# ruff: noqa: E501 - the table is read row by row
"""Dangerous or contradictory inputs, each stopped at its place with its reason.

A row says what is put in, where it is stopped, and a part of the reason. *input*: the case is not read, the
field is named. *not covered*: it is read and gets no number. *refuse*: the plan is unsafe. *warn*: something
comes first.
"""

from __future__ import annotations

from typing import Any

import pytest

from osteocast.errors import InputError
from osteocast.guidance import check, is_refused
from osteocast.person import coverage

from .cases import DENOSUMAB, MAN, REMOVE, WOMAN, Change, lab, load, plan

ZOLEDRONATE = {"drug": "zoledronate", "dose": "4 mg", "every": "6 months", "doses": 6}
ALENDRONATE = {"drug": "alendronate"}
RISEDRONATE = {"drug": "risedronate"}
IBANDRONATE = {"drug": "ibandronate"}
ESTRADIOL = {"drug": "estradiol"}
YOUNG: tuple[Change, ...] = (
    ("person.birth_date", "1982-05-14"),
    ("person.menopause", "premenopausal"),
    ("treatments.+", {"drug": "goserelin", "start": "2025-03-10"}),
)
NO_INHIBITOR = ("treatments", [])

Row = tuple[str, dict[str, Any], tuple[Change, ...], str, str, str]

# What, whose case, changes, where it is stopped, field or check or condition, part of the reason.
TABLE: list[Row] = [
    # Contradictions and slips
    ("menopause after today", WOMAN, (("person.menopause", {"date": "2026-01"}),), "input", "person.menopause.date", "not after"),
    ("menopause in a man", MAN, (("person.menopause", {"age": 50}),), "input", "person.menopause", "no menopause for a man"),
    ("born after the case", WOMAN, (("person.birth_date", "2031-05-14"),), "input", "person.birth_date", "before"),
    ("negative start of a plan's drug", WOMAN, (("plans.0.courses.0.start", "-3 months"),), "input", "plans[0].courses[0].start", "negative"),
    ("a drug before birth", WOMAN, (("treatments.0.start", "1950-01-01"),), "input", "treatments[0].start", "not before birth"),
    ("a drug that stops before it starts", WOMAN, (("treatments.0.stop", "2025-01-01"),), "input", "treatments[0].stop", "after the start"),
    ("a scan from the future", WOMAN, (("scans.0.date", "2041-02-24"),), "input", "scans[0].date", "future"),
    ("a hundred times the dose", WOMAN, (("treatments.0.dose", "100 mg"),), "input", "treatments[0].dose", "dose"),
    ("a negative dose", WOMAN, (("treatments.0.dose", "-1 mg"),), "input", "treatments[0].dose", "negative"),
    ("two inhibitors at once", WOMAN, (("treatments.+", {"drug": "letrozole", "start": "2025-03-10"}),), "input", "treatments[1]", "no overlap"),
    ("oestradiol in the wrong unit", WOMAN, (lab("estradiol", "70 pg/mL"),), "input", "labs[3].value", "pg/mL"),
    ("weight that no height fits", WOMAN, (("person.weight", "26 kg"), ("person.height", "200 cm")), "input", "person.weight", "body mass index"),
    ("pregnant after menopause", WOMAN, (("person.conditions", ["breast_cancer", "pregnancy"]),), "input", "person.conditions", "after menopause"),
    ("a pregnant man", MAN, (("person.conditions", ["pregnancy"]),), "input", "person.conditions", "in a man"),
    ("prostate cancer in a woman", WOMAN, (("person.conditions", ["prostate_cancer"]),), "input", "person.conditions", "in a woman"),
    ("may become pregnant after menopause", WOMAN, (("person.precautions.may_become_pregnant", "yes"),), "input", "person.precautions.may_become_pregnant", "after menopause"),
    ("receptor of no cancer", WOMAN, (("person.conditions", []),), "input", "person.precautions.hormone_receptor", "breast cancer"),
    ("a fracture, and none", WOMAN, (("person.conditions", ["breast_cancer", "previous_fracture"]),), "input", "person.fractures", "a fracture"),
    ("a dentist of tomorrow", WOMAN, (("person.precautions.dental_check", "2025-05-30"),), "input", "person.precautions.dental_check", "not after"),
    ("half a metre of height lost", WOMAN, (("person.precautions.height_loss", "50 cm"),), "input", "person.precautions.height_loss", "height"),
    ("FRAX of the hip above that of all", WOMAN, (("person.frax", {"major": "4%", "hip": "12%"}),), "input", "person.frax.hip", "includes the hip"),
    ("a drug that nobody knows", WOMAN, (("person.precautions.self_directed", ["arimidox"]),), "input", "person.precautions.self_directed[0]", "known drug"),
    # Outside the model
    ("a child", WOMAN, (("person.birth_date", "2011-05-14"), ("person.menopause", "premenopausal"), NO_INHIBITOR), "not covered", "", "age of 14"),
    ("Paget's disease", WOMAN, (("person.conditions", ["breast_cancer", "paget_disease"]),), "not covered", "", "paget disease"),
    ("metastases in bone", WOMAN, (("person.conditions", ["breast_cancer", "bone_metastases"]),), "not covered", "", "bone metastases"),
    ("kidneys that fail by creatinine", WOMAN, (lab("creatinine", "3.9 mg/dL"),), "not covered", "", "severe kidney disease"),
    ("working ovaries on an inhibitor", WOMAN, (*YOUNG[:2],), "not covered", "", "without ovarian suppression"),
    ("steroids of unknown dose", WOMAN, (("person.conditions", ["breast_cancer", "glucocorticoid_therapy"]),), "not covered", "", "lifestyle.habits.glucocorticoid"),
    ("tamoxifen in a man", MAN, (plan({"drug": "tamoxifen"}),), "not covered", "", "tamoxifen in a man"),
    ("testosterone in a woman", WOMAN, (plan({"drug": "testosterone_gel"}),), "not covered", "", "in a woman"),
    # Kidneys
    ("denosumab with a filtration of 12", WOMAN, (lab("creatinine", "3.9 mg/dL"),), "refuse", "kidney-denosumab", "hypocalcaemia"),
    ("zoledronate with a clearance below 35", WOMAN, (lab("creatinine", "2.0 mg/dL"), plan(ZOLEDRONATE)), "refuse", "kidney-zoledronate", "below 35"),
    ("alendronate with a clearance below 35", WOMAN, (lab("creatinine", "2.0 mg/dL"), plan(ALENDRONATE)), "refuse", "kidney-alendronate", "below 35"),
    ("risedronate with a clearance below 30", WOMAN, (lab("creatinine", "2.4 mg/dL"), plan(RISEDRONATE)), "refuse", "kidney-risedronate", "below 30"),
    ("ibandronate with a clearance below 30", WOMAN, (lab("creatinine", "2.4 mg/dL"), plan(IBANDRONATE)), "refuse", "kidney-ibandronate", "below 30"),
    ("full zoledronate with weak kidneys", WOMAN, (lab("creatinine", "1.3 mg/dL"), plan(ZOLEDRONATE)), "warn", "kidney-zoledronate-dose", "3.5 mg"),
    ("zoledronate without a creatinine", WOMAN, (("labs", []), plan(ZOLEDRONATE)), "warn", "kidney-zoledronate", "measure creatinine"),
    ("creatinine of two years ago", WOMAN, (("labs.0.date", "2023-01-03"), plan(ZOLEDRONATE)), "warn", "old-creatinine", "more than a year"),
    # Calcium, vitamin D
    ("denosumab in hypocalcaemia", WOMAN, (lab("calcium", "7.6 mg/dL"),), "refuse", "calcium-low", "lowers calcium further"),
    ("zoledronate in hypocalcaemia", WOMAN, (lab("calcium", "1.9 mmol/L"), plan(ZOLEDRONATE)), "refuse", "calcium-low", "contraindicated"),
    ("denosumab in vitamin D deficiency", WOMAN, (lab("vitamin_d", "8 ng/mL"),), "refuse", "vitamin-d-deficient", "correct it first"),
    ("tablets in vitamin D deficiency", WOMAN, (lab("vitamin_d", "8 ng/mL"), plan(ALENDRONATE)), "warn", "vitamin-d-deficient-tablets", "before the first tablet"),
    ("denosumab with unknown calcium", WOMAN, (("labs", []),), "warn", "calcium-low", "measure serum calcium"),
    ("calcium too high", WOMAN, (lab("calcium", "11.6 mg/dL"),), "warn", "calcium-high", "hyperparathyroidism"),
    ("denosumab and little calcium", WOMAN, (("person.calcium_intake", "400 mg/d"),), "warn", "calcium-intake", "1,000 mg"),
    # Jaw, femur, oesophagus
    ("a jaw that was dead once", WOMAN, (("person.conditions", ["breast_cancer", "jaw_osteonecrosis"]),), "refuse", "jaw-earlier", "osteonecrosis"),
    ("a femur that broke atypically", WOMAN, (("person.conditions", ["breast_cancer", "atypical_femur_fracture"]), plan(ZOLEDRONATE)), "refuse", "femur-earlier", "atypically"),
    ("teeth to be drawn", WOMAN, (("person.precautions.dental_work", "yes"),), "warn", "dental-work", "healed before"),
    ("nobody looked at the teeth", WOMAN, (("person.precautions.dental_check", REMOVE),), "warn", "dental-check", "mouth and teeth"),
    ("a narrow oesophagus and a tablet", WOMAN, (("person.precautions.oesophageal_disease", "yes"), plan(ALENDRONATE)), "refuse", "oesophagus", "oesophagus"),
    ("cannot sit up and a tablet", WOMAN, (("person.precautions.can_stay_upright", "no"), plan(IBANDRONATE)), "refuse", "upright", "upright"),
    ("an oesophagus nobody asked about", WOMAN, (("person.precautions.oesophageal_disease", REMOVE), plan(RISEDRONATE)), "warn", "oesophagus", "ask about swallowing"),
    # Denosumab
    ("denosumab stopped without follow-on", WOMAN, (plan(DENOSUMAB[0]),), "refuse", "denosumab-stopped", "nothing follows"),
    ("a dose four months late", WOMAN, (plan({**DENOSUMAB[0], "late": {3: "4 months"}}, {**DENOSUMAB[1], "start": "40 months"}),), "refuse", "denosumab-delayed", "never delayed"),
    ("a dose missed", WOMAN, (plan({**DENOSUMAB[0], "missed": [4]}, DENOSUMAB[1]),), "refuse", "denosumab-delayed", "months later"),
    ("follow-on a year late", WOMAN, (plan(DENOSUMAB[0], {**DENOSUMAB[1], "start": "48 months"}),), "refuse", "denosumab-delayed", "months later"),
    ("running denosumab stopped today", WOMAN, (("treatments.+", {"drug": "denosumab", "start": "2023-03-10"}), plan(stop={"denosumab": "0 months"})), "refuse", "denosumab-stopped", "nothing follows"),
    ("denosumab left four months ago", WOMAN, (("treatments.+", {"drug": "denosumab", "start": "2022-05-10", "stop": "2024-06-10"}), plan()), "refuse", "denosumab-stopped", "antiresorptive now"),
    ("denosumab left, follow-on in half a year", WOMAN, (("treatments.+", {"drug": "denosumab", "start": "2022-05-10", "stop": "2024-06-10"}), plan({"drug": "zoledronate", "dose": "5 mg", "doses": 1, "start": "6 months"})), "refuse", "denosumab-delayed", "months later"),
    ("denosumab left, follow-on only now", WOMAN, (("treatments.+", {"drug": "denosumab", "start": "2022-05-10", "stop": "2024-06-10"}), plan({"drug": "zoledronate", "dose": "5 mg", "doses": 1})), "warn", "denosumab-overdue", "imaging"),
    ("denosumab every month", WOMAN, (plan({"drug": "denosumab", "every": "1 month"}),), "warn", "dose", "times the usual amount"),
    ("two antiresorptives at once", WOMAN, (plan({"drug": "denosumab"}, ALENDRONATE),), "warn", "two-antiresorptives", "at once"),
    # Pregnancy
    ("pregnant on denosumab", WOMAN, (*YOUNG, ("person.conditions", ["breast_cancer", "pregnancy"])), "refuse", "pregnant", "child"),
    ("may become pregnant on denosumab", WOMAN, (*YOUNG, ("person.precautions.may_become_pregnant", "yes")), "warn", "pregnancy-possible", "rule out pregnancy"),
    ("a young woman nobody asked", WOMAN, (*YOUNG, plan(ZOLEDRONATE)), "warn", "pregnancy-possible", "ask whether"),
    # Oestrogen, tamoxifen, isoflavones, working ovaries
    ("oestrogen after hormone-sensitive cancer", WOMAN, (NO_INHIBITOR, plan(ESTRADIOL)), "refuse", "oestrogen-and-cancer", "hormone-sensitive"),
    ("oestrogen beside an inhibitor", WOMAN, (plan(ESTRADIOL),), "refuse", "oestrogen-and-inhibitor", "undoes"),
    ("oestrogen, receptor unknown", WOMAN, (NO_INHIBITOR, ("person.precautions.hormone_receptor", REMOVE), plan(ESTRADIOL)), "warn", "oestrogen-and-cancer", "find out"),
    ("tamoxifen beside an inhibitor", WOMAN, (plan({"drug": "tamoxifen"}),), "refuse", "tamoxifen-and-inhibitor", "same time"),
    ("isoflavones on an inhibitor", WOMAN, (("lifestyle", {"nutrition": {"isoflavones": "80 mg/d"}}),), "warn", "isoflavones", "oncologist"),
    ("an inhibitor with working ovaries", WOMAN, YOUNG[:2], "refuse", "working-ovaries", "contraindicated"),
    ("an inhibitor without a scan", WOMAN, (("scans", []),), "warn", "inhibitor-density", "measure bone density"),
    ("metastases treated as bone loss", WOMAN, (("person.conditions", ["breast_cancer", "bone_metastases"]),), "refuse", "metastases", "other doses"),
    # Men
    ("a man who doses himself", MAN, (("person.precautions.self_directed", ["Arimidex"]),), "refuse", "man-inhibitor-self-directed", "prescriber"),
    ("a man with oestradiol of 6", MAN, (lab("estradiol", "6 pg/mL", method="lc-ms"),), "warn", "man-oestradiol-low", "below 10 pg/mL"),
    ("a man nobody measured", MAN, (("labs.1", REMOVE),), "warn", "man-oestradiol-low", "measure oestradiol"),
    ("a man measured by immunoassay", MAN, (lab("estradiol", "15 pg/mL", method="immunoassay"),), "warn", "man-immunoassay", "mass spectrometry"),
    ("testosterone with prostate cancer", MAN, (("person.conditions", ["prostate_cancer"]),), "refuse", "testosterone-cancer", "prostate cancer"),
    ("testosterone and children wanted", MAN, (("person.precautions.wants_children", "yes"),), "refuse", "testosterone-fertility", "silences the testes"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "changes", "where", "name", "reason"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_each_is_stopped_at_its_place_with_its_reason(
    base: dict[str, Any], changes: tuple[Change, ...], where: str, name: str, reason: str
) -> None:
    if where == "input":
        with pytest.raises(InputError) as caught:
            load(base, *changes)
        problems = [problem for problem in caught.value.problems if problem.field.startswith(name)]
        assert problems, [str(problem) for problem in caught.value.problems]
        assert any(reason in f"{problem.expected} {problem.remedy}" for problem in problems)
        return
    case = load(base, *changes)
    if where == "not covered":
        assert any(reason in each for each in coverage(case)), coverage(case)
        return
    findings = check(case, case.plans[0])
    found = [each for each in findings if each.id == name]
    assert found, [(each.level, each.id) for each in findings]
    assert {each.level for each in found} == {where}
    assert any(reason in each.reason for each in found), [each.reason for each in found]
    assert is_refused(findings) or where == "warn"
    assert all(each.sources for each in found)


def test_the_table_is_long_and_its_rows_differ() -> None:
    assert len(TABLE) >= 40
    assert len({row[0] for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("base", [WOMAN, MAN], ids=["woman", "man"])
def test_without_the_change_nothing_is_stopped(base: dict[str, Any]) -> None:
    case = load(base)
    assert coverage(case) == []
    findings = check(case, case.plans[0])
    assert not is_refused(findings)
    # In a man an inhibitor is a warning in itself.
    assert {each.id for each in findings if each.level == "warn"} <= {"man-inhibitor"}


def test_everything_wrong_with_a_case_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        load(
            WOMAN,
            ("person.menopause", {"date": "2026-01"}),
            ("plans.0.courses.0.start", "-3 months"),
            ("person.precautions.height_loss", "50 cm"),
            ("treatments.0.dose", "-1 mg"),
        )
    assert len(caught.value.problems) == 4


def test_a_plan_collects_all_its_reasons_the_worst_first() -> None:
    case = load(
        WOMAN,
        lab("creatinine", "3.9 mg/dL"),
        lab("calcium", "7.6 mg/dL"),
        ("person.precautions.dental_work", "yes"),
    )
    levels = [each.level for each in check(case, case.plans[0])]
    assert levels == sorted(levels, key=("refuse", "warn", "note").index)
    assert levels.count("refuse") >= 2
    assert "warn" in levels
