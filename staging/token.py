"""Tokens of ЕСИА: made by it, read by its clients.

TokenRejected   a token that a client must not trust
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry
from joserfc.jwt import ClaimsOption

ISSUER = "http://esia.gosuslugi.ru/"
LIFETIME_S = 3600

_JWS = JWSRegistry(strict_check_header=False)
"""ЕСИА puts ``ver`` and ``sbt`` into the header, which no standard knows."""


class TokenRejected(Exception):
    """The token's signature, time, audience or nonce is wrong."""


@dataclass(frozen=True)
class Grant:
    """What a person was let in for: the ground of both tokens."""

    client_id: str
    scope: str
    oid: str
    full_name: str
    trusted: bool
    session: str
    signed_in: datetime
    nonce: str


def access_token(grant: Grant, key: RSAKey, now: datetime) -> str:
    """The token that opens the person's data; each scope is bound to the person, as in ``snils?oid=1``."""
    claims = _common(grant, now) | {
        "client_id": grant.client_id,
        "scope": " ".join(f"{scope}?oid={grant.oid}" for scope in grant.scope.split()),
        "urn:esia:sbj_id": int(grant.oid),
    }
    return jwt.encode(_header("access"), claims, key, registry=_JWS)


def id_token(grant: Grant, key: RSAKey, now: datetime) -> str:
    """The token that says who the person is, for the client only."""
    claims = _common(grant, now) | {
        "sub": grant.oid,
        "aud": grant.client_id,
        "amr": ["PWD"],
        "urn:esia:amd": "PWD",
        "auth_time": int(grant.signed_in.timestamp()),
        "urn:esia:sbj": {
            "urn:esia:sbj:typ": "P",
            "urn:esia:sbj:is_tru": grant.trusted,
            "urn:esia:sbj:oid": int(grant.oid),
            "urn:esia:sbj:nam": grant.full_name,
        },
    }
    if grant.nonce:
        claims["nonce"] = grant.nonce
    return jwt.encode(_header("id"), claims, key, registry=_JWS)


def read(token: str, key: RSAKey, now: datetime, **expected: str) -> dict[str, Any]:
    """Claims of a token, once its signature, times and the ``expected`` claims are right. Raises TokenRejected."""
    try:
        claims = jwt.decode(token, key, algorithms=["RS256"], registry=_JWS).claims
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=60,
            iss={"essential": True, "value": ISSUER},
            exp={"essential": True},
            **{name: ClaimsOption(essential=True, value=value) for name, value in expected.items()},
        )
        registry.validate(claims)
    except (JoseError, ValueError) as error:
        raise TokenRejected(type(error).__name__) from None
    return claims


def _header(kind: str) -> dict[str, Any]:
    return {"ver": 1, "typ": "JWT", "sbt": kind, "alg": "RS256"}


def _common(grant: Grant, now: datetime) -> dict[str, Any]:
    issued = int(now.timestamp())
    return {
        "iss": ISSUER,
        "nbf": issued,
        "iat": issued,
        "exp": issued + LIFETIME_S,
        "jti": str(uuid.uuid4()),
        "urn:esia:sid": grant.session,
    }
