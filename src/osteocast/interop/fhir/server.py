"""Resources from a FHIR server: pages of the same origin, with a bearer token that no message repeats."""

from __future__ import annotations

import ipaddress
import os
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any

from osteocast.errors import InputError, Problem
from osteocast.interop.fhir.reading import LARGEST_BUNDLE, Collected, collect, parse
from osteocast.interop.fhir.values import mappings, text

__all__ = ["TOKEN_VARIABLE", "bearer_token", "fetch"]

#: Environment variable that may hold the bearer token.
TOKEN_VARIABLE = "OSTEOCAST_FHIR_TOKEN"
_TIMEOUT_SECONDS = 30.0
_LONGEST_SECONDS = 600.0
_MOST_PAGES = 500
_MOST_BYTES = 128_000_000
_PAGE = 200
_REFUSED = (401, 403)
_LONGEST_TOKEN = 20_000
#: Searches by patient; a server without one of them answers with an error, which is said.
_SEARCHES = (
    *("Observation", "Condition", "MedicationRequest", "MedicationStatement", "MedicationAdministration"),
    *("Procedure", "FamilyMemberHistory", "DiagnosticReport", "Device"),
)
_INCLUDES = {
    **dict.fromkeys(("MedicationRequest", "MedicationStatement", "MedicationAdministration"), "medication"),
    "Observation": "device",
}


def bearer_token(path: Path | None) -> str | None:
    """Return the token that a file or the environment holds; None if neither does.

    Raises
    ------
    InputError
        If the file cannot be read, or holds no token. What it holds is not shown.
    """
    if path is None:
        return _checked(os.environ.get(TOKEN_VARIABLE, "").strip(), TOKEN_VARIABLE) or None
    try:
        with path.open(encoding="ascii") as stream:
            content = stream.read(_LONGEST_TOKEN).strip()
    except (OSError, UnicodeDecodeError) as error:
        remedy = f"check the path ({type(error).__name__})"
        raise InputError([Problem("--token-file", str(path), "a file with a token", remedy)]) from None
    if not content:
        raise InputError([Problem("--token-file", str(path), "a file with a token", "it is empty")])
    return _checked(content, "--token-file")


def _checked(token: str, place: str) -> str:
    if any(not "!" <= character <= "~" for character in token):
        expected = "one token without spaces or line breaks"
        raise InputError([Problem(place, "something else", expected, "write nothing but the token into it")])
    return token


def fetch(url: str, *, patient: str | None = None, token: str | None = None) -> Collected:
    """Fetch what a server holds of a person.

    Parameters
    ----------
    url : str
        Base of the server, with `patient`; or a whole query, such as ``.../Patient/1/$everything``.
    patient : str, optional
        Id of the Patient; needed with a base.
    token : str, optional

    Returns
    -------
    Collected

    Raises
    ------
    InputError
        If the address is not safe or not a server's, the server refuses, or sends too much.
    """
    origin = _origin(url)
    parts = urllib.parse.urlsplit(url)
    session = _Session(origin, token)
    found = Collected()
    whole = bool(parts.query) or "$" in parts.path or "/Patient/" in f"{parts.path}/"
    if whole:
        if not session.pages(url, found, patient):
            raise InputError([Problem("FILE", _shown(url), "an answer", session.last)])
        return found
    if patient is None:
        expected = "the id of a Patient, as a server holds many"
        raise InputError([Problem("--patient", Problem.ABSENT, expected, "add --patient ID")])
    base, who = url.rstrip("/"), urllib.parse.quote(patient, safe="")
    if not session.pages(f"{base}/Patient/{who}", found, patient):
        raise InputError([Problem("--patient", patient, "a Patient on this server", session.last)])
    for kind in _SEARCHES:
        query: dict[str, Any] = {"patient": patient, "_count": _PAGE}
        if kind in _INCLUDES:
            query["_include"] = f"{kind}:{_INCLUDES[kind]}"
        address = f"{base}/{kind}?{urllib.parse.urlencode(query)}"
        if not session.pages(address, found, patient):
            found.aside.append((f"{kind} of the server", session.last))
    return found


