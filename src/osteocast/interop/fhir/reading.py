"""Resources from files: a bundle, or NDJSON line by line. Nothing in them is trusted, not even their size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from osteocast.errors import InputError, Problem
from osteocast.interop.fhir.values import Resource, mapping, mappings, reference, text

__all__ = ["LARGEST_BUNDLE", "LARGEST_LINE", "MOST_RESOURCES", "Collected", "collect", "parse", "read_file"]

#: Bytes of one JSON document. A person's bone record has some hundred resources of a kilobyte each.
LARGEST_BUNDLE = 32_000_000
#: Bytes of one line of NDJSON.
LARGEST_LINE = 2_000_000
#: Resources kept of one source, and the bytes of NDJSON behind them.
MOST_RESOURCES = 100_000
LARGEST_KEPT = 64_000_000

#: What a case can come from. Of a bulk export everything else is counted and forgotten.
KEPT = (
    *("Patient", "Observation", "MedicationRequest", "MedicationStatement", "MedicationAdministration"),
    *("Medication", "Condition", "FamilyMemberHistory", "Procedure", "Device", "DiagnosticReport"),
)
_BUNDLES = (
    *("searchset", "collection", "transaction", "document", "batch", "history", "message"),
    *("transaction-response", "batch-response"),
)
_CHUNK = 1 << 16
#: Names of files with a resource on each line.
_LINES = (".ndjson", ".jsonl")


@dataclass
class Collected:
    """Resources of one source, each version once.

    Parameters
    ----------
    resources : dict of str to mapping
        By address: the full URL where there is one, else type and id.
    aside : list of (str, str)
        What was left aside, and why.
    skipped : dict of str to int
        Resources by type that no case comes from, counted.
    """

    resources: dict[str, Resource] = field(default_factory=dict)
    aside: list[tuple[str, str]] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)
    _aliases: dict[str, str] = field(default_factory=dict)

    _held: int = 0

    def hold(self, size: int) -> None:
        """Count bytes that are kept.

        Raises
        ------
        InputError
            If they are too many together.
        """
        self._held += size
        if self._held > LARGEST_KEPT:
            expected = f"at most {LARGEST_KEPT / 1e6:.0f} MB of resources that a case can come from"
            raise InputError([Problem("", "more", expected, "choose a person with --patient")])

    def add(self, resource: object, address: str = "") -> None:
        """Keep a resource, or say why not."""
        if not isinstance(resource, Mapping):
            self.aside.append(("(entry)", "no resource in it"))
            return
        kind, own = text(resource, "resourceType"), text(resource, "id")
        if not kind:
            self.aside.append((own or "(entry)", "no resourceType"))
            return
        if kind not in KEPT:
            self.skipped[kind] = self.skipped.get(kind, 0) + 1
            return
        if len(self.resources) >= MOST_RESOURCES:
            expected = f"at most {MOST_RESOURCES:,} resources"
            raise InputError([Problem("", "more", expected, "split it, or choose a person with --patient")])
        name = f"{kind}/{own}" if own else address or f"{kind}/#{len(self.resources) + 1}"
        address = address.split("/_history/")[0]
        earlier = self.resources.get(name)
        if earlier is not None and address and self._addresses.get(name, address) != address:
            # The same id on another server is another resource.
            name = address
            earlier = self.resources.get(name)
        if address:
            self._addresses.setdefault(name, address)
            self._aliases.setdefault(address, name)
        if earlier is not None:
            self.aside.append((name, "another version of it is used"))
            if _version(earlier) > _version(resource):
                return
        self.resources[name] = resource

    def find(self, pointed: str) -> tuple[str, Resource] | None:
        """Return name and resource that a reference points at: relative, absolute, or by identifier."""
        if not pointed:
            return None
        tail = "/".join(pointed.split("/")[-2:])
        for name in (self._aliases.get(pointed, pointed), tail):
            if name in self.resources:
                return name, self.resources[name]
        return None


def _version(resource: Resource) -> tuple[str, str]:
    """Return what tells later versions from earlier ones: the time, then the number, padded."""
    when = text(resource, "meta", "lastUpdated")
    return when, text(resource, "meta", "versionId").rjust(20, "0")


def parse(content: str | bytes, place: str) -> Any:
    """Read JSON; whatever is wrong with it is an `InputError`.

    Parameters
    ----------
    content : str or bytes
    place : str
        What is read, for messages.

    Raises
    ------
    InputError
        If it is not JSON, not UTF-8, nested too deeply, or holds what is no number.
    """
    try:
        return json.loads(content, parse_constant=_no_number)
    except RecursionError:
        expected = "JSON of ordinary depth"
        raise InputError([Problem(place, "endless nesting", expected, "this is not FHIR")]) from None
    except UnicodeDecodeError:
        raise InputError(
            [Problem(place, "bytes that are not UTF-8", "JSON in UTF-8", "convert it")]
        ) from None
    except ValueError as error:
        remedy = "export it again"
        if content[:100].lstrip()[:1] in (b"<", "<"):
            remedy += " as JSON: XML is not read"
        raise InputError([Problem(place, str(error), "JSON as FHIR has it", remedy)]) from None


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def read_file(path: Path, *, patient: str | None = None) -> Collected:
    """Read a bundle, a single resource, NDJSON, or a folder of them, as a bulk export leaves it.

    Parameters
    ----------
    path : Path
        NDJSON if its name ends in ``.ndjson``, or if its first line is a resource by itself and more follow.
    patient : str, optional
        Id of the only patient whose resources are kept.

    Raises
    ------
    InputError
        If it cannot be read, is too large, or is no FHIR.
    """
    found = Collected()
    try:
        for each in _files(path):
            _read_one(found, each, patient)
    except OSError as error:
        remedy = f"check the path ({error.strerror or error})"
        raise InputError([Problem("FILE", str(path), "a file that can be read", remedy)]) from None
    return found


def _files(path: Path) -> list[Path]:
    """Return the files of a source: one, or those of a folder that may hold FHIR."""
    if not path.is_dir():
        return [path]
    inside = sorted(each for each in path.iterdir() if each.suffix.casefold() in (*_LINES, ".json"))
    if not inside:
        expected = f"a folder with files that end in {', '.join(_LINES)} or .json"
        raise InputError([Problem("FILE", str(path), expected, "name the folder of the bulk export")])
    return inside


def _read_one(found: Collected, path: Path, patient: str | None) -> None:
    if path.suffix.casefold() in _LINES or _is_lines(path):
        _read_lines(found, path, patient)
        return
    size = path.stat().st_size
    if size > LARGEST_BUNDLE:
        raise InputError([_too_large(size)], path.name)
    found.hold(size)
    try:
        collect(found, parse(path.read_bytes(), path.name), patient=patient)
    except InputError as error:
        raise InputError(error.problems, path.name) from None


def _too_large(size: int) -> Problem:
    remedy = "export the one person, or export it as NDJSON, which is read line by line; nothing was imported"
    return Problem("", f"{size / 1e6:.0f} MB", f"a bundle of at most {LARGEST_BUNDLE / 1e6:.0f} MB", remedy)


def _is_lines(path: Path) -> bool:
    """Whether the first line is a resource by itself, and another one follows."""
    with path.open("rb") as stream:
        first, second = stream.readline(_CHUNK).strip(), stream.read(1)
    return first.startswith(b"{") and first.endswith(b"}") and second == b"{"


def _read_lines(found: Collected, path: Path, patient: str | None) -> None:
    problems = list[Problem]()
    with path.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(LARGEST_LINE + 1), b""), 1):
            place = f"line {number}"
            if len(line) > LARGEST_LINE:
                expected = f"a line of at most {LARGEST_LINE / 1e6:.0f} MB"
                raise InputError([Problem(place, "more", expected, "this is not NDJSON")], path.name)
            if not line.strip():
                continue
            try:
                before = len(found.resources)
                collect(found, parse(line.lstrip(b"\xef\xbb\xbf"), place), patient=patient)
            except InputError as error:
                problems += error.problems
                if len(problems) >= 20:
                    break
                continue
            if len(found.resources) > before:
                found.hold(len(line))
    if problems:
        raise InputError(problems, path.name)


def collect(found: Collected, content: Any, *, patient: str | None = None) -> None:
    """Add what a document holds: the entries of a bundle, or one resource.

    Raises
    ------
    InputError
        If it is neither.
    """
    kind = text(content, "resourceType")
    if not kind:
        expected = "a Bundle or a resource, with its resourceType"
        shown = type(content).__name__ if not isinstance(content, Mapping) else ", ".join(list(content)[:5])
        raise InputError([Problem("", shown, expected, "this is not FHIR in JSON")])
    if kind != "Bundle":
        if patient is None or _concerns(content, patient):
            found.add(content)
        return
    of = text(content, "type")
    if of not in _BUNDLES:
        raise InputError(
            [Problem("Bundle.type", of or Problem.ABSENT, ", ".join(_BUNDLES), "export it again")]
        )
    if "entry" in content and not isinstance(content["entry"], list):
        raise InputError(
            [Problem("Bundle.entry", type(content["entry"]).__name__, "a list", "export it again")]
        )
    for entry in content.get("entry") or ():
        _add_entry(found, entry, patient)


def _add_entry(found: Collected, entry: object, patient: str | None) -> None:
    resource = mapping(entry, "resource")
    address = text(entry, "fullUrl")
    if text(entry, "request", "method") == "DELETE":
        found.aside.append((address or text(entry, "request", "url"), "deleted by this bundle"))
    elif text(resource, "resourceType") == "OperationOutcome":
        for issue in mappings(resource, "issue"):
            found.aside.append(("OperationOutcome", text(issue, "diagnostics") or text(issue, "code")))
    elif patient is None or _concerns(resource, patient):
        if text(resource, "resourceType") == "Bundle":
            found.aside.append((address or "Bundle", "a bundle within a bundle"))
            return
        found.add(resource or None, address)


def _concerns(resource: Resource, patient: str) -> bool:
    kind = text(resource, "resourceType")
    if kind == "Patient":
        return text(resource, "id") == patient
    if kind in ("Medication", "Device"):
        return True
    pointed = reference(resource, "subject") or reference(resource, "patient")
    return pointed.split("/")[-1].removeprefix("urn:uuid:") == patient
