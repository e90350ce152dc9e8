"""No account in НМО: why, the look-up in the register, and the application (S10)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from staging.account import Account, Application
from staging.cabinet import Cabinet
from staging.identifiers import is_snils
from staging.person import login_key
from staging.site import Site
from staging.stand import Stand

Missing = Literal["not-registered", "not-synchronised", "profile-error"]
MISSING: tuple[Missing, ...] = ("not-registered", "not-synchronised", "profile-error")

_EXPLAINED: Mapping[Missing, tuple[str, str]] = MappingProxyType(
    {
        "not-registered": ("NMO-3001", "Вас нет в регистре портала: регистрация не проводилась."),
        "not-synchronised": ("NMO-3002", "Вы зарегистрированы, но данные ещё не синхронизированы с порталом."),
        "profile-error": ("NMO-3003", "При создании профиля произошла техническая ошибка."),
    }
)
_IN_REGISTER: Mapping[Missing | None, str] = MappingProxyType(
    {
        None: "Зарегистрирован",
        "not-registered": "Не зарегистрирован",
        "not-synchronised": "Зарегистрирован, данные ещё не синхронизированы",
        "profile-error": "Зарегистрирован, профиль не создан",
    }
)
_PROMISED = timedelta(hours=24)


@dataclass(frozen=True)
class Refusal:
    """Why a person has no account of the portal: the cause, its code and its words."""

    cause: Missing
    code: str
    text: str
    application: Application | None = field(default=None)


class NmoAccount:
    """Whether a person has an account here. Its pages are public: who has none cannot sign in."""

    def __init__(self, stand: Stand, site: Site, cabinet_of: Callable[[Request], Cabinet | None]) -> None:
        self._stand = stand
        self._site = site
        self._cabinet_of = cabinet_of
        self._received = 0

    def routes(self) -> list[Route]:
        """The register's look-up and the application."""
        return [
            Route("/register", self.look_up),
            Route("/register/apply", self.application),
            Route("/register/apply", self.apply, methods=["POST"]),
        ]

    def refusal(self, account: Account) -> Refusal | None:
        """Why this person is not let in; None for who has an account."""
        cause = self._missing(account)
        if cause is None:
            return None
        code, text = _EXPLAINED[cause]
        return Refusal(cause, code, text, account.application)

    def refused(self, refusal: Refusal) -> Response:
        """The page that says so."""
        return self._site.page("missing", refusal=refusal, happened=self._stand.clock.now(), promised=_PROMISED)

    async def look_up(self, request: Request) -> Response:
        """Whether a СНИЛС is in the register."""
        number = request.query_params.get("snils", "").strip()
        if not number:
            return self._page(request, "register")
        if not is_snils(number):
            return self._page(request, "register", error="СНИЛС указан неверно")
        if self._stand.faults.on("register-down", "registry"):
            text = "Регистр медицинских работников не отвечает. Повторите запрос позже."
            return self._site.failure("Регистр недоступен", "NMO-4001", text, 503)
        await asyncio.sleep(self._stand.faults.parameters("register-slow", "registry").get("seconds", 0))
        account = self._stand.accounts.signing_in(login_key(number))
        state = _IN_REGISTER[self._missing(account) if account else "not-registered"]
        return self._page(request, "register", state=state)

    async def application(self, request: Request) -> Response:
        """The form of an application."""
        return self._page(request, "apply")

    async def apply(self, request: Request) -> Response:
        """Take an application: the account is there after its term."""
        form = await request.form()
        number, qualification = (str(form.get(name, "")).strip() for name in ("snils", "qualification"))
        account = self._stand.accounts.signing_in(login_key(number)) if is_snils(number) else None
        if account is None or not qualification:
            return self._page(request, "apply", error="Проверьте СНИЛС и специальность")
        now = self._stand.clock.now()
        if account.application is None:
            self._received += 1
            account.application = Application(f"РМР-{now:%Y}-{self._received:06d}", now)
        return self._page(request, "apply", sent=account.application, until=account.application.sent + _PROMISED)

    def _missing(self, account: Account) -> Missing | None:
        if forced := self._stand.faults.parameters("account-forgotten", "nmo"):
            return MISSING[int(forced["reason"])]
        state = account.person.state
        if state not in MISSING:
            return None
        if account.application is None:
            return state
        due: datetime = account.application.sent + timedelta(seconds=self._stand.account_s)
        stuck = self._stand.faults.on("application-stalled", "registry")
        return "not-synchronised" if stuck or self._stand.clock.now() < due else None

    def _page(self, request: Request, template: str, **context: Any) -> Response:
        shown: dict[str, Any] = {"error": "", "state": "", "sent": None, "until": None} | context
        return self._site.page(template, cabinet=self._cabinet_of(request), **shown)
