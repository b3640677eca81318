from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from osteocast import evidence
from osteocast.forecast.data import data
from osteocast.forecast.regimens import exit_course, exits, interval_of, regimen, regimen_course
from osteocast.therapies import DRUGS
from osteocast.units import DAYS_PER_YEAR


def _sources(entry: object, key: str = "") -> Iterator[str]:
    if key.endswith("sources") and isinstance(entry, list):
        yield from entry
    elif isinstance(entry, Mapping):
        for name, inner in entry.items():
            # Sources of a group of numbers are lists by number.
            yield from _sources(inner, "sources" if key.endswith("sources") else name)


def test_every_dose_has_its_source_in_the_registry() -> None:
    known = evidence.load()
    references = list(_sources(data("regimens")))
    assert len(references) >= 15
    for reference in references:
        known.value(reference)
    assert all(entry["sources"] for entry in data("regimens")["regimens"].values())


def test_every_number_of_the_programme_has_a_source_or_says_that_it_is_an_estimate() -> None:
    usual = data("regimens")["lifestyle"]
    numbers = set(usual) - {"sources", "estimates"}
    assert set(usual["sources"]) | set(usual["estimates"]) == numbers
    assert not set(usual["sources"]) & set(usual["estimates"])


@pytest.mark.parametrize("name", list(data("regimens")["regimens"]))
def test_a_regimen_is_one_of_its_drug(name: str) -> None:
    drug = DRUGS[regimen(name)["drug"]]
    assert regimen(name)["dose"] <= drug.largest_dose
    assert interval_of(name) <= DAYS_PER_YEAR


def test_doses_fill_the_time_or_reach_beyond_it() -> None:
    assert regimen_course("zoledronate-yearly", 0.0, 1.5 * DAYS_PER_YEAR).n_doses == 1
    assert regimen_course("zoledronate-yearly", 0.0, 1.5 * DAYS_PER_YEAR, whole=False).n_doses == 2
    assert regimen_course("denosumab", 100.0, 100.0).n_doses == 1


def test_what_follows_denosumab_lasts_for_about_two_years() -> None:
    assert set(exits()) == {"zoledronate", "alendronate"}
    for name in exits():
        course = exit_course(10.0, name)
        end = course.end_day(course.interval_days or 0.0)
        assert end - 10.0 == pytest.approx(2 * DAYS_PER_YEAR, abs=7.0)
