"""Running the application: a free port, a warm engine, a clean end."""

from __future__ import annotations

import errno
import logging
import socket
import threading
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

from osteocast.errors import OsteocastError
from osteocast.web.warming import warm

if TYPE_CHECKING:
    from fastapi import FastAPI

    from osteocast.web.settings import Settings

__all__ = ["address", "listen", "run"]

_GRACE_SECONDS = 10


def address(settings: Settings) -> str:
    """Return the address that a browser on this machine takes."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if host in ("0.0.0.0", "[::]"):
        host = "localhost"
    return f"http://{host}:{settings.port}/"


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens.

    Raises
    ------
    OsteocastError
        If the port is taken, or may not be used, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.host, settings.port))
        made.listen(128)
    except OSError as error:
        made.close()
        where = f"{settings.host}:{settings.port}"
        reason = {
            errno.EADDRINUSE: f"port {settings.port} is taken: end what uses it (perhaps another osteocast "
            f"serve), or choose another one with --port {settings.port + 1}",
            errno.EACCES: f"port {settings.port} may not be used by you: choose one above 1023 with --port",
            errno.EADDRNOTAVAIL: f"{settings.host} is not an address of this machine: leave --host out",
        }.get(error.errno or 0, f"cannot listen on {where}: {error.strerror or error}")
        raise OsteocastError(reason) from None
    return made


def run(app: FastAPI, settings: Settings, *, say: Callable[[str], None], open_page: bool) -> None:
    """Serve until it is interrupted; what is being answered then is still answered.

    Parameters
    ----------
    app : FastAPI
    settings : Settings
    say : callable
        Is told what happens.
    open_page : bool
        Whether to open the browser once the first example is computed.

    Raises
    ------
    OsteocastError
        If the port cannot be used.
    """
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    listening = listen(settings)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # addresses of drafts are nobody else's business
        server_header=False,
        proxy_headers=settings.behind_tls,
        forwarded_allow_ips="127.0.0.1,::1" if settings.behind_tls else None,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    if settings.warm:
        threading.Thread(target=_warm, args=(app, settings, say, open_page), name="warm", daemon=True).start()
    elif open_page:
        webbrowser.open(address(settings))
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()
    say("osteocast has ended.")


def _warm(app: FastAPI, settings: Settings, say: Callable[[str], None], open_page: bool) -> None:
    warm(app.state.service, say)
    if open_page:
        webbrowser.open(address(settings))
