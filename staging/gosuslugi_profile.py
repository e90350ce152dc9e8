"""«Профиль» of Госуслуги: personal data and contacts, how they are changed, and «Журнал действий»."""

import re
import secrets
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, cast

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from staging.account import Account
from staging.delivery import Channel
from staging.identifiers import is_inn, is_oms, is_snils
from staging.person import Person
from staging.personal_data import CHECKED, CODE_LIVES, CONTACTS, Change, Unconfirmed, wrong_scan
from staging.session import Sessions
from staging.site import Site, see_other
from staging.stand import Stand

if TYPE_CHECKING:
    from staging.gosuslugi import Visitor

Handler = Callable[[Request, Account], Coroutine[Any, Any, Response]]

_CHECKS: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("surname", "Укажите фамилию.", bool),
    ("given_name", "Укажите имя.", bool),
    ("snils", "СНИЛС указан неверно: проверьте контрольное число.", is_snils),
    ("inn", "ИНН указан неверно: проверьте контрольные цифры.", is_inn),
    ("oms", "Номер полиса ОМС указан неверно.", is_oms),
)
_PHONE = re.compile(r"\+7\d{10}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+", re.IGNORECASE)


class GosuslugiProfile:
    """Pages for people who are signed in; others are signed in first and come back."""

    def __init__(self, stand: Stand, site: Site, sessions: Sessions["Visitor"]) -> None:
        self._stand = stand
        self._site = site
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Routes under ``/profile``."""
        own = self._own
        return [
            Route("/profile", own(self.personal_data)),
            Route("/profile/edit", own(self.edit)),
            Route("/profile/edit", own(self.submit_data), methods=["POST"]),
            Route("/profile/contacts", own(self.contacts)),
            Route("/profile/contacts", own(self.submit_contact), methods=["POST"]),
            Route("/profile/code", own(self.code)),
            Route("/profile/code", own(self.confirm), methods=["POST"]),
            Route("/profile/code/again", own(self.send_again)),
            Route("/profile/journal", own(self.journal)),
            Route("/api/check", own(self.check)),
        ]

    async def personal_data(self, _request: Request, account: Account) -> Response:
        """Who the state thinks the person is, and how far the check of a change has come."""
        return self._page("profile", account, running=account.check, done=account.checked)

    async def check(self, _request: Request, account: Account) -> Response:
        """For the page's script: whether a check is running."""
        return JSONResponse({"running": account.check is not None})

    async def edit(self, _request: Request, account: Account) -> Response:
        """The form for a correction."""
        return self._page("profile_edit", account)

    async def submit_data(self, request: Request, account: Account) -> Response:
        """A correction with a scan goes on to its code."""
        async with request.form() as form:
            values = {name: _text(form, name) for name in CHECKED}
            scan = form.get("scan")
            content = await scan.read() if isinstance(scan, UploadFile) else b""
        for name, complaint, fits in _CHECKS:
            if not fits(values[name]):
                return self._page("profile_edit", account, error=complaint)
        if wrong := wrong_scan(content, self._stand.faults, "gosuslugi"):
            return self._page("profile_edit", account, code=wrong[0], error=wrong[1])
        person = account.person
        changed = {name: value for name, value in values.items() if value != getattr(person, name)}
        return self._ask_code(request, account, Change("Изменение персональных данных", changed, checked=True))

    async def contacts(self, _request: Request, account: Account) -> Response:
        """«Контактные данные»."""
        return self._page("profile_contacts", account)

    async def submit_contact(self, request: Request, account: Account) -> Response:
        """A new contact goes on to its code, which is sent to it."""
        form = await request.form()
        name = _text(form, "contact")
        value = _text(form, "value")
        if name not in CONTACTS:
            return self._page("profile_contacts", account, error="Выберите, что изменить.")
        if name == "phone":
            value = "+" + re.sub(r"\D", "", value)
        fits = {"phone": _PHONE, "email": _EMAIL}.get(name, re.compile(r".{5,300}")).fullmatch(value)
        if not fits:
            return self._page("profile_contacts", account, error=f"Проверьте: {CONTACTS[name].lower()}.")
        return self._ask_code(request, account, Change(CONTACTS[name], {name: value}))

    async def code(self, request: Request, account: Account) -> Response:
        """The boxes for the code."""
        unconfirmed = self._sessions.of(request).unconfirmed
        return self._code_page(account, unconfirmed) if unconfirmed else see_other("/profile")

    async def confirm(self, request: Request, account: Account) -> Response:
        """Take the code."""
        visitor = self._sessions.of(request)
        unconfirmed, now = visitor.unconfirmed, self._stand.clock.now()
        if unconfirmed is None:
            return see_other("/profile")
        if now >= unconfirmed.expires:
            return self._code_page(account, unconfirmed, "Срок действия кода истёк. Начните изменение заново.")
        digits = "".join(str(digit) for digit in (await request.form()).getlist("digit"))
        right = secrets.compare_digest(digits.encode(), unconfirmed.code.encode())
        if not right or self._stand.faults.on("change-code-refused", "gosuslugi"):
            return self._code_page(account, unconfirmed, "Неверный код подтверждения.")
        visitor.unconfirmed = None
        self._stand.confirm(account, unconfirmed.change)
        return see_other("/profile" if unconfirmed.change.checked else "/profile/contacts?saved=1")

    async def send_again(self, request: Request, account: Account) -> Response:
        """Another code for who did not get the first, or not the right one."""
        unconfirmed = self._sessions.of(request).unconfirmed
        if unconfirmed is None:
            return see_other("/profile")
        return self._ask_code(request, account, unconfirmed.change, again=True)

    async def journal(self, _request: Request, account: Account) -> Response:
        """«Журнал действий», newest first."""
        return self._page("profile_journal", account, journal=account.journal)

    def _own(self, handler: Handler) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def answered(request: Request) -> Response:
            account = self._stand.settled(self._sessions.of(request).oid)
            if account is None:
                return RedirectResponse(f"/login/esia?next={request.url.path}", 302)
            if request.query_params.get("saved"):
                return self._page("profile_contacts", account, message="Изменения сохранены")
            return await handler(request, account)

        return answered

    def _page(self, template: str, account: Account, **context: Any) -> Response:
        shown: dict[str, Any] = {"error": "", "code": "", "message": ""} | context
        return self._site.page(template, person=account.person, contacts=CONTACTS, **shown)

    def _ask_code(self, request: Request, account: Account, change: Change, *, again: bool = False) -> Response:
        code, person = f"{secrets.randbelow(1_000_000):06d}", account.person
        channel: Channel = "email" if "email" in change.values else "sms"
        to = change.values.get("email") or change.values.get("phone") or person.phone
        self._stand.send_code(person, channel, code, to, again=again)
        expires = self._stand.clock.now() + CODE_LIVES
        self._sessions.of(request).unconfirmed = Unconfirmed(change, code, expires, _masked(person, channel, to))
        return see_other("/profile/code")

    def _code_page(self, account: Account, unconfirmed: Unconfirmed, error: str = "") -> Response:
        return self._page("profile_code", account, unconfirmed=unconfirmed, error=error)


def _text(form: FormData, name: str) -> str:
    return str(cast("str", form.get(name, ""))).strip(" \t\r\n") if not isinstance(form.get(name), UploadFile) else ""


def _masked(person: Person, channel: Channel, to: str) -> str:
    if channel == "sms":
        whose = "номер" if to == person.phone else "новый номер"
        return f"{whose} +7 ••• •••-{to[-4:-2]}-{to[-2:]}"
    name, _, domain = to.partition("@")
    return f"электронную почту {name[0]}••••@{domain}"
