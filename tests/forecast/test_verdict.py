"""The verdict: what adequate means, what it hangs on, when a scan settles it, and who is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import osteocast as oc
from osteocast.errors import NotCovered
from osteocast.forecast import Verdict, verdict, verdict_headline
from osteocast.forecast.adequacy import Criteria, criteria_of, judge, judged_days
from osteocast.forecast.bands import weighted_quantiles
from osteocast.forecast.drivers import shares
from osteocast.forecast.grading import GRADES, grade
from osteocast.forecast.scans import site_basis
from osteocast.forecast.settling import outlook, posterior_probability
from osteocast.forecast.twins import spread_out
from osteocast.forecast.verdict_plans import course_end, judged_plans, sensible_lifestyle
from osteocast.forecast.verdict_results import PlanVerdict
from osteocast.forecast.verdict_words import percent, settling_words
from osteocast.lifestyle import PROGRAMMES, Lifestyle
from osteocast.person import SITES, Case, Plan, load_case
from osteocast.population import quantiles
from osteocast.therapies import Course
from osteocast.units import DAYS_PER_YEAR

from .example_cases import EXAMPLES, ON_ANASTROZOLE, TODAY, WOMAN, case_of

NAMES = (
    "postmenopausal-anastrozole",
    "man-testosterone-anastrozole",
    "ovarian-suppression-exemestane",
    "letrozole-denosumab-exit",
)


@cache
def example(name: str = NAMES[0], people: int = 512) -> Verdict:
    return verdict(load_case(EXAMPLES / f"{name}.yaml", today=TODAY), people=people)


def scanned(spine: float, hip: float, *, more: str = "") -> Case:
    """A woman on anastrozole with one scan, by T-scores."""
    return case_of(
        f"""person: {{sex: female, birth_date: 1963-05-14, menopause: {{age: 50}}{more}}}
treatments: [{{drug: anastrozole, start: 2025-03-10, stop: 2030-03-10}}]
scans:
  - date: 2025-03-01
    device: hologic
    reference: NHANES III
    sites:
      lumbar_spine: {{t_score: {spine}, reference: Hologic}}
      total_hip: {{t_score: {hip}}}
options: {{as_of: 2025-03-10}}
"""
    )


def criteria(case: Case) -> Criteria:
    sites = {site: site_basis(case, site) for site in SITES}
    levels = {site: basis.scans[-1].bmd for site, basis in sites.items() if basis.scans}
    return criteria_of(case, sites, levels, 5 * DAYS_PER_YEAR)


# --- What adequate means


@pytest.mark.parametrize(
    ("spine", "hip", "start"),
    [
        (0.5, -0.9, "normal"),
        (-1.0, 0.0, "normal"),
        (-1.1, 0.3, "osteopenia"),
        (-1.5, -2.4, "osteopenia"),
        (-1.5, -2.5, "osteoporosis"),
    ],
)
def test_the_start_is_the_class_of_the_lowest_site(spine: float, hip: float, start: str) -> None:
    assert criteria(scanned(spine, hip)).start == start


def test_thresholds_follow_the_start_and_leave_room_for_error() -> None:
    normal = criteria(scanned(0.5, -0.95))
    assert normal.thresholds["lumbar_spine"] == -1.0
    # A hair above the limit: only more than the error of a scan counts as falling below it.
    assert -1.4 < normal.thresholds["total_hip"] < -1.0
    assert set(criteria(scanned(-1.5, -2.4)).thresholds.values()) == {-2.5}
    low = criteria(scanned(-1.5, -2.8))
    assert low.thresholds["lumbar_spine"] == -2.5
    assert low.thresholds["total_hip"] < -2.8


def test_without_a_scan_only_the_loss_is_judged() -> None:
    unknown = criteria(case_of(ON_ANASTROZOLE))
    assert (unknown.start, unknown.thresholds) == ("unknown", {})
    assert set(unknown.losses) == {"lumbar_spine", "total_hip"}


def test_a_loss_matters_where_a_scan_could_show_it() -> None:
    case = case_of(
        f"""{ON_ANASTROZOLE}
