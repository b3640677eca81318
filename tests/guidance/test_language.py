from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteocast.errors import EvidenceError
from osteocast.guidance import Facts
from osteocast.guidance.language import condition_from, leaves, reading, threshold

from .cases import WOMAN, load

FACTS = Facts(load(WOMAN))
YES = {"fact": "female"}
NO = {"fact": "female", "is": False}
UNKNOWN = {"fact": "smoking"}
FORMS = {True: YES, False: NO, None: UNKNOWN}
TRUTHS = st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=6)


def truth(content: object) -> bool | None:
    return condition_from(content).truth(FACTS, {})


@given(TRUTHS)
def test_all_any_and_not_follow_kleene(truths: list[bool | None]) -> None:
    parts = [FORMS[each] for each in truths]
    # False below unknown below true: all is the least, any the greatest.
    rank = {False: 0, None: 1, True: 2}
    assert rank[truth({"all": parts})] == min(rank[each] for each in truths)
    assert rank[truth({"any": parts})] == max(rank[each] for each in truths)
    assert rank[truth({"not": {"any": parts}})] == 2 - max(rank[each] for each in truths)


@given(TRUTHS, st.integers(1, 6))
def test_a_count_is_decided_only_when_the_unknown_cannot_change_it(truths: list[bool | None], n: int) -> None:
    found = truth({"count": [FORMS[each] for each in truths], "at_least": n})
    possible = {sum(each is True for each in truths) + extra >= n for extra in range(truths.count(None) + 1)}
    assert found is (possible.pop() if len(possible) == 1 else None)


def test_a_list_that_the_source_may_continue_never_says_no() -> None:
    assert truth({"count": [NO, NO], "at_least": 1}) is False
    assert truth({"count": [NO, NO], "at_least": 1, "complete": False}) is None
    assert truth({"count": [YES, NO], "at_least": 1, "complete": False}) is True
    open_ = reading(condition_from({"all": [{"count": [NO], "at_least": 1, "complete": False}]}), FACTS)
    assert open_.unread == ("further risk factors that the source may name",)


def test_what_was_not_read_is_not_known() -> None:
    assert truth({"unread": "the threshold"}) is None
    assert truth({"all": [NO, {"unread": "the threshold"}]}) is False


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("below", -1.2, False),
        ("at_most", -1.2, True),
        ("above", -1.2, False),
        ("at_least", -1.2, True),
        ("below", -1.1, True),
        ("above", -1.3, True),
    ],
)
def test_the_edge_belongs_to_one_side(operator: str, value: float, holds: bool) -> None:
    assert truth({"fact": "lowest_t_score", operator: value}) is holds


def test_thresholds_come_from_the_registry_in_the_unit_of_the_fact() -> None:
    assert threshold("joint-statement-2017-inhibitors/treat-below") == -2.0
    assert threshold("joint-statement-2017-inhibitors/density-again#high") == 24
    # 30 nmol/L of 25-hydroxyvitamin D.
    assert threshold("nos-2013-vitamin-d/deficient", "vitamin_d") == pytest.approx(12.02, abs=0.01)
    with pytest.raises(EvidenceError):
        threshold("joint-statement-2017-inhibitors/treat-belov")
    with pytest.raises(EvidenceError, match="no low end"):
        threshold("joint-statement-2017-inhibitors/treat-below#low")


@pytest.mark.parametrize(
    "content",
    [
        "female",
        {},
        {"fact": "no_such_fact"},
        {"fact": "age", "over": 3},
        {"fact": "age", "above": 1, "below": 2},
    ],
)
def test_what_is_no_condition_is_refused(content: object) -> None:
    with pytest.raises(ValueError, match=r"condition|fact|below"):
        condition_from(content)


def test_an_assumed_answer_goes_before_the_fact() -> None:
    condition = condition_from({"all": [YES, NO]})
    second = list(leaves(condition))[1]
    assert condition.truth(FACTS, {}) is False
    assert condition.truth(FACTS, {id(second): True}) is True


def test_every_fact_has_words_and_says_how_to_give_it() -> None:
    assert len(Facts.names()) > 40
    for name in Facts.names():
        fact = FACTS[name]
        assert fact.label
        assert fact.ask, name
        assert fact.label in fact.words()
