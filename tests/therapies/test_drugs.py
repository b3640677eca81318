from __future__ import annotations

import math

import pytest

from osteocast import evidence
from osteocast.errors import InputError
from osteocast.physiology import INPUT_INDEX, STATE_INDEX, values
from osteocast.therapies import DRUGS, Course, Dosing, find

PARAMETERS = values()
CONTRACT = {
    "anastrozole",
    "letrozole",
    "exemestane",
    "tamoxifen",
    "zoledronate",
    "ibandronate",
    "risedronate",
    "alendronate",
    "denosumab",
    "goserelin",
    "estradiol",
    "testosterone_cypionate",
    "testosterone_enanthate",
    "testosterone_undecanoate",
    "testosterone_gel",
    "hcg",
    "gonadorelin",
}


def dosing(course: Course, until: float = 3650.0) -> Dosing:
    return find(course.drug).dosing(course, PARAMETERS, until)


def test_every_drug_of_the_field_is_there_under_its_own_name() -> None:
    assert set(DRUGS) >= CONTRACT
    assert all(name == drug.name == name.lower() for name, drug in DRUGS.items())


def test_a_name_or_synonym_leads_to_one_drug_whatever_the_case() -> None:
    known: dict[str, str] = {}
    for drug in DRUGS.values():
        for name in (drug.name, *drug.synonyms):
            assert find(f" {name.upper()} ") is drug
            assert known.setdefault(name.lower(), drug.name) == drug.name


def test_an_unknown_drug_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        find("letrazole")
    assert "letrozole" in caught.value.problems[0].remedy


@pytest.mark.parametrize("name", DRUGS)
def test_a_drug_tells_its_label_and_enters_the_model_where_it_exists(name: str) -> None:
    drug = DRUGS[name]
    assert drug.label_dose > 0.0
    assert drug.label_interval_days > 0.0
    assert drug.cautions_for()
    assert drug.sources
    made = dosing(Course(name, stop_day=1000.0))
    assert made.inputs or made.doses
    assert {target for _, target, _ in made.inputs} <= set(INPUT_INDEX)
    assert {target for _, target, _ in made.doses} <= set(STATE_INDEX)
    assert all(math.isfinite(value) and value > 0.0 for _, _, value in made.doses)


@pytest.mark.parametrize("name", DRUGS)
def test_the_label_is_what_is_taken_when_nothing_is_said(name: str) -> None:
    drug = DRUGS[name]
    said = Course(name, dose=drug.label_dose, interval_days=drug.label_interval_days)
    assert dosing(said) == dosing(Course(name))


@pytest.mark.parametrize("name", DRUGS)
def test_what_is_begun_as_a_rate_is_ended(name: str) -> None:
    made = dosing(Course(name, start_day=10.0, stop_day=400.0))
    for target in {target for _, target, _ in made.inputs}:
        steps = [(day, change) for day, of, change in made.inputs if of == target]
        assert [day for day, _ in steps] == [10.0, 400.0]
        assert sum(change for _, change in steps) == 0.0
    assert all(10.0 <= day < 400.0 for day, _, _ in made.doses)


@pytest.mark.parametrize("name", ["anastrozole", "tamoxifen", "alendronate", "risedronate"])
def test_adherence_scales_a_mean_rate(name: str) -> None:
    full, half = dosing(Course(name)), dosing(Course(name, adherence=0.5))
    for (day, target, whole), (_, same, part) in zip(full.inputs, half.inputs, strict=True):
        assert (day, target) == (0.0, same)
        assert part == pytest.approx(whole / 2)


def test_tablets_far_apart_act_at_their_times_with_the_same_amount() -> None:
    daily, weekly = dosing(Course("anastrozole")), dosing(Course("anastrozole", interval_days=7.0, n_doses=3))
    assert daily.doses == ()
    assert weekly.inputs == ()
    assert [day for day, _, _ in weekly.doses] == [0.0, 7.0, 14.0]
    monthly = dosing(Course("ibandronate", interval_days=30.0, n_doses=10))
    often = dosing(Course("ibandronate", interval_days=1.0, dose=DRUGS["ibandronate"].label_dose / 30.0))
    for pool in ("surface", "deep"):
        given = sum(amount for _, target, amount in monthly.doses if target == f"bisphosphonate_{pool}")
        rate = sum(change for _, target, change in often.inputs if target == f"bisphosphonate_{pool}_rate")
        assert given == pytest.approx(300.0 * rate)


