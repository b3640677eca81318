"""Every claim has an answer, computed from numbers that exist, by a rule that can fail."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from osteocast import evidence
from osteocast.claims import GROUPS, Answer, Claim, Result, as_data, ask, load_claims, load_tables, run
from osteocast.claims.load import FOLDER
from osteocast.claims.running import arms_of
from osteocast.claims.scenarios import load_scenarios
from osteocast.claims.schema import FromRegistry
from osteocast.errors import InputError

IDS = (
    *(f"S{i}" for i in range(1, 12)),
    *(f"L{i}" for i in range(1, 7)),
    *(f"E{i}" for i in range(1, 9)),
    *(f"N{i}" for i in range(1, 7)),
    *("H1", "G1"),
    *(f"M{i}" for i in range(1, 7)),
    *(f"W{i}" for i in range(1, 4)),
)
VERDICTS = {"supported", "partly", "not supported", "not studied", "answered in words"}
CLAIMS = {claim.id: claim for claim in load_claims()}


@pytest.fixture(scope="module")
def result() -> Result:
    return ask(draws=2)


@pytest.fixture(scope="module")
def answers(result: Result) -> dict[str, Answer]:
    return {answer.id: answer for answer in result.answers}


def test_every_claim_has_an_answer(answers: dict[str, Answer]) -> None:
    assert tuple(answers) == IDS
    assert {answer.verdict for answer in answers.values()} <= VERDICTS


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_no_file_says_the_verdict(claim: Claim) -> None:
    content = yaml.safe_load((FOLDER / f"{claim.group}.yaml").read_text())
    assert all("verdict" not in entry for entry in content)
    assert not any(word in claim.words.casefold() for word in ("partly supported", "not supported"))


def test_what_is_asked_is_answered_in_numbers_or_in_words(answers: dict[str, Answer]) -> None:
    in_words = {key for key, answer in answers.items() if answer.verdict == "answered in words"}
    assert in_words == {"S11", "W3"}
    for key in in_words:
        assert len(CLAIMS[key].words) > 200
        assert CLAIMS[key].sources
    assert all(answers[key].numbers and answers[key].findings for key in set(IDS) - in_words)


def test_every_simulated_number_is_finite_and_lies_in_its_range(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        for number in answer.numbers:
            if CLAIMS[answer.id].measures[number.name].reading is None:
                assert number.simulated is None
                assert number.published, f"{answer.id}/{number.name} rests on nothing"
            else:
                assert number.simulated is not None
                assert abs(number.simulated) < 1e6
                reading = CLAIMS[answer.id].measures[number.name].reading
                assert (number.low is None) == (
                    reading is not None and bool(reading.hazard or reading.person)
                )
                assert number.low is None or number.high is None or number.low <= number.high


def test_what_decides_is_in_the_registry(answers: dict[str, Answer]) -> None:
    known = evidence.load()
    for answer in answers.values():
        for number in answer.numbers:
            for one in number.published:
                assert all(known.value(reference) for reference in one.references)
        assert set(answer.references) <= set(known.ids)


@pytest.mark.parametrize("key", ["L4", "M1", "M2", "M3", "E8"])
def test_a_claim_of_trials_that_hold_it_is_supported_by_what_was_published(
    key: str, answers: dict[str, Answer]
) -> None:
    published = [one for one in answers[key].findings if one.side == "published"]
    assert published
    assert all(one.holds for one in published)


@pytest.mark.parametrize("key", ["E4"])
def test_a_claim_that_trials_refute_is_not_supported(key: str, answers: dict[str, Answer]) -> None:
    assert answers[key].verdict == "not supported"


@pytest.mark.parametrize("key", ["S4", "E6"])
def test_what_nobody_measured_is_not_studied(key: str, answers: dict[str, Answer]) -> None:
    assert answers[key].verdict == "not studied"


@pytest.mark.parametrize(
    ("key", "measure", "other"),
    [
        # Denosumab with the hazard ratio of a treatment that does nothing, and so on.
        ("M2", "fractures", "tseng-2018-meta-analysis/ai-post-tx-fracture-hr"),
        ("E8", "falls", "vital-fractures/vitd-fracture-hr-64"),
        ("L4", "net", "ultra/e2-14ug-lumbar-spine-24"),
    ],
)
def test_other_numbers_give_another_verdict(
    key: str, measure: str, other: str, answers: dict[str, Answer]
) -> None:
    claim = CLAIMS[key]
    changed = replace(claim.measures[measure], published=(FromRegistry(other),))
    altered = replace(claim, measures={**claim.measures, measure: changed})
    (answer,) = run(draws=0, claims=[altered])
    assert answer.verdict == "partly"
    assert all(one.holds for one in answers[key].findings if one.side == "published")
    assert not all(one.holds for one in answer.findings if one.side == "published")


def test_a_trial_that_contradicts_every_condition_refutes() -> None:
    claim = CLAIMS["E5"]
    null = (FromRegistry("tseng-2018-meta-analysis/ai-post-tx-fracture-hr"),)
    altered = {name: replace(one, published=null) for name, one in claim.measures.items()}
    (answer,) = run(draws=0, claims=[replace(claim, measures=altered)])
    assert answer.verdict == "not supported"


def test_a_scenario_with_an_arm_switched_off_differs(answers: dict[str, Answer]) -> None:
    parts = {number.name: number.simulated for number in answers["S4"].numbers if number.name != "all"}
    assert len(parts) == 5
    assert all(part is not None and part < 0.999 for part in parts.values())


def test_only_some_can_be_asked_and_an_unknown_one_is_named() -> None:
    assert [answer.id for answer in run(["m2", "L3"], draws=0)] == ["L3", "M2"]
    with pytest.raises(InputError, match=r"X9.*S1"):
        run(["X9"], draws=0)


def test_the_chances_of_plans_are_those_of_the_verdict(answers: dict[str, Answer]) -> None:
    chances = {number.name: number.simulated for number in answers["M6"].numbers}
    for name in ("alone-normal", "alone-low", "with-drug"):
        chance = chances[name]
        assert chance is not None and 0 <= chance <= 1
    assert chances["alone-low"] < chances["with-drug"]  # type: ignore[operator]


def test_without_draws_there_are_no_ranges() -> None:
    (answer,) = run(["L3"], draws=0)
    assert all(number.low is None for number in answer.numbers)


def test_every_scenario_is_asked_by_a_claim_or_a_table() -> None:
    asked = {arm for claim in CLAIMS.values() for arm in arms_of(claim)}
    asked |= {arm for table in load_tables() for row in table.rows for arm in row[1:] if arm}
    assert set(load_scenarios()) == asked


def test_the_tables_of_mediators_and_of_the_ratio_are_complete(result: Result) -> None:
    tables = {table.spec.key: table for table in result.tables}
    mediators = " ".join(row[0] for row in tables["mediators"].spec.rows)
    assert all(name in mediators for name in ("RANKL", "OPG", "sclerostin", "oestradiol", "PTH", "load"))
    for table in tables.values():
        assert all(len(cells) == len(table.spec.columns) for cells in table.cells)
    ratio = dict(zip([row[0] for row in tables["ratio"].spec.rows], tables["ratio"].cells, strict=True))
    assert ratio["denosumab"][0] < 0.2 < 1 < ratio["anastrozole"][0]


def test_the_data_can_be_written_and_read_again(result: Result) -> None:
    content = json.loads(json.dumps(as_data(result), allow_nan=False))
    assert [entry["id"] for entry in content["claims"]] == list(IDS)
    assert content["tables"][0]["rows"]


def test_every_group_has_its_file() -> None:
    assert {claim.group for claim in CLAIMS.values()} == set(GROUPS)


WRONG = """
- id: X1
  claim: a claim
  question: a question
  grade: E
  because: reasons
  words: words
  numbers:
    spine:
      what: spine
      simulate: {arm: nobody, observable: bmd_spine, month: 12}
      published: [atac-bone-60-month/x]
  rule:
    - {number: hip, at_least: 1}
"""


def test_every_mistake_of_a_file_is_listed(tmp_path: Path) -> None:
    for group in GROUPS:
        (tmp_path / f"{group}.yaml").write_text(WRONG if group == "loss" else "[]")
    with pytest.raises(InputError) as caught:
        load_claims(tmp_path)
    text = str(caught.value)
    for part in ("bmd_spine", "atac-bone-60-months", "grade", "a known number"):
        assert part in text


def test_a_scenario_that_is_not_there_is_named() -> None:
    claim = CLAIMS["L3"]
    reading = claim.measures["spine"].reading
    assert reading is not None
    wrong = replace(claim.measures["spine"], reading=replace(reading, arm="anastrozol"))
    with pytest.raises(InputError, match="did you mean anastrozole"):
        run(draws=0, claims=[replace(claim, measures={**claim.measures, "spine": wrong})])
