"""Who may call, from which pages, and what an answer may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from osteocast.errors import InputError, Problem
from osteocast.person.documents import read_document
from osteocast.person.fields import Fields

__all__ = ["CdsSettings", "Issuer", "read_cds_settings"]

_FIELDS = ("base_url", "origins", "issuers", "forecast_ms", "calls_per_minute", "feedback")
_SLOWEST_MS = 5000
_MOST_CALLS = 1_000_000


@dataclass(frozen=True)
class Issuer:
    """A record that may call.

    Parameters
    ----------
    name : str
        As it stands in its tokens (``iss``).
    keys : mapping
        Its public keys: a JSON Web Key Set. None is ever fetched.
    """

    name: str
    keys: Mapping[str, Any]


@dataclass(frozen=True)
class CdsSettings:
    """How cards are served.

    Parameters
    ----------
    base_url : str
        Absolute address of the application, for links and as the audience of tokens; that of the request if
        left out.
    origins : tuple of str
        Pages of other sites that may call from a browser, as in ``https://sandbox.cds-hooks.org``.
    issuers : tuple of Issuer
        Whose tokens count. Without one, anybody may call, and it is served to this machine alone.
    forecast_ms : int
        Milliseconds that the forecast behind a card may take; later ones are left out.
    calls_per_minute : int
        Of one issuer, or of one address.
    feedback : Path or None
        File to which feedback is appended, one line of JSON each, without a word about anybody.
    """

    base_url: str = ""
    origins: tuple[str, ...] = ()
    issuers: tuple[Issuer, ...] = ()
    forecast_ms: int = 200
    calls_per_minute: int = 600
    feedback: Path | None = None


def read_cds_settings(path: str | Path) -> CdsSettings:
    """Read the settings of the cards from a file.

    Parameters
    ----------
    path : str or Path
        YAML or JSON. Files it names lie beside it.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    document = read_document(Path(path))
    problems = list(document.problems)
    fields = Fields(document.content, "", problems, _FIELDS)
    folder = Path(path).parent
    base_url = fields.text("base_url", "an absolute address") or ""
    if base_url and not _is_address(base_url):
        fields.report("base_url", "an address such as https://bones.example.org", "give it with https://")
    origins = tuple(_origins(fields))
    issuers = tuple(_issuers(fields, folder))
    if issuers and not base_url:
        remedy = "give the address that the record calls; tokens name it"
        fields.report("base_url", "an absolute address, as there are issuers", remedy)
    budget = fields.whole("forecast_ms", 0, _SLOWEST_MS, "milliseconds")
    calls = fields.whole("calls_per_minute", 1, _MOST_CALLS, "calls in a minute")
    feedback = fields.text("feedback", "the name of a file")
    if problems:
        raise InputError(problems, Path(path).name)
    usual = CdsSettings()
    return CdsSettings(
        base_url.rstrip("/"),
        origins,
        issuers,
        usual.forecast_ms if budget is None else budget,
        usual.calls_per_minute if calls is None else calls,
        None if feedback is None else folder / feedback,
    )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query
    except ValueError:
        return False


def _origins(fields: Fields) -> Iterator[str]:
    for given, place in fields.items("origins"):
        if isinstance(given, str) and _is_address(given) and not urlsplit(given).path.strip("/"):
            yield given.rstrip("/").casefold()
        else:
            expected = "scheme and host of a page, as in https://sandbox.cds-hooks.org"
            fields.problems.append(Problem(place, given, expected, "leave the path out; no wildcards"))


def _issuers(fields: Fields, folder: Path) -> Iterator[Issuer]:
    from osteocast.web.cds.keys import read_keys

    for given, place in fields.items("issuers"):
        issuer = Fields(given, place, fields.problems, ("issuer", "keys"))
        if not issuer.usable:
            continue
        issuer.require("issuer", "the issuer of its tokens", "write it as in their iss")
        issuer.require("keys", "its public keys", "name the file of its JWKS, or write the set here")
        name = issuer.text("issuer", "the issuer of its tokens")
        keys = read_keys(issuer.raw("keys"), issuer.place("keys"), folder, fields.problems)
        if name is not None and keys is not None:
            yield Issuer(name, keys)
