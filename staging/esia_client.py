"""ЕСИА as its clients see it: the portal and Госуслуги sign people in with this.

EsiaClientError
├── ExchangeFailed   ЕСИА did not give a token, or did not answer
├── DataRefused      ЕСИА did not give the person's data
└── Unreadable       what ЕСИА answered is not what was agreed on
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey

from staging import oauth, token
from staging.cabinet import Profile
from staging.fault import System
from staging.stand import Stand

SCOPE = "openid fullname birthdate gender snils inn id_doc medical_doc email mobile contacts"

_SYSTEMS: Mapping[str, System] = MappingProxyType({"NMO": "nmo", "PGU": "gosuslugi"})
_CODE = re.compile(r"ESIA-\d{6}")
_CLOCK_IS_OFF = timedelta(hours=1)
_SCOPES_REFUSED = (f"{SCOPE} usr_org", "openid", f"{SCOPE} org_inn?org_oid=1000000001")
"""Kind of `scope-refused` -> what is asked for: a scope that neither client is registered for, none that opens the
person's data, and an organisation's."""
_PROOF, _OTHER_PROOF = "a-proof-key-that-was-not-announced-to-esia", "the-proof-key-that-was-announced-to-esia-is-this"
_VALUE, _LACK, _METHOD, _UNANNOUNCED, _UNPROVED = range(5)
"""Kinds of `request-malformed`."""


class EsiaClientError(Exception):
    """ЕСИА did not do what its client needs. ``code`` is ЕСИА's own, where it gave one."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class ExchangeFailed(EsiaClientError):
    """No token for the code."""


class DataRefused(EsiaClientError):
    """No data for the token."""


class Unreadable(EsiaClientError):
    """The answer is no JSON, or not the one that was agreed on."""


@dataclass(frozen=True)
class SignedIn:
    """Who came back from ЕСИА, and the token that opens their data."""

    oid: str
    access_token: str


