"""The site of ЕСИА: where a person signs in.

The interface between servers is in ``esia_api``; this is what a browser sees.
"""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from staging import oauth
from staging.account import Account
from staging.esia_api import EsiaApi, Permission
from staging.oauth import LACKING, Client, EsiaError
from staging.person import CONDITIONS, Condition
from staging.session import Sessions
from staging.site import Site
from staging.stand import Stand

CODE_LIVES = timedelta(minutes=5)

LOCKED = "Учётная запись временно заблокирована"
WRONG_PASSWORD = "Неверные логин или пароль"  # noqa: S105 - a message
WRONG_CODE = "Неверный код"
CODE_EXPIRED = "Срок действия кода истёк"


@dataclass(frozen=True)
class Challenge:
    """A one-time code that ЕСИА waits for. ``code`` is empty for codes of an authenticator app."""

    account: Account
    kind: Literal["sms", "totp", "email"]
    code: str = field(repr=False)
    expires: datetime


@dataclass
class SignIn:
    """What ЕСИА knows of a browser: the request it came with, the code it owes, and who it is."""

    client: Client | None = None
    parameters: dict[str, str] = field(default_factory=dict, repr=False)
    challenge: Challenge | None = None
    account: Account | None = None
    signed_in: datetime | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Esia:
    """Screens and redirects of ЕСИА."""

    def __init__(self, stand: Stand, site: Site, api: EsiaApi) -> None:
        self._stand = stand
        self._site = site
        self._api = api
        self._sessions = Sessions("esia_sid", SignIn)

    def app(self) -> Starlette:
        """The whole site, with the interface between servers."""
        return self._site.app(
            [
                Route("/", self.home),
                Route("/aas/oauth2/v2/ac", self.authorise),
                Route("/idp/ext/Logout", self.logout),
                Route("/login", self.login),
                Route("/login", self.check_password, methods=["POST"]),
                Route("/login/otp", self.second_factor),
                Route("/login/otp", self.check_second_factor, methods=["POST"]),
                Route("/login/contact", self.contact),
                Route("/login/contact", self.check_contact, methods=["POST"]),
                Route("/login/recovery", self.recovery),
                *self._api.routes(),
            ]
        )

    # --- requests of clients

    async def authorise(self, request: Request) -> Response:
        """A client sends a browser to be signed in."""
        parameters = dict(request.query_params)
        try:
            client = oauth.known_client(self._api.clients, parameters)
        except EsiaError as error:
            # There is no address that can be trusted with the error.
            return self._site.failure("Ошибка", error.code, error.text, 400)
        try:
            oauth.one_of(parameters, "response_type", "code")
            oauth.one_of(parameters, "access_type", "online", "offline")
            oauth.check_signed(client, parameters, self._stand.clock.now())
        except EsiaError as error:
            return _refuse(parameters, error)
        session = self._sessions.of(request)
        session.client, session.parameters = client, parameters
        response = self._proceed(session) if session.account else RedirectResponse("/login", 302)
        self._sessions.keep(request, response, session)
        return response

    async def logout(self, request: Request) -> Response:
        """End the session here and send the browser back to a page of the client."""
        client = self._api.clients.get(request.query_params.get("client_id", ""))
        back = request.query_params.get("redirect_url", "")
        known = client is not None and (back == client.home or back.startswith(client.home + "/"))
        response: Response = RedirectResponse(back, 302) if known else self._site.page("signed_out")
        self._sessions.end(request, response)
        return response

    def _proceed(self, session: SignIn) -> Response:
        """Send a signed-in person on: back to the client, or to what is still to be done."""
        account, client = session.account, session.client
        if account is None or client is None or session.signed_in is None:
            return RedirectResponse("/", 303)
        if client.needs_confirmed and (lacking := self._lacking(account)):
            return _refuse(session.parameters, EsiaError("ESIA-007055", "access_denied", LACKING[lacking]))
        if client.id not in account.confirmed:
            return RedirectResponse("/login/contact", 303)
        parameters = session.parameters
        permission = Permission(
            client, account, parameters["scope"], parameters.get("nonce", ""), session.id, session.signed_in
        )
        code = self._api.issue_code(permission)
        session.client, session.parameters = None, {}
        wrong = self._stand.faults.on("wrong-state", "esia")
        return _back(parameters, code=code, state=str(uuid.uuid4()) if wrong else parameters["state"])

    # --- screens

    async def home(self, request: Request) -> Response:
        """Who is signed in; for people who come without a client."""
        account = self._sessions.of(request).account
        if account is None:
            return RedirectResponse("/login", 302)
        return self._site.page("home", person=account.person)

    async def recovery(self, _request: Request) -> Response:
        """How to get in again."""
        return self._site.page("recovery")

    async def login(self, request: Request) -> Response:
        """The first screen."""
        session = self._sessions.of(request)
        if session.account is not None:
            return self._proceed(session)
        return self._site.page("login", login="", error="")

    async def check_password(self, request: Request) -> Response:
        """Check login and password; the second factor comes next, for everyone who has one."""
        form = await request.form()
        login, password = str(form.get("login", "")), str(form.get("password", ""))
        now = self._stand.clock.now()
        account = self._stand.accounts.signing_in(login)
        if account is None:
            return self._site.page("login", login=login, error=WRONG_PASSWORD)
        if account.locked(now):
            return self._site.page("login", login=login, error=LOCKED)
        if not account.password_fits(password, now):
            error = LOCKED if account.locked(now) else WRONG_PASSWORD
            return self._site.page("login", login=login, error=error)
        session = self._sessions.of(request)
        if account.person.factor == "none":
            return self._signed_in(session, account, request)
        session.challenge = self._challenge(account, account.person.factor)
        response = RedirectResponse("/login/otp", 303)
        self._sessions.keep(request, response, session)
        return response

    async def second_factor(self, request: Request) -> Response:
        """Ask for the code of the second factor."""
        challenge = self._sessions.of(request).challenge
        if challenge is None:
            return RedirectResponse("/login", 302)
        return self._code_page(challenge)

    async def check_second_factor(self, request: Request) -> Response:
        """Check the code; the person is signed in when it is right."""
        session = self._sessions.of(request)
        challenge = session.challenge
        if challenge is None:
            return RedirectResponse("/login", 302)
        if error := await self._wrong_code(challenge, request):
            return self._code_page(challenge, error)
        return self._signed_in(session, challenge.account, request)

    def _signed_in(self, session: SignIn, account: Account, request: Request) -> Response:
        session.challenge = None
        session.account = account
        session.signed_in = self._stand.clock.now()
        response = self._proceed(session)
        self._sessions.renew(request, response, session)
        return response

    async def contact(self, request: Request) -> Response:
        """Ask a person who is new to this client to confirm the e-mail; the code is sent when first shown."""
        session = self._sessions.of(request)
        if session.account is None or session.client is None:
            return RedirectResponse("/login", 302)
        if session.challenge is None:
            session.challenge = self._challenge(session.account, "email")
        return self._code_page(session.challenge)

    async def check_contact(self, request: Request) -> Response:
        """Check the code from the e-mail and let the person through to the client."""
        session = self._sessions.of(request)
        challenge, client = session.challenge, session.client
        if challenge is None or client is None or challenge.kind != "email":
            return RedirectResponse("/login", 302)
        if error := await self._wrong_code(challenge, request):
            if challenge.account.locked(self._stand.clock.now()):
                session.account = session.challenge = None
            return self._code_page(challenge, error)
        session.challenge = None
        challenge.account.confirmed.add(client.id)
        return self._proceed(session)

    def _lacking(self, account: Account) -> Condition | None:
        """What the account lacks to be a confirmed one, as ЕСИА sees it."""
        if self._stand.faults.on("unconfirmed-let-in", "esia"):
            return None
        if forgotten := self._stand.faults.parameters("account-unconfirmed", "esia"):
            return CONDITIONS[int(forgotten["condition"])]
        return account.person.lacks

    # --- one-time codes

    def _challenge(self, account: Account, kind: Literal["sms", "totp", "email"]) -> Challenge:
        code = "" if kind == "totp" else f"{secrets.randbelow(1_000_000):06d}"
        if kind != "totp":
            self._stand.send_code(account.person, kind, code)
        return Challenge(account, kind, code, self._stand.clock.now() + CODE_LIVES)

    async def _wrong_code(self, challenge: Challenge, request: Request) -> str:
        """What to tell about the code that was sent in; nothing when it is right."""
        digits = "".join(str(digit) for digit in (await request.form()).getlist("digit"))
        now, account = self._stand.clock.now(), challenge.account
        if account.locked(now):
            return LOCKED
        if challenge.kind == "totp":
            right = account.totp_fits(digits, self._stand.clock.wall())
        elif now >= challenge.expires:
            return CODE_EXPIRED
        else:
            right = secrets.compare_digest(digits.encode(), challenge.code.encode())
        account.count_code(right, now)
        if right:
            return ""
        return LOCKED if account.locked(now) else WRONG_CODE

    def _code_page(self, challenge: Challenge, error: str = "") -> HTMLResponse:
        person = challenge.account.person
        asks = {
            "sms": f"Код отправлен на номер {_masked_phone(person.phone)}",
            "totp": "Введите код из приложения",
            "email": f"Мы отправили код на электронную почту {_masked_email(person.email)}",
        }
        return self._site.page(
            "code",
            heading="Подтверждение контакта" if challenge.kind == "email" else "Подтверждение входа",
            text=asks[challenge.kind],
            kind=challenge.kind,
            error=error,
            over=error in (LOCKED, CODE_EXPIRED),
        )


def _masked_phone(phone: str) -> str:
    return f"+7 ••• •••-{phone[-4:-2]}-{phone[-2:]}"


def _masked_email(email: str) -> str:
    name, _, domain = email.partition("@")
    return f"{name[0]}••••@{domain}"


def _refuse(parameters: dict[str, str], error: EsiaError) -> Response:
    return _back(parameters, error=error.error, error_description=str(error), state=parameters.get("state", ""))


def _back(parameters: dict[str, str], **answer: str) -> Response:
    return RedirectResponse(f"{parameters['redirect_uri']}?{urlencode(answer)}", 302)
