"""Trial files: what is accepted, what is refused, and that the published ones are sound."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from osteocast.errors import TrialError
from osteocast.therapies import Course
from osteocast.trials import Trial, load_trial, load_trials, parse_trial

MINIMAL: dict[str, Any] = {
    "trial": "one",
    "population": {"sex": "female", "age": 60, "years_since_menopause": 10},
    "arms": {"drug": {"courses": [{"drug": "letrozole"}]}, "none": {"courses": []}},
    "observations": [
        {
            "arm": "drug",
            "observable": "bmd_total_hip",
            "month": 24,
            "value": -3.0,
            "source": "Author 2020, table 2",
        }
    ],
}


def read(content: dict[str, Any]) -> Trial:
    return parse_trial(yaml.safe_dump(content), "one.yaml")


def changed(path: tuple[Any, ...], given: Any) -> dict[str, Any]:
    content = copy.deepcopy(MINIMAL)
    place: Any = content
    for key in path[:-1]:
        place = place[key] if isinstance(place, list) else place.setdefault(key, {})
    place[path[-1]] = given
    return content


def test_a_minimal_file_takes_defaults() -> None:
    trial = read(MINIMAL)
    assert trial.title == "one"
    assert trial.population.menopause_age == 50
    assert trial.arms["drug"].courses == (Course("letrozole"),)
    seen = trial.observations[0]
    assert (seen.id, seen.unit, seen.statistic, seen.from_month) == (
        "drug-bmd_total_hip-24",
        "pct",
        "mean",
        0,
    )
    assert seen.is_bmd
    assert trial.observation(seen.id) is seen
    assert trial.last_month == 24
    with pytest.raises(KeyError, match="no observation"):
        trial.observation("other")


def test_a_course_is_read_with_everything_that_can_go_wrong_on_the_way() -> None:
    course = {
        "drug": "zoledronate",
        "dose": "4 mg",
        "every": "6 months",
        "start": "1 month",
        "stop": "5 years",
        "doses": 10,
        "adherence": 0.9,
        "missed": [3],
        "late": {4: "60 days"},
    }
    trial = read(changed(("arms", "drug", "courses"), [course]))
    assert trial.arms["drug"].courses == (
        Course("zoledronate", 30.4375, 1826.25, 4.0, 182.625, 0.9, 10, (3,), {4: 60.0}),
    )


def test_a_route_selects_the_form_of_a_drug() -> None:
    trial = read(changed(("arms", "drug", "courses"), [{"drug": "ibandronate", "route": "intravenous"}]))
    assert trial.arms["drug"].courses[0].drug == "ibandronate_iv"


def test_oestradiol_is_dosed_by_the_rise_it_brings() -> None:
    trial = read(changed(("arms", "drug", "courses"), [{"drug": "estradiol", "dose": "18 pmol/L"}]))
    assert trial.arms["drug"].courses[0].dose == pytest.approx(4.9, abs=0.01)


def test_a_rescue_rule_is_read() -> None:
    content = changed(
        ("arms", "drug", "rules"),
        [
            {
                "check": "visits",
                "from": "6 months",
                "if": {"t_score": {"sites": ["lumbar spine", "total_hip"], "below": -2.0}},
                "give": [{"drug": "zoledronate"}],
            }
        ],
    )
    content["visits"] = [6, 12]
    rule = read(content).arms["drug"].rules[0]
    assert rule.from_month == 6
    assert rule.sites == ("lumbar_spine", "total_hip")
    assert rule.below == -2.0
    assert rule.give == (Course("zoledronate"),)


def test_an_arm_overrides_the_population_and_forgets_the_assumption_it_replaces() -> None:
    content = changed(("population", "assumed"), {"age": "not read", "years_since_menopause": "not read"})
    content["arms"]["drug"]["population"] = {"age": 50, "menopause": "premenopausal"}
    trial = read(content)
    assert trial.arms["drug"].population.premenopausal
    assert set(trial.arms["drug"].population.assumed) == {"years_since_menopause"}
    assert trial.arms["none"].population is trial.population


def test_surgical_menopause_is_on_the_first_day() -> None:
    trial = read(changed(("population",), {"sex": "female", "age": 42, "menopause": "surgical"}))
    assert trial.population.surgical
    assert trial.population.menopause_age == 42


def test_men_have_no_menopause() -> None:
    trial = read(changed(("population",), {"sex": "male", "age": 70}))
    assert trial.population.menopause_age is None
    with pytest.raises(TrialError, match="no menopause in men"):
        read(changed(("population",), {"sex": "male", "age": 70, "menopause_age": 50}))


def test_men_bring_their_own_testosterone() -> None:
    men = {"sex": "male", "age": 70, "testosterone": 343, "estradiol": 26}
    assert read(changed(("population",), men)).population.testosterone == 343
    with pytest.raises(TrialError, match="testosterone of men only"):
        read(changed(("population", "testosterone"), 343))
    with pytest.raises(TrialError, match="men's own total testosterone"):
        read(changed(("population",), {**men, "testosterone": 1}))


def test_hcg_is_dosed_in_units() -> None:
    trial = read(
        changed(("arms", "drug", "courses"), [{"drug": "hcg", "dose": "5000 IU", "every": "3.5 days"}])
    )
    assert trial.arms["drug"].courses[0] == Course("hcg", dose=5000.0, interval_days=3.5)
    with pytest.raises(TrialError, match="IU"):
        read(changed(("arms", "drug", "courses"), [{"drug": "hcg", "dose": "5 mg"}]))


def test_a_level_that_was_printed_in_another_unit_is_converted() -> None:
    level = {
        "arm": "drug",
        "observable": "testosterone",
        "month": 1.4,
        "unit": "absolute",
        "evidence": "loves-2008/let-testosterone-1.4",
    }
    seen = read(changed(("observations",), [level])).observations[0]
    # 19.6 nmol/L of 288.4 g/mol, standard error 1.4 nmol/L.
    assert seen.value == pytest.approx(565.3, abs=0.2)
    assert seen.se == pytest.approx(40.4, abs=0.1)


def test_a_registry_value_brings_its_interval() -> None:
    observation = {
        "arm": "drug",
        "observable": "bmd_lumbar_spine",
        "month": 6,
        "evidence": "ies-bone-24-months/exe-lumbar-spine-6",
    }
    seen = read(changed(("observations",), [observation])).observations[0]
    assert (seen.value, seen.ci) == (-2.7, (-3.4, -2.0))


def test_the_lifestyle_of_an_arm_is_read_from_randomisation_on() -> None:
    life = {
        "exercise": {"programme": "walking", "weeks": 52},
        "nutrition": {"calcium": "500 mg/d"},
    }
    trial = read(changed(("arms", "none", "lifestyle"), life))
    read_life = trial.arms["none"].lifestyle
    assert trial.arms["drug"].lifestyle is None
    assert read_life is not None and read_life.nutrition is not None
    (walking,) = read_life.exercise
    assert (walking.start_day, walking.stop_day) == (0.0, 364.0)
    assert (read_life.nutrition.calcium, read_life.nutrition.start_day) == (500.0, 0.0)


PRINTED = {
    "arm": "drug",
    "versus": "none",
    "observable": "bmd_femoral_neck",
    "month": 8,
    "evidence": "liftmor/hirit-femoral-neck-8",
    "versus_evidence": "liftmor/con-femoral-neck-8",
}


def test_the_difference_of_two_printed_means_is_taken_with_its_error() -> None:
    seen = read(changed(("observations",), [PRINTED])).observations[0]
    # 0.3 (SD 2.6, n 49) and -1.9 (SD 2.6, n 52).
    assert seen.value == pytest.approx(2.2)
    assert seen.standard_error == pytest.approx(2.6 * (1 / 49 + 1 / 52) ** 0.5)
    assert (seen.n, seen.ci, seen.sd) == (49, None, None)
    assert seen.versus_evidence == PRINTED["versus_evidence"]


def test_a_null_has_the_interval_that_was_printed_or_follows_from_its_error() -> None:
    null = {**MINIMAL["observations"][0], "value": 0.2, "null_result": True}
    printed, from_error, from_people = (
        read(changed(("observations",), [null | how])).observations[0]
        for how in ({"ci": [-0.5, 0.9]}, {"se": 0.5}, {"sd": 3.0, "n": 36})
    )
    assert printed.null_result and printed.interval == (-0.5, 0.9)
    assert from_error.interval == (-0.78, 1.18)
    assert from_people.interval == (-0.78, 1.18)
    assert read(MINIMAL).observations[0].interval is None


WRONG: list[tuple[tuple[Any, ...], Any, str]] = [
    (("trail",), "x", "did you mean trial"),
    (("trial",), None, "trial: got nothing"),
    (("sources",), ["zofast-12-months"], "did you mean zo-fast-12-months"),
    (("population",), None, "who took part"),
    (("population", "age"), "sixty", "population.age"),
    (("population", "sex"), "f", "population.sex"),
    (("population", "menopause_age"), 50, "one of menopause_age, years_since_menopause, menopause"),
    (("population", "years_since_menopause"), None, "population.menopause"),
    (("population", "years_since_menopause"), 45, "between 20 and 75"),
    (("population", "menopause"), "post", "population.menopause"),
    (("population", "t_score"), {"spine": [-1, 1]}, "population.t_score.spine"),
    (("population", "t_score"), {"total_hip": -1}, r"\[mean, standard deviation\]"),
    (("population", "t_score"), {"total_hip": [-1, -1]}, "not negative"),
    (("population", "t_score_range"), {"total_hip": [1, -1]}, "exchange the two"),
    (("population", "calcium_supplement"), -5, "calcium as a supplement"),
    (("population", "history"), [{"drug": "tamoxifen", "start": "-12 months"}], "stop at or before day 0"),
    (("population", "history"), [{"drug": "tamoxifen", "stop": "0"}], "start before day 0"),
    (("population", "assumed"), {"wieght": "x"}, "a field of the population"),
    (("population", "assumed"), {"age": ""}, "a reason"),
    (("arms",), None, "at least one arm"),
    (("arms", "drug"), {"course": []}, "did you mean courses"),
    (("arms", "drug", "courses", 0, "drug"), "letrazole", "did you mean letrozole"),
    (("arms", "drug", "courses", 0, "drug"), None, "courses\\[0\\].drug: got nothing"),
    (("arms", "drug", "courses", 0, "route"), "rectal", "route of letrozole"),
    (("arms", "drug", "courses", 0, "dose"), "4 furlongs", "a unit of dose"),
    (("arms", "drug", "courses", 0, "every"), 6, "6 months"),
    (("arms", "drug", "courses", 0, "every"), "0 days", "above 0"),
    (("arms", "drug", "courses", 0, "start"), "-3 months", "population.history"),
    (("arms", "drug", "courses", 0, "stop"), "soon", "a duration"),
    (("arms", "drug", "courses", 0, "adherence"), 90, "share of doses"),
    (("arms", "drug", "courses", 0, "missed"), [0], "count doses from 1"),
    (("arms", "drug", "courses", 0, "late"), {"1": "late"}, "a duration"),
    (("arms", "drug", "rules"), [{"check": "visits", "give": []}], "a condition"),
    (("arms", "drug", "rules"), [{"check": "daily"}], "known check"),
    (("visits",), [12, 6], "rising order"),
    (("observations",), [], "at least one observation"),
    (("observations", 0, "arm"), "drog", "did you mean drug"),
    (("observations", 0, "versus"), "drug", "another arm"),
    (("observations", 0, "observable"), "bmd_spine", "known observable"),
    (("observations", 0, "month"), None, "give the month"),
    (("observations", 0, "from_month"), 24, "a change needs two times"),
    (("observations", 0, "unit"), "percent", "known unit"),
    (("observations", 0, "statistic"), "mode", "known statistic"),
    (("observations", 0, "value"), None, "give value and source"),
    (("observations", 0, "source"), None, "where the number was read"),
    (("observations", 0, "ci"), [1, -1], "low below high"),
    (("observations", 0, "ci"), [1], "low below high"),
    (("observations", 0, "n"), 0.5, "number of people"),
    (("arms", "none", "lifestyle"), {"exercise": "wlaking"}, "did you mean walking"),
    (("arms", "none", "lifestyle"), {"sport": "walking"}, r"arms\.none\.lifestyle\.sport"),
    (("observations", 0, "null_result"), True, "an interval beside it"),
    (("observations", 0, "null_result"), "yes, none", "null_result: true"),
    (("observations", 0, "versus_evidence"), "liftmor/con-femoral-neck-8", "versus and evidence beside it"),
    (("observations", 0), {**PRINTED, "observable": "ctx", "unit": "g_per_cm2"}, "a unit of bone density"),
    (("observations", 0, "evidence"), "ies-bone-24-months/exe-lumbar-spine-6", "not both"),
    (("observations", 0, "evidence"), "ies-bone/exe", "no source"),
    (("observations", 0, "evidence"), "abcsg-12-bone/no-zol-lumbar-spine-36", "it is excluded"),
]


@pytest.mark.parametrize(("path", "given", "message"), WRONG, ids=lambda item: str(item)[:40])
def test_a_wrong_field_is_named_with_a_remedy(path: tuple[Any, ...], given: Any, message: str) -> None:
    with pytest.raises(TrialError, match=message):
        read(changed(path, given))


def test_stop_before_start_is_refused() -> None:
    course = {"drug": "letrozole", "start": "12 months", "stop": "6 months"}
    with pytest.raises(TrialError, match="a stop after the start"):
        read(changed(("arms", "drug", "courses"), [course]))


def test_rules_need_visits() -> None:
    limit = {"t_score": {"sites": ["total_hip"], "below": -2}}
    rule = {"check": "visits", "if": limit, "give": [{"drug": "zoledronate"}]}
    with pytest.raises(TrialError, match="at which visits"):
        read(changed(("arms", "drug", "rules"), [rule]))


def test_every_problem_is_listed_at_once() -> None:
    content = changed(("arms", "drug", "courses", 0, "drug"), "letrazole")
    content["population"]["age"] = 300
    content["observations"].append({"arm": "x"})
    with pytest.raises(TrialError) as caught:
        read(content)
    assert {problem.field for problem in caught.value.problems} >= {
        "arms.drug.courses[0].drug",
        "population.age",
        "observations[1].arm",
        "observations[1].month",
        "observations[1].observable",
    }
    assert all(problem.remedy for problem in caught.value.problems)


def test_an_id_stands_once() -> None:
    content = copy.deepcopy(MINIMAL)
    content["observations"] = [
        {**MINIMAL["observations"][0], "id": "a", "month": month} for month in (12, 24)
    ]
    with pytest.raises(TrialError, match="an id of its own"):
        read(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "a: &x [*x]",
        "trial: [",
        "trial: a\ntrial: b\n",
        "population: {age: .nan}",
        "x: " + "9" * 300_000,
        "a: !!python/object/apply:os.system [echo]",
    ],
)
def test_a_document_that_is_no_plain_yaml_is_refused(text: str) -> None:
    with pytest.raises(TrialError):
        parse_trial(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrialError, match=re.escape("nowhere.yaml")):
        load_trial(tmp_path / "nowhere.yaml")
    with pytest.raises(TrialError, match="a directory with trial files"):
        load_trials(tmp_path)


def test_problems_of_a_directory_name_their_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(MINIMAL))
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(changed(("population", "age"), 300)))
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(MINIMAL))
    with pytest.raises(TrialError) as caught:
        load_trials(tmp_path)
    assert [problem.field for problem in caught.value.problems] == ["b.yaml: population.age", "trial"]
    (tmp_path / "b.yaml").unlink()
    (tmp_path / "c.yaml").unlink()
    assert [trial.name for trial in load_trials(tmp_path)] == ["one"]
