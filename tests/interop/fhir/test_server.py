"""A server on this machine: pages, token, redirections, and what is refused."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from osteocast.errors import InputError
from osteocast.interop.fhir import TOKEN_VARIABLE, bearer_token, read_fhir
from osteocast.interop.fhir import server as session

from .making import bundle, lab, menopause, patient

TOKEN = "secret-token-that-nobody-sees"
Answer = tuple[int, dict[str, str], bytes]


class Server:
    """Answers by path; what was asked is kept."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("Authorization")))
                code, headers, body = outer.answers.get(
                    self.path, outer.answers.get(self.path.split("?")[0], (404, {}, b""))
                )
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.http.server_port}/fhir"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def say(self, path: str, content: object, code: int = 200, **headers: str) -> None:
        self.answers[f"/fhir{path}"] = (code, headers, json.dumps(content).encode())

    def pages(self, *pages: Any) -> None:
        """Lay out a search of observations on several pages."""
        for i, page in enumerate(pages):
            path = "/Observation" if i == 0 else f"/page/{i}"
            link = [{"relation": "next", "url": f"{self.base}/page/{i + 1}"}] if i + 1 < len(pages) else []
            self.say(path, page | {"link": link})


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.say("/Patient/anna", patient())
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_every_page_is_read_with_the_token_and_what_is_not_offered_is_said(server: Server) -> None:
    server.pages(
        bundle(menopause(), of="searchset"),
        bundle(lab("x", "2160-0", 0.9, "mg/dL"), of="searchset"),
        bundle(lab("y", "62292-8", 31, "ng/mL"), of="searchset"),
    )
    found = read_fhir(server.base, patient="anna", token=TOKEN)
    assert {one.analyte for one in found.cases[0].case.labs} == {"creatinine", "vitamin_d"}
    assert {token for _, token in server.asked} == {f"Bearer {TOKEN}"}
    assert ("Condition of the server", ("HTTP 404",)) in [(one.resource, one.notes) for one in found.findings]


def test_a_dose_that_only_points_at_its_drug_is_read_with_the_drug(server: Server) -> None:
    drug = {
        "resourceType": "Medication",
        "id": "prolia",
        "code": {"text": "denosumab 60 MG/ML prefilled syringe"},
    }
    dose = {
        "resourceType": "MedicationAdministration",
        "id": "dose",
        "status": "completed",
        "medicationReference": {"reference": "Medication/prolia"},
        "subject": {"reference": "Patient/anna"},
        "effectiveDateTime": "2024-05-06",
    }
    server.say("/Observation", bundle(menopause(), of="searchset"))
    server.say("/MedicationAdministration", bundle(dose, drug, of="searchset"))
    found = read_fhir(server.base, patient="anna")
    assert [course.drug for course in found.cases[0].case.treatments] == ["denosumab"]
    asked = [path for path, _ in server.asked if path.startswith("/fhir/Medication")]
    assert len(asked) == 3
    assert all("_include=Medication" in path and "medication" in path for path in asked)


def test_everything_of_a_person_may_be_asked_for_at_once(server: Server) -> None:
    server.say("/Patient/anna/$everything", bundle(patient(), menopause(), of="searchset"))
    found = read_fhir(f"{server.base}/Patient/anna/$everything")
    assert [one.patient for one in found.cases] == ["anna"]
    assert [path for path, _ in server.asked] == ["/fhir/Patient/anna/$everything"]


@pytest.mark.parametrize(
    "elsewhere", ["http://127.0.0.2:1/fhir", "https://evil.example/fhir", "file:///etc/passwd"]
)
def test_a_next_page_elsewhere_is_not_followed(server: Server, elsewhere: str) -> None:
    server.say(
        "/Observation", bundle(menopause(), of="searchset", link=[{"relation": "next", "url": elsewhere}])
    )
    with pytest.raises(InputError) as caught:
        read_fhir(server.base, patient="anna", token=TOKEN)
    assert TOKEN not in str(caught.value)