class EsiaClient:
    """One registered client. Server-to-server calls go to the loopback address: names under ``.localhost``
    resolve in browsers only."""

    def __init__(self, client_id: str, redirect_uri: str, key: rsa.RSAPrivateKey, stand: Stand) -> None:
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self._key = key
        self._stand = stand
        self._system = _SYSTEMS[client_id]
        esia = urlsplit(stand.addresses.esia)
        self._base = f"http://127.0.0.1:{esia.port}"
        self._host = {"host": esia.netloc}
        self._public_key: RSAKey | None = None

    def authorisation_url(self, state: str, nonce: str) -> str:
        """Where to send the browser."""
        parameters = self._signed(state=state)
        parameters |= {"response_type": "code", "access_type": "online", "nonce": nonce}
        malformed = self._kind("request-malformed")
        if malformed == _VALUE:
            parameters["access_type"] = "always"
        elif malformed == _LACK:
            del parameters["access_type"]
        elif malformed == _UNPROVED:
            parameters |= {"code_challenge": oauth.challenge_of(_OTHER_PROOF), "code_challenge_method": "S256"}
        return f"{self._stand.addresses.esia}/aas/oauth2/v2/ac?{urlencode(parameters)}"

    def logout_url(self, back: str) -> str:
        """Where to send the browser to sign out of ЕСИА and come back."""
        parameters = urlencode({"client_id": self.client_id, "redirect_url": back})
        return f"{self._stand.addresses.esia}/idp/ext/Logout?{parameters}"

    def after_logout(self, back: str) -> str:
        """Where a browser goes on that ЕСИА has sent to sign out here too: a page of the federation, or the front
        page."""
        sites = (self._stand.addresses.nmo, self._stand.addresses.gosuslugi)
        return back if back.startswith(tuple(f"{site}/" for site in sites)) else "/"

    async def exchange(self, code: str, nonce: str) -> SignedIn:
        """Trade the code for tokens and check them. Raises ExchangeFailed, Unreadable, token.TokenRejected."""
        parameters = self._signed(last=code)
        parameters |= {"code": code, "grant_type": "authorization_code", "token_type": "Bearer"}
        malformed = self._kind("request-malformed")
        if malformed in (_UNANNOUNCED, _UNPROVED):
            parameters["code_verifier"] = _PROOF
        try:
            if malformed == _METHOD:
                answer = await self._get("/aas/oauth2/v3/te", {}, parameters)
            else:
                answer = await self._post("/aas/oauth2/v3/te", parameters)
            key = await self._esia_key()
        except httpx.HTTPError as error:
            raise ExchangeFailed(type(error).__name__, _code(error)) from None
        except ValueError:
            raise Unreadable("no JSON came for the code") from None
        now = self._stand.clock.now()
        claims = token.read(answer["id_token"], key, now, aud=self.client_id, nonce=nonce)
        token.read(answer["access_token"], key, now, client_id=self.client_id)
        return SignedIn(claims["sub"], answer["access_token"])

    async def profile(self, signed_in: SignedIn) -> Profile:
        """The person's data. Raises DataRefused and Unreadable."""
        bearer = {"authorization": f"Bearer {signed_in.access_token}"}
        try:
            person = await self._get(f"/rs/prns/{signed_in.oid}", bearer)
            documents = await self._get(f"/rs/prns/{signed_in.oid}/docs", bearer)
        except httpx.HTTPError as error:
            raise DataRefused(type(error).__name__, _code(error)) from None
        except ValueError:
            raise Unreadable("no JSON came for the token") from None
        policies = [document["number"] for document in documents["elements"] if document["type"] == "MDCL_PLCY"]
        return Profile(
            surname=person["lastName"],
            given_name=person["firstName"],
            patronymic=person.get("middleName", ""),
            birth_date=person["birthDate"],
            snils=person["snils"],
            inn=person["inn"],
            oms=policies[0] if policies else "",
        )

    async def revoke(self, oid: str) -> None:
        """Ask ЕСИА to forget that this person knows this client. Raises httpx.HTTPError."""
        await self._post("/aas/oauth2/v3/revoke", self._signed(last=oid) | {"oid": oid})

    def _signed(self, *, state: str = "", last: str = "") -> dict[str, str]:
        """What every request carries, with what this client gets wrong today."""
        now = self._stand.clock.now() - (_CLOCK_IS_OFF if self._on("clock-skew") else timedelta())
        refused = self._kind("scope-refused")
        scope = SCOPE if refused is None else _SCOPES_REFUSED[refused]
        uri = f"{self.redirect_uri}/new" if self._on("redirect-not-registered") else self.redirect_uri
        parameters = oauth.signed(self.client_id, self._key, uri, scope, now, state=state, last=last)
        wrong = self._kind("client-rejected")
        if wrong == 0:
            parameters["client_secret"] = oauth.sign(self._key, "another request")
        elif wrong == 1:
            parameters["client_certificate_hash"] = "0" * 64
        elif wrong == 2:
            parameters["client_id"] = "UNKNOWN"
        return parameters

    def _on(self, fault: str) -> bool:
        return self._stand.faults.on(fault, self._system)

    def _kind(self, fault: str) -> int | None:
        """In which way a fault of this client shows; None while it is off."""
        kind = self._stand.faults.parameters(fault, self._system).get("kind")
        return None if kind is None else int(kind)

    async def _esia_key(self) -> RSAKey:
        if self._public_key is None:
            jwks = await self._get("/aas/oauth2/jwks", {})
            self._public_key = RSAKey.import_key(jwks["keys"][0])
        return self._public_key

    async def _post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        return _json(await self._stand.http.post(self._base + path, data=form, headers=self._host))

    async def _get(
        self, path: str, headers: dict[str, str], parameters: dict[str, str] | None = None
    ) -> dict[str, Any]:
        return _json(await self._stand.http.get(self._base + path, params=parameters, headers=self._host | headers))


def _code(error: httpx.HTTPError) -> str:
    """The code that ЕСИА gave for a refusal; empty when it gave none."""
    found = _CODE.search(error.response.text) if isinstance(error, httpx.HTTPStatusError) else None
    return found.group() if found else ""


def _json(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    document: dict[str, Any] = response.json()
    return document
