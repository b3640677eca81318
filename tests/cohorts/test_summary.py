"""The summary by DuckDB is what the tables hold."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from osteocast.charts.cohort import charts_of
from osteocast.cohorts import CohortSpec, compute, run_cohort, summarise
from osteocast.cohorts.extra import library
from osteocast.cohorts.storage import Storage
from osteocast.cohorts.summary import QUANTILES
from osteocast.cohorts.tables import content_hash, from_parquet, to_parquet
from osteocast.errors import InputError, OsteocastError
from osteocast.physiology import SITES

from .conftest import Undisturbed


def test_means_quantiles_shares_and_counts_are_those_of_the_people(
    spec: CohortSpec, undisturbed: Undisturbed
) -> None:
    found, whole = summarise(undisturbed.place), compute(spec, 0, spec.n)
    assert found.arms == ("letrozole", "both")
    assert found.people == found.planned == spec.n
    for arm in found.arms:
        course, outcomes = whole.course[arm], whole.outcomes[arm]
        for visit in found.of(arm):
            here = course["month"] == visit.month
            ctx = course["ctx"][here].astype(np.float64)
            assert visit.values["ctx"].mean == pytest.approx(ctx.mean())
            assert visit.values["ctx"].quantiles == pytest.approx(np.quantile(ctx, QUANTILES))
            start = course["bmd_total_hip"][course["month"] == 0].astype(np.float64)
            change = 100 * (course["bmd_total_hip"][here] / start - 1)
            assert visit.values["change_total_hip"].mean == pytest.approx(change.mean(), abs=1e-5)
            lowest = np.min([course[f"t_score_{site}"][here] for site in SITES], axis=0)
            assert visit.osteoporosis == pytest.approx(np.mean(lowest <= -2.5))
            hip = np.sum(outcomes["hip_fracture_year"] <= visit.month / 12)
            assert visit.fractures["hip"].drawn == pytest.approx(1000 * hip / spec.n)
    assert found.covariates["age"].mean == pytest.approx(whole.people["age"].mean(), rel=1e-6)
    assert found.screened == pytest.approx(whole.people["screened"].mean())
    json.dumps(found.to_dict(), allow_nan=False)


def test_density_turnover_and_fractures_answer_to_the_drugs(spec: CohortSpec) -> None:
    whole = compute(spec, 0, 400)
    last = whole.course["both"]["month"] == 24
    untreated, treated = whole.course["letrozole"], whole.course["both"]
    gained = treated["bmd_lumbar_spine"][last] - untreated["bmd_lumbar_spine"][last]
    assert np.nanmean(gained > 0) > 0.95
    for kind in ("hip", "clinical_vertebral", "major_osteoporotic", "any_clinical"):
        risk = treated[f"risk_{kind}"].reshape(-1, len(spec.visits))
        known = whole.outcomes["both"]["usable"]
        assert (np.diff(risk[known], axis=1) > 0).all()
        assert np.nanmean(risk[:, -1]) < np.nanmean(untreated[f"risk_{kind}"].reshape(risk.shape)[:, -1])
    # Times are drawn from the rates: about as many break a hip as the probabilities say.
    drawn = np.mean(whole.outcomes["letrozole"]["non_vertebral_fracture_year"] <= 2)
    assert 0.02 < drawn < 0.12
    never = np.isnan(whole.outcomes["letrozole"]["osteoporosis_year"])
    assert 0 < never.mean() < 1
    assert (whole.outcomes["letrozole"]["low_density_year"][~never] <= 2).all()


def test_a_run_that_is_not_finished_is_summarised_as_far_as_it_is(
    spec: CohortSpec, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    place = tmp_path / "part"
    run_cohort(spec, place, workers=1, chunk=45)
    (place / "manifest" / "chunk-000001.json").unlink()
    # What was written of a chunk that does not count is not counted.
    found = summarise(place)
    assert (found.people, found.planned) == (45, 90)
    assert found.visits[0].people == 45
    (place / "manifest" / "chunk-000000.json").unlink()
    with pytest.raises(InputError, match="something is finished"):
        summarise(place)
    with pytest.raises(InputError, match="osteocast cohort"):
        summarise(tmp_path)
    torn = tmp_path / "torn"
    shutil.copytree(undisturbed.place, torn)
    (torn / "people" / "chunk-000000.parquet").write_bytes(b"PAR1")
    with pytest.raises(OsteocastError, match="cannot be read"):
        summarise(torn)


def test_charts_say_what_they_show(undisturbed: Undisturbed) -> None:
    found = summarise(undisturbed.place)
    charts = charts_of(found)
    assert [chart.key for chart in charts][:4] == [
        *(f"cohort-{site}" for site in ("lumbar_spine", "total_hip", "femoral_neck")),
        "cohort-osteoporosis",
    ]
    for chart in charts:
        assert chart.svg().startswith("<svg")
        assert all(arm in chart.summary for arm in found.arms)
        assert len(chart.table.rows) == 4


def test_parquet_gives_back_what_it_was_given() -> None:
    columns = {
        "person": np.arange(5),
        "bmd": np.array([1, np.nan, 2, 3, 4], np.float32),
        "usable": np.ones(5, bool),
    }
    again = from_parquet(to_parquet(columns, {"version": "1"}))
    assert content_hash(again) == content_hash(columns)
    changed = {**columns, "bmd": columns["bmd"] + np.float32(1e-7)}
    assert content_hash(changed) != content_hash(columns)
    with pytest.raises(ValueError, match="not a whole"):
        from_parquet(to_parquet(columns, {})[:-20])


def test_an_address_nobody_knows_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fsspec"):
        Storage("nowhere://bucket/cohort")
    storage = Storage(tmp_path / "file")
    storage.write("a/b.txt", b"one")
    storage.write("a/b.txt", b"two")
    assert storage.read("a/b.txt") == b"two"
    assert storage.read("a/c.txt") is None
    assert storage.names("a") == ["b.txt"]


def test_a_library_that_is_missing_is_named_with_its_remedy() -> None:
    with pytest.raises(InputError, match=r"osteocast\[cohort\]"):
        library("no_such_library.part")
