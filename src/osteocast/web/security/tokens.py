"""Tokens against forged requests: bound to the session, sent with every form."""

from __future__ import annotations

import hashlib
import hmac
import secrets

__all__ = ["new_session", "token_of", "verify"]


def new_session() -> str:
    """Return the id of a new session, which cannot be guessed."""
    return secrets.token_urlsafe(32)


def token_of(secret: bytes, session: str) -> str:
    """Return the token that the forms of a session carry."""
    return hmac.new(secret, f"form|{session}".encode(), hashlib.sha256).hexdigest()


def verify(secret: bytes, session: str, sent: str) -> bool:
    """Whether a token is that of the session; takes the same time whatever was sent."""
    return hmac.compare_digest(token_of(secret, session).encode(), sent.encode("utf-8", "replace"))
