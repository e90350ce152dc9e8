"""One-time codes of ЕСИА: made, sent, asked for and checked."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse

from staging.account import Account
from staging.site import Site
from staging.stand import Stand

Purpose = Literal["second-factor", "sign-in", "contact"]

CODE_LIVES = timedelta(minutes=5)

LOCKED = "Учётная запись временно заблокирована"
WRONG_CODE = "Неверный код"
UNCLEAR = "Произошла ошибка. Повторите попытку позже"
CODE_EXPIRED = "Срок действия кода истёк"

_HEADINGS: Mapping[Purpose, str] = MappingProxyType(
    {
        "second-factor": "Подтверждение входа",
        "sign-in": "Код из СМС",
        "contact": "Подтверждение контакта",
    }
)


@dataclass(frozen=True)
class Challenge:
    """A one-time code that ЕСИА waits for. ``code`` is empty for codes of an authenticator app."""

    account: Account
    purpose: Purpose
    kind: Literal["sms", "totp", "email"]
    code: str = field(repr=False)
    expires: datetime


class OneTimeCodes:
    """The codes of all screens that ask for one."""

    def __init__(self, stand: Stand, site: Site) -> None:
        self._stand = stand
        self._site = site

    def challenge(
        self, account: Account, purpose: Purpose, kind: Literal["sms", "totp", "email"], *, again: bool = False
    ) -> Challenge:
        """Ask for a code; those that are not shown by an app are sent, and may be sent ``again``."""
        code = "" if kind == "totp" else f"{secrets.randbelow(1_000_000):06d}"
        if kind != "totp":
            self._stand.send_code(account.person, kind, code, again=again)
        return Challenge(account, purpose, kind, code, self._stand.clock.now() + CODE_LIVES)

    async def wrong(self, challenge: Challenge, request: Request) -> str:
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
        return self._judged(account, right)

    def _judged(self, account: Account, right: bool) -> str:
        now, faults = self._stand.clock.now(), self._stand.faults
        right = (right or faults.on("wrong-code-let-in", "esia")) and not faults.on("code-refused", "esia")
        account.count_code(right, now)
        if right:
            return ""
        if faults.parameters("locked-at-once", "esia").get("after") == 1:
            account.lock(now)
        if account.locked(now):
            return LOCKED
        return UNCLEAR if faults.parameters("refusal-unclear", "esia").get("of") == 1 else WRONG_CODE

    def page(self, challenge: Challenge, error: str = "") -> HTMLResponse:
        """The screen with a box a digit."""
        person = challenge.account.person
        asks = {
            "sms": f"Код отправлен на номер {_masked_phone(person.phone)}",
            "totp": "Введите код из приложения",
            "email": f"Мы отправили код на электронную почту {_masked_email(person.email)}",
        }
        return self._site.page(
            "code",
            heading=_HEADINGS[challenge.purpose],
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
