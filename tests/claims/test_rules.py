"""The rule from numbers to a verdict: trials decide, the model can only lower, and anything can fail."""

from __future__ import annotations

import pytest

from osteocast.claims import Criterion, Finding, Number, Published
from osteocast.claims.rules import findings, reason, verdict


def number(simulated: float | None, *published: Published) -> Number:
    return Number("spine", "lumbar spine", "%", simulated, None, None, published)


def read(value: float | None, ci: tuple[float, float] | None = None) -> Published:
    return Published(("source/value",), value, ci)


GAIN = Criterion("spine", low=1.0)


def judged(one: Number, *criteria: Criterion) -> str:
    return verdict(findings(criteria or (GAIN,), {"spine": one}))


def test_trials_and_model_together_support() -> None:
    assert judged(number(2.0, read(1.5), read(3.0))) == "supported"


def test_one_trial_against_it_makes_it_partly() -> None:
    assert judged(number(2.0, read(1.5), read(0.2))) == "partly"


def test_trials_against_it_win_over_the_model() -> None:
    assert judged(number(2.0, read(0.1), read(-0.2))) == "not supported"


def test_a_model_that_does_not_show_it_lowers_the_verdict_and_never_raises_it() -> None:
    assert judged(number(0.1, read(1.5))) == "partly"
    assert judged(number(0.1, read(0.2))) == "not supported"


def test_without_publications_the_model_decides_nothing() -> None:
    assert judged(number(2.0)) == "not studied"
    assert judged(number(0.1)) == "not studied"


def test_a_condition_on_which_nothing_was_published_leaves_at_best_partly() -> None:
    numbers = {"spine": number(2.0, read(1.5)), "hip": Number("hip", "total hip", "%", 2.0, None, None, ())}
    found = findings((GAIN, Criterion("hip", low=1.0)), numbers)
    assert verdict(found) == "partly"
    assert "on 1 nothing was published" in reason(found)


def test_no_condition_is_answered_in_words() -> None:
    assert verdict(()) == "answered in words"


@pytest.mark.parametrize(
    ("interval", "expected"),
    [((1.1, 2.5), "supported"), ((0.9, 2.5), "not supported"), (None, "not supported")],
)
def test_a_clear_effect_needs_its_whole_interval(interval: tuple[float, float], expected: str) -> None:
    clear = Criterion("spine", low=1.0, clear=True)
    assert judged(number(2.0, read(1.8, interval)), clear) == expected


def test_a_result_without_a_number_meets_nothing() -> None:
    assert judged(number(2.0, read(None))) == "not supported"


@pytest.mark.parametrize(("simulated", "expected"), [(4.0, "supported"), (6.0, "partly")])
def test_a_simulation_far_from_what_was_published_lowers_the_verdict(simulated: float, expected: str) -> None:
    near = Criterion("spine", within=2.0)
    assert judged(number(simulated, read(3.0)), GAIN, near) == expected


def test_a_simulation_within_the_confidence_interval_counts_as_near() -> None:
    found = findings((Criterion("spine", within=0.5),), {"spine": number(5.0, read(3.0, (1.0, 6.0)))})
    assert [one.holds for one in found] == [True]


def test_bounds_are_inclusive_and_may_be_two() -> None:
    band = Criterion("spine", low=-2.0, high=-1.0)
    assert judged(number(-1.0, read(-2.0)), band) == "supported"
    assert judged(number(-1.0, read(-2.1)), band) == "not supported"


def test_a_difference_of_printed_decimals_may_lie_on_a_bound() -> None:
    assert judged(number(0.9, read(0.2 - (-0.7))), Criterion("spine", low=0.9)) == "supported"


def test_the_reason_counts_what_was_met() -> None:
    found = findings((GAIN,), {"spine": number(0.1, read(1.5), read(0.2))})
    assert reason(found) == (
        "Of 1 condition, published values meet 0 in full and 1 in part; the simulation meets 0 of 1."
    )
    assert [one.met for one in found] == [1, 0]
    near = findings((Criterion("spine", within=2.0),), {"spine": number(4.0, read(3.0), read(0.0))})
    assert reason((found[0], *near)).endswith("; the simulation lies near 1 of 2 published values.")
    assert isinstance(found[0], Finding)
