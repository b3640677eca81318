"""A forecast as plain data, for programs."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from osteocast.forecast.events import Span
from osteocast.forecast.results import Curve, Forecast, PlanForecast
from osteocast.forecast.summary import confidence, contents, headline
from osteocast.report.fractures import fractures_as_data
from osteocast.report.safety import checked, findings_as_data, refused
from osteocast.report.sources import source_ids
from osteocast.units.rounding import significant

__all__ = ["FORMAT", "NOT_A_DEVICE", "SEARCH_FORMAT", "as_data"]

FORMAT = "osteocast-forecast-2"
#: Of a search for a plan; here, so that whoever looks into a folder need not load a search.
SEARCH_FORMAT = "osteocast-plan-1"
NOT_A_DEVICE = (
    "Research and decision support, not a medical device: a person who knows the patient decides. "
    "The forecast holds for what the model contains and the trials behind it observed."
)


def as_data(forecast: Forecast) -> dict[str, Any]:
    """Return everything in a forecast as what JSON can hold.

    Parameters
    ----------
    forecast : Forecast

    Returns
    -------
    dict
        ``format``, ``versions``, ``headline``, ``confidence``, ``case``, ``inputs``, ``sites``, ``days``
        and, for each of ``plans``, its ``safety`` (whether it is refused, and what was found), courses,
        curves (value and ``bands`` of 50, 80 and 95% on ``days``; of a change of density also ``paths``,
        one row for each of about 20 virtual people, on ``path_days``, half a year apart), ``fracture``
        (probabilities), effects of lifestyle, crossings and alerts. Rows of ``paths`` are the same people in
        every plan and at every site. ``learnt`` is what the person's own measurements changed. Numbers that
        do not exist, such as those beyond a plan's horizon, are null.
    """
    case = forecast.case
    safety = checked(case)
    kept = _path_times(forecast)
    return {
        "format": FORMAT,
        "notice": NOT_A_DEVICE,
        "versions": asdict(forecast.provenance),
        "headline": headline(forecast, refused=refused(safety)),
        "confidence": confidence(forecast),
        "case": {"name": case.name, "as_of": case.as_of.isoformat(), "age": round(case.age, 3)},
        "inputs": [asdict(one) for one in forecast.inputs],
        "assumptions": list(forecast.assumptions),
        "extrapolated": list(forecast.extrapolated),
        "alerts": [asdict(alert) for alert in forecast.alerts],
        "sites": {site: _site(forecast, site) for site in forecast.sites},
        "origin": {"day": forecast.origin, "label": forecast.origin_label},
        "draws": forecast.n_draws,
        "bands": contents(forecast),
        "learnt": None if forecast.learnt is None else asdict(forecast.learnt),
        "days": _numbers(forecast.days),
        "path_days": _numbers(forecast.days[kept]),
        "plans": [
            {"name": plan.name, "safety": findings_as_data(findings), **_plan(plan, kept)}
            for plan, (_, findings) in zip(forecast.plans, safety, strict=True)
        ],
        "sources": source_ids(forecast),
    }


def _site(forecast: Forecast, site: str) -> dict[str, Any]:
    basis = forecast.sites[site]
    scale = basis.scale
    return {
        "note": basis.note,
        "t_score": None
        if scale is None
        else {"reference": scale.reference, "mean": scale.mean, "sd": scale.sd, "vendor": scale.vendor},
        "scans": [
            {
                "date": scan.date.isoformat(),
                "bmd": scan.bmd,
                "t_score": scan.t_score,
                "least_significant_change": scan.least_significant_change,
                "used": scan.used,
            }
            for scan in basis.scans
        ],
    }


def _path_times(forecast: Forecast) -> np.ndarray:
    """Places among the days, half a year apart from day 0 on, and the last: enough to draw a life by."""
    days = forecast.days
    return np.union1d(np.arange(int(np.searchsorted(days, 0.0)), days.size, 6), [days.size - 1])


def _plan(plan: PlanForecast, kept: np.ndarray) -> dict[str, Any]:
    return {
        "key": plan.key,
        "horizon": plan.horizon,
        "courses": [_span(span) for span in plan.spans],
        "crossings": [asdict(crossing) for crossing in plan.crossings],
        "alerts": [asdict(alert) for alert in plan.alerts],
        "fracture": fractures_as_data(plan.fracture),
        "effects": [_finite(asdict(effect)) for effect in plan.effects],
        "curves": {name: _curve(name, curve, kept) for name, curve in plan.curves.items()},
    }


def _finite(content: dict[str, Any]) -> dict[str, Any]:
    """Say null where something has no beginning or end: JSON has no infinity."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in content.items()
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "drug": span.drug,
        "regimen": span.words,
        "start": span.start,
        "stop": span.stop if math.isfinite(span.stop) else None,
        "doses": list(span.doses),
    }


def _curve(name: str, curve: Curve, kept: np.ndarray) -> dict[str, Any]:
    lines = [curve.value, *(end for band in curve.bands for end in (band.low, band.high))]
    value, *ends = _numbers(np.stack(lines))
    found: dict[str, Any] = {"unit": curve.unit, "value": value}
    if curve.bands:
        found["bands"] = {
            str(band.level): {"low": low, "high": high}
            for band, low, high in zip(curve.bands, ends[::2], ends[1::2], strict=True)
        }
    # Their densities would say little more, and be as long again.
    if curve.paths is not None and name.startswith("change_"):
        found["paths"] = _lines(np.round(curve.paths[:, kept].astype(np.float64), 2))
    return found


def _numbers(values: np.ndarray) -> list[Any]:
    """Six digits, which is more than the engine promises."""
    return _lines(significant(values, 6))


def _lines(values: np.ndarray) -> list[Any]:
    """Return numbers as (lists of) floats; null for what does not exist."""
    found = values.astype(object)
    found[~np.isfinite(values)] = None
    lines: list[Any] = found.tolist()
    return lines
