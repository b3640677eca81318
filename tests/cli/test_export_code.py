"""``osteocast export`` as C and as a kernel for graphics processors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from osteocast.cli.app import app
from osteocast.errors import InputError

EXAMPLE = Path(__file__).parents[2] / "examples" / "letrozole-denosumab-exit.yaml"


def call(*arguments: object) -> None:
    CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False, standalone_mode=False)


def doses(text: str) -> list[float]:
    """Days on which denosumab is given."""
    rows = re.findall(r"\{(\S+), 1, osteocast_state_denosumab_depot, \S+\}", text)
    return [float(day) for day in rows]


def test_c_holds_the_plan_up_to_its_end(tmp_path: Path) -> None:
    for years in (1, 3):
        file = tmp_path / f"{years}.c"
        call("export", file, "--format", "c", "--case", EXAMPLE, "--plan", "zoledronate", "--years", years)
        text = file.read_text(encoding="utf-8")
        (end,) = re.findall(r"osteocast_end = (\S+);", text)
        assert float(end) == pytest.approx(years * 365.25)
        assert all(day <= float(end) for day in doses(text))
    assert len(doses((tmp_path / "1.c").read_text())) == 3


def test_without_a_case_c_is_of_nobody_in_particular(tmp_path: Path) -> None:
    call("export", tmp_path / "bone.c", "--format", "c")
    assert "osteocast_n_event = 0," in (tmp_path / "bone.c").read_text(encoding="utf-8")


def test_ptx_is_the_kernel(tmp_path: Path) -> None:
    call("export", tmp_path / "kernel.ptx", "--format", "ptx")
    assert ".visible .entry osteocast_integrate(" in (tmp_path / "kernel.ptx").read_text(encoding="utf-8")


def test_years_are_those_of_a_case(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        call("export", tmp_path / "bone.c", "--format", "c", "--years", 5)
    assert [problem.field for problem in caught.value.problems] == ["--years"]
    assert list(tmp_path.iterdir()) == []


def test_a_kernel_is_of_no_case(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        call("export", tmp_path / "kernel.ptx", "--format", "ptx", "--case", EXAMPLE)
    assert [problem.field for problem in caught.value.problems] == ["--case"]
    assert list(tmp_path.iterdir()) == []