def _shown(url: str) -> str:
    """Return an address for a message: without the query, which may name the person."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a safe address.

    Raises
    ------
    InputError
        If it is not encrypted and not of this machine, or holds a password.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InputError([Problem("FILE", "an address", "https://server/path", "correct it")]) from None
    if parts.username is not None or parts.password is not None:
        expected = "an address without user and password"
        raise InputError([Problem("FILE", _shown(url), expected, "give a token with --token-file")])
    if not host or any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise InputError([Problem("FILE", _shown(url), "https://server/path", "correct it")])
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)
    expected = "https, or http on this machine"
    raise InputError([Problem("FILE", _shown(url), expected, "health data need encryption: use https")])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows a redirection to the same origin alone."""

    def __init__(self, origin: tuple[str, str, int]) -> None:
        self._allowed = origin

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check_origin(newurl, self._allowed)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_origin(url: str, origin: tuple[str, str, int]) -> None:
    if _origin(url) != origin:
        expected = "pages of the server that was asked"
        raise InputError(
            [Problem("next page", _shown(url), expected, "the server points elsewhere: stopped")]
        )


class _Session:
    """Requests to one origin, with their limits together."""

    def __init__(self, origin: tuple[str, str, int], token: str | None) -> None:
        handlers: list[urllib.request.BaseHandler] = [_SameOrigin(origin)]
        if _is_loopback(origin[1]):
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)
        self._origin = origin
        self._token = token
        self._left = _MOST_BYTES
        self._until = time.monotonic() + _LONGEST_SECONDS
        self._seen: set[str] = set()
        #: Why the last request had no answer.
        self.last = ""

    def pages(self, url: str, found: Collected, patient: str | None) -> bool:
        """Add every page of an answer; False if the server has none, and `last` says why."""
        following: str | None = url
        while following is not None:
            if following in self._seen:
                raise InputError(
                    [Problem("next page", _shown(following), "a new page", "the pages go in circles")]
                )
            if len(self._seen) >= _MOST_PAGES:
                expected = f"at most {_MOST_PAGES} pages"
                raise InputError([Problem("next page", "more", expected, "ask for one person")])
            self._seen.add(following)
            content = self._get(following)
            if content is None:
                return False
            page = parse(content, _shown(following))
            collect(found, page, patient=patient)
            following = next(self._next(page, following), None)
        return True

    def _next(self, page: Any, here: str) -> Iterator[str]:
        for link in mappings(page, "link"):
            if text(link, "relation") == "next" and isinstance(link.get("url"), str):
                url = urllib.parse.urljoin(here, link["url"].strip())
                _check_origin(url, self._origin)
                yield url

    def _get(self, url: str) -> bytes | None:
        request = urllib.request.Request(url, headers={"Accept": "application/fhir+json"})
        if self._token:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return self._body(answer, url)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in _REFUSED:
                remedy = f"give a token that may read it, with --token-file or {TOKEN_VARIABLE}"
                raise InputError([Problem("FILE", f"HTTP {error.code}", "leave to read", remedy)]) from None
            self.last = f"HTTP {error.code}"
            return None
        except (urllib.error.URLError, OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            remedy = f"check address and network ({reason})"
            if isinstance(reason, ssl.SSLCertVerificationError):
                remedy = (
                    f"its certificate is not trusted here ({reason.verify_message}): have it renewed, or "
                    "name the file of the authority that signed it in SSL_CERT_FILE"
                )
            raise InputError([Problem("FILE", _shown(url), "a server that answers", remedy)]) from None

    def _body(self, answer: Any, url: str) -> bytes:
        """Read an answer piece by piece, so that neither its size nor its slowness is without end."""
        pieces, size = [], 0
        while piece := answer.read1(1 << 16):
            size += len(piece)
            if size > LARGEST_BUNDLE or size > self._left:
                expected = (
                    f"pages of at most {LARGEST_BUNDLE / 1e6:.0f} MB, {_MOST_BYTES / 1e6:.0f} MB together"
                )
                raise InputError([Problem(_shown(url), "more", expected, "ask for one person, or less")])
            if time.monotonic() > self._until:
                expected = f"an answer within {_LONGEST_SECONDS / 60:.0f} minutes"
                raise InputError(
                    [Problem(_shown(url), "a slower one", expected, "try again, or ask for less")]
                )
            pieces.append(piece)
        self._left -= size
        return b"".join(pieces)
