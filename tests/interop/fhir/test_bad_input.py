"""Whatever a file holds, there is a case, a drop with its reason, or one `InputError`: nothing else."""

from __future__ import annotations

import copy
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osteocast.errors import InputError
from osteocast.interop.fhir import import_resources, read_fhir
from osteocast.interop.fhir import reading as limits
from osteocast.person import load_case

from .making import bundle, core_report, lab, mcode_medication, menopause, observation, patient, us_core_dxa

Resource = dict[str, Any]


def read(tmp_path: Path, content: bytes | str, name: str = "bundle.json", **wishes: Any) -> Any:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_fhir(path, **wishes)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "JSON as FHIR has it"),
        ("{", "JSON as FHIR has it"),
        ('<Bundle xmlns="http://hl7.org/fhir"/>', "XML is not read"),
        ("[]", "resourceType"),
        ("42", "resourceType"),
        ('{"resourceType": 5}', "resourceType"),
        ('{"resourceType": "Bundle"}', "searchset"),
        ('{"resourceType": "Bundle", "type": "collection", "entry": {}}', "a list"),
        ('{"resourceType": "Bundle", "type": "collection"}', "a Patient resource"),
        ('{"resourceType": "Practitioner"}', "a Patient resource"),
        ('{"resourceType": "Bundle", "type": "collection", "total": NaN}', "not a JSON number"),
        ('{"a": ' + "[" * 200_000, "ordinary depth"),
        ('{"a": ' + "9" * 5000 + "}", "JSON"),
        (b'{"resourceType": "\xff"}', "UTF-8"),
    ],
)
def test_what_is_no_record_is_refused_with_the_reason(
    tmp_path: Path, content: bytes | str, expected: str
) -> None:
    with pytest.raises(InputError, match=expected):
        read(tmp_path, content)


def test_a_bundle_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    with path.open("wb") as stream:
        stream.write(b'{\n"resourceType": "Bundle", ')
        stream.truncate(100_000_000)
    tracemalloc.start()
    with pytest.raises(InputError, match=r"100 MB.*32 MB"):
        read_fhir(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_bulk_lines_are_read_one_by_one_and_others_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "bulk.ndjson"
    claim = json.dumps({"resourceType": "Claim", "id": "c", "text": "x" * 5000})
    with path.open("w") as stream:
        stream.write(json.dumps(patient()) + "\n" + json.dumps(menopause()) + "\n")
        for _ in range(4000):
            stream.write(claim + "\n")
        stream.write(json.dumps(lab("x", "2160-0", 0.9, "mg/dL")) + "\n")
    assert path.stat().st_size > 20_000_000
    tracemalloc.start()
    found = read_fhir(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [one.analyte for one in found.cases[0].case.labs] == ["creatinine"]
    assert found.skipped == {"Claim": 4000}
    assert peak < 8_000_000


def test_a_folder_of_a_bulk_export_is_one_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blood = [lab(f"x{i}", "2160-0", 0.9 + i / 10, "mg/dL") for i in range(2)]
    (tmp_path / "Observation.000.ndjson").write_text("\n".join(map(json.dumps, [menopause(), blood[0]])))
    (tmp_path / "Observation.001.ndjson").write_text(json.dumps(blood[1]))
    (tmp_path / "Patient.000.ndjson").write_text(json.dumps(patient()))
    (tmp_path / "log.txt").write_text("not FHIR")
    (one,) = read_fhir(tmp_path).cases
    assert [each.value for each in one.case.labs] == [0.9, 1.0]
    monkeypatch.setattr(limits, "LARGEST_KEPT", 500)
    with pytest.raises(InputError, match="choose a person"):
        read_fhir(tmp_path)


def test_a_folder_without_fhir_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ndjson"):
        read_fhir(tmp_path)


def test_bad_lines_are_told_by_number_and_nothing_is_made(tmp_path: Path) -> None:
    lines = [json.dumps(patient()), "{", json.dumps(menopause()), "null"]
    with pytest.raises(InputError) as caught:
        read(tmp_path, "\n".join(lines), "bulk.ndjson")
    assert [problem.field for problem in caught.value.problems] == ["line 2", ""]


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_LINE", 1000)
    with pytest.raises(InputError, match="this is not NDJSON"):
        read(tmp_path, "{" + " " * 2000, "bulk.ndjson")


def test_too_many_resources_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_RESOURCES", 3)
    many = [lab(f"x{i}", "2160-0", 0.9, "mg/dL") for i in range(5)]
    with pytest.raises(InputError, match="at most 3 resources"):
        import_resources(bundle(patient(), *many))


def test_references_in_circles_end() -> None:
    panel = observation(
        "panel",
        {"text": "panel"},
        hasMember=[{"reference": "Observation/panel"}, {"reference": "Observation/x"}],
    )
    x = lab("x", "2160-0", 0.9, "mg/dL", hasMember=[{"reference": "Observation/panel"}])
    (one,) = import_resources(bundle(patient(), menopause(), panel, x)).cases
    assert [each.analyte for each in one.case.labs] == ["creatinine"]


def test_what_a_record_says_is_no_markup_and_no_command_for_a_terminal() -> None:
    from osteocast.interop.fhir.showing import import_renderables
    from osteocast.report.text import as_text

    evil = lab("x", "2160-0", 0.9, "mg/dL") | {"code": {"text": "[/bold]\x1b[2J\u0007 [red]creatinine"}}
    found = import_resources(bundle(patient(), menopause(), evil))
    shown = as_text(import_renderables(found), width=200)
    assert "\x1b" not in shown and "\x07" not in shown and "[red]creatinine" in shown


SEEDS = [us_core_dxa(), core_report(), mcode_medication()]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(
        ["2023", "2023-02-30", "9999-12-31", "0000-01-01", "Patient/anna", "#x", "\ud800", "-1e9"]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(
        st.sampled_from(["value", "code", "coding", "reference"]), st.text(max_size=5), max_size=2
    ),
)


def places(content: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    if isinstance(content, dict):
        for key, value in content.items():
            found += places(value, (*path, key))
    elif isinstance(content, list):
        for i, value in enumerate(content):
            found += places(value, (*path, i))
    return found


def put(content: Any, path: tuple[Any, ...], value: object, *, remove: bool) -> None:
    """Change a place; one that an earlier change took away stays away."""
    *above, last = path
    try:
        for key in above:
            content = content[key]
        if remove:
            del content[last]
        else:
            content[last] = value
    except (KeyError, IndexError, TypeError):
        return


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_record_is_a_case_or_an_input_error(data: st.DataObject) -> None:
    content = copy.deepcopy(data.draw(st.sampled_from(SEEDS)))
    everywhere = places(content)
    for _ in range(data.draw(st.integers(1, 6))):
        path = data.draw(st.sampled_from(everywhere))
        put(content, path, data.draw(JUNK), remove=data.draw(st.booleans()))
    try:
        found = import_resources(content, device=data.draw(st.sampled_from([None, "hologic"])))
    except InputError as error:
        assert str(error)
        return
    for one in found.cases:
        assert load_case(one.text) == one.case


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["x.json", "x.ndjson"]))
def test_any_bytes_are_refused_in_order(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / name
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_fhir(path)
