"""What the sites share: one clock, one delivery, one set of faults, the accounts, and the settings."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

import httpx

from staging.account import Account, Accounts
from staging.cabinet import Cabinets
from staging.clock import Clock
from staging.delivery import Channel, Outbox
from staging.faults import Faults
from staging.person import Person
from staging.personal_data import Change, Check, JournalEntry
from staging.site import Addresses
from staging.specialist_update import Terms

_BY: Mapping[Channel, int] = MappingProxyType({"sms": 1, "email": 2})
"""What a fault of the delivery calls a channel by; 0 is both."""


@dataclass
class Stand:
    """Everything behind the sites. ``http`` is what the sites call ЕСИА with."""

    addresses: Addresses
    http: httpx.AsyncClient
    clock: Clock
    sync_s: float
    """How long a synchronisation with the registers takes, seconds."""
    check_s: float
    """How long the automatic check of changed personal data takes, seconds."""
    terms: Terms
    account_s: float
    """How long a new account takes to be synchronised, seconds."""
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

    def settled(self, oid: str) -> Account | None:
        """The account, with every change in force that is due by now."""
        account, faults = self.accounts.owned_by(oid), self.faults
        check = account.check if account else None
        if account and check and self.clock.now() >= check.due and not faults.on("check-never-ends", "gosuslugi"):
            if faults.on("correction-refused", "gosuslugi"):
                check = replace(check, refused="сведения не совпадают с документом")
                account.journal.appendleft(JournalEntry(check.due, check.change.action, "Отклонено"))
            else:
                self._put_in_force(account, check.change, check.due)
            account.check, account.checked = None, check
        return account

    def confirm(self, account: Account, change: Change) -> None:
        """The person has confirmed a change: it holds, or its documents are checked first."""
        now = self.clock.now()
        if change.checked:
            account.check = Check(change, now, now + timedelta(seconds=self.check_s))
            account.journal.appendleft(JournalEntry(now, change.action, "На проверке"))
        else:
            self._put_in_force(account, change, now)

    def send_code(self, person: Person, channel: Channel, code: str, to: str = "", *, again: bool = False) -> None:
        """Send a one-time code to the person's phone or e-mail, or to the one that they are changing to; ``again`` for
        a person who has asked for another one."""
        if self._hit("code-never-delivered", channel):
            return
        if self._hit("wrong-code-delivered", channel) and not again:
            code = f"{(int(code) + 1) % 1_000_000:06d}"
        to = to or (person.phone if channel == "sms" else person.email)
        text = f"Госуслуги: код {code} для входа. Никому не сообщайте его."
        message = (to, channel, text, self.clock.now())
        if late := self._hit("code-late", channel):
            asyncio.get_running_loop().call_later(late["seconds"], self.outbox.send, *message)
        else:
            self.outbox.send(*message)

    def _hit(self, fault: str, channel: Channel) -> Mapping[str, float]:
        """Parameters of a fault of the delivery when it hits what is sent by ``channel``; empty when it does not."""
        parameters = self.faults.parameters(fault, "delivery")
        return parameters if parameters.get("by", 0) in (0, _BY[channel]) else {}

    def _put_in_force(self, account: Account, change: Change, at: datetime) -> None:
        if not self.faults.on("change-not-saved", "gosuslugi"):
            self.accounts.change(account, change.values)
        if not self.faults.on("journal-entry-missing", "gosuslugi"):
            account.journal.appendleft(JournalEntry(at, change.action, "Выполнено"))

    def _seeded(self, person: Person) -> Person:
        self.cabinets.forget(person.oid)
        self.cabinets.seed(person)
        return person
