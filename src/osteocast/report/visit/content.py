"""A sheet as plain data: what both formats are filled with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from osteocast.charts import Chart
from osteocast.report.visit.picture import Picture

__all__ = ["content"]


def content(sheet: Any) -> dict[str, Any]:
    """Return a sheet as what JSON can hold: texts, lists, and charts as drawings with words and numbers.

    Parameters
    ----------
    sheet : ClinicianSheet or PatientSheet
    """
    plain = _plain(sheet)
    assert isinstance(plain, dict)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Picture):
        return _picture(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if not field.metadata.get("left_out")
        }
    if isinstance(value, Mapping):
        return {f"{key:g}" if isinstance(key, float) else str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _picture(picture: Picture) -> dict[str, Any]:
    chart: Chart = picture.chart
    return {
        "title": chart.title,
        "alternative": picture.alternative,
        "caption": picture.caption,
        "svg": chart.svg(),
        "table": {
            "caption": chart.table.caption,
            "head": list(chart.table.head),
            "rows": [list(row) for row in chart.table.rows],
        },
    }
