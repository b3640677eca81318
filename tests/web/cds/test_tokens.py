from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.testclient import TestClient

import osteocast as oc
from osteocast.web import Settings, create_app
from osteocast.web.cds.replays import Replays
from osteocast.web.cds.settings import CdsSettings, Issuer, read_cds_settings

from .conftest import HOST
from .ehr import view

ISSUER = "https://sandbox.cds-hooks.org"
URL = "/cds-services/osteocast-patient-view"
EC_KEY, RSA_KEY = ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)
OTHER = ec.generate_private_key(ec.SECP384R1())


def public(key: Any, kid: str) -> dict[str, Any]:
    """The public part of a key as a JSON Web Key."""
    kind = (
        jwt.algorithms.ECAlgorithm
        if isinstance(key, ec.EllipticCurvePrivateKey)
        else jwt.algorithms.RSAAlgorithm
    )
    made: dict[str, Any] = json.loads(kind.to_jwk(key.public_key()))
    return {**made, "kid": kid}


KEYS = {"keys": [public(EC_KEY, "ec-1"), public(RSA_KEY, "rsa-1")]}


def claims(**changed: Any) -> dict[str, Any]:
    usual = {"iss": ISSUER, "aud": HOST + URL, "iat": now(), "exp": now() + 300, "jti": str(uuid.uuid4())}
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def signed(key: Any = EC_KEY, alg: str = "ES384", kid: str | None = "ec-1", **changed: Any) -> str:
    headers = {"jku": "https://evil.example/jwks.json"} | ({} if kid is None else {"kid": kid})
    return jwt.encode(claims(**changed), key, algorithm=alg, headers=headers)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    cds = CdsSettings(base_url=HOST, issuers=(Issuer(ISSUER, KEYS),), forecast_ms=0)
    folder = tmp_path_factory.mktemp("tokens")
    settings = Settings(database=f"sqlite:///{folder / 'cases.db'}", warm=False, cds=cds)
    with TestClient(create_app(settings), base_url=HOST) as made:
        yield made


@pytest.fixture
def call(guarded: TestClient) -> Callable[[str | None], Any]:
    def send(token: str | None) -> Any:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        return guarded.post(URL, json=view(), headers=headers)

    return send


def refused(answer: Any) -> str:
    """Check that a call is refused for its token, and return the reason."""
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    told: str = answer.json()["detail"]
    return told


@pytest.mark.parametrize(
    "token",
    [
        lambda: signed(),
        lambda: signed(RSA_KEY, "RS384", "rsa-1"),
        lambda: signed(kid=None),
        lambda: signed(aud=HOST + "/cds-services"),
        lambda: signed(aud=["https://elsewhere.example", HOST + URL]),
    ],
    ids=["ES384", "RS384", "one key of its kind", "all services", "one of several"],
)
def test_a_token_of_a_known_issuer_is_good(call: Callable[[str], Any], token: Callable[[], str]) -> None:
    assert call(token()).status_code == 200


def now() -> int:
    """Return the second of the call: a gate of many minutes lies between collecting a test and running it."""
    return int(time.time())


@pytest.mark.parametrize(
    ("reason", "token"),
    [
        ("expired", lambda: signed(iat=now() - 900, exp=now() - 600)),
        ("not valid yet", lambda: signed(iat=now() + 600, exp=now() + 900)),
        ("not valid yet", lambda: signed(nbf=now() + 600)),
        ("issuer", lambda: signed(iss="https://evil.example")),
        ("issuer", lambda: signed(iss=None)),
        ("another service", lambda: signed(aud="https://elsewhere.example")),
        ("another service", lambda: signed(aud=HOST + "/cds-services/osteocast-order-sign")),
        ("lacks one of", lambda: signed(aud=None)),
        ("lacks one of", lambda: signed(exp=None)),
        ("lacks one of", lambda: signed(iat=None)),
        ("lacks one of", lambda: signed(jti=None)),
        ("lives too long", lambda: signed(exp=now() + 100_000)),
        ("signature", lambda: signed(OTHER)),
        ("names no key", lambda: signed(kid="ec-2")),
        ("names no key", lambda: signed(RSA_KEY, "RS384", "ec-1")),
        ("not signed by", lambda: jwt.encode(claims(), None, algorithm="none")),
        ("not signed by", lambda: jwt.encode(claims(), "x" * 64, algorithm="HS384", headers={"kid": "ec-1"})),
        ("not signed by", lambda: signed(RSA_KEY, "RS256", "rsa-1")),
        ("no JSON Web Token", lambda: "a.b.c"),
        ("too long", lambda: "a" * 10_000),
    ],
)
def test_any_other_token_is_refused_with_the_reason(
    call: Callable[[str], Any], reason: str, token: Callable[[], str]
) -> None:
    made = token()
    assert reason in refused(call(made))


def test_an_algorithm_in_capitals_of_nobody_is_none_all_the_same(call: Callable[[str], Any]) -> None:
    head, body, _ = jwt.encode(claims(), None, algorithm="none").split(".")
    assert "not signed by" in refused(call(f"{head}.{body}."))


def test_no_token_at_all(guarded: TestClient, call: Callable[[None], Any]) -> None:
    assert "no token" in refused(call(None))
    for header in ("Basic eDp5", "Bearer", "Bearer "):
        answer = guarded.post(URL, json=view(), headers={"authorization": header})
        assert "no token" in refused(answer)


