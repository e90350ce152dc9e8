"""What ЕСИА offers to who cannot go on as usual: a new password, and recovery through support."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from staging.account import Account
from staging.password import broken_rules
from staging.site import Site
from staging.stand import Stand

_MOST = 1000


@dataclass(frozen=True)
class Recovery:
    """A request for recovery."""

    number: str
    sent: datetime


class EsiaHelp:
    """``account_of`` knows who is signed in, ``expired`` whose password has; ``go_on`` sends a person back."""

    def __init__(
        self,
        stand: Stand,
        site: Site,
        account_of: Callable[[Request], Account | None],
        expired: Callable[[Account], bool],
        go_on: Callable[[Request], Response],
    ) -> None:
        self._stand = stand
        self._site = site
        self._account_of = account_of
        self._expired = expired
        self._go_on = go_on
        self._requests: OrderedDict[str, Recovery] = OrderedDict()
        self._received = 0

    def routes(self) -> list[Route]:
        """The change of a password, and recovery."""
        return [
            Route("/login/password", self.password),
            Route("/login/password", self.change_password, methods=["POST"]),
            Route("/login/recovery", self.recovery),
            Route("/login/recovery", self.ask_recovery, methods=["POST"]),
        ]

    async def password(self, request: Request) -> Response:
        """The form for a new password."""
        account = self._account_of(request)
        if account is None:
            return RedirectResponse("/login", 302)
        error = "Срок действия пароля истёк. Задайте новый пароль" if self._expired(account) else ""
        return self._site.page("password", error=error)

    async def change_password(self, request: Request) -> Response:
        """Take a password that keeps every rule."""
        account = self._account_of(request)
        if account is None:
            return RedirectResponse("/login", 302)
        form = await request.form()
        new, again = str(form.get("password", "")), str(form.get("again", ""))
        skipped = self._stand.faults.parameters("password-rule-skipped", "esia").get("rule")
        if broken := broken_rules(new, account.password, None if skipped is None else int(skipped)):
            return self._site.page("password", error=f"Пароль не подходит: {', '.join(broken)}")
        if new != again:
            return self._site.page("password", error="Пароли не совпадают")
        if not self._stand.faults.on("password-not-saved", "esia"):
            account.set_password(new, self._stand.clock.now())
        return self._go_on(request)

    async def recovery(self, request: Request) -> Response:
        """How to get in again, and the state of a request for it."""
        number = request.query_params.get("number", "").strip().upper()
        found = self._requests.get(number)
        error = "Обращение с таким номером не найдено" if number and not found else ""
        offered = not self._stand.faults.on("recovery-closed", "esia")
        return self._site.page("recovery", sent=None, found=found, error=error, offered=offered)

    async def ask_recovery(self, request: Request) -> Response:
        """Pass a request on to support."""
        if not str((await request.form()).get("login", "")).strip():
            error = "Укажите телефон, почту, СНИЛС или ИНН"
            return self._site.page("recovery", sent=None, found=None, error=error, offered=True)
        now = self._stand.clock.now()
        self._received += 1
        sent = Recovery(f"ЕСИА-{now:%Y}-{self._received:06d}", now)
        self._requests[sent.number] = sent
        if len(self._requests) > _MOST:
            self._requests.popitem(last=False)
        return self._site.page("recovery", sent=sent, found=None, error="", offered=True)
