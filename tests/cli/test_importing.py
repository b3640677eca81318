"""``osteocast import`` and the event table of ``osteocast export``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from osteocast.cli.app import app
from osteocast.errors import InputError
from osteocast.person import load_case

EXAMPLE = Path(__file__).parents[2] / "examples" / "letrozole-denosumab-exit.yaml"


def call(*arguments: object) -> None:
    CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False, standalone_mode=False)


def test_what_is_exported_can_be_imported_once(tmp_path: Path) -> None:
    table, cases = tmp_path / "events.csv", tmp_path / "cases"
    call("export", table, "--format", "nonmem", "--case", EXAMPLE, "--plan", "zoledronate")
    call("import", table, "--as-of", load_case(EXAMPLE).as_of, "--output", cases)
    made = load_case(cases / "1.yaml")
    assert [plan.name for plan in made.plans] == ["as in the table"]
    with pytest.raises(InputError, match="choose another folder"):
        call("import", table, "--as-of", load_case(EXAMPLE).as_of, "--output", cases)


def test_nothing_is_written_if_one_person_cannot_be_read(tmp_path: Path) -> None:
    table = tmp_path / "events.csv"
    rows = ["ID,TIME,EVID,CMT,AMT,AGE,SEX,MENO", "1,0,1,1,1,61,1,50", "2,0,1,1,1,31,1,50"]
    table.write_text("\n".join(rows))
    with pytest.raises(InputError, match=r"2\.yaml: person.menopause"):
        call("import", table, "--output", tmp_path / "cases")
    assert not (tmp_path / "cases").exists()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("import", "nowhere.csv"), "FILE"),
        (("export", "events.csv", "--format", "nonmem"), "--case"),
        (("export", "folder", "--format", "petab", "--case", EXAMPLE), "--case"),
        (("export", "bone.xml", "--trial", "atac"), "--trial"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments: tuple[object, ...], field: str) -> None:
    with pytest.raises(InputError) as caught:
        call(*arguments)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_a_record_becomes_a_case_and_a_report(tmp_path: Path) -> None:
    record, told, cases = tmp_path / "record.json", tmp_path / "told.yaml", tmp_path / "cases"
    woman = {"resourceType": "Patient", "id": "a/../b", "gender": "female", "birthDate": "1957-11-02"}
    entries = [{"resource": woman}, {"resource": {"resourceType": "Encounter", "id": "e"}}]
    record.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    with pytest.raises(InputError, match=r"person\.menopause.*--with"):
        call("import", record, "--output", cases)
    assert not cases.exists()
    told.write_text("person: {menopause: {age: 50}}")
    answer = CliRunner().invoke(
        app, ["import", str(record), "--with", str(told), "--output", str(cases), "--json"]
    )
    assert answer.exit_code == 0, answer.output
    assert [path.name for path in cases.iterdir()] == ["a-b.yaml"]
    said = json.loads(answer.stdout)
    assert (said["cases"][0]["patient"], said["skipped"]) == ("a/../b", {"Encounter": 1})
    assert load_case(cases / "a-b.yaml").person.birth_date.year == 1957
    with pytest.raises(InputError, match="choose another folder"):
        call("import", record, "--with", told, "--output", cases)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("events.csv", "--patient", "1"), "--patient"),
        (("record.json", "--token-file", "token"), "--token-file"),
        (("record.json", "--as-of", "soon"), "--as-of"),
        (("nowhere.json",), "FILE"),
        (("record.json", "--device", "siemens"), "--device"),
    ],
)
def test_options_of_the_other_kind_are_refused(
    arguments: tuple[str, ...], field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("record.json").write_text('{"resourceType": "Patient", "id": "1"}')
    with pytest.raises(InputError) as caught:
        call("import", *arguments)
    assert field in [problem.field for problem in caught.value.problems]


def test_a_case_is_written_as_fhir_and_comes_back(tmp_path: Path) -> None:
    pytest.importorskip("fhir.resources")
    bundle, cases = tmp_path / "bundle.json", tmp_path / "cases"
    call("export", bundle, "--format", "fhir", "--case", EXAMPLE, "--plan", "then zoledronate")
    kinds = [entry["resource"]["resourceType"] for entry in json.loads(bundle.read_text())["entry"]]
    assert {"RiskAssessment", "CarePlan", "Observation", "Provenance"} <= set(kinds)
    call("import", bundle, "--as-of", load_case(EXAMPLE).as_of, "--output", cases)
    assert load_case(cases / "person.yaml").scans == load_case(EXAMPLE).scans
    with pytest.raises(InputError, match="--case"):
        call("export", bundle, "--format", "fhir")
