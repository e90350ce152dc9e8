"""What the sites share: one clock, one delivery, one set of faults, the accounts, and the settings."""

from dataclasses import dataclass, field

import httpx

from staging.account import Accounts
from staging.cabinet import Cabinets
from staging.clock import Clock
from staging.delivery import Channel, Outbox
from staging.faults import Faults
from staging.person import Person
from staging.site import Addresses


@dataclass
class Stand:
    """Everything behind the sites. ``http`` is what the sites call ЕСИА with."""

    addresses: Addresses
    http: httpx.AsyncClient
    clock: Clock
    sync_s: float
    """How long a synchronisation with the registers takes, seconds."""
    cabinet_deletion: bool
    """Whether the portal lets a person delete the cabinet's data."""
    faults: Faults
    outbox: Outbox = field(default_factory=Outbox)
    accounts: Accounts = field(default_factory=Accounts)
    cabinets: Cabinets = field(init=False)

    def __post_init__(self) -> None:
        self.cabinets = Cabinets(self.clock)
        for account in self.accounts:
            self.cabinets.seed(account.person)

    def make_account(self, like: str, name: str) -> Person:
        """A fresh account like an existing one, with its cabinet. Raises AccountError."""
        return self._seeded(self.accounts.make(like, name).person)

    def reset_account(self, name: str) -> Person:
        """Put an account and its cabinet back to what they were at first. Raises NoSuchPersona."""
        return self._seeded(self.accounts.reset(name).person)

    def send_code(self, person: Person, channel: Channel, code: str) -> None:
        """Send a one-time code to the person's phone or e-mail."""
        if self.faults.on("code-never-delivered", "delivery"):
            return
        to = person.phone if channel == "sms" else person.email
        self.outbox.send(to, channel, f"Госуслуги: код {code} для входа. Никому не сообщайте его.", self.clock.now())

    def _seeded(self, person: Person) -> Person:
        self.cabinets.forget(person.oid)
        self.cabinets.seed(person)
        return person
