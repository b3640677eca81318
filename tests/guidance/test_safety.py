from __future__ import annotations

import math

import pytest

from osteocast import evidence
from osteocast.errors import EvidenceError
from osteocast.guidance import check, rates
from osteocast.guidance.harms import per_10000
from osteocast.guidance.safety import _load
from osteocast.person import creatinine_clearance, estimated_filtration
from osteocast.therapies import DRUGS

from .cases import MAN, WOMAN, lab, load, plan


def test_every_check_has_drugs_that_exist_and_sources_that_were_read() -> None:
    checks = _load()
    assert len({item.id for item in checks}) == len(checks) > 30
    for item in checks:
        assert set(item.drugs) <= set(DRUGS), item.id
        assert item.sources, item.id
        assert item.text and not item.text.endswith("."), item.id


def test_benefit_and_harm_stand_on_one_denominator() -> None:
    found = {rate.what: rate for rate in rates("denosumab")}
    jaw = found["osteonecrosis of the jaw"]
    assert jaw.per_10000 == evidence.load().value("freedom-oral-events-2019/jaw-rate").number == 5.2
    prevented = next(rate for rate in rates("denosumab") if rate.kind == "benefit")
    # 9.6 against 5.0% in three years.
    assert prevented.per_10000 == pytest.approx(10_000 * (-math.log(0.904) + math.log(0.95)) / 3)
    assert prevented.per_10000 > 10 * jaw.per_10000
    stopping = next(rate for rate in rates("denosumab") if "stopping" in rate.what)
    assert stopping.per_10000 == pytest.approx(710 - 120)
    assert "per 10,000 person-years" in stopping.words()


def test_a_ratio_is_no_rate() -> None:
    with pytest.raises(EvidenceError, match="neither a rate"):
        per_10000(evidence.load().value("traverse-fractures/t-fracture-38.3"))


def test_every_plan_with_a_drug_for_bone_carries_its_numbers() -> None:
    case = load(WOMAN)
    numbers = {each.drugs: each.rates for each in check(case, case.plans[0]) if each.id == "numbers"}
    assert set(numbers) == {("denosumab",), ("zoledronate",)}
    assert all({rate.kind for rate in found} == {"benefit", "harm"} for found in numbers.values())


def test_filtration_follows_the_equation_and_its_worked_example() -> None:
    example = evidence.load().value("ckd-epi-2021/worked-example").number
    assert estimated_filtration(0.9, 55, "female") == pytest.approx(example, abs=0.6)
    # Below the knee the curve is flatter.
    assert estimated_filtration(0.5, 55, "female") / estimated_filtration(0.6, 55, "female") == pytest.approx(
        (0.5 / 0.6) ** -0.241
    )
    assert estimated_filtration(2.0, 55, "male") / estimated_filtration(1.0, 55, "male") == pytest.approx(
        2**-1.2
    )
    assert estimated_filtration(1.0, 75, "male") < estimated_filtration(1.0, 55, "male")


def test_clearance_follows_weight_and_filtration_does_not() -> None:
    light = creatinine_clearance(1.2, 75, "female", 45)
    heavy = creatinine_clearance(1.2, 75, "female", 90)
    assert heavy == pytest.approx(2 * light)
    assert light == pytest.approx(0.85 * (140 - 75) * 45 / (72 * 1.2))


def test_a_light_woman_is_refused_what_a_heavy_one_may_have() -> None:
    drug = plan({"drug": "zoledronate", "dose": "4 mg", "every": "6 months", "doses": 6})
    values = [lab("creatinine", "1.4 mg/dL"), drug]
    levels = {}
    for weight in ("45 kg", "90 kg"):
        case = load(WOMAN, *values, ("person.weight", weight))
        levels[weight] = {
            each.level for each in check(case, case.plans[0]) if each.id == "kidney-zoledronate"
        }
    assert levels == {"45 kg": {"refuse"}, "90 kg": set()}


def test_a_drug_of_the_past_is_not_checked() -> None:
    case = load(
        WOMAN,
        ("treatments.+", {"drug": "alendronate", "start": "2015-01-01", "stop": "2018-01-01"}),
        ("person.precautions.oesophageal_disease", "yes"),
        plan(),
    )
    assert not any("alendronate" in each.drugs for each in check(case, case.plans[0]))


def test_a_switch_from_tamoxifen_is_no_overlap() -> None:
    switched = [
        ("treatments", [{"drug": "tamoxifen", "start": "2023-03-10", "stop": "2026-03-10"}]),
        plan({"drug": "letrozole", "start": "2026-03-10"}),
    ]
    case = load(WOMAN, *switched)
    assert not any(each.id == "tamoxifen-and-inhibitor" for each in check(case, case.plans[0]))


def test_denosumab_that_goes_on_is_not_refused() -> None:
    case = load(WOMAN, plan({"drug": "denosumab", "every": "6 months"}))
    findings = {each.id: each.level for each in check(case, case.plans[0])}
    assert findings["denosumab-duty"] == "note"
    assert "denosumab-stopped" not in findings


def test_denosumab_that_ends_with_the_horizon_is_refused_without_follow_on() -> None:
    # Sixteen doses last to the end of the eight years of the forecast: that nothing follows is known.
    case = load(WOMAN, plan({"drug": "denosumab", "every": "6 months", "doses": 16}))
    assert any(each.id == "denosumab-stopped" for each in check(case, case.plans[0]))


def test_denosumab_that_was_followed_long_ago_is_history() -> None:
    past = [
        {"drug": "denosumab", "start": "2019-03-10", "doses": 4},
        {"drug": "zoledronate", "dose": "5 mg", "start": "2021-03-10", "doses": 1},
    ]
    case = load(WOMAN, ("treatments", past), plan())
    assert not any("denosumab" in each.id for each in check(case, case.plans[0]))


def test_testosterone_is_never_credited_with_fewer_fractures() -> None:
    case = load(MAN)
    findings = check(case, case.plans[0])
    (numbers,) = [each for each in findings if each.id == "numbers"]
    assert {rate.kind for rate in numbers.rates} == {"harm"}
