"""A test identity: what it signs in with, who it is, and what may be expected of its account."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from pydantic import SecretStr

Factor = Literal["sms", "totp", "none"]
AccountState = Literal[
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
"""What is to be expected of an account; see docs/settings.md."""
Role = Literal["doctor", "nurse", "resident", "teacher", "head", "hr"]
"""The audience of the portal that a person belongs to (S12)."""
Review = Literal["ordinary", "documents", "refused"]
"""What the portal's specialists say first of a change to the persona's professional profile."""


class Identity(Protocol):
    """What a journey asks of whoever is to walk it: a persona, or its description in the settings."""

    @property
    def state(self) -> AccountState:
        """State of the account."""

    @property
    def factor(self) -> Factor:
        """The second factor."""

    @property
    def role(self) -> Role:
        """The audience that the person belongs to."""

    @property
    def phone(self) -> object | None:
        """The phone of the account, or where it is to be read."""

    @property
    def email(self) -> object | None:
        """The e-mail of the account, or where it is to be read."""


@dataclass(frozen=True)
class Persona:
    """One account of ЕСИА, used by one run at a time.

    ``login`` is a phone, e-mail, СНИЛС or ИНН. ``surname``, ``given_name``, ``patronymic`` and ``snils`` are
    the person's data as Госуслуги shows them; the cabinet must belong to this person. All personal fields are
    secrets, so that neither a repr nor a log line shows them. ``second_phone`` and ``second_email`` are further
    contacts that the test people own, ``second_oms`` the number of another policy, ``second_password``
    another password: journeys change the account's to them and back. ``scan`` is the file of a document that
    corrections are sent with.
    """

    name: str
    login: SecretStr
    password: SecretStr
    factor: Factor = "sms"
    state: AccountState = "returning"
    role: Role = "doctor"
    review: Review = "ordinary"
    totp_secret: SecretStr | None = None
    phone: SecretStr | None = None
    email: SecretStr | None = None
    surname: SecretStr | None = None
    given_name: SecretStr | None = None
    patronymic: SecretStr | None = None
    snils: SecretStr | None = None
    birth_date: SecretStr | None = None
    inn: SecretStr | None = None
    oms: SecretStr | None = None
    second_phone: SecretStr | None = None
    second_email: SecretStr | None = None
    second_oms: SecretStr | None = None
    second_password: SecretStr | None = None
    scan: Path | None = None
    private: tuple[SecretStr, ...] = field(default=())
    """Further values that must not appear in anything written, an address for example."""

    @property
    def full_name(self) -> str | None:
        """«Фамилия Имя Отчество» as the sites show it, or None when the persona does not say."""
        parts = (self.surname, self.given_name, self.patronymic)
        return " ".join(part.get_secret_value() for part in parts if part) or None

    def secrets(self) -> dict[str, str]:
        """Label -> value of everything about this person that must never be written down."""
        named = {
            "password": self.password,
            "totp-secret": self.totp_secret,
            "login": self.login,
            "phone": self.phone,
            "email": self.email,
            "surname": self.surname,
            "given-name": self.given_name,
            "patronymic": self.patronymic,
            "snils": self.snils,
            "birth-date": self.birth_date,
            "inn": self.inn,
            "oms": self.oms,
            "second-phone": self.second_phone,
            "second-email": self.second_email,
            "second-oms": self.second_oms,
            "second-password": self.second_password,
        } | {f"private-{number}": value for number, value in enumerate(self.private, 1)}
        values = {label: value.get_secret_value() for label, value in named.items() if value}
        if self.full_name:
            values["full-name"] = self.full_name
        return {label: value for label, value in values.items() if value}
