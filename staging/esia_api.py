"""ЕСИА between servers: tokens for codes, the person's data for tokens, revocation, public keys."""

import secrets
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from staging import oauth, token
from staging.account import Account
from staging.oauth import Client, EsiaError
from staging.person import Person
from staging.stand import Stand

CODE_LIVES = timedelta(seconds=60)
_CLOCK_IS_OFF = timedelta(hours=1)
_TROUBLES = (
    ("esia-overload", "ESIA-007008", "temporarily_unavailable"),
    ("esia-internal", "ESIA-007007", "server_error"),
)
_NOT_JSON = "<html><head><title>ЕСИА</title></head><body><h1>Сервис обновляется</h1></body></html>"

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True)
class Permission:
    """What a single-use code stands for."""

    client: Client
    account: Account
    scope: str
    nonce: str = field(repr=False)
    session: str
    signed_in: datetime
    challenge: str = field(default="", repr=False)
    """What the client has announced of its proof key; empty when it uses none."""


class EsiaApi:
    """Endpoints that the clients' servers call. ``key`` signs the tokens."""

    def __init__(self, stand: Stand, clients: Mapping[str, Client], key: RSAKey) -> None:
        self.clients = clients
        self._stand = stand
        self._key = key
        self._codes: dict[str, tuple[Permission, datetime]] = {}

    def routes(self) -> list[Route]:
        """Routes of the interface."""
        return [
            Route("/aas/oauth2/v3/te", _json_errors(self.exchange), methods=["POST"]),
            Route("/aas/oauth2/v3/te", _json_errors(self.other_method), methods=["GET", "PUT", "PATCH", "DELETE"]),
            Route("/aas/oauth2/v3/revoke", _json_errors(self.revoke), methods=["POST"]),
            Route("/aas/oauth2/jwks", self.jwks),
            Route("/rs/prns/{oid}", _json_errors(self.person)),
            Route("/rs/prns/{oid}/ctts", _json_errors(self.contacts)),
            Route("/rs/prns/{oid}/docs", _json_errors(self.documents)),
        ]

    def issue_code(self, permission: Permission) -> str:
        """A single-use code, good for a minute."""
        now = self._stand.clock.now()
        self._codes = {code: entry for code, entry in self._codes.items() if entry[1] > now}
        code = secrets.token_urlsafe(48)
        self._codes[code] = (permission, now if self._on("code-expired") else now + CODE_LIVES)
        if self._on("code-replayed"):
            # What the exchange before this one would have left.
            del self._codes[code]
        return code

    def check(self, client: Client, parameters: Mapping[str, str], *, last: str = "") -> None:
        """Check a client's signed request by ЕСИА's clock, as `oauth.check_signed`."""
        now = self._stand.clock.now()
        oauth.check_signed(client, parameters, now - _CLOCK_IS_OFF if self._on("clock-skew") else now, last=last)

    def busy(self, at: int) -> None:
        """Raise what keeps ЕСИА from its work: ``at`` is 0 when a sign-in begins, 1 when a code is traded."""
        for fault, code, error in _TROUBLES:
            if self._stand.faults.parameters(fault, "esia").get("at") == at:
                raise EsiaError(code, error)

    def _on(self, fault: str) -> bool:
        return self._stand.faults.on(fault, "esia")

    def _malformed(self, of: int) -> bool:
        return self._stand.faults.parameters("malformed-answer", "esia").get("of") == of

    async def exchange(self, request: Request) -> Response:
        """Tokens for a code."""
        form = await _form(request)
        self.busy(1)
        if self._malformed(0):
            return HTMLResponse(_NOT_JSON)
        client = oauth.known_client(self.clients, form)
        oauth.required(form, "code", "grant_type", "token_type")
        now = self._stand.clock.now()
        self.check(client, form, last=form["code"])
        if form["grant_type"] != "authorization_code" or form["token_type"] != "Bearer":  # noqa: S105
            raise EsiaError("ESIA-007003", "unsupported_grant_type")
        permission, expires = self._codes.pop(form["code"], (None, now))
        if permission is None or now >= expires or permission.client.id != client.id:
            raise EsiaError("ESIA-007011", "invalid_grant")
        oauth.check_proof(permission.challenge, form.get("code_verifier", ""))
        grant = _grant(permission)
        return JSONResponse(
            {
                "access_token": token.access_token(grant, self._key, now),
                "id_token": token.id_token(grant, self._key, now),
                "token_type": "Bearer",
                "expires_in": token.LIFETIME_S,
                "state": form["state"],
            },
            headers={"cache-control": "no-store"},
        )

    async def other_method(self, _request: Request) -> Response:
        """Tokens are given for a POST only."""
        raise EsiaError("ESIA-007005")

    async def revoke(self, request: Request) -> Response:
        """Forget that a person knows a client: their next entry is a first one."""
        form = await _form(request)
        client = oauth.known_client(self.clients, form)
        oauth.required(form, "oid")
        self.check(client, form, last=form["oid"])
        account = self._stand.accounts.owned_by(form["oid"])
        if account is None:
            raise EsiaError("ESIA-007003")
        account.confirmed.discard(client.id)
        return JSONResponse({})

    async def jwks(self, _request: Request) -> Response:
        """The public key that the tokens are checked with."""
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def person(self, request: Request) -> Response:
        """The person's main data, as far as the token's scopes reach."""
        person, scopes = self._opened(request, {"fullname"})
        if self._malformed(1):
            return HTMLResponse(_NOT_JSON)
        document = {
            "firstName": person.given_name,
            "lastName": person.surname,
            "middleName": person.patronymic,
            "trusted": person.lacks is None,
            "status": "REGISTERED",
            "updatedOn": int(self._stand.clock.now().timestamp()),
        }
        by_scope = {
            "birthdate": ("birthDate", person.birth_date),
            "gender": ("gender", person.gender),
            "snils": ("snils", person.snils),
            "inn": ("inn", person.inn),
        }
        return JSONResponse(document | dict(by_scope[scope] for scope in by_scope.keys() & scopes))

    async def contacts(self, request: Request) -> Response:
        """Phone and e-mail."""
        person, _ = self._opened(request, {"contacts", "email", "mobile"})
        elements = [
            {"type": "MBT", "vrfStu": "VERIFIED", "value": person.phone},
            {"type": "EML", "vrfStu": "VERIFIED", "value": person.email},
        ]
        return JSONResponse({"size": len(elements), "elements": elements})

    async def documents(self, request: Request) -> Response:
        """Documents: the ОМС policy."""
        person, _ = self._opened(request, {"id_doc", "medical_doc"})
        elements = [{"type": "MDCL_PLCY", "vrfStu": "VERIFIED", "number": person.oms}]
        return JSONResponse({"size": len(elements), "elements": elements})

    def _opened(self, request: Request, any_of: set[str]) -> tuple[Person, set[str]]:
        """The person whose data the request's token opens, and its scopes. Raises 007019."""
        oid = request.path_params["oid"]
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        account = self._stand.settled(oid)
        try:
            claims = token.read(bearer if scheme == "Bearer" else "", self._key, self._stand.clock.now())
        except token.TokenRejected:
            raise EsiaError("ESIA-007019", "invalid_token") from None
        bound = (scope.partition("?oid=") for scope in str(claims.get("scope", "")).split())
        scopes = {name for name, _, owner in bound if owner == oid}
        if account is None or not scopes & any_of:
            raise EsiaError("ESIA-007019", "insufficient_scope")
        return account.person, scopes


_STATUS = {"invalid_token": 401, "insufficient_scope": 403}


def _json_errors(endpoint: Endpoint) -> Endpoint:
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except EsiaError as error:
            document = {"error": error.error, "error_description": str(error)}
            return JSONResponse(document, _STATUS.get(error.error, 400))

    return answered


async def _form(request: Request) -> dict[str, str]:
    return {key: str(value) for key, value in (await request.form()).items()}


def _grant(permission: Permission) -> token.Grant:
    person = permission.account.person
    return token.Grant(
        client_id=permission.client.id,
        scope=permission.scope,
        oid=person.oid,
        full_name=person.full_name,
        trusted=person.lacks is None,
        session=permission.session,
        signed_in=permission.signed_in,
        nonce=permission.nonce,
    )
