"""The calibration as PEtab: its own lint finds nothing, and its models give what our trials give."""

from __future__ import annotations

import csv
import re
import warnings
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
import yaml

from osteocast import physiology
from osteocast.errors import InputError
from osteocast.inference.scales import estimated
from osteocast.interop.petab import Exported, export
from osteocast.trials import load_trials
from osteocast.trials.simulate import simulate_trials

from .test_sbml import run

# Tablets, infusions on the day of a measurement, men without testosterone, training.
TRIALS = ("heartland-optimal", "horizon", "smith-2001", "liftmor")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export(tmp_path_factory.mktemp("petab") / "calibration", trials=TRIALS)


@pytest.fixture
def petab() -> ModuleType:
    """Return the package; its lint does not know the strings of the pandas of today."""
    import petab

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pd.option_context("future.infer_string", False):
            yield petab


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_its_own_lint_finds_nothing(exported: Exported, petab: ModuleType) -> None:
    from petab.composite_problem import CompositeProblem

    whole = CompositeProblem.from_yaml(str(exported.problem))
    assert len(whole.problems) == exported.models > len(TRIALS)
    for problem in whole.problems:
        problem.parameter_df = whole.parameter_df
        assert petab.lint_problem(problem) is False


def test_its_models_give_what_the_trials_give(exported: Exported) -> None:
    ours = {}
    for trial in load_trials():
        if trial.name in TRIALS:
            values = simulate_trials([trial], relative_tolerance=1e-8)[0]
            names = [re.sub(r"\W", "_", f"{trial.name}__{one.id}") for one in trial.observations]
            ours.update(zip(names, values, strict=True))
    compared = set()
    for folder in sorted(path for path in exported.problem.parent.iterdir() if path.is_dir()):
        formulas = {
            row["observableId"]: row["observableFormula"] for row in rows_of(folder / "observables.tsv")
        }
        measured = rows_of(folder / "measurements.tsv")
        names = tuple(sorted({name for text in formulas.values() for name in re.findall(r"[a-z]\w*", text)}))
        times = sorted({float(row["time"]) for row in measured})
        found = run((folder / "model.xml").read_text(encoding="utf-8"), pd.array(times).to_numpy(), names)
        for row in measured:
            at = {name: float(values[times.index(float(row["time"]))]) for name, values in found.items()}
            theirs = eval(formulas[row["observableId"]], {}, at)  # a formula of ours, in the model's names
            assert theirs == pytest.approx(ours[row["observableId"]], abs=2e-3), row["observableId"]
            compared.add(row["observableId"])
    assert len(compared) == exported.observations


def test_every_fitted_parameter_is_there_with_its_prior_and_its_fit(exported: Exported) -> None:
    rows = {row["parameterId"]: row for row in rows_of(exported.problem.parent / "parameters.tsv")}
    assert len(rows) == exported.parameters == len(estimated())
    fit = physiology.values()
    potency = rows["alendronate_potency"]
    assert (potency["parameterScale"], float(potency["nominalValue"])) == ("log", fit["alendronate_potency"])
    for row in rows.values():
        assert float(row["lowerBound"]) < float(row["nominalValue"]) < float(row["upperBound"])
        assert row["estimate"] == "1"


def test_what_it_cannot_hold_is_listed_with_the_reason(tmp_path: Path) -> None:
    made = export(tmp_path / "two", trials=("z-fast", "grey-zoledronate"))
    listed = rows_of(tmp_path / "two" / "left-out.tsv")
    assert [(row["observation"], row["reason"]) for row in listed] == list(made.left_out)
    reasons = {name.split("/")[0]: why for name, why in made.left_out}
    assert "rescued" in reasons["z-fast"]
    assert "difference" in reasons["grey-zoledronate"]
    problem = yaml.safe_load(made.problem.read_text(encoding="utf-8"))
    assert len(problem["problems"]) == made.models == 1


def test_a_folder_with_something_in_it_and_an_unknown_trial_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="new or empty"):
        export(tmp_path)
    with pytest.raises(InputError, match="did you mean"):
        export(tmp_path / "new", trials=("liftmoor",))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
