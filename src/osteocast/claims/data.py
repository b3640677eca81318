"""Answers as plain data, for programs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from osteocast.claims.answers import Answer, Filled, Number, Published, Series
from osteocast.claims.running import Result

__all__ = ["FORMAT", "as_data"]

FORMAT = "osteocast-claims-1"


def as_data(result: Result) -> dict[str, Any]:
    """Return answers and tables as what JSON can hold.

    Parameters
    ----------
    result : Result

    Returns
    -------
    dict
        ``format``, ``draws``, ``claims`` and ``tables``.
    """
    return {
        "format": FORMAT,
        "draws": result.draws,
        "claims": [_answer(one) for one in result.answers],
        "tables": [_table(one) for one in result.tables],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    claim = answer.claim
    return {
        "id": claim.id,
        "group": claim.group,
        "claim": claim.claim,
        "question": claim.question,
        "scenarios": list(answer.scenarios),
        "verdict": answer.verdict,
        "reason": answer.reason,
        "grade": claim.grade,
        "grade_because": claim.because,
        "words": claim.words,
        "numbers": [_number(one) for one in answer.numbers],
        "findings": [
            {"side": one.side, "condition": one.text, "met": one.met, "of": one.of} for one in answer.findings
        ],
        "sources": list(answer.references),
        "series": [_series(one) for one in answer.series],
    }


def _number(number: Number) -> dict[str, Any]:
    return {
        "name": number.name,
        "what": number.what,
        "unit": number.unit,
        "simulated": _rounded(number.simulated),
        "range": [_rounded(number.low), _rounded(number.high)],
        "published": [_published(one) for one in number.published],
    }


def _published(one: Published) -> dict[str, Any]:
    return {
        "values": list(one.references),
        "value": _rounded(one.value),
        "ci": None if one.ci is None else [_rounded(end) for end in one.ci],
        "in_words": one.in_words,
        "kept_out_of_the_model": one.apart,
    }


def _series(line: Series) -> dict[str, Any]:
    return {
        "label": line.label,
        "months": _rounded_all(line.months),
        "value": _rounded_all(line.middle),
        "low": _rounded_all(line.low),
        "high": _rounded_all(line.high),
        "published": [{"month": month, **_published(one)} for month, one in line.points],
    }


def _table(table: Filled) -> dict[str, Any]:
    return {
        "title": table.spec.title,
        "columns": [column.title for column in table.spec.columns],
        "rows": [
            {"label": row[0], "values": [_rounded(cell) for cell in cells]}
            for row, cells in zip(table.spec.rows, table.cells, strict=True)
        ],
    }


def _rounded(value: float | None) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.5g}")


def _rounded_all(values: np.ndarray) -> list[float | None]:
    return [_rounded(float(value)) for value in values]
