"""Who the accounts belong to: the file of personas, and people made like them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from types import MappingProxyType
from typing import Literal

import pyotp

from staging import identifiers

Factor = Literal["sms", "totp", "none"]
State = Literal[
    "returning",
    "first-visit",
    "unconfirmed-identity",
    "unconfirmed-register",
    "unconfirmed-factor",
    "password-expired",
    "not-registered",
    "not-synchronised",
    "profile-error",
]
Role = Literal["doctor", "nurse", "resident", "teacher", "head", "hr"]
"""The audience of the portal that a person belongs to."""
Condition = Literal["identity", "register", "second-factor"]
CONDITIONS: tuple[Condition, ...] = ("identity", "register", "second-factor")
"""What makes an account a confirmed one."""
Login = Literal["phone", "email", "snils", "inn"]
Review = Literal["ordinary", "documents", "refused"]

_LACKS: Mapping[str, Condition] = MappingProxyType(
    {
        "unconfirmed-identity": "identity",
        "unconfirmed-register": "register",
        "unconfirmed-factor": "second-factor",
    }
)
_PUBLIC = (
    *("name", "role", "state", "factor", "password", "totp_secret", "phone", "email"),
    *("surname", "given_name", "patronymic", "snils", "inn", "oms", "birth_date", "oid"),
    *("second_phone", "second_email", "second_oms", "second_password", "address", "review"),
)


@dataclass(frozen=True)
class Person:
    """One made-up person and the secrets of the account. Phone as ``+79…``, dates as ``DD.MM.YYYY``."""

    name: str
    role: Role
    state: State
    factor: Factor
    password: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    surname: str = field(repr=False)
    given_name: str = field(repr=False)
    patronymic: str = field(repr=False)
    snils: str = field(repr=False)
    inn: str = field(repr=False)
    oms: str = field(repr=False)
    birth_date: str = field(repr=False)
    gender: Literal["M", "F"]
    oid: str
    qualification: str
    workplace: str
    position: str
    totp_secret: str = field(default="", repr=False)
    address: str = field(default="121069, Москва, Новый Арбат, 1", repr=False)
    second_phone: str = field(default="", repr=False)
    second_email: str = field(default="", repr=False)
    second_oms: str = field(default="", repr=False)
    second_password: str = field(default="", repr=False)
    signs_in_with: Login = "phone"
    review: Review = "ordinary"
    """What the portal's support says first of a change to the professional profile."""
    employer: str = ""
    """An organisation that the person may sign in for: ЕСИА asks each time whether they do."""
    promotion: bool = False
    """Whether ЕСИА offers its application after each sign-in."""

    @property
    def lacks(self) -> Condition | None:
        """What the account lacks to be a confirmed one; None when it is."""
        return _LACKS.get(self.state)

    @property
    def known(self) -> bool:
        """Whether the person has been to the portal before."""
        return self.state in {"returning", "password-expired"}

    @property
    def full_name(self) -> str:
        """«Фамилия Имя Отчество»."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """«Фамилия И. О.»."""
        initials = [f"{part[0]}." for part in (self.given_name, self.patronymic) if part]
        return " ".join([self.surname, *initials])

    def logins(self) -> frozenset[str]:
        """Everything ЕСИА accepts as this person's login, in the form `login_key` gives."""
        phone = self.phone.lstrip("+")
        return frozenset({phone, "8" + phone[1:], phone[1:], self.email, login_key(self.snils), self.inn})

    def as_json(self) -> dict[str, str]:
        """The person with the account's secrets: this goes to the monitor and nowhere else."""
        return {key: getattr(self, key) for key in _PUBLIC} | {"login": getattr(self, self.signs_in_with)}


def login_key(text: str) -> str:
    """What a person typed as a login, reduced to what it is looked up by: digits, or an e-mail in lower case."""
    text = text.strip().lower()
    return text if "@" in text else re.sub(r"\D", "", text)


def shipped() -> tuple[Person, ...]:
    """The people of ``personas.toml``."""
    text = resources.files("staging").joinpath("personas.toml").read_text("utf-8")
    return tuple(Person(**table) for table in tomllib.loads(text)["persona"])


def like(person: Person, name: str, serial: int) -> Person:
    """A new person in the same position, with identifiers, contacts and secrets of their own."""
    return replace(
        person,
        name=name,
        phone=f"+7900{serial:07d}",
        email=f"persona-{serial}@example.test",
        snils=identifiers.snils(serial),
        inn=identifiers.person_inn(serial),
        oms=identifiers.oms(serial),
        oid=str(1_000_000_000 + serial),
        second_phone=f"+7901{serial:07d}" if person.second_phone else "",
        second_email=f"second-{serial}@example.test" if person.second_email else "",
        second_oms=identifiers.oms(10_000_000 + serial) if person.second_oms else "",
        totp_secret=pyotp.random_base32() if person.totp_secret else "",
    )