def test_a_token_is_good_for_one_call(call: Callable[[str], Any]) -> None:
    token = signed()
    assert call(token).status_code == 200
    assert "used before" in refused(call(token))


def test_who_may_not_call_is_not_told_what_is_wrong_with_the_call(guarded: TestClient) -> None:
    assert guarded.post(URL, content=b"{", headers={"content-type": "application/json"}).status_code == 401
    assert guarded.post(f"{URL}/feedback", json={}).status_code == 401


def test_discovery_is_open(guarded: TestClient) -> None:
    assert guarded.get("/cds-services").status_code == 200


def test_seen_tokens_are_forgotten_once_they_have_expired() -> None:
    now = [100.0]
    replays = Replays(lambda: now[0])
    assert replays.is_new("a", "1", 200.0)
    assert replays.is_new("b", "1", 200.0)
    assert not replays.is_new("a", "1", 200.0)
    now[0] = 201.0
    assert replays.is_new("a", "2", 300.0)
    assert len(replays) == 1


def test_issuers_ask_at_their_own_pace(tmp_path: Path) -> None:
    cds = CdsSettings(base_url=HOST, issuers=(Issuer(ISSUER, KEYS),), forecast_ms=0, calls_per_minute=2)
    settings = Settings(database=f"sqlite:///{tmp_path / 'cases.db'}", warm=False, cds=cds)
    with TestClient(create_app(settings), base_url=HOST) as client:
        statuses = [
            client.post(URL, json=view(), headers={"authorization": f"Bearer {signed()}"}).status_code
            for _ in range(3)
        ]
    assert statuses == [200, 200, 429]


def write(folder: Path, **content: Any) -> Path:
    path = folder / "cds.yaml"
    path.write_text(json.dumps(content))
    return path


def test_settings_name_files_that_lie_beside_them(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps(KEYS))
    issuers = [{"issuer": ISSUER, "keys": "keys.json"}]
    found = read_cds_settings(
        write(tmp_path, base_url=f"{HOST}/", issuers=issuers, origins=[f"{ISSUER}/"], feedback="said.jsonl")
    )
    assert found.base_url == HOST
    assert found.issuers == (Issuer(ISSUER, KEYS),)
    assert found.origins == (ISSUER,)
    assert found.feedback == tmp_path / "said.jsonl"


WEAK = rsa.generate_private_key(65537, 1024)
PRIVATE = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY))


@pytest.mark.parametrize(
    "key",
    [
        PRIVATE,
        public(WEAK, "weak"),
        public(ec.generate_private_key(ec.SECP256R1()), "small"),
        {"kty": "oct", "k": "c2VjcmV0"},
        {**public(EC_KEY, "ec-1"), "alg": "ES256"},
        {**public(EC_KEY, "ec-1"), "use": "enc"},
        {"kty": "EC"},
        "text",
        {"kty": ["EC"], "crv": "P-384"},
        {**KEYS["keys"][0], "x": 7},
        {**KEYS["keys"][1], "n": ["AQAB"]},
    ],
)
def test_only_public_keys_of_good_length_are_taken(tmp_path: Path, key: Any) -> None:
    issuers = [{"issuer": ISSUER, "keys": {"keys": [key]}}]
    with pytest.raises(oc.InputError) as error:
        read_cds_settings(write(tmp_path, base_url=HOST, issuers=issuers))
    (problem,) = error.value.problems
    assert problem.field == "issuers[0].keys.keys[0]"
    # A private key must not reach the log.
    assert PRIVATE["d"] not in str(error.value)


def test_everything_wrong_with_the_settings_is_told(tmp_path: Path) -> None:
    wrong = write(
        tmp_path,
        base_url="bones.example.org",
        origins=["*", "https://a.example/page"],
        issuers=[{"issuer": ISSUER}, {"keys": "none.json"}, {"issuer": "x", "keys": {}}],
        forecast_ms=-1,
        calls_per_minute=0,
        other=1,
    )
    with pytest.raises(oc.InputError) as error:
        read_cds_settings(wrong)
    fields = {problem.field for problem in error.value.problems}
    assert fields == {
        *("base_url", "origins[0]", "origins[1]", "issuers[0].keys", "issuers[1].issuer", "issuers[1].keys"),
        *("issuers[2].keys", "forecast_ms", "calls_per_minute", "other"),
    }


def test_without_issuers_cards_are_for_this_machine_alone() -> None:
    assert Settings().cds == CdsSettings()
    others = {"host": "0.0.0.0", "multi_user": True, "behind_tls": True, "names": ("a.example",)}
    assert Settings(**others).cds is None  # type: ignore[arg-type]
    for one in ({"multi_user": True}, {"behind_tls": True}, {"names": ("a.example",)}):
        assert Settings(**one).cds is None  # type: ignore[arg-type]
    with pytest.raises(oc.InputError, match="--cds"):
        Settings(cds=CdsSettings(origins=(ISSUER,)), **others)  # type: ignore[arg-type]
    known = CdsSettings(base_url=HOST, issuers=(Issuer(ISSUER, KEYS),))
    assert Settings(cds=known, **others).cds == known  # type: ignore[arg-type]


def test_cards_can_be_switched_off(tmp_path: Path) -> None:
    settings = Settings(database=f"sqlite:///{tmp_path / 'cases.db'}", warm=False, cds=None)
    with TestClient(create_app(settings), base_url=HOST) as client:
        assert client.get("/cds-services").status_code == 404
        assert client.post(URL, json=view()).status_code == 404
