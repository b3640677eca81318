"""Who calls: a JSON Web Token of a known issuer, for this service, fresh, and not seen before."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from osteocast.web.cds.keys import ALGORITHMS, algorithm_of
from osteocast.web.cds.refusals import unauthorised
from osteocast.web.cds.replays import Replays
from osteocast.web.cds.settings import Issuer

__all__ = ["LEEWAY_SECONDS", "LONGEST_SECONDS", "checked_issuer"]

#: Clocks differ by so much, seconds.
LEEWAY_SECONDS = 30
#: A token that lives longer is refused: the specification asks for minutes, and replays are remembered.
LONGEST_SECONDS = 3600
_LONGEST_TOKEN = 8000
_LONGEST_ID = 200


def checked_issuer(header: str, issuers: Sequence[Issuer], audiences: Sequence[str], replays: Replays) -> str:
    """Return who calls.

    Parameters
    ----------
    header : str
        ``Authorization`` as it was sent; empty for none.
    issuers : sequence of Issuer
    audiences : sequence of str
        What the token may be for.
    replays : Replays

    Raises
    ------
    CallRefused
        With status 401 and what is wrong with the token.
    """
    import jwt

    scheme, _, token = header.partition(" ")
    if scheme.casefold() != "bearer" or not token.strip():
        raise unauthorised("there is no token", "send Authorization: Bearer with a JSON Web Token")
    token = token.strip()
    if len(token) > _LONGEST_TOKEN:
        raise unauthorised("the token is too long")
    try:
        head = jwt.get_unverified_header(token)
        said = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise unauthorised("the token is no JSON Web Token") from None
    issuer = next((each for each in issuers if each.name == said.get("iss")), None)
    if issuer is None:
        raise unauthorised("the issuer of the token is not known here", "have it added to the settings")
    key = _key(issuer, head)
    try:
        claims = jwt.decode(
            token,
            jwt.PyJWK(key, algorithm=algorithm_of(key)),
            algorithms=[algorithm_of(key)],
            audience=list(audiences),
            issuer=issuer.name,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "exp", "iat", "jti"]},
        )
    except jwt.PyJWTError as error:
        raise unauthorised(_reason(error)) from None
    _check_life(claims)
    token_id = claims["jti"]
    if not isinstance(token_id, str) or not 0 < len(token_id) <= _LONGEST_ID:
        raise unauthorised("the id of the token (jti) is no short text")
    if not replays.is_new(issuer.name, token_id, float(claims["exp"]) + LEEWAY_SECONDS):
        raise unauthorised("the token was used before", "make a new one for each call")
    return issuer.name


def _key(issuer: Issuer, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key that a token names. Addresses of keys in the token are not looked at."""
    if head.get("alg") not in ALGORITHMS.values():
        allowed = " or ".join(ALGORITHMS.values())
        raise unauthorised("the token is not signed by an algorithm that is allowed", f"sign it by {allowed}")
    fitting = [key for key in issuer.keys["keys"] if algorithm_of(key) == head["alg"]]
    named = [key for key in fitting if key.get("kid") == head.get("kid")]
    if "kid" in head and named:
        return dict(named[0])
    if "kid" not in head and len(fitting) == 1:
        return dict(fitting[0])
    raise unauthorised("the token names no key of its issuer that is known here", "have the new key added")


def _check_life(claims: Mapping[str, Any]) -> None:
    begun, ends = float(claims["iat"]), float(claims["exp"])
    if ends - begun > LONGEST_SECONDS:
        raise unauthorised("the token lives too long", f"let it live for {LONGEST_SECONDS} seconds at most")
    if begun < time.time() - LONGEST_SECONDS:
        raise unauthorised("the token is too old")


def _reason(error: Exception) -> str:
    """Say what is wrong with a token, without repeating what stands in it."""
    import jwt

    reasons: tuple[tuple[type[Exception], str], ...] = (
        (jwt.ExpiredSignatureError, "the token has expired"),
        (jwt.ImmatureSignatureError, "the token is not valid yet"),
        (jwt.InvalidIssuedAtError, "the token is not valid yet"),
        (jwt.InvalidAudienceError, "the token is for another service"),
        (jwt.MissingRequiredClaimError, "the token lacks one of iss, aud, exp, iat and jti"),
        (jwt.InvalidSignatureError, "the signature of the token is wrong"),
    )
    return next((text for kind, text in reasons if isinstance(error, kind)), "the token is not valid")
