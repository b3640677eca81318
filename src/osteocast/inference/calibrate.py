"""Fit the model to the published trials and write what was learnt.

Run ``./scripts/calibrate`` (``python -m osteocast.inference.calibrate``). It reads the trial files and priors
that come with osteocast and writes

``physiology/calibrated.yaml``   value, uncertainty and origin of every estimated parameter
``inference/posterior.yaml``     mode and covariance on the scales of the priors; how chains agree
``inference/posterior.npy``      draws from the posterior on the scales of the priors

The random streams are fixed: the same inputs give the same files.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import yaml

from osteocast.inference.fitting import Fit, fit
from osteocast.inference.likelihood import Likelihood
from osteocast.inference.sampling import Sample, sample, temperature_of, tempered_covariance
from osteocast.inference.scales import estimated, from_scale, prior_sd, to_scale
from osteocast.physiology import parameters
from osteocast.trials.load import load_trials

PACKAGE = Path(__file__).parents[1]
CALIBRATED = PACKAGE / "physiology" / "calibrated.yaml"
POSTERIOR = PACKAGE / "inference" / "posterior.yaml"
DRAWS = PACKAGE / "inference" / "posterior.npy"
KEPT = 1024  # draws


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


def write(likelihood: Likelihood, result: Fit, sampled: Sample | None) -> None:
    """Write the three files; without a sample the draws are those of the Laplace approximation."""
    temperature = temperature_of(result)
    covariance = tempered_covariance(result, temperature)
    if sampled is None:
        random = np.random.default_rng(20261122)
        draws = result.z + random.standard_normal((KEPT, result.z.size)) @ np.linalg.cholesky(covariance).T
        quality: dict[str, object] = {"method": "laplace"}
    else:
        every = sampled.draws.transpose(1, 0, 2).reshape(-1, result.z.size)
        draws = every[np.linspace(0, len(every) - 1, min(KEPT, len(every))).astype(int)]
        quality = {
            "method": "sampled",
            "chains": sampled.draws.shape[0],
            "steps": sampled.draws.shape[1],
            "acceptance": round(sampled.acceptance, 3),
            "worst_r_hat": round(float(sampled.r_hat().max()), 4),
            "fewest_effective": round(float(sampled.effective().min()), 1),
            "r_hat": _by_name(sampled.r_hat(), 4),
            "effective": _by_name(sampled.effective(), 0),
        }
    np.save(DRAWS, draws.astype(np.float32))
    _write_parameters(likelihood, result, draws)
    content = {
        "names": [parameter.name for parameter in estimated()],
        "temperature": round(temperature, 4),
        "misfit": round(result.misfit, 2),
        "sampling": quality,
        "mode": [float(f"{x:.8g}") for x in result.z],
        "covariance": [[float(f"{x:.6g}") for x in row] for row in covariance],
    }
    header = "# Written by `python -m osteocast.inference.calibrate`; on the scales of the priors.\n"
    POSTERIOR.write_text(
        header + yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=4000),
        encoding="utf-8",
    )


def _by_name(values: np.ndarray, digits: int) -> dict[str, float]:
    return {p.name: round(float(x), digits) for p, x in zip(estimated(), values, strict=True)}


def _write_parameters(likelihood: Likelihood, result: Fit, draws: np.ndarray) -> None:
    sd, correlation = draws.std(axis=0), np.corrcoef(draws.T)
    entries = {}
    for i, parameter in enumerate(estimated()):
        value = from_scale(parameter, result.z[i])
        in_unit = np.array([from_scale(parameter, x) for x in draws[:, i]])
        partners = [
            f"{other.name} {correlation[i, j]:+.2f}"
            for j, other in enumerate(estimated())
            if j != i and abs(correlation[i, j]) > 0.7
        ]
        entries[parameter.name] = {
            "value": float(f"{value:.6g}"),
            "sd": float(f"{in_unit.std():.3g}"),
            "interval_90": [float(f"{x:.4g}") for x in np.percentile(in_unit, [5, 95])],
            "learnt": float(f"{max(0.0, 1 - (sd[i] / prior_sd()[i]) ** 2):.3f}"),
            "informed_by": informed_by(likelihood, result, i),
            "tied_to": partners,
        }
    header = (
        "# Written by `python -m osteocast.inference.calibrate`. Values are the posterior mode.\n"
        "# learnt: share of the prior's variance that the trials removed (0 = the prior speaks alone).\n"
        "# informed_by: trials by share of the information; tied_to: posterior correlations above 0.7.\n"
    )
    CALIBRATED.write_text(
        header
        + yaml.safe_dump({"cost": round(result.cost, 3), "parameters": entries}, sort_keys=False, width=120),
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
    parser.add_argument(
        "--quick", action="store_true", help="find the mode only; draws come from the approximation there"
    )
    arguments = parser.parse_args()

    def say(line: str) -> None:
        print(line, flush=True)

    likelihood = Likelihood.of(load_trials())
    current = parameters()
    start = None
    if not arguments.from_priors:
        start = np.array([to_scale(p, current[p.name].value) for p in estimated()])
    shapes = len(likelihood.shapes.facts)
    print(f"{likelihood.used.sum()} published means, {shapes} shapes, {len(estimated())} parameters")
    result = fit(likelihood, start, report=say)
    say(f"misfit {result.misfit:.1f}, temperature {temperature_of(result):.2f}")
    sampled = None if arguments.quick else sample(likelihood, result, report=say)
    write(likelihood, result, sampled)
    if sampled is not None:
        worst, fewest = sampled.r_hat().max(), sampled.effective().min()
        say(f"worst R-hat {worst:.3f}, at least {fewest:.0f} effective draws")
    say(f"wrote {CALIBRATED.name}, {POSTERIOR.name} and {DRAWS.name}")


if __name__ == "__main__":
    main()
