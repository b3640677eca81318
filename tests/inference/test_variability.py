from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from osteocast import physiology
from osteocast.inference.variability import Spreads, fit, main
from osteocast.population import futures, people, variability
from osteocast.trials import load_trials
from osteocast.trials.simulate import DAYS_PER_MONTH, subject_of


@pytest.fixture(scope="module")
def spreads() -> Spreads:
    return Spreads.load()


@pytest.fixture(scope="module")
def fitted(spreads: Spreads) -> tuple[np.ndarray, np.ndarray]:
    return fit(spreads)


def test_the_file_is_what_the_fit_gives(spreads: Spreads, fitted: tuple[np.ndarray, np.ndarray]) -> None:
    known = variability()
    stored = {trait.name: trait.spread.sd for trait in known.traits}
    stored |= {f"wander_{site}": spread.sd for site, spread in known.wander.items()}
    stored |= {f"scanner_{site}": spread.sd for site, spread in known.scanner.items()}
    logs, error = fitted
    # Within a part of its own uncertainty: a new calibration of the average moves it a little.
    for name, log, own in zip(spreads.names, logs, error, strict=True):
        assert abs(np.log(stored[name]) - log) < 0.5 * own, (
            f"{name}: run python -m osteocast.inference.variability"
        )


def test_published_spreads_are_met(spreads: Spreads, fitted: tuple[np.ndarray, np.ndarray]) -> None:
    off = (spreads.predicted(fitted[0]) - spreads.published) / spreads.error
    assert np.sqrt(np.mean(off**2)) < 1.5
    assert len(spreads.labels) > 30


def test_spreads_that_were_made_up_are_found_again(spreads: Spreads) -> None:
    mean, spread = spreads.prior
    truth = mean + 0.8 * spread * np.where(np.arange(mean.size) % 2 == 0, 1.0, -1.0)
    exact = replace(spreads, published=spreads.predicted(truth), error=np.full(len(spreads.labels), 0.01))
    logs, _ = fit(exact)
    told = [
        spreads.names.index(f"{kind}_{site}") for kind in ("wander", "scanner") for site in ("total_hip",)
    ]
    assert logs[told] == pytest.approx(truth[told], abs=0.1)


def test_each_part_of_a_spread_is_a_variance_that_grows_with_its_cause(spreads: Spreads) -> None:
    logs = spreads.prior[0]
    parts = spreads.parts(logs)
    assert all((part >= 0).all() for part in parts.values())
    more = logs.copy()
    more[spreads.names.index("wander_lumbar_spine")] += np.log(2.0)
    spine = np.array([arm.site == "lumbar_spine" for arm in spreads.arms])
    ratio = spreads.parts(more)["wandering"] / parts["wandering"]
    assert ratio[spine] == pytest.approx(4.0)
    assert ratio[~spine] == pytest.approx(1.0)


def test_virtual_people_have_the_spread_that_the_fit_reckons_with(
    spreads: Spreads, fitted: tuple[np.ndarray, np.ndarray]
) -> None:
    label = "data/denosumab-lumbar-spine-24"
    (trial,) = (one for one in load_trials() if one.name == "data")
    arm = trial.arms["denosumab"]
    subject = subject_of(arm.population)
    days = np.array([0.0, 24 * DAYS_PER_MONTH])
    many = people(subject, 800, [physiology.values()], study="spread of a trial")
    found = futures(many, [arm.courses], days, wander=False).values["bmd_lumbar_spine"][0][:, -1]
    place = next(i for i, one in enumerate(spreads.arms) if spreads.labels[one.entry] == label)
    parts = spreads.parts(fitted[0])
    expected = np.sqrt(sum(parts[trait.name][place] for trait in spreads.traits))
    assert 100.0 * found.std() == pytest.approx(expected, rel=0.15)


def test_show_prints_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = variability()
    assert main(["--show"]) is before
    text = capsys.readouterr().out
    assert "published  model" in text and "wander_lumbar_spine" in text
