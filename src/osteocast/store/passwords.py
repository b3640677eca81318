"""Passwords: which are taken, and how they are kept.

They are hashed by Argon2id with the parameters of RFC 9106 for little memory. What is asked of a password
follows NIST SP 800-63B: length, and nothing about its characters.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from osteocast.errors import Problem
from osteocast.store.people import key_of

__all__ = ["check_password", "hashed", "matches", "outdated"]

_SHORTEST, _LONGEST = 12, 1024


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobodys() -> str:
    """Hash of no password, so that an unknown name takes as long as a known one."""
    return _hasher().hash("nobody")


def check_password(password: str, name: str, problems: list[Problem]) -> None:
    """Add to the problems what is wrong with a new password. It is never repeated."""
    shown, remedy = "(hidden)", "take a few words that do not belong together"
    if not _SHORTEST <= len(password) <= _LONGEST:
        problems.append(Problem("password", shown, f"{_SHORTEST} to {_LONGEST} characters", remedy))
    elif key_of(name) in password.casefold() and len(password) < 2 * _SHORTEST:
        problems.append(Problem("password", shown, "a password without the user's name", remedy))
    elif len(set(password)) < _SHORTEST // 3:
        problems.append(Problem("password", shown, "more than a few different characters", remedy))


def hashed(password: str) -> str:
    """Return the hash of a password, with its own salt and parameters."""
    return _hasher().hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether a password is the one; it takes as long where there is none."""
    try:
        return _hasher().verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored)
