"""Risk factors divide the rate of the population between those with and those without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

import osteocast.fracture
from osteocast import evidence
from osteocast.fracture import PriorFracture, RiskProfile, profile_of
from osteocast.fracture.data import COMPONENTS, data
from osteocast.fracture.factors import factors_of
from osteocast.lifestyle import Habits, Lifestyle, Span
from osteocast.person import Fracture, Person

NOW = np.zeros(1)
FILES = sorted(Path(osteocast.fracture.__file__).parent.glob("*.yaml"))
SIMPLE = [name for name in data("factors") if name not in ("previous_fracture", "glucocorticoid")]


def ratios(profile: RiskProfile, years: np.ndarray = NOW, n: int = 0) -> dict[str, np.ndarray]:
    """Multiply all factors."""
    found = {component: np.ones((1, len(years))) for component in COMPONENTS}
    for factor in factors_of(profile, years, n):
        for component, effect in factor.log_ratio.items():
            found[component] = found[component] * np.exp(effect)
    return found


def hip(profile: RiskProfile) -> float:
    return float(ratios(profile)["hip"][0, 0])


@pytest.mark.parametrize("name", SIMPLE)
@pytest.mark.parametrize("sex", ["female", "male"])
def test_with_and_without_make_up_the_population(name: str, sex: str) -> None:
    share = data("factors")[name]["prevalence"]["value"]
    present, absent = (ratios(RiskProfile(sex, 70.0, factors={name: has})) for has in (True, False))
    for component in COMPONENTS:
        mean = share * present[component] + (1 - share) * absent[component]
        assert mean == pytest.approx(1.0)
        assert present[component] >= 1.0 >= absent[component]


def test_a_fracture_of_unknown_date_and_none_make_up_the_population() -> None:
    share = data("factors")["previous_fracture"]["prevalence"]["value"]
    with_one, without = (RiskProfile("female", 70.0, found) for found in ((PriorFracture(),), ()))
    assert share * hip(with_one) + (1 - share) * hip(without) == pytest.approx(1.0)


def test_what_is_not_known_changes_nothing() -> None:
    assert all((ratio == 1.0).all() for ratio in ratios(RiskProfile("male", 60.0)).values())


def test_a_recent_fracture_counts_most_and_wears_off() -> None:
    years = np.array([0.0, 1.0, 3.0, 9.0, 20.0])
    effect = ratios(RiskProfile("female", 70.0, (PriorFracture(years_ago=0.5),)), years)["hip"][0]
    assert (np.diff(effect) <= 1e-12).all()
    assert effect[0] > 2.0
    assert effect[-1] == pytest.approx(1.4 ** data("exposures")["recent_fracture"]["kept"])
    latest = RiskProfile("female", 70.0, (PriorFracture(years_ago=9.0), PriorFracture(years_ago=0.5)))
    assert ratios(latest, years)["hip"][0] == pytest.approx(effect)


def test_spine_after_spine_is_the_strongest() -> None:
    vertebral, other = (
        ratios(RiskProfile("female", 70.0, (PriorFracture(kind),)))["clinical_vertebral"]
        for kind in (True, False)
    )
    assert vertebral > 1.5 * other


def test_cortisone_counts_by_dose_and_more_in_the_young() -> None:
    def cortisone(dose: float, age: float = 65.0) -> float:
        return hip(RiskProfile("female", age, glucocorticoid=dose))

    assert cortisone(0.0) < 1.0 < cortisone(1.0) < cortisone(5.0) < cortisone(10.0)
    assert cortisone(5.0, 50.0) > cortisone(5.0, 85.0)
    # 4.42 at 50, less what the population holds of it.
    assert cortisone(5.0, 50.0) == pytest.approx(4.42 / (1 + 0.03 * 3.42), rel=1e-6)


def test_a_draw_belongs_to_its_coefficient_and_person() -> None:
    both = RiskProfile("female", 70.0, factors={"falls": True, "alcohol": True})
    alone = RiskProfile("female", 70.0, factors={"falls": True})
    few, many = (factors_of(who, NOW, n)[0].log_ratio["hip"] for who, n in ((alone, 5), (both, 9)))
    assert (few == many[:5]).all()
    assert np.std(many) > 0


def test_a_profile_comes_from_the_person_and_the_habits() -> None:
    habits = Habits(smoking="former", alcohol=20.0, glucocorticoid=5.0, medicines=("proton-pump-inhibitor",))
    who = Person(
        "female",
        date(1955, 6, 1),
        weight=45.0,
        height=165.0,
        conditions=("copd", "breast_cancer", "type_2_diabetes"),
        lifestyle=Lifestyle(habits=habits),
        fractures=(Fracture("vertebra", date(2023, 6, 1)), Fracture("forearm")),
        parental_hip_fracture=True,
        falls=0,
    )
    profile = profile_of(who, date(2025, 6, 1))
    assert profile.age == pytest.approx(70.0, abs=0.01)
    assert profile.fractures == (PriorFracture(True, pytest.approx(2.0, abs=0.01)), PriorFracture())
    assert profile.glucocorticoid == 5.0
    assert {name for name, has in profile.factors.items() if has} == {
        "alcohol",
        "asthma",
        "former_smoking",
        "parental_hip_fracture",
        "proton_pump_inhibitor",
        "type_2_diabetes",
        "underweight",
    }
    assert {name for name, has in profile.factors.items() if not has} == {"current_smoking", "falls"}


def test_a_plan_can_change_the_habits_that_count() -> None:
    smoker = Person("female", date(1955, 6, 1), lifestyle=Lifestyle(habits=Habits(smoking="current")))
    quit_ = Lifestyle(habits=Habits(smoking="former"))
    today = date(2025, 6, 1)
    assert hip(profile_of(smoker, today, quit_)) < hip(profile_of(smoker, today))


def test_habits_that_a_plan_does_not_name_stay() -> None:
    habits = Habits(smoking="current", glucocorticoid=5.0)
    smoker = Person("female", date(1955, 6, 1), lifestyle=Lifestyle(habits=habits))
    less = profile_of(smoker, date(2025, 6, 1), Lifestyle(habits=Habits(alcohol=5.0)))
    assert less.factors == {"current_smoking": True, "former_smoking": False, "alcohol": False}
    assert less.glucocorticoid == 5.0
    assert (
        profile_of(smoker, date(2025, 6, 1), Lifestyle(habits=Habits(glucocorticoid=0.0))).glucocorticoid == 0
    )


def test_cortisone_of_the_past_does_not_count_as_taken() -> None:
    past = Habits(glucocorticoid=10.0, spans={"glucocorticoid": Span(-2000.0, -1000.0)})
    who = Person("male", date(1960, 1, 1), lifestyle=Lifestyle(habits=past))
    assert profile_of(who, date(2025, 1, 1)).glucocorticoid is None


def test_a_condition_without_details_is_a_fracture_of_unknown_date() -> None:
    who = Person("female", date(1955, 6, 1), conditions=("previous_fracture",))
    assert profile_of(who, date(2025, 6, 1)).fractures == (PriorFracture(),)


@pytest.mark.parametrize(
    ("sex", "age", "factors", "message"),
    [
        ("woman", 70.0, {}, "female or male"),
        ("female", 25.0, {}, "30 to 110"),
        ("female", float("nan"), {}, "30 to 110"),
        ("female", 70.0, {"fals": True}, "unknown risk factors"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(
    sex: str, age: float, factors: dict[str, bool], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        RiskProfile(sex, age, factors=factors)


def references(content: object) -> Iterator[str]:
    """Yield every text that points at a value of the registry."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            yield from references(item)
    elif isinstance(content, str) and re.fullmatch(r"[a-z0-9.-]+/\S+", content):
        yield content


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_number_pointed_at_is_in_the_registry_and_marked_as_used(path: Path) -> None:
    registry, unused = evidence.load(), []
    for reference in references(yaml.safe_load(path.read_text())):
        for sex in ("female", "male"):
            filled = reference.format(sex=sex, site="lumbar_spine", band="61-70", kind="hip", age="60")
            if "nis-hip" in filled:
                filled = reference.format(sex=sex, band="60-64")
            # TRAVERSE rests under no parameter: it is compared with, no more.
            if registry.value(filled).status != "used" and not filled.startswith("traverse"):
                unused.append(filled)
    assert unused == []
