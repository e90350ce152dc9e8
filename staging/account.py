"""Accounts of ЕСИА: what changes about them, and the rules of locking.

AccountError
├── NoSuchPersona
└── PersonaExists
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pyotp

from staging import person as people
from staging.password import PASSWORD_LIVES
from staging.person import Person
from staging.personal_data import Check, JournalEntry

PASSWORDS_BEFORE_LOCK = 5
CODES_BEFORE_LOCK = 4
LOCKED_FOR = timedelta(minutes=15)
_TOTP_STEP_S = 30
_JOURNAL = 50
_FIRST_MADE = 5_000_000
"""Serial of the first account made while running: clear of the shipped ones."""


class AccountError(Exception):
    """An account could not be had."""


class NoSuchPersona(AccountError):
    """There is no account of this name."""


class PersonaExists(AccountError):
    """There is an account of this name already."""


@dataclass(frozen=True)
class Application:
    """A person's application for an account of the portal."""

    number: str
    sent: datetime


@dataclass
class Account:
    """One account. ``confirmed`` are the ids of clients for which the person has confirmed a contact;
    ``registered`` is the person as they first were, and as the register of specialists knows them."""

    person: Person
    registered: Person = field(init=False)
    confirmed: set[str] = field(init=False)
    locked_until: datetime | None = field(init=False)
    check: Check | None = field(init=False)
    """The check that runs."""
    checked: Check | None = field(init=False)
    """The last one that has ended."""
    journal: deque[JournalEntry] = field(init=False)
    password: str = field(init=False, repr=False)
    application: Application | None = field(init=False)

    def __post_init__(self) -> None:
        self.registered = self.person
        self.reset()

    def reset(self) -> None:
        """Back to what it was at first, for sessions that are open as well."""
        self.person = self.registered
        self.check = self.checked = self.application = None
        self.journal = deque(maxlen=_JOURNAL)
        # Everybody has been to Госуслуги, where accounts are made; only those who come back know the portal.
        self.confirmed = {"PGU", "NMO"} if self.person.known else {"PGU"}
        self.locked_until = None
        self._wrong_passwords = self._wrong_codes = 0
        self._last_totp_step = 0
        self.password = self.person.password
        self._first_set: dict[str, datetime] = {}

    def locked(self, now: datetime) -> bool:
        """Whether the account is locked; an expired lock is lifted and the attempts start anew."""
        if self.locked_until and now >= self.locked_until:
            self.locked_until = None
            self._wrong_passwords = self._wrong_codes = 0
        return self.locked_until is not None

    def lock(self, now: datetime) -> None:
        """Nobody signs in with this account for a while."""
        self.locked_until = now + LOCKED_FOR

    def password_fits(self, password: str, now: datetime) -> bool:
        """Check a password; too many wrong ones in a row lock the account."""
        if password == self.password:
            self._wrong_passwords = 0
            return True
        self._wrong_passwords += 1
        if self._wrong_passwords >= PASSWORDS_BEFORE_LOCK:
            self.lock(now)
        return False

    def set_password(self, password: str, now: datetime) -> None:
        """Another password from now on."""
        self.password = password
        if password != self.person.password:
            self._first_set.setdefault(password, now)

    def password_expired(self, now: datetime) -> bool:
        """Whether 90 days have passed since the password was set for the first time: to set it again does not renew it.

        The first password of an account in the state ``password-expired`` is as old as that, others stay young.
        """
        since = self._first_set.get(self.password)
        return now - since > PASSWORD_LIVES if since else self.person.state == "password-expired"

    def count_code(self, right: bool, now: datetime) -> None:
        """Count a one-time code; too many wrong ones in a row lock the account."""
        self._wrong_codes = 0 if right else self._wrong_codes + 1
        if self._wrong_codes >= CODES_BEFORE_LOCK:
            self.lock(now)

    def totp_fits(self, code: str, wall: float) -> bool:
        """Check a code of the authenticator app (RFC 6238, one step either way); no code is taken twice.

        ``wall`` is real time: the app knows no other.
        """
        totp = pyotp.TOTP(self.person.totp_secret)
        current = int(wall) // _TOTP_STEP_S
        for step in (current - 1, current, current + 1):
            if step > self._last_totp_step and pyotp.utils.strings_equal(totp.generate_otp(step), code):
                self._last_totp_step = step
                return True
        return False


class Accounts:
    """All accounts, found by persona name, by oid, or by what a person types as a login."""

    def __init__(self) -> None:
        self._by_name: dict[str, Account] = {}
        self._by_oid: dict[str, Account] = {}
        self._by_login: dict[str, Account] = {}
        self._serial = _FIRST_MADE
        for person in people.shipped():
            self._add(person)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._by_name.values())

    def named(self, name: str) -> Account:
        """By persona name. Raises NoSuchPersona."""
        try:
            return self._by_name[name]
        except KeyError:
            raise NoSuchPersona(name) from None

    def owned_by(self, oid: str) -> Account | None:
        """By ЕСИА's identifier of the person."""
        return self._by_oid.get(oid)

    def signing_in(self, login: str) -> Account | None:
        """By phone, e-mail, СНИЛС or ИНН, however it is spaced."""
        return self._by_login.get(people.login_key(login))

    def make(self, like: str, name: str) -> Account:
        """A fresh account like an existing one. Raises NoSuchPersona and PersonaExists."""
        if name in self._by_name:
            raise PersonaExists(name)
        model = self.named(like).person
        self._serial += 1
        return self._add(people.like(model, name, self._serial))

    def reset(self, name: str) -> Account:
        """Put an account back to what it was at first. Raises NoSuchPersona."""
        account = self.named(name)
        self._unlist(account)
        account.reset()
        self._list(account)
        return account

    def change(self, account: Account, values: Mapping[str, str]) -> None:
        """Give the person of an account new values; they sign in with new contacts from now on."""
        self._unlist(account)
        fields: dict[str, Any] = dict(values)
        account.person = replace(account.person, **fields)
        self._list(account)

    def _add(self, person: Person) -> Account:
        account = Account(person)
        self._by_name[person.name] = account
        self._by_oid[person.oid] = account
        self._list(account)
        return account

    def _list(self, account: Account) -> None:
        self._by_login.update(dict.fromkeys(account.person.logins(), account))

    def _unlist(self, account: Account) -> None:
        for login in account.person.logins():
            self._by_login.pop(login, None)