def test_what_a_bisphosphonate_leaves_in_bone_is_what_its_parameters_say() -> None:
    made = dosing(Course("zoledronate", dose=5.0, n_doses=1))
    amounts = {target: amount for _, target, amount in made.doses}
    assert sum(amounts.values()) == pytest.approx(5.0 * PARAMETERS["zoledronate_retained"])
    share = amounts["bisphosphonate_deep"] / sum(amounts.values())
    assert share == pytest.approx(PARAMETERS["zoledronate_deep_share"])


def test_goserelin_cannot_silence_more_than_everything() -> None:
    (_, target, level), *_ = dosing(Course("goserelin", dose=10.8)).inputs
    assert (target, level) == ("gonadal_suppression", 1.0)


@pytest.mark.parametrize(
    ("name", "depot", "worth"),
    [
        ("testosterone_cypionate", "testosterone_depot", 1.0),
        ("testosterone_enanthate", "testosterone_depot", PARAMETERS["testosterone_enanthate_equivalent"]),
        (
            "testosterone_undecanoate",
            "testosterone_depot_slow",
            PARAMETERS["testosterone_undecanoate_equivalent"],
        ),
    ],
)
def test_an_injected_ester_is_counted_in_cypionate(name: str, depot: str, worth: float) -> None:
    made = dosing(Course(name, dose=100.0, interval_days=7.0, n_doses=2))
    assert made.inputs == ()
    assert made.doses == ((0.0, depot, 100.0 * worth), (7.0, depot, 100.0 * worth))


def test_injections_a_day_apart_raise_testosterone_as_much_as_their_mean() -> None:
    (_, target, daily), *_ = dosing(Course("testosterone_cypionate", dose=10.0, interval_days=1.0)).inputs
    assert target == "testosterone_given"
    # 10 mg a day cleared at 2.6 kL a day: 1e7 ng in 26,000 dL.
    assert daily == pytest.approx(1e7 / (PARAMETERS["testosterone_clearance"] * 1e4))
    (_, _, every_other), *_ = dosing(Course("testosterone_cypionate", dose=20.0, interval_days=2.0)).inputs
    assert every_other == pytest.approx(daily)


def test_gel_is_dosed_by_the_testosterone_in_it() -> None:
    (_, target, rise), *_ = dosing(Course("testosterone_gel", dose=50.0)).inputs
    assert (target, rise) == ("testosterone_given", 50.0 * PARAMETERS["testosterone_gel_rise"])


def test_hcg_enters_as_units_a_day() -> None:
    (_, target, units), *_ = dosing(Course("hcg", dose=5000.0, interval_days=3.5)).inputs
    assert (target, units) == ("hcg_given", pytest.approx(5000.0 / 3.5))


def test_gonadorelin_counts_pulses_not_micrograms() -> None:
    def share(**course: float) -> float:
        return dosing(Course("gonadorelin", **course)).inputs[0][2]  # type: ignore[arg-type]

    assert share() == pytest.approx(1.0)
    # Twelve hours of pauses between large injections are two pulses of the day, not a full replacement.
    assert share(dose=0.5, interval_days=0.5) == pytest.approx(2.0 / 12.0)
    assert share(dose=0.1, interval_days=3.5) < 0.05
    assert share(interval_days=1.0 / 24.0) == 1.0


@pytest.mark.parametrize("name", [name for name in DRUGS if name.startswith("testosterone")])
def test_testosterone_promises_no_fewer_fractures(name: str) -> None:
    text = " ".join(DRUGS[name].cautions_for())
    assert "1.43" in text and "prostate" in text and "haematocrit" in text


@pytest.mark.parametrize("name", ["anastrozole", "letrozole", "exemestane"])
def test_inhibitors_warn_men_who_dose_themselves(name: str) -> None:
    of_men = DRUGS[name].cautions_for("male")
    assert any(text.startswith("in a man") and "mass spectrometry" in text for text in of_men)
    assert not any(text.startswith("in a man") for text in DRUGS[name].cautions_for("female"))
    assert not any("ovaries" in text for text in of_men)


@pytest.mark.parametrize("name", DRUGS)
def test_the_sources_of_a_drug_stand_in_the_registry(name: str) -> None:
    registry = evidence.load()
    assert [source for source in DRUGS[name].sources if source not in registry] == []
