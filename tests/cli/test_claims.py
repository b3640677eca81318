from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def osteocast(*arguments: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    code = "from osteocast.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_claims_are_listed_with_their_verdicts() -> None:
    done = osteocast("claims", "--draws", 0)
    assert done.returncode == 0, done.stderr
    assert "W3" in done.stdout
    assert "not supported: " in done.stdout


def test_a_claim_is_told_in_full() -> None:
    done = osteocast("claims", "L3", "--draws", 2)
    assert done.returncode == 0, done.stderr
    assert "two to four times" in done.stdout
    assert "IBIS-II" in done.stdout


def test_json_has_numbers_and_tables() -> None:
    content = json.loads(osteocast("claims", "M2", "--json", "--draws", 0).stdout)
    assert [one["id"] for one in content["claims"]] == ["M2"]
    assert content["claims"][0]["numbers"][0]["published"][0]["value"] == 10.0
    assert len(content["tables"]) == 2


def test_the_page_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    done = osteocast("claims", "L2", "--draws", 0, "--output", "page", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "page").iterdir()} == {"claims.html", "claims.json"}
    assert "claims.html" in done.stderr


def test_an_unknown_claim_is_2_and_lists_the_known_ones() -> None:
    done = osteocast("claims", "Z1")
    assert done.returncode == 2
    assert "S11" in done.stderr
