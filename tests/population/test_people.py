from __future__ import annotations

import numpy as np
import pytest

from osteocast import physiology
from osteocast.errors import OsteocastError
from osteocast.population import people, quantiles, share, variability
from osteocast.population.summaries import effective_size
from osteocast.population.variability import variability_from
from osteocast.simulation import Subject

WOMAN = Subject(age=61, menopause_age=50)
AVERAGE = [physiology.values()]


def test_people_differ_by_as_much_as_their_traits_say() -> None:
    many = people(WOMAN, 5000, AVERAGE, study="spread")
    expected = np.sqrt((variability().loading_matrix(["turnover_total_hip"]) ** 2).sum())
    logs = np.log(many.column("turnover_total_hip"))
    assert logs.std() == pytest.approx(expected, rel=0.05)
    assert np.exp(np.median(logs)) == pytest.approx(AVERAGE[0]["turnover_total_hip"], rel=0.03)


def test_parameters_of_one_trait_move_together_and_others_do_not() -> None:
    many = people(WOMAN, 2000, AVERAGE, study="together")
    turnover = [many.column(f"turnover_{site}") for site in ("lumbar_spine", "femoral_neck")]
    assert np.corrcoef(np.log(turnover))[0, 1] == pytest.approx(1.0)
    other = np.corrcoef(np.log([turnover[0], many.column("e2_half_effect")]))[0, 1]
    assert abs(other) < 0.1


def test_a_measured_hormone_is_believed_as_far_as_it_is_precise() -> None:
    measured = Subject(age=61, menopause_age=50, estradiol=12.0)
    unknown, known = (people(one, 4000, AVERAGE, study="hormone") for one in (WOMAN, measured))
    spread = [np.log(one.column("postmenopausal_e2")).std() for one in (unknown, known)]
    assert spread[1] < 0.7 * spread[0]
    centre = float(np.median(known.column("postmenopausal_e2")))
    assert AVERAGE[0]["postmenopausal_e2"] < centre < 12.0


def test_what_is_the_subjects_own_stays_hers() -> None:
    heavy = people(Subject(age=61, menopause_age=47, weight_kg=99), 50, AVERAGE, study="own")
    assert (heavy.column("menopause_age") == 47).all()
    assert heavy.column("denosumab_volume") == pytest.approx(1.5 * AVERAGE[0]["denosumab_volume"])


def test_everybody_takes_one_of_the_draws_of_the_average() -> None:
    draws = [{"rank_k": value} for value in (1.0, 2.0, 3.0)]
    many = people(WOMAN, 900, draws, study="draws")
    assert set(many.column("rank_k")) == {1.0, 2.0, 3.0}
    assert np.bincount(many.draw).min() > 200


def test_like_puts_people_elsewhere_in_the_same_population() -> None:
    few = people(WOMAN, 20, AVERAGE, study="like")
    again = few.like(few.deviations, few.draw)
    assert (again.table == few.table).all()
    middle = few.like(np.zeros_like(few.deviations), few.draw)
    assert middle.column("turnover_lumbar_spine") == pytest.approx(AVERAGE[0]["turnover_lumbar_spine"])


def test_every_spread_says_what_it_rests_on() -> None:
    known = variability()
    spreads = [trait.spread for trait in known.traits]
    spreads += [*known.wander.values(), *known.scanner.values(), *known.measurement.values()]
    for spread in spreads:
        assert spread.sd > 0
        assert spread.basis in ("fitted", "published", "derived", "estimate")
        assert (spread.error is not None) == (spread.basis == "fitted")
        assert spread.sources or spread.basis in ("fitted", "estimate")


def test_a_trait_on_a_parameter_of_doses_is_refused() -> None:
    content = {
        "traits": {
            "absorption": {
                "meaning": "",
                "sd": 0.1,
                "basis": "estimate",
                "loadings": {"alendronate_bioavailability": 1},
            }
        }
    }
    with pytest.raises(OsteocastError, match="alendronate_bioavailability"):
        variability_from(content)


def test_weighted_quantiles_are_those_of_people_counted_as_often_as_they_weigh() -> None:
    generator = np.random.default_rng(1)
    values, counts = generator.standard_normal((400, 3)), generator.integers(0, 5, 400)
    repeated = np.repeat(values, counts, axis=0)
    found = quantiles(values, counts.astype(float), [0.05, 0.5, 0.95])
    assert found == pytest.approx(np.quantile(repeated, [0.05, 0.5, 0.95], axis=0), abs=0.05)


def test_people_of_no_weight_may_be_missing() -> None:
    values, weights = np.array([1.0, np.nan, 3.0]), np.array([0.5, 0.0, 0.5])
    assert quantiles(values, weights, [0.5])[0] == 2.0
    assert share(values > 2.0, weights) == 0.5
    assert effective_size(weights) == 2.0


def test_a_mans_measured_hormones_are_weighed_against_mens() -> None:
    """What a measurement leaves open pulls towards the mean of men, not towards a woman's 25 ng/dL."""
    man = Subject(age=52, menopause_age=None, sex="male", testosterone=400.0, estradiol=26.0)
    own = people(man, 2000, AVERAGE, study="man").column("testosterone_own")
    assert np.median(own) == pytest.approx(400.0, rel=0.05)
