from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "postmenopausal-anastrozole.yaml"
NOT_COVERED = "person: {sex: male, birth_date: 1960-01-01, conditions: [multiple_myeloma]}\n"
WRONG = """
person: {sex: female, birth_date: 1963-05-14, menopause: {age: 50}, weight: 70 stone}
treatments: [{drug: letrazole, start: 2025-03-10}]
"""


def osteocast(*arguments: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    code = "from osteocast.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def case(folder: Path, text: str) -> Path:
    path = folder / "case.yaml"
    path.write_text(text)
    return path


def test_a_forecast_prints_its_table_and_writes_its_files(tmp_path: Path) -> None:
    done = osteocast("forecast", EXAMPLE, "--draws", 4, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Anastrozole alone: the lumbar spine is forecast to lose")
    assert "Femoral neck: change of BMD and T-score" in done.stdout
    written = tmp_path / "osteocast-output" / "postmenopausal-anastrozole"
    assert {path.name for path in written.iterdir()} == {"forecast.html", "forecast.json", "lumbar-spine.svg"}
    assert "forecast.html" in done.stderr


def test_a_forecast_is_done_before_garbage_is_looked_for(tmp_path: Path) -> None:
    code = (
        "import gc; from osteocast.cli import main\n"
        "before = gc.get_stats()\n"
        "try: main()\n"
        "finally: print(before == gc.get_stats())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, "forecast", EXAMPLE, "--draws", "8", "--output", tmp_path / "visit"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines()[-1] == "True"


def test_json_goes_to_stdout_alone_and_writes_nothing(tmp_path: Path) -> None:
    done = osteocast(
        "forecast",
        EXAMPLE,
        "--json",
        "--years",
        3,
        "--plan",
        "zoledronate every",
        "--draws",
        0,
        folder=tmp_path,
    )
    content = json.loads(done.stdout)
    assert [plan["name"] for plan in content["plans"]] == ["Zoledronate every 6 months"]
    assert content["days"][-1] == pytest.approx(3 * 365.25, abs=0.01)
    assert list(tmp_path.iterdir()) == []


def test_bad_input_is_2_lists_every_problem_and_writes_nothing(tmp_path: Path) -> None:
    done = osteocast("forecast", case(tmp_path, WRONG), folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "2 problems" in done.stderr
    assert "did you mean letrozole?" in done.stderr
    assert "70 stone" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["case.yaml"]


def test_bad_input_as_json_is_one_object(tmp_path: Path) -> None:
    done = osteocast("forecast", case(tmp_path, WRONG), "--json", folder=tmp_path)
    assert done.returncode == 2
    content = json.loads(done.stdout)
    assert content["error"] == "InputError"
    assert {problem["field"] for problem in content["problems"]} == {"person.weight", "treatments[0].drug"}


def test_a_person_not_covered_is_3_with_the_reason(tmp_path: Path) -> None:
    done = osteocast("forecast", case(tmp_path, NOT_COVERED), folder=tmp_path)
    assert done.returncode == 3
    assert "multiple myeloma is not covered" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["case.yaml"]
    content = json.loads(osteocast("forecast", tmp_path / "case.yaml", "--json", folder=tmp_path).stdout)
    assert content["error"] == "NotCovered"
    assert len(content["reasons"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("forecast", "no-such-file.yaml"), "no-such-file.yaml"),
        (("forecast", EXAMPLE, "--plan", "zoledronat weekly"), "known plan"),
        (("validate", "no-such-folder"), "a folder of trial files"),
        (("validate", "--write", "table.docx"), ".md, .csv, .json"),
        (("cite",), "--case"),
        (("export", "bone.xml", "--plan", "x"), "add --case FILE"),
        (("export", "no/such/folder/bone.xml"), "make the folder first"),
        (("forecast",), "CASE"),
        (("forcast",), "forcast"),
    ],
)
def test_what_is_given_wrongly_is_2(arguments: tuple[object, ...], said: str, tmp_path: Path) -> None:
    done = osteocast(*arguments, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    done = osteocast("forecast", EXAMPLE, "--output", tmp_path / "out", folder=tmp_path)
    assert done.returncode == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_an_unknown_source_is_1_and_names_the_nearest() -> None:
    done = osteocast("evidence", "show", "abcsg-19")
    assert done.returncode == 1
    assert "did you mean abcsg-18" in done.stderr


def test_evidence_is_listed_and_shown() -> None:
    listed = json.loads(osteocast("evidence", "list", "denosumab", "--json").stdout)
    assert "abcsg-18" in {source["id"] for source in listed}
    shown = osteocast("evidence", "show", "atac-bone-60-months/ana-total-hip-60")
    assert "-7.24" in shown.stdout
    whole = json.loads(osteocast("evidence", "show", "abcsg-18", "--json").stdout)
    assert len(whole["values"]) == next(one["values"] for one in listed if one["id"] == "abcsg-18")


def test_citations_come_in_the_style_asked_for() -> None:
    done = osteocast("cite", "10.1002/jbmr.534", "--style", "bibtex")
    assert done.stdout.startswith("@article{swan-greendale-2012,")
    rests_on = osteocast("cite", "--case", EXAMPLE).stdout
    assert "10.1002/jbmr.534" not in rests_on
    assert len(rests_on.splitlines()) > 4


def test_parameters_and_drugs_are_listed() -> None:
    found = json.loads(osteocast("parameters", "zoledronate", "--json").stdout)
    assert {"zoledronate_retained"} <= {one["name"] for one in found}
    drugs = json.loads(osteocast("drugs", "--json").stdout)
    assert {"anastrozole", "denosumab"} <= {one["name"] for one in drugs}
    assert "never stop or delay it" in osteocast("drugs").stdout


def test_the_doctor_finds_everything_here() -> None:
    done = osteocast("doctor", "--json")
    assert done.returncode == 0
    content = json.loads(done.stdout)
    assert content["problems"] == {}
    assert content["libraries"]["numpy"] != "not installed"


def test_validation_of_own_files_prints_published_beside_simulated(tmp_path: Path) -> None:
    trials = tmp_path / "trials"
    trials.mkdir()
    published = Path(__file__).parents[2] / "src/osteocast/trials/published/abcsg-18.yaml"
    (trials / "mine.yaml").write_text(published.read_text().replace("trial: abcsg-18", "trial: mine"))
    done = osteocast("validate", trials, "--json", "--write", tmp_path / "table.md", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert {row["role"] for row in rows} == {"new"}
    table = (tmp_path / "table.md").read_text()
    assert len([line for line in table.splitlines() if line.startswith("| mine")]) == len(rows)


def test_the_version_is_printed() -> None:
    import osteocast as package

    assert osteocast("--version").stdout.strip() == f"osteocast {package.__version__}"


def test_help_teaches_with_examples() -> None:
    for command in ((), ("forecast",), ("validate",), ("evidence", "show"), ("cite",), ("export",)):
        text = osteocast(*command, "--help").stdout
        assert "osteocast " + " ".join(command) in text
        assert "Examples:\n" in text or "Start with" in text


def test_an_example_of_the_help_stands_on_one_line_however_long() -> None:
    text = osteocast("trial", "--help").stdout
    assert "osteocast trial examples/trials/denosumab-vs-placebo-on-ai.yaml --power 12,20,40" in text
    assert "----" not in text
