from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import osteocast as oc
from osteocast import web
from osteocast.web.serving import address, listen

CODE = "from osteocast.cli import main; main()"


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CODE, "serve", "--no-open", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_port_that_is_taken_is_told_with_another_one() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = serve("--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert f"--port {port + 1}" in done.stderr


def test_others_are_let_in_only_where_people_log_in_by_https() -> None:
    done = serve("--host", "0.0.0.0")
    assert done.returncode == 2
    assert all(option in done.stderr for option in ("--multi-user", "--behind-tls", "--name"))


def test_an_address_that_is_not_of_this_machine_is_told() -> None:
    settings = web.Settings(host="192.0.2.1", multi_user=True, behind_tls=True, names=("a.example",))
    with pytest.raises(oc.OsteocastError, match="not an address of this machine"):
        listen(settings)


def test_an_address_of_six_parts_stands_in_brackets() -> None:
    assert address(web.Settings(host="::1")) == "http://[::1]:8750/"


def test_what_is_missing_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "missing", lambda: ("fastapi", "uvicorn"))
    with pytest.raises(oc.OsteocastError, match=r"fastapi, uvicorn.*osteocast\[web\]"):
        web.create_app()


def test_it_serves_and_ends_cleanly(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = f"sqlite:///{tmp_path / 'cases.db'}"
    command = [sys.executable, "-c", CODE, "serve", "--no-open", "--port", str(port), "--database", database]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                    assert answer.status == 200
                break
            except OSError:
                time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 0
    assert f"http://127.0.0.1:{port}/" in said
    assert "osteocast has ended" in said
