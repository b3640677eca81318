"""``osteocast titrate``: table, files, JSON, and who is refused."""

from __future__ import annotations

import json
from pathlib import Path

from .test_cli import EXAMPLE, osteocast

MAN = EXAMPLE.parent / "man-testosterone-anastrozole.yaml"


def test_it_prints_the_table_and_writes_its_files(tmp_path: Path) -> None:
    done = osteocast("titrate", MAN, "--draws", 4, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("On anastrozole 0.5 mg twice a week his oestradiol is about 9 pg/mL")
    assert "with the prescriber" in done.stdout
    folder = tmp_path / "osteocast-output" / "man-testosterone-anastrozole-titration"
    assert {path.name for path in folder.iterdir()} == {"titration.html", "titration.json", "titration.svg"}
    page = (folder / "titration.html").read_text()
    assert "<svg" in page and "with the prescriber only" in page
    assert "src=" not in page and "<script" not in page
    # A second time over its own files, never over somebody else's.
    assert osteocast("titrate", MAN, "--draws", 0, "--no-html", folder=tmp_path).returncode == 0
    (tmp_path / "thesis.txt").write_text("mine")
    refused = osteocast("titrate", MAN, "--out", tmp_path, folder=tmp_path)
    assert refused.returncode == 2
    assert "nothing was written" in refused.stderr


def test_json_goes_to_stdout_alone(tmp_path: Path) -> None:
    done = osteocast("titrate", MAN, "--json", "--draws", 0, folder=tmp_path)
    content = json.loads(done.stdout)
    assert content["format"] == "osteocast-titration-1"
    assert [one["today"] for one in content["patterns"]].count(True) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_woman_is_3_with_the_reason(tmp_path: Path) -> None:
    done = osteocast("titrate", EXAMPLE, "--json", folder=tmp_path)
    assert done.returncode == 3
    content = json.loads(done.stdout)
    assert content["error"] == "NotCovered"
    assert "in a woman" in content["reasons"][0]
    assert list(tmp_path.iterdir()) == []


def test_help_teaches_with_an_example() -> None:
    text = osteocast("titrate", "--help").stdout
    assert "osteocast titrate examples/" in text
    assert "prescriber" in text
