"""A browser and a server of our own, for the tests that look at pages as people do."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from osteocast.web import Settings, create_app
from osteocast.web.serving import listen

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
#: Where to leave pictures of the pages; nowhere unless a folder is named.
PICTURES = os.environ.get("OSTEOCAST_SCREENSHOTS")


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """Serve on a free port, and give the address."""
    app = create_app(settings)
    listening = listen(settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{settings.port}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port: int = made.getsockname()[1]
        return port


def picture(page: object, name: str) -> None:
    """Leave a picture of a page where the environment asks for it."""
    if PICTURES:
        folder = Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)  # type: ignore[attr-defined]
