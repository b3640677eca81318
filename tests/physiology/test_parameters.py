from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from osteocast.errors import InputError
from osteocast.physiology import PARAMETER_NAMES, declared, parameters, values

BASES = {"published", "derived", "estimate", "calibrated", "person"}


def test_every_parameter_says_what_it_is_and_what_it_rests_on() -> None:
    for name, item in declared().items():
        assert item.unit, name
        assert item.meaning, name
        assert item.basis in BASES, name
        assert item.sources or item.basis != "published", name
        assert (item.prior is not None) == (item.basis == "calibrated"), name


def test_no_entry_of_the_file_holds_a_key_that_is_not_read() -> None:
    # In a flow mapping an unquoted comma ends the note and begins a key.
    entries = yaml.safe_load((files("osteocast.physiology") / "parameters.yaml").read_text(encoding="utf-8"))
    known = {"value", "unit", "meaning", "basis", "sources", "note", "prior"}
    assert {name: set(entry) - known for name, entry in entries.items() if set(entry) - known} == {}


def test_a_prior_has_a_scale_on_which_its_median_lies() -> None:
    for name, item in declared().items():
        if item.prior is not None:
            assert item.prior.sd > 0.0, name
            assert item.prior.scale in {"log", "logit", "linear"}, name
            assert item.prior.scale != "log" or item.prior.median > 0.0, name
            assert item.prior.scale != "logit" or 0.0 < item.prior.median < 1.0, name


def test_calibration_moves_only_what_has_a_prior() -> None:
    for name, item in parameters().items():
        if item.sd is not None:
            assert item.prior is not None, name
            assert item.sd > 0.0, name
        else:
            assert item.value == declared()[name].value, name


def test_values_take_overrides() -> None:
    changed = values({"rank_k": 7.5})
    assert changed.pop("rank_k") == 7.5
    usual = values()
    assert changed == {name: usual[name] for name in PARAMETER_NAMES if name != "rank_k"}


def test_unknown_names_are_all_told_with_the_nearest_known_ones() -> None:
    with pytest.raises(InputError) as caught:
        values({"rank_kk": 1.0, "qqq": 2.0})
    first, second = caught.value.problems
    assert "rank_k" in first.remedy
    assert "PARAMETER_NAMES" in second.remedy
