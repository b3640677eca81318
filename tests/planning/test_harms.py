"""Harm on one denominator: published rates times the years for which they were counted."""

from __future__ import annotations

import numpy as np
import pytest

from osteocast import evidence
from osteocast.guidance import rates
from osteocast.guidance.harms import per_10000
from osteocast.planning.data import data
from osteocast.planning.harm_spread import harm_draws
from osteocast.planning.harms import harm_of, mixed_harm
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

TEN_YEARS = 10 * DAYS_PER_YEAR
YEARLY = DAYS_PER_YEAR


def expected(courses: list[Course], what: str) -> float:
    return sum(part.expected for part in harm_of(courses, TEN_YEARS).parts if what in part.what)


def test_the_jaw_on_denosumab_is_the_rate_that_guidance_tells_times_the_years() -> None:
    (rate,) = [one.per_10000 for one in rates("denosumab") if "jaw" in one.what]
    five = [Course("denosumab", n_doses=10)]
    assert expected(five, "jaw") == pytest.approx(5 * rate, rel=1e-6)
    assert expected([Course("denosumab")], "jaw") == pytest.approx(10 * rate, rel=1e-6)


def test_hypocalcaemia_counts_once_and_femurs_by_years_of_use() -> None:
    long, short = [Course("denosumab", n_doses=10)], [Course("denosumab", n_doses=4)]
    assert expected(long, "hypocalcaemia") == pytest.approx(expected(short, "hypocalcaemia"))
    assert expected(short, "femur") == 0.0
    assert expected(long, "femur") > 0.0
    known = evidence.load()
    early = per_10000(known.value("atypical-fracture-kaiser-2020/lt3y-aff-60"))
    late = per_10000(known.value("schilcher-2015/users-ge4y-aff-rate-48"))
    weekly = [Course("alendronate", 0.0, 6 * DAYS_PER_YEAR)]
    middle = per_10000(known.value("atypical-fracture-kaiser-2020/ge3y-aff-60"))
    assert expected(weekly, "femur") == pytest.approx(3 * early + middle + 2 * late, rel=1e-6)


def test_years_before_today_count_towards_the_years_of_use_but_not_as_harm_to_come() -> None:
    long_user = [Course("alendronate", -6 * DAYS_PER_YEAR, DAYS_PER_YEAR)]
    beginner = [Course("alendronate", 0.0, DAYS_PER_YEAR)]
    assert expected(long_user, "femur") > 5 * expected(beginner, "femur")
    over = [Course("alendronate", -6 * DAYS_PER_YEAR, -DAYS_PER_YEAR)]
    assert harm_of(over, TEN_YEARS).per_10000 == 0.0


def test_the_jaw_depends_on_the_amount_of_zoledronate() -> None:
    twice = [Course("zoledronate", dose=4.0, n_doses=10)]
    once = [Course("zoledronate", dose=5.0, interval_days=YEARLY, n_doses=5)]
    assert expected(twice, "jaw") > 5 * expected(once, "jaw") > 0
    assert len([part for part in harm_of(twice, TEN_YEARS).parts if "jaw" in part.what]) == 1


def test_what_has_no_rate_is_named_and_no_drug_has_no_harm() -> None:
    found = harm_of([Course("zoledronate", n_doses=2)], TEN_YEARS)
    assert any("kidneys" in text for text in found.unknown)
    nothing = harm_of([Course("letrozole", 0.0, 1826.0)], TEN_YEARS)
    assert (nothing.per_10000, nothing.parts, nothing.unknown) == (0.0, (), ())


def test_a_mixture_is_the_mean_of_its_parts() -> None:
    none, some = harm_of([], TEN_YEARS), harm_of([Course("denosumab", n_doses=6)], TEN_YEARS)
    mixed = mixed_harm([(0.75, none), (0.25, some)])
    assert mixed.per_10000 == pytest.approx(0.25 * some.per_10000)
    assert {part.what for part in mixed.parts} == {part.what for part in some.parts}


@pytest.mark.parametrize("name", [name for name in data("harms") if name != "unknown"])
def test_every_rate_has_its_source(name: str) -> None:
    known = evidence.load()
    entry = data("harms")[name]
    for span in entry["spans"]:
        for reference in [*span["rates"], *([span["less"]] if "less" in span else [])]:
            assert known.value(reference).number >= 0
    assert set(entry["drugs"]) <= set(data("options")["routes"])


def test_every_plan_says_what_its_length_rests_on() -> None:
    known = evidence.load()
    chosen = data("options")
    for reference in chosen["waiting"]["sources"]:
        known.value(reference)
    for entry in chosen["plans"].values():
        assert entry["sources"]
        for reference in entry["sources"]:
            known.value(reference)


def test_what_guidance_tells_of_femurs_and_denosumab_is_what_plans_are_charged_with() -> None:
    entries = [entry for name, entry in data("harms").items() if name != "unknown"]
    charged = {
        (drug, reference)
        for entry in entries
        for drug in entry["drugs"]
        for span in entry["spans"]
        for reference in span["rates"]
    }
    told = {
        (drug, rate.sources[0])
        for drug in {drug for drug, _ in charged}
        for rate in rates(drug)
        # What stopping does is simulated; the jaw on zoledronate is counted at the dose of the plan.
        if rate.kind == "harm" and "after stopping" not in rate.what and "denser schedule" not in rate.what
    }
    assert len(told) >= 8
    assert told <= charged


def test_rates_are_drawn_about_what_was_counted() -> None:
    for courses in (
        [Course("denosumab", n_doses=10)],
        [Course("alendronate", 0.0, 5 * DAYS_PER_YEAR)],
        [Course("zoledronate", dose=4.0, n_doses=10)],
    ):
        drawn = harm_draws(courses, TEN_YEARS, 4000)
        parts = {(part.drug, part.what): part.expected for part in harm_of(courses, TEN_YEARS).parts}
        assert drawn.keys() == parts.keys()
        for key, expected_here in parts.items():
            low, high = np.quantile(drawn[key], (0.05, 0.95))
            assert low < expected_here < high, key


def test_few_events_leave_more_open_than_many() -> None:
    def ratio(courses: list[Course], drug: str, what: str) -> float:
        low, high = np.quantile(harm_draws(courses, TEN_YEARS, 4000)[drug, what], (0.05, 0.95))
        return float(high / low)

    denosumab = [Course("denosumab", n_doses=10)]
    jaw, femur = "osteonecrosis of the jaw", "atypical femur fracture"
    # Thirteen events, as Garwood's 90% interval of a count has it: 7.7 to 20.7; of one, 0.05 to 4.7.
    assert ratio(denosumab, "denosumab", jaw) == pytest.approx(20.7 / 7.7, rel=0.12)
    assert ratio(denosumab, "denosumab", femur) > 8.0


def test_every_rate_says_how_many_events_stand_behind_it() -> None:
    for name, entry in data("harms").items():
        for span in entry.get("spans", ()):
            without = [evidence.load().value(one) for one in span["rates"]] if "events" not in span else []
            assert all(value.ci and None not in value.ci for value in without), name
            assert len(span.get("events", span["rates"])) == len(span["rates"]), name
            assert ("less" in span) == ("less_events" in span), name


def test_cases_of_the_jaw_on_denosumab_are_those_of_both_arms_of_the_extension() -> None:
    counted = [evidence.load().value(f"review-pmc8305263/jaw-cases-{arm}-years") for arm in ("ten", "seven")]
    assert data("harms")["denosumab-jaw"]["spans"][0]["events"] == [sum(one.number or 0 for one in counted)]
