from __future__ import annotations

from typing import Any

import pytest

from osteocast import evidence
from osteocast.guidance import Guidelines, Ruling, guidelines, load_bodies

from .cases import MAN, REMOVE, WOMAN, Change, lab, load, plan


def hold(base: dict[str, Any], *changes: Change) -> Guidelines:
    return guidelines(load(base, *changes))


def verdict(found: Guidelines, body: str, rule: str) -> Ruling:
    (one,) = [each for each in found.verdicts if (each.body.body, each.rule.id) == (body, rule)]
    return one


def t_score(value: float) -> Change:
    return ("scans.0.sites.lumbar_spine", {"t_score": value, "reference": "Hologic"})


def test_every_clause_resolves_to_a_source_with_its_depth_and_place() -> None:
    bodies = load_bodies()
    assert len(bodies) >= 10
    registry = evidence.load()
    for body in bodies:
        assert 2000 < body.published <= 2026
        source = registry.source(body.source)
        assert source.citation.doi or source.citation.url, body.body
        assert body.read
        assert len({rule.id for rule in body.rules}) == len(body.rules)
        for rule in body.rules:
            assert rule.source.partition("/")[0] == body.source
            value = registry.value(rule.source)
            assert value.where and value.status == "used", rule.source
            assert rule.clause and rule.action and rule.about


@pytest.mark.parametrize(
    ("score", "joint", "asco"),
    [
        (-2.6, "applies", "applies"),
        (-2.5, "applies", "applies"),
        (-2.1, "applies", "cannot tell"),
        (-2.0, "does not apply", "cannot tell"),
    ],
)
def test_bodies_differ_between_minus_two_and_minus_two_and_a_half(
    score: float, joint: str, asco: str
) -> None:
    found = hold(WOMAN, t_score(score))
    assert verdict(found, "joint statement", "treat-t-score").outcome == joint
    assert verdict(found, "ASCO", "3.4").outcome == asco


def test_a_frax_result_closes_what_was_open() -> None:
    frax = ("person.frax", {"major": "9%", "hip": "1.2%"})
    found = hold(WOMAN, t_score(-2.1), frax)
    assert verdict(found, "ASCO", "3.4").outcome == "does not apply"
    (conflict,) = [each for each in found.conflicts if each.about == "bone drug"]
    assert "joint statement" in conflict.yes
    assert "ASCO" in conflict.no
    high = hold(WOMAN, t_score(-2.1), ("person.frax", {"major": "21%", "hip": "1.2%"}))
    assert verdict(high, "ASCO", "3.4").outcome == "applies"


def test_a_missing_fact_is_named_with_the_field_that_gives_it() -> None:
    one = verdict(hold(WOMAN, ("person.fractures", REMOVE)), "AACE", "diagnosis")
    assert one.outcome == "cannot tell"
    assert [fact.ask for fact in one.missing] == ["person.fractures"]
    assert "applies if fragility fracture: yes" in one.changes
    known = verdict(hold(WOMAN, ("person.fractures", ["wrist"])), "AACE", "diagnosis")
    assert known.outcome == "applies"


def test_what_would_change_a_verdict_changes_it() -> None:
    one = verdict(hold(WOMAN, t_score(-1.9)), "joint statement", "treat-t-score")
    assert one.outcome == "does not apply"
    assert one.changes == ("applies if lowest T-score below −2",)
    assert verdict(hold(WOMAN, t_score(-2.01)), "joint statement", "treat-t-score").outcome == "applies"


def test_a_list_of_risk_factors_read_in_part_leaves_the_clause_open() -> None:
    asked = [
        ("person.parental_hip_fracture", "no"),
        ("lifestyle", {"habits": {"smoking": "never", "glucocorticoid": "0 mg/d"}}),
    ]
    one = verdict(hold(WOMAN, t_score(-1.7), *asked), "joint statement", "treat-t-score-and-factor")
    assert one.outcome == "cannot tell"
    assert one.missing == ()
    assert one.unread == ("further risk factors that the source may name",)
    smoker = ("lifestyle", {"habits": {"smoking": "current", "glucocorticoid": "0 mg/d"}})
    smokes = verdict(hold(WOMAN, t_score(-1.7), smoker), "joint statement", "treat-t-score-and-factor")
    assert smokes.outcome == "applies"


def test_age_alone_is_a_reason_for_one_body() -> None:
    old = ("person.birth_date", "1949-05-14")
    assert verdict(hold(WOMAN, old), "ESCEO", "age").outcome == "applies"
    assert verdict(hold(WOMAN), "ESCEO", "age").outcome == "does not apply"


def test_of_a_man_on_testosterone_and_an_inhibitor_it_says_that_no_guideline_exists() -> None:
    found = hold(MAN)
    (gap,) = found.gaps
    assert gap.id == "men-on-testosterone-and-inhibitor"
    assert gap.text.startswith("No guideline exists")
    assert all(source in evidence.load() for source in gap.sources)
    assert "joint statement" in {body.body for body in found.elsewhere}
    assert hold(WOMAN).gaps == ()
    without = hold(MAN, ("treatments.0", REMOVE))
    assert [each.id for each in without.gaps] == ["men-on-inhibitor"]


def test_a_womans_guidelines_are_not_held_against_a_man_nor_his_against_her() -> None:
    women = {each.body.body for each in hold(WOMAN).verdicts}
    men = {each.body.body for each in hold(MAN).verdicts}
    assert "Endocrine Society, men" in men - women
    assert {"joint statement", "ESCEO", "RACGP"} <= women - men


def test_vitamin_d_between_two_thresholds_is_a_conflict_that_is_shown() -> None:
    found = hold(WOMAN, lab("vitamin_d", "25 ng/mL"))
    (conflict,) = [each for each in found.conflicts if each.about == "vitamin D"]
    assert conflict.yes == ("BHOF",)
    assert "NOS" in conflict.no
    assert "the bodies differ" in conflict.words()


def test_height_that_was_lost_calls_for_a_picture_of_the_spine() -> None:
    scan = t_score(-1.2)
    lost = hold(WOMAN, scan, ("person.precautions.height_loss", "5 cm"))
    assert verdict(lost, "ISCD", "vertebrae").outcome == "applies"
    less = [
        ("person.precautions.height_loss", "3 cm"),
        ("lifestyle", {"habits": {"glucocorticoid": "0 mg/d"}}),
    ]
    assert verdict(hold(WOMAN, scan, *less), "ISCD", "vertebrae").outcome == "does not apply"


def test_a_plan_is_looked_at_instead_of_the_treatments_as_they_run() -> None:
    case = load(WOMAN, plan({"drug": "denosumab"}))
    assert "ECTS" in {body.body for body in guidelines(case).elsewhere}
    under = guidelines(case, case.plans[0])
    assert verdict(under, "ECTS", "follow-on").outcome == "applies"
    assert verdict(under, "CCO and ASCO, adjuvant", "not-denosumab").outcome == "applies"


def test_stricter_thresholds_that_were_not_read_are_not_made_up() -> None:
    young = [
        ("person.birth_date", "1982-05-14"),
        ("person.menopause", "premenopausal"),
        ("treatments.+", {"drug": "goserelin", "start": "2025-03-10"}),
    ]
    one = verdict(hold(WOMAN, *young), "UK expert group", "with-inhibitor")
    assert one.outcome == "cannot tell"
    assert "thresholds" in one.unread[0]
