"""Fit the model to the published trials and write what was learnt.

Run ``./scripts/calibrate`` (``python -m osteocast.inference.calibrate``). It reads the trial files and priors
that come with osteocast and writes

``physiology/calibrated.yaml``   value, uncertainty and origin of every estimated parameter
``inference/posterior.yaml``     mode and covariance on the scales of the priors, for draws

Nothing in it is random: the same inputs give the same files.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import yaml

from osteocast.inference.fitting import Fit, fit
from osteocast.inference.likelihood import Likelihood
from osteocast.inference.scales import estimated, from_scale, prior_sd, to_scale
from osteocast.physiology import parameters
from osteocast.trials.load import load_trials

PACKAGE = Path(__file__).parents[1]
CALIBRATED = PACKAGE / "physiology" / "calibrated.yaml"
POSTERIOR = PACKAGE / "inference" / "posterior.yaml"


def informed_by(likelihood: Likelihood, result: Fit, index: int, most: int = 4) -> list[str]:
    """Name the trials that say most about a parameter, by share of its Fisher information."""
    information: dict[str, float] = {}
    for label, row in zip(likelihood.labels, result.sensitivity, strict=False):
        trial = label.split("/", 1)[0]
        information[trial] = information.get(trial, 0.0) + float(row[index] ** 2)
    shapes = result.sensitivity[len(likelihood.labels) :, index]
    information["denosumab time course"] = float(np.sum(shapes**2))
    total = sum(information.values()) or 1.0
    ranked = sorted(information.items(), key=lambda item: -item[1])
    return [f"{name} {100 * share / total:.0f}%" for name, share in ranked[:most] if share / total > 0.03]


def write(likelihood: Likelihood, result: Fit) -> None:
    """Write both files."""
    sd = np.sqrt(np.diag(result.covariance))
    correlation = result.covariance / np.outer(sd, sd)
    entries = {}
    for i, parameter in enumerate(estimated()):
        value = from_scale(parameter, result.z[i])
        low, high = (from_scale(parameter, result.z[i] + k * sd[i]) for k in (-1, 1))
        partners = [
            f"{other.name} {correlation[i, j]:+.2f}"
            for j, other in enumerate(estimated())
            if j != i and abs(correlation[i, j]) > 0.7
        ]
        entries[parameter.name] = {
            "value": float(f"{value:.6g}"),
            "sd": float(f"{abs(high - low) / 2:.3g}"),
            "interval_90": [
                float(f"{from_scale(parameter, result.z[i] + k * sd[i]):.4g}") for k in (-1.645, 1.645)
            ],
            "learnt": float(f"{1 - (sd[i] / prior_sd()[i]) ** 2:.3f}"),
            "informed_by": informed_by(likelihood, result, i),
            "tied_to": partners,
        }
    header = (
        "# Written by `python -m osteocast.inference.calibrate`. Do not edit.\n"
        "# learnt: share of the prior's variance that the trials removed (0 = the prior speaks alone).\n"
        "# informed_by: trials by share of the information; tied_to: posterior correlations above 0.7.\n"
    )
    CALIBRATED.write_text(
        header
        + yaml.safe_dump({"cost": round(result.cost, 3), "parameters": entries}, sort_keys=False, width=120),
        encoding="utf-8",
    )
    posterior = {
        "names": [parameter.name for parameter in estimated()],
        "mode": [float(f"{x:.8g}") for x in result.z],
        "covariance": [[float(f"{x:.6g}") for x in row] for row in result.covariance],
    }
    POSTERIOR.write_text(
        "# Written by `python -m osteocast.inference.calibrate`: "
        "Laplace approximation on the scales of the priors.\n"
        + yaml.safe_dump(posterior, default_flow_style=None, sort_keys=False, width=10_000),
        encoding="utf-8",
    )


def main() -> None:
    """Calibrate and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--from-priors", action="store_true", help="start at the prior medians, not at the last result"
    )
    arguments = parser.parse_args()
    likelihood = Likelihood.of(load_trials())
    current = parameters()
    start = None
    if not arguments.from_priors:
        start = np.array([to_scale(p, current[p.name].value) for p in estimated()])
    shapes = len(likelihood.shapes.facts)
    print(f"{likelihood.used.sum()} published means, {shapes} shapes, {len(estimated())} parameters")
    result = fit(likelihood, start, report=lambda line: print(line, flush=True))
    write(likelihood, result)
    print(f"wrote {CALIBRATED.name} and {POSTERIOR.name}")


if __name__ == "__main__":
    main()
