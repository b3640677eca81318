"""What the charts of a search do with their words and places."""

from __future__ import annotations

from typing import Any

from osteocast.charts.planning import _axis, _together


def row(x: float, y: float, rank: str) -> dict[str, Any]:
    return {"x": x, "y": y, "rank": rank}


def test_symbols_that_touch_share_one_label_above_the_highest() -> None:
    x, y = _axis([0.0, 100.0], "harm"), _axis([0.0, 10.0], "fractures")
    rows = [row(50.0, 5.0, "1"), row(50.5, 5.1, "2"), row(90.0, 5.0, "3"), row(50.0, 9.0, "4")]
    labels = _together(rows, x, y, 500, 300)
    assert [one["rank"] for one in labels] == ["1, 2", "3", "4"]
    assert labels[0]["y"] == 5.1
    assert 50.0 < labels[0]["x"] < 50.5


def test_an_axis_begins_at_nought_and_leaves_room() -> None:
    low, high = _axis([20.0, 40.0], "harm")["scale"]["domain"]
    assert low <= 0.0 < 40.0 < high
