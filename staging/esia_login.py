"""The screens of ЕСИА on which a person signs in."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from staging.account import Account
from staging.oauth import Client
from staging.one_time_code import LOCKED, UNCLEAR, Challenge, OneTimeCodes, Purpose
from staging.session import Sessions
from staging.site import Site
from staging.stand import Stand

WRONG_PASSWORD = "Неверные логин или пароль"  # noqa: S105 - a message
UNKNOWN = "Учётная запись не найдена. Проверьте логин"

_ASKED_AT: Mapping[Purpose, str] = MappingProxyType(
    {"sign-in": "/login/sms", "second-factor": "/login/otp", "contact": "/login/contact"}
)
"""Where a code is asked for."""


@dataclass
class SignIn:
    """What ЕСИА knows of a browser: the request it came with, the code it owes, and who it is."""

    client: Client | None = None
    parameters: dict[str, str] = field(default_factory=dict, repr=False)
    challenge: Challenge | None = None
    account: Account | None = None
    signed_in: datetime | None = None
    promotion_skipped: bool = False
    role_chosen: bool = False
    entered: dict[str, Client] = field(default_factory=dict)
    """The clients that the person was signed in to, by their ids."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class EsiaLogin:
    """Password, second factor, confirmation of a contact. ``proceed`` sends on whoever has signed in."""

    def __init__(
        self, stand: Stand, site: Site, sessions: Sessions[SignIn], proceed: Callable[[SignIn], Response]
    ) -> None:
        self._stand = stand
        self._site = site
        self._sessions = sessions
        self._proceed = proceed
        self._codes = OneTimeCodes(stand, site)

    def routes(self) -> list[Route]:
        """Routes of the screens."""
        return [
            Route("/login", self.login),
            Route("/login", self.check_password, methods=["POST"]),
            Route("/login/code", self.by_code),
            Route("/login/code", self.send_code, methods=["POST"]),
            Route("/login/sms", self.code),
            Route("/login/sms", self.check_code, methods=["POST"]),
            Route("/login/otp", self.second_factor),
            Route("/login/otp", self.check_second_factor, methods=["POST"]),
            Route("/login/otp/again", self.send_again),
            Route("/login/contact", self.contact),
            Route("/login/contact", self.check_contact, methods=["POST"]),
        ]

    async def login(self, request: Request) -> Response:
        """The first screen."""
        session = self._sessions.of(request)
        if session.account is not None:
            return self._proceed(session)
        return self._site.page("login", login="", error="")

    async def check_password(self, request: Request) -> Response:
        """Check login and password; the second factor comes next, for everyone who has one."""
        if self._stand.faults.on("captcha", "esia"):
            return self._site.page("captcha")
        form = await request.form()
        login, password = str(form.get("login", "")), str(form.get("password", ""))
        account = self._stand.accounts.signing_in(login)
        if account is None:
            return self._site.page("login", login=login, error=WRONG_PASSWORD)
        if error := self._refusal(account, password):
            return self._site.page("login", login=login, error=error)
        if account.person.factor == "none":
            return self._signed_in(self._sessions.of(request), account, request)
        return self._ask(request, self._codes.challenge(account, "second-factor", account.person.factor))

    async def by_code(self, _request: Request) -> Response:
        """The first screen for those who sign in with a code from an SMS in place of the password."""
        return self._site.page("login_code", login="", error="")

    async def send_code(self, request: Request) -> Response:
        """Send the code that stands for the password."""
        login = str((await request.form()).get("login", ""))
        account = self._stand.accounts.signing_in(login)
        if account is None:
            return self._site.page("login_code", login=login, error=UNKNOWN)
        if self._locked(account):
            return self._site.page("login_code", login=login, error=LOCKED)
        return self._ask(request, self._codes.challenge(account, "sign-in", "sms"))

    async def code(self, request: Request) -> Response:
        """Ask for the code that stands for the password."""
        challenge = self._asked(request, "sign-in")
        return self._codes.page(challenge) if challenge else RedirectResponse("/login", 302)

    async def check_code(self, request: Request) -> Response:
        """Check that code; whoever has an app is asked for its code as well."""
        challenge = self._asked(request, "sign-in")
        if challenge is None:
            return RedirectResponse("/login", 302)
        if error := await self._codes.wrong(challenge, request):
            return self._codes.page(challenge, error)
        account = challenge.account
        if account.person.factor == "totp":
            return self._ask(request, self._codes.challenge(account, "second-factor", "totp"))
        return self._signed_in(self._sessions.of(request), account, request)

    def _ask(self, request: Request, challenge: Challenge) -> Response:
        session = self._sessions.of(request)
        session.challenge = challenge
        response = RedirectResponse(_ASKED_AT[challenge.purpose], 303)
        self._sessions.keep(request, response, session)
        return response

    def _asked(self, request: Request, purpose: Purpose) -> Challenge | None:
        challenge = self._sessions.of(request).challenge
        return challenge if challenge and challenge.purpose == purpose else None

    def _refusal(self, account: Account, password: str) -> str:
        """What to tell of a password; nothing when it is right."""
        now, faults = self._stand.clock.now(), self._stand.faults
        if self._locked(account):
            return LOCKED
        right = account.password_fits(password, now) and not faults.on("password-refused", "esia")
        if right or faults.on("wrong-password-let-in", "esia"):
            return ""
        if faults.parameters("locked-at-once", "esia").get("after") == 0:
            account.lock(now)
        if account.locked(now):
            return LOCKED
        unclear = faults.parameters("refusal-unclear", "esia").get("of") == 0
        return UNCLEAR if unclear else WRONG_PASSWORD

    def _locked(self, account: Account) -> bool:
        return account.locked(self._stand.clock.now()) or self._stand.faults.on("account-locked", "esia")

    async def second_factor(self, request: Request) -> Response:
        """Ask for the code of the second factor."""
        challenge = self._asked(request, "second-factor")
        return self._codes.page(challenge) if challenge else RedirectResponse("/login", 302)

    async def check_second_factor(self, request: Request) -> Response:
        """Check the code; the person is signed in when it is right."""
        challenge = self._asked(request, "second-factor")
        if challenge is None:
            return RedirectResponse("/login", 302)
        if error := await self._codes.wrong(challenge, request):
            return self._codes.page(challenge, error)
        return self._signed_in(self._sessions.of(request), challenge.account, request)

    async def send_again(self, request: Request) -> Response:
        """Another code for who did not get the first, or not the right one."""
        session = self._sessions.of(request)
        if session.challenge is None or session.challenge.kind == "totp":
            return RedirectResponse("/login", 302)
        owed = session.challenge
        session.challenge = self._codes.challenge(owed.account, owed.purpose, owed.kind, again=True)
        return RedirectResponse(_ASKED_AT[owed.purpose], 302)

    def _signed_in(self, session: SignIn, account: Account, request: Request) -> Response:
        session.challenge = None
        session.account = account
        session.signed_in = self._stand.clock.now()
        session.promotion_skipped = session.role_chosen = False
        response = self._proceed(session)
        self._sessions.renew(request, response, session)
        return response

    async def contact(self, request: Request) -> Response:
        """Ask a person who is new to this client to confirm the e-mail; the code is sent when first shown."""
        session = self._sessions.of(request)
        if session.account is None or session.client is None:
            return RedirectResponse("/login", 302)
        if session.challenge is None:
            session.challenge = self._codes.challenge(session.account, "contact", "email")
        return self._codes.page(session.challenge)

    async def check_contact(self, request: Request) -> Response:
        """Check the code from the e-mail and let the person through to the client."""
        session = self._sessions.of(request)
        challenge, client = self._asked(request, "contact"), session.client
        if challenge is None or client is None:
            return RedirectResponse("/login", 302)
        if error := await self._codes.wrong(challenge, request):
            if challenge.account.locked(self._stand.clock.now()):
                session.account = session.challenge = None
            return self._codes.page(challenge, error)
        session.challenge = None
        challenge.account.confirmed.add(client.id)
        return self._proceed(session)