scans:
  - {{date: 2025-03-01, device: hologic, precision: {{total_hip: 3.0 %}}, sites: {{total_hip: {{bmd: 0.8}}}}}}
"""
    )
    losses = criteria(case).losses
    assert losses["total_hip"] == pytest.approx(2.77 * 3.0, abs=0.02)
    assert losses["lumbar_spine"] == pytest.approx(3.18)


def test_without_a_drug_a_fracture_or_osteoporosis_is_never_adequate() -> None:
    fractured = scanned(0.5, 0.5, more=", conditions: [previous_fracture]")
    assert criteria(fractured).never_alone is not None
    assert criteria(scanned(-1.5, -2.8)).never_alone is not None
    assert criteria(scanned(-1.5, -1.4)).never_alone is None


def test_people_are_judged_once_a_year_and_at_the_end() -> None:
    assert judged_days(4.4 * DAYS_PER_YEAR) / DAYS_PER_YEAR == pytest.approx([1, 2, 3, 4, 4.4])
    assert judged_days(5 * DAYS_PER_YEAR - 1) / DAYS_PER_YEAR == pytest.approx([1, 2, 3, 4, 4.997], abs=1e-3)
    assert judged_days(100.0) == pytest.approx([100.0])


def test_judging_counts_what_falls_too_far_and_nothing_after_the_end() -> None:
    case = scanned(-1.5, -1.0)
    wanted = criteria(case)
    sites = {site: site_basis(case, site) for site in SITES}
    days = np.array([0.0, 1, 2, 3, 4, 5, 10]) * DAYS_PER_YEAR
    stays, dips, ends, later = np.ones((4, 7))
    dips[2], ends[5], later[6] = 0.95, 0.95, 0.5
    spine = np.array([stays, dips, ends, later])
    relative = {"lumbar_spine": spine, "total_hip": np.ones((4, 7)), "femoral_neck": np.ones((4, 7))}
    levels = {site: np.full(4, basis.scans[-1].bmd) for site, basis in sites.items() if basis.scans}
    held = judge(wanted, sites, days, relative, levels)
    assert held.adequate.tolist() == [True, False, False, True]
    assert held.margin[0] == pytest.approx(wanted.losses["lumbar_spine"])
    assert held.margin[1] == pytest.approx(wanted.losses["lumbar_spine"] - 5)
    assert not held.crossed.any()
    # The same loss from a lower start crosses the threshold.
    near = {**levels, "lumbar_spine": levels["lumbar_spine"] * 0.88}
    assert judge(wanted, sites, days, relative, near).crossed.tolist() == [False, True, True, False]


# --- What it hangs on


def test_shares_are_those_of_a_known_sum() -> None:
    rng = np.random.default_rng(7)
    n = 6000
    a, b, c, d = rng.standard_normal((4, n))
    weights = rng.random(n)
    weights /= weights.sum()
    outcome = np.column_stack([3 * a + 2 * b + (c**2 - 1) / np.sqrt(2), d])
    groups = {name: one[:, None] for name, one in (("a", a), ("b", b), ("c", c))}
    first, second = shares(outcome, weights, {**groups, "both": np.column_stack([a, b])})
    found = {one.name: one.share for one in first}
    assert found["a"] == pytest.approx(9 / 14, abs=0.04)
    assert found["b"] == pytest.approx(4 / 14, abs=0.04)
    assert found["c"] == pytest.approx(1 / 14, abs=0.03)
    assert found["both"] == pytest.approx(13 / 14, abs=0.04)
    assert [one.name for one in first][:2] == ["both", "a"]
    # What has no influence has no share, however many terms try.
    assert second == ()


def test_a_constant_outcome_hangs_on_nothing() -> None:
    a = np.random.default_rng(1).standard_normal((500, 1))
    assert shares(np.ones((500, 1)), np.full(500, 1 / 500), {"a": a}) == ((),)


def test_quantiles_are_those_of_the_population() -> None:
    rng = np.random.default_rng(3)
    values, weights = rng.standard_normal((300, 4)), rng.random(300)
    weights[:20] = 0.0
    values[:20] = np.nan
    wanted = np.array([0.025, 0.5, 0.9])
    np.testing.assert_allclose(
        weighted_quantiles(values, weights, wanted), quantiles(values, weights, wanted.tolist()), rtol=1e-9
    )


def test_spreading_out_keeps_the_median_and_doubles_distances() -> None:
    values = np.exp(0.02 * np.random.default_rng(2).standard_normal((801, 2)))
    weights = np.full(801, 1 / 801)
    wide = spread_out(values, weights, 2.0)
    half = np.array([0.5])
    np.testing.assert_allclose(
        weighted_quantiles(wide, weights, half), weighted_quantiles(values, weights, half), rtol=1e-9
    )
    assert np.log(wide).std(axis=0) == pytest.approx(2 * np.log(values).std(axis=0), rel=1e-6)
    np.testing.assert_array_equal(spread_out(values, weights, 1.0), values)


# --- When a scan settles it


def test_a_scan_is_read_as_bayes_would() -> None:
    # Normal truth, normal error: the probability of being above nought is known in closed form.
    from scipy.stats import norm

    rng = np.random.default_rng(5)
    truth = 0.03 * rng.standard_normal((40_000, 1))
    weights = np.full(40_000, 1 / 40_000)
    seen = np.array([[-0.02], [0.0], [0.015]])
    found = posterior_probability(seen, truth, np.array([0.012]), truth[:, 0] > 0, weights)
    trust = 0.03**2 / (0.03**2 + 0.012**2)
    expected = norm.cdf(trust * seen[:, 0] / (0.012 * np.sqrt(trust)))
    assert found == pytest.approx(expected, abs=0.02)


def test_a_later_scan_tells_more_and_none_tells_less_than_nothing() -> None:
    rng = np.random.default_rng(6)
    n = 2000
    rate = 0.012 * rng.standard_normal(n) - 0.008
    weights = np.full(n, 1 / n)
    adequate = 5 * rate > -0.035
    level = {"total_hip": np.full(n, 0.8)}
    before = max(adequate.mean(), 1 - adequate.mean())
    found = [
        outlook(
            years * DAYS_PER_YEAR,
            {"total_hip": 0.8 * np.exp(rate * years)},
            level,
            {"total_hip": 0.013},
            {"total_hip": 3.6},
            adequate,
            weights,
        )
        for years in (0.25, 1.0, 4.0)
    ]
    certainty = [one.certainty for one in found]
    assert certainty == sorted(certainty)
    assert certainty[0] > before - 0.02
    assert found[2].chance_clear > found[0].chance_clear
    assert found[2].exceeds["total_hip"] > found[0].exceeds["total_hip"]
    assert found[2].expected_change["total_hip"] == pytest.approx(3.0, abs=0.4)


# --- The whole


def test_every_example_has_its_verdict() -> None:
    for name in NAMES:
        found = example(name)
        kinds = [plan.kind for plan in found.plans]
        assert kinds[:2] == ["nothing", "lifestyle"]
        assert {"drug", "combined"} <= set(kinds)
        assert len(found.plans) == 6
        for plan in found.plans:
            assert 0 <= plan.probability <= 1
            assert 0 <= plan.error < 0.05
            assert plan.probability <= min(plan.stays_above, plan.loses_little) + 1e-9
            assert plan.probability >= plan.stays_above + plan.loses_little - 1 - 1e-9
            assert plan.grade in GRADES
            assert plan.reason.endswith(".")
            assert [mover.share for mover in plan.movers] == sorted(
                (mover.share for mover in plan.movers), reverse=True
            )


def test_the_first_sentence_answers_the_question() -> None:
    for name in NAMES:
        text = verdict_headline(example(name))
        assert text.startswith("Lifestyle alone ")
        assert "%" in text
        assert text.count(". ") == 0


def test_probabilities_order_as_biology_does() -> None:
    found = example()
    chance = {plan.kind: plan.probability for plan in found.plans if plan.kind != "drug"}
    drugs = {plan.key.split("-")[0]: plan.probability for plan in found.plans if plan.kind == "drug"}
    assert chance["nothing"] < chance["lifestyle"]
    assert chance["nothing"] < drugs["risedronate"] < drugs["zoledronate"] < drugs["denosumab"]
    assert chance["combined"] > drugs["zoledronate"]


def test_the_error_is_what_repeating_shows() -> None:
    case = load_case(EXAMPLES / f"{NAMES[0]}.yaml", today=TODAY)
    plan = example().plan("lifestyle")
    other = verdict(case, people=1024).plan("lifestyle")
    assert abs(plan.probability - other.probability) < 4 * plan.error
    assert other.error == pytest.approx(plan.error / np.sqrt(2), rel=0.3)


def test_the_verdict_is_the_same_every_time_and_on_any_number_of_threads() -> None:
    case = load_case(EXAMPLES / f"{NAMES[0]}.yaml", today=TODAY)
    one, other = (verdict(case, people=96, threads=threads) for threads in (1, 2))
    assert [plan.probability for plan in one.plans] == [plan.probability for plan in other.plans]
    assert one.plan("lifestyle").settling == other.plan("lifestyle").settling


def test_nobody_has_studied_testosterone_with_an_inhibitor() -> None:
    found = example("man-testosterone-anastrozole")
    assert found.plan("lifestyle").grade == "D"
    assert any("Nobody has studied" in text for text in found.cautions)
    assert any("1.5 times as wide" in text for text in found.cautions)
    without = found.plan("without inhibitor")
    assert without.grade == "C"
    assert "after an inhibitor was stopped" in without.grade_reason
    assert any("TRAVERSE" in text for text in found.cautions)
    assert "(grade C), with nothing done" in verdict_headline(found)
    assert not any("Nobody has studied" in text for text in without.extrapolated)
    assert without.probability > found.plan("nothing").probability


def test_after_a_fracture_no_probability_makes_lifestyle_enough() -> None:
    alone = example("letrozole-denosumab-exit").plan("lifestyle")
    assert alone.barred is not None
    assert alone.adequate is False
    assert alone.in_a_word == "never"
    assert "never" not in {plan.in_a_word for plan in example("letrozole-denosumab-exit").plans[2:]}


def test_whom_the_model_does_not_cover_is_refused() -> None:
    text = "person: {sex: female, birth_date: 1981-05-14, menopause: premenopausal}\n"
    treated = "treatments: [{drug: letrozole, start: 2025-03-10}]\noptions: {as_of: 2025-03-10}"
    with pytest.raises(NotCovered, match="without ovarian suppression"):
        verdict(case_of(text + treated), people=64)


def test_without_a_scan_it_asks_for_one() -> None:
    found = verdict(case_of(ON_ANASTROZOLE), people=64)
    assert any("a scan now" in text for text in found.cautions)
    assert found.plan("nothing").stays_above == 1.0
    assert found.plan("nothing").t_score == {}


def test_a_series_that_cannot_be_is_flagged() -> None:
    case = case_of(
        f"""{ON_ANASTROZOLE}
