"""What the registry says about men: numbers that carry the model of their hormones and bone."""

from __future__ import annotations

import pytest

from osteocast import evidence
from osteocast.physiology.parameters import parameters
from osteocast.trials import Trial, load_trials
from osteocast.units import convert

REGISTRY = evidence.load()
OF_MEN = [trial for trial in load_trials() if trial.population.sex == "male"]


def number(reference: str) -> float:
    return REGISTRY.value(reference).number


@pytest.mark.parametrize(
    ("reference", "value", "unit"),
    [
        ("burnett-bowie-2009-bone/ana-lumbar-spine-12", 1.102, "g/cm2"),
        ("leder-2004/daily-estradiol-2.8", 17, "pg/mL"),
        ("tsjoen-2005/let-old-lh-0.92", 323, "pct"),
        ("sex-steroids-castration-gel/normt-lowe-estradiol-0.92", 3.7, "pg/mL"),
        ("testosterone-cypionate-poppk/tc-pk-clearance-f", 2.6, "kL/day"),
        ("traverse-fractures/t-fracture-38.3", 1.43, "ratio"),
        ("smith-2001-pamidronate/leuprolide-lumbar-spine-11", -3.3, "pct"),
        ("amory-2004/te-lumbar-spine-36", 10.2, "pct"),
        ("mros-femoral-neck-loss/all-femoral-neck-55", -1.72, "pct"),
    ],
)
def test_a_number_stands_as_printed(reference: str, value: float, unit: str) -> None:
    found = REGISTRY.value(reference)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ("leder-2004/daily-estradiol-change-2.8", "daily-estradiol-0", "daily-estradiol-2.8"),
        ("leder-2004/daily-lh-change-2.8", "daily-lh-0", "daily-lh-2.8"),
        ("loves-2008/let-testosterone-change-1.4", "let-testosterone-0", "let-testosterone-1.4"),
        ("de-boer-2005/let-lh-change-1.4", "let-lh-0", "let-lh-1.4"),
        ("burnett-bowie-2008-hormones/ana-estradiol-change-3", "ana-estradiol-0", "ana-estradiol-3"),
        ("burnett-bowie-2009-bone/ana-testosterone-change-12", "ana-testosterone-0", "ana-testosterone-12"),
        ("gomula-hcg/hcg-estradiol-change-37", "hcg-estradiol-0", "hcg-estradiol-37"),
    ],
)
def test_a_calculated_change_follows_from_the_printed_means(change: str, before: str, after: str) -> None:
    source = change.split("/")[0]
    expected = 100 * (number(f"{source}/{after}") / number(f"{source}/{before}") - 1)
    assert number(change) == pytest.approx(expected, abs=0.06)
    assert "calculated" in str(REGISTRY.value(change).note)


def test_nothing_of_men_is_still_said_to_be_outside_the_model() -> None:
    reasons = {value.reason for _, value in REGISTRY.values() if value.reason}
    assert not any("men: not covered" in reason for reason in reasons)


def test_one_growing_patient_is_no_trial() -> None:
    for source in ("rochira-2000", "herrmann-2005", "bouillon-2004"):
        assert {value.status for value in REGISTRY.source(source).values} == {"excluded"}


def test_fractures_on_testosterone_rest_under_no_parameter() -> None:
    assert all(value.status == "context" for value in REGISTRY.source("traverse-fractures").values)


def test_the_parameters_of_testosterone_rest_on_registered_sources() -> None:
    of_men = [one for one in parameters().values() if one.name.startswith(("testosterone_", "hcg_", "male_"))]
    assert len(of_men) >= 10
    assert {source for one in of_men for source in one.sources if source not in REGISTRY} == set()


def test_trials_of_men_are_many() -> None:
    assert len(OF_MEN) >= 12
    assert sum(len(trial.arms) for trial in OF_MEN) >= 20
    seen = {one.observable for trial in OF_MEN for one in trial.observations}
    assert seen >= {
        "bmd_lumbar_spine",
        "bmd_total_hip",
        "bmd_femoral_neck",
        "testosterone",
        "estradiol",
        "lh",
    }


@pytest.mark.parametrize("hormone", ["testosterone", "estradiol"])
@pytest.mark.parametrize("trial", OF_MEN, ids=[trial.name for trial in OF_MEN])
def test_a_hormone_that_is_not_assumed_was_read(trial: Trial, hormone: str) -> None:
    read = [
        convert(hormone, value.number, value.unit)
        for source in trial.sources
        for value in REGISTRY.source(source).values
        if value.quantity == hormone and value.month == 0
    ]
    for arm in trial.arms.values():
        own = getattr(arm.population, hormone)
        if own is not None and hormone not in arm.population.assumed:
            assert any(own == pytest.approx(one, rel=0.01) for one in read)
