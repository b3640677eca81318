"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket, as a user without rights."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

_FOLDERS = ("/usr/local/bin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True))
_USER = "osteocast"


def binaries() -> dict[str, str] | None:
    """Where the programs of PostgreSQL are; None if they are not all there."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *_FOLDERS))
    found = {name: shutil.which(name, path=path) for name in ("initdb", "pg_ctl", "postgres")}
    return {name: each for name, each in found.items() if each} if all(found.values()) else None


class Server:
    """A server that can be stopped and started."""

    def __init__(self, programs: dict[str, str]) -> None:
        # initdb finds its companions beside its own file, not beside a link to it.
        self._programs = {name: os.path.realpath(path) for name, path in programs.items()}
        self._account = self._without_rights()
        # Not below pytest's folder: that user could not enter it, and a socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        if self._account is not None:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        self._run(
            "initdb", "-D", f"{self.folder}/data", "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync"
        )

    @staticmethod
    def _without_rights() -> pwd.struct_passwd | None:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        return None

    def _run(self, program: str, *arguments: str) -> None:
        account = self._account
        answer = subprocess.run(
            [self._programs[program], *arguments],
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else [],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            # Not pipes: the server would hold them open.
            stdout=(self.folder / "out").open("ab"),
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        if answer.returncode:
            raise RuntimeError(f"{program} failed:\n{(self.folder / 'out').read_text()[-2000:]}")

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=60"
        # What a crash of the whole machine would do is not tested here; a crash of the server is.
        options += " -c fsync=off"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-t", "30", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-t", "30", "-m", mode, "stop")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{_USER}:geheim@/{database}?host={self.folder}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        where = f"host={self.folder} dbname={database} user={_USER}"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())

    def new_database(self, name: str) -> str:
        """Make an empty database and return its address."""
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def remove(self) -> None:
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