def test_a_redirection_elsewhere_is_not_followed(server: Server) -> None:
    server.say("/Observation", {}, 302, Location="https://evil.example/fhir")
    with pytest.raises(InputError, match="points elsewhere"):
        read_fhir(server.base, patient="anna", token=TOKEN)


def test_pages_in_a_circle_end(server: Server) -> None:
    page = bundle(menopause(), of="searchset", link=[{"relation": "next", "url": f"{server.base}/page/1"}])
    server.say("/Observation", page)
    server.say("/page/1", page)
    with pytest.raises(InputError, match="in circles"):
        read_fhir(server.base, patient="anna")


def test_a_page_without_end_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "LARGEST_BUNDLE", 200_000)
    server.say("/Observation", bundle(menopause(), of="searchset", text="x" * 300_000))
    with pytest.raises(InputError, match="pages of at most"):
        read_fhir(server.base, patient="anna")


@pytest.mark.parametrize("code", [401, 403])
def test_a_server_that_refuses_is_told_apart_from_one_that_is_empty(server: Server, code: int) -> None:
    server.say("/Patient/anna", {}, code)
    with pytest.raises(InputError, match="--token-file") as caught:
        read_fhir(server.base, patient="anna", token=TOKEN)
    assert TOKEN not in str(caught.value)


def test_a_person_the_server_does_not_have(server: Server) -> None:
    with pytest.raises(InputError, match="HTTP 404"):
        read_fhir(server.base, patient="bert")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://ehr.example/fhir", "use https"),
        ("https://user:password@ehr.example/fhir", "without user and password"),
        ("https:///fhir", "https://server/path"),
        ("https://ehr.example:99999/fhir", "https://server/path"),
        ("https://ehr.example/a b", "https://server/path"),
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected) as caught:
        read_fhir(url, patient="anna")
    assert "password@" not in str(caught.value)


def test_a_server_alone_needs_a_person(server: Server) -> None:
    with pytest.raises(InputError, match="--patient"):
        read_fhir(server.base)


def test_nobody_answers() -> None:
    with pytest.raises(InputError, match="a server that answers"):
        read_fhir("http://127.0.0.1:9/fhir", patient="anna")


def test_a_certificate_that_nobody_signed_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        reason = ssl.SSLCertVerificationError(1, "certificate verify failed")
        reason.verify_message = "self-signed certificate"
        raise urllib.error.URLError(reason)

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", refused)
    with pytest.raises(InputError, match=r"self-signed certificate.*SSL_CERT_FILE") as caught:
        read_fhir("https://ehr.example:8443/fhir", patient="anna", token=TOKEN)
    assert "https://ehr.example:8443/fhir" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_server_that_is_silent_or_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def drip() -> None:
        with contextlib.suppress(OSError):
            while True:
                answer, _ = listening.accept()
                answer.recv(65536)
                for piece in (b"HTTP/1.1 200 OK\r\n\r\n", *[b" "] * 100):
                    answer.sendall(piece)
                    time.sleep(0.02)

    def url(listening: socket.socket) -> str:
        return f"http://127.0.0.1:{listening.getsockname()[1]}/fhir"

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(session, "_TIMEOUT_SECONDS", 0.2)
        with pytest.raises(InputError, match="TimeoutError"):
            read_fhir(url(silent), patient="anna", token=TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setattr(session, "_TIMEOUT_SECONDS", 10.0)
        monkeypatch.setattr(session, "_LONGEST_SECONDS", 0.2)
        threading.Thread(target=drip, daemon=True).start()
        with pytest.raises(InputError, match="a slower one"):
            read_fhir(url(listening), patient="anna", token=TOKEN)


def test_a_token_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    assert bearer_token(None) is None
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    assert bearer_token(None) == TOKEN
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    assert bearer_token(path) == TOKEN
    for content in ("", f"{TOKEN} {TOKEN}", f"{TOKEN}\nX-Other: header", "schlüssel"):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            bearer_token(path)
        assert TOKEN not in str(caught.value)
    with pytest.raises(InputError, match="--token-file"):
        bearer_token(tmp_path / "nowhere")
