"""The ``osteocast`` command."""

from osteocast.cli.app import app, main

__all__ = ["app", "main"]
