"""How the web application runs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from osteocast.errors import InputError, Problem
from osteocast.web.cds.settings import CdsSettings

__all__ = ["LOOPBACK", "Settings"]

#: Names of this machine that no other machine answers to.
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Settings:
    """How the web application runs.

    Parameters
    ----------
    host : str
        Address to listen on.
    port : int
    database : str or None
        URL of the database that keeps cases; the user's own file if left out.
    multi_user : bool
        Whether people log in. Without it whoever reaches the page is the one person it is for.
    behind_tls : bool
        Whether something in front of it speaks HTTPS; cookies are then sent over HTTPS only.
    names : tuple of str
        Host names under which it may be reached, besides those of this machine.
    draws, people : int
        Virtual people behind a forecast and behind a verdict.
    workers : int
        Computations at a time.
    waiting : int
        Computations that may wait; the next one is told to come back later.
    patience : float
        Seconds after which a page no longer waits for its numbers.
    largest_body : int
        Bytes of a request.
    largest_call : int
        Bytes of a call of a record, which sends along what it knows.
    logins_per_minute, computations_per_minute : int
        Of one address; a computation that is kept already costs nothing.
    warm : bool
        Whether to compile and to compute the examples at the start.
    cds : CdsSettings or None
        How cards are served to records; None switches them off. Without issuers of tokens they are served to
        this machine alone, and are off wherever others reach it or people log in.

    Raises
    ------
    InputError
        If it would be reachable from other machines without people who log in, or without HTTPS.
    """

    host: str = "127.0.0.1"
    port: int = 8750
    database: str | None = None
    multi_user: bool = False
    behind_tls: bool = False
    names: tuple[str, ...] = ()
    draws: int = 256
    people: int = 4096
    workers: int = field(default_factory=lambda: max(1, os.cpu_count() or 1))
    waiting: int = 32
    patience: float = 60.0
    largest_body: int = 1_000_000
    largest_call: int = 4_000_000
    logins_per_minute: int = 10
    computations_per_minute: int = 120
    warm: bool = True
    cds: CdsSettings | None = field(default_factory=CdsSettings)

    def __post_init__(self) -> None:
        problems = []
        if not self.is_local:
            if not self.multi_user:
                problems.append(
                    Problem(
                        "--host",
                        self.host,
                        "an address of this machine, unless people log in",
                        "leave it out, or add --multi-user",
                    )
                )
            if not self.behind_tls:
                problems.append(
                    Problem(
                        "--behind-tls",
                        Problem.ABSENT,
                        "a proxy with HTTPS before an address that other machines reach",
                        "set up HTTPS and say so with --behind-tls",
                    )
                )
            if not self.names:
                problems.append(
                    Problem(
                        "--name",
                        Problem.ABSENT,
                        "the host name that people type",
                        "give it, as in --name bones.example.org",
                    )
                )
        if self.cds is not None and not self.cds.issuers and self.is_for_others:
            if self.cds != CdsSettings():
                problems.append(
                    Problem(
                        "--cds",
                        "no issuers",
                        "issuers whose tokens count, as others reach it",
                        "add them with their keys, or leave --cds out",
                    )
                )
            object.__setattr__(self, "cds", None)
        if problems:
            raise InputError(problems)

    @property
    def is_for_others(self) -> bool:
        """Whether more than the one person at this machine reach it, directly or through a proxy."""
        return not self.is_local or self.multi_user or self.behind_tls or bool(self.names)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in LOOPBACK