scans:
  - {{date: 2024-03-01, device: hologic, sites: {{total_hip: {{bmd: 0.95}}}}}}
  - {{date: 2025-03-01, device: hologic, sites: {{total_hip: {{bmd: 0.70}}}}}}
"""
    )
    forecast = oc.run_forecast(case, years=2, draws=200)
    assert forecast.learnt is not None
    assert forecast.learnt.flags
    assert verdict(case, people=200).cautions


# --- Plans


def test_a_programme_of_the_case_is_the_one_that_is_judged() -> None:
    case = case_of(ON_ANASTROZOLE)
    own = Lifestyle(exercise=(PROGRAMMES["walking"],))
    chosen, said = sensible_lifestyle(replace(case, plans=(Plan("walks", lifestyle=own),)), 800.0, 25.0)
    assert chosen is own
    assert "walks" in said[0]


@pytest.mark.parametrize(
    ("more", "calcium", "vitamin_d", "programme", "added"),
    [
        ("", 700.0, 25.0, "high-intensity-resistance-and-impact", 500.0),
        (", conditions: [previous_fracture]", 1150.0, 25.0, "beginners-week", None),
    ],
)
def test_the_programme_suits_the_person(
    more: str, calcium: float, vitamin_d: float, programme: str, added: float | None
) -> None:
    chosen, _ = sensible_lifestyle(scanned(-1.5, -1.0, more=more), calcium, vitamin_d)
    assert chosen.exercise[0].name == programme
    assert chosen.nutrition is not None
    assert chosen.nutrition.calcium == added


def test_the_course_ends_with_the_inhibitor_or_the_horizon() -> None:
    case = case_of(ON_ANASTROZOLE)
    assert course_end(case) / DAYS_PER_YEAR == pytest.approx(5.0, abs=0.01)
    assert course_end(replace(case, forecast_years=3.0)) / DAYS_PER_YEAR == pytest.approx(3.0)


def test_whoever_takes_a_drug_for_bone_is_asked_whether_it_goes_on() -> None:
    text = (
        f"{WOMAN}\ntreatments:\n  - {{drug: anastrozole, start: 2023-03-10, stop: 2028-03-10}}\n"
        "  - {drug: denosumab, start: 2023-03-10}\noptions: {as_of: 2025-01-10}"
    )
    plans = {plan.name: (plan, kind) for plan, kind in judged_plans(case_of(text), Lifestyle())}
    assert plans["Denosumab goes on"][1] == "drug"
    assert plans["Denosumab and lifestyle"][1] == "combined"
    assert plans["No drug for bone, no programme"][0].stop_days == {"denosumab": 0.0}
    # What follows denosumab starts when the next dose would have been due, in March 2025.
    (zoledronate,) = plans["Zoledronate every 6 months"][0].courses
    assert 30 < zoledronate.start_day < 90


# --- Words and grades


def test_certainty_is_never_claimed() -> None:
    assert [percent(value) for value in (0.0, 0.004, 0.5, 0.996, 1.0)] == [
        "under 1%",
        "under 1%",
        "50%",
        "over 99%",
        "over 99%",
    ]


@pytest.mark.parametrize(
    ("probability", "adequate", "word"),
    [
        (0.95, True, "very likely"),
        (0.75, None, "likely"),
        (0.5, None, "uncertain"),
        (0.2, None, "unlikely"),
        (0.05, False, "very unlikely"),
    ],
)
def test_a_probability_has_its_word(probability: float, adequate: bool | None, word: str) -> None:
    plan: PlanVerdict = replace(example().plans[1], probability=probability)
    assert (plan.adequate, plan.in_a_word) == (adequate, word)


def test_a_scan_that_settles_it_is_named_by_its_month() -> None:
    case = case_of(ON_ANASTROZOLE)
    settling = replace(example().plans[1].settling, day=366.0, why="verdict clear")
    assert settling_words(case, settling) == "a scan in March 2026 is likely to settle it"


def test_grades_follow_the_trials() -> None:
    case = case_of(ON_ANASTROZOLE)
    inhibitor = case.treatments[0]
    assert grade(case, [inhibitor, Course("zoledronate")], ())[0] == "A"
    assert grade(case, [inhibitor, Course("alendronate")], ())[0] == "C"
    letter, why = grade(case, [inhibitor, Course("goserelin")], ())
    assert letter == "C"
    assert "goserelin" in why


def test_testosterone_is_graded_by_trials_that_disagree() -> None:
    man = case_of("person: {sex: male, birth_date: 1973-05-14}")
    letter, why = grade(man, [Course("testosterone_gel")], ())
    assert (letter, "disagree" in why) == ("B", True)
    assert grade(man, [Course("alendronate")], ())[0] == "A"


def test_a_verdict_names_its_plans() -> None:
    assert example().plan("lifestyle-alone") is example().plan("lifestyle")
    with pytest.raises(KeyError, match="there are No drug"):
        example().plan("teriparatide")
