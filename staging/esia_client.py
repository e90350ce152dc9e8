"""ЕСИА as its clients see it: the portal and Госуслуги sign people in with this.

EsiaClientError
├── ExchangeFailed   ЕСИА did not give a token, or did not answer
└── DataRefused      ЕСИА did not give the person's data
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey

from staging import oauth, token
from staging.cabinet import Profile
from staging.stand import Stand

SCOPE = "openid fullname birthdate gender snils inn id_doc medical_doc email mobile contacts"


class EsiaClientError(Exception):
    """ЕСИА did not do what its client needs."""


class ExchangeFailed(EsiaClientError):
    """No token for the code."""


class DataRefused(EsiaClientError):
    """No data for the token."""


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
        esia = urlsplit(stand.addresses.esia)
        self._base = f"http://127.0.0.1:{esia.port}"
        self._host = {"host": esia.netloc}
        self._public_key: RSAKey | None = None

    def authorisation_url(self, state: str, nonce: str) -> str:
        """Where to send the browser."""
        parameters = self._signed(state=state)
        parameters |= {"response_type": "code", "access_type": "online", "nonce": nonce}
        return f"{self._stand.addresses.esia}/aas/oauth2/v2/ac?{urlencode(parameters)}"

    def logout_url(self, back: str) -> str:
        """Where to send the browser to sign out of ЕСИА and come back."""
        parameters = urlencode({"client_id": self.client_id, "redirect_url": back})
        return f"{self._stand.addresses.esia}/idp/ext/Logout?{parameters}"

    async def exchange(self, code: str, nonce: str) -> SignedIn:
        """Trade the code for tokens and check them. Raises ExchangeFailed and token.TokenRejected."""
        parameters = self._signed(last=code)
        parameters |= {"code": code, "grant_type": "authorization_code", "token_type": "Bearer"}
        try:
            answer = await self._post("/aas/oauth2/v3/te", parameters)
            key = await self._esia_key()
        except httpx.HTTPError as error:
            raise ExchangeFailed(type(error).__name__) from None
        now = self._stand.clock.now()
        claims = token.read(answer["id_token"], key, now, aud=self.client_id, nonce=nonce)
        token.read(answer["access_token"], key, now, client_id=self.client_id)
        return SignedIn(claims["sub"], answer["access_token"])

    async def profile(self, signed_in: SignedIn) -> Profile:
        """The person's data. Raises DataRefused."""
        bearer = {"authorization": f"Bearer {signed_in.access_token}"}
        try:
            person = await self._get(f"/rs/prns/{signed_in.oid}", bearer)
            documents = await self._get(f"/rs/prns/{signed_in.oid}/docs", bearer)
        except httpx.HTTPError as error:
            raise DataRefused(type(error).__name__) from None
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
        now = self._stand.clock.now()
        return oauth.signed(self.client_id, self._key, self.redirect_uri, SCOPE, now, state=state, last=last)

    async def _esia_key(self) -> RSAKey:
        if self._public_key is None:
            jwks = await self._get("/aas/oauth2/jwks", {})
            self._public_key = RSAKey.import_key(jwks["keys"][0])
        return self._public_key

    async def _post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        return _json(await self._stand.http.post(self._base + path, data=form, headers=self._host))

    async def _get(self, path: str, headers: dict[str, str]) -> dict[str, Any]:
        return _json(await self._stand.http.get(self._base + path, headers=self._host | headers))


def _json(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    document: dict[str, Any] = response.json()
    return document
