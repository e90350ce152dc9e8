"""S3: phone, e-mail and postal address are changed on Госуслуги, confirmed by code, found in the journal, put back.

The persona signs in by СНИЛС and with an app: neither depends on the contacts, so that a run which was cut off between
a change and its way back does not lock the next one out. That one then only puts the contact back.
"""

import re
from collections import Counter
from dataclasses import dataclass

from journeys.cause import Cause
from journeys.entry import about_the_code, another_code, receive_code, submit_credentials
from journeys.inbox import Kind
from journeys.journey import Journey, Step, step
from journeys.system import System
from journeys.via_gosuslugi import confirm_and_return, go_to_esia, open_gosuslugi
from journeys.visit import OutcomeError, Visit
from pages.gosuslugi.contacts import ContactsPage, JournalEntry, JournalPage
from pages.gosuslugi.personal_data import ChangeConfirmationPage
from pages.screen import ErrorShown, first_of

_MARK = " (проверка)"
"""What a changed postal address ends with."""


@dataclass(frozen=True)
class Contact:
    """A contact as the page calls it, and what its codes come by: on the way there, and on the way back."""

    title: str
    name: str
    there: Kind
    back: Kind

    def first(self, visit: Visit) -> str:
        """The value that the persona has."""
        if self.title == ADDRESS.title:
            return ContactsPage(visit.page).shown(self.title).removesuffix(_MARK)
        secret = visit.persona.phone if self.title == PHONE.title else visit.persona.email
        return secret.get_secret_value() if secret else ""

    def second(self, visit: Visit) -> str:
        """The value that it is changed to."""
        if self.title == ADDRESS.title:
            return self.first(visit) + _MARK
        secret = visit.persona.second_phone if self.title == PHONE.title else visit.persona.second_email
        return secret.get_secret_value() if secret else ""


PHONE = Contact("Мобильный телефон", "phone", "second-sms", "sms")
EMAIL = Contact("Электронная почта", "e-mail", "second-email", "email")
ADDRESS = Contact("Почтовый адрес", "postal address", "sms", "sms")


@step("open the contact data", System.GOSUSLUGI, budget_s=5)
def open_contacts(visit: Visit) -> None:
    """«Профиль», «Контактные данные»; what the journal holds now is kept for later."""
    entries = JournalPage(visit.page).open(visit.target.gosuslugi).entries()
    visit.carried["journal"] = {str(place): _line(entry) for place, entry in enumerate(entries)}
    ContactsPage(visit.page).open(visit.target.gosuslugi)


@step("find the changes in the journal", System.GOSUSLUGI, budget_s=5)
def find_in_journal(visit: Visit) -> None:
    """«Журнал действий» has every change of this run, done."""
    entries = JournalPage(visit.page).open(visit.target.gosuslugi).entries()
    new = new_entries(entries, list(visit.carried["journal"].values()))
    for contact in (PHONE, EMAIL, ADDRESS):
        found = [entry.status for entry in new if entry.action == contact.title]
        wanted = int(visit.notes[contact.name])
        if len(found) < wanted or any(status != "Выполнено" for status in found):
            done = found.count("Выполнено")
            raise _unconfirmed(contact, f"«Журнал действий» has {done} of {wanted} changes of «{contact.title}» done")


def new_entries(entries: list[JournalEntry], seen: list[str]) -> list[JournalEntry]:
    """Those that were not ``seen`` before, the newest being the first.

    Not by their times, which may be of the same minute; nor by their places, which two of one minute may change, nor by
    their number alone: a journal shows only so many.
    """
    left = Counter(seen)
    new = []
    for entry in reversed(entries):
        if left[_line(entry)]:
            left[_line(entry)] -= 1
        else:
            new.append(entry)
    return new[::-1]


def _line(entry: JournalEntry) -> str:
    """What a line stays while its status changes."""
    return f"{entry.at} {entry.action}"


def _change(contact: Contact, *, back: bool) -> tuple[Step, Step, Step]:
    """Ask for the change, receive the code, confirm; a change that an earlier run left is not made again."""
    kind = contact.back if back else contact.there
    verb = "put" if back else "change"
    name = f"the {contact.name} back" if back else f"the {contact.name}"

    @step(f"{verb} {name}", System.GOSUSLUGI, budget_s=5)
    def ask(visit: Visit) -> None:
        """The new value is taken, and a code asked for."""
        page = ContactsPage(visit.page)
        value = contact.first(visit) if back else contact.second(visit)
        visit.carried[contact.name] = {"wanted": value}
        visit.notes.setdefault(contact.name, "0")
        if _plain(page.shown(contact.title)) == _plain(value):
            return
        visit.notes[contact.name] = str(int(visit.notes[contact.name]) + 1)
        visit.inbox.expect(kind)
        page.change(contact.title, value)
        ChangeConfirmationPage(visit.page).loaded()

    @step(f"receive the code to {verb} {name}", System.DELIVERY, budget_s=20, timeout_s=35)
    def receive(visit: Visit) -> None:
        """The code arrives at the new phone or e-mail; that for an address at the phone."""
        visit.code = visit.inbox.code(kind) if _asked(visit) else None

    @step(f"confirm to {verb} {name}", System.GOSUSLUGI, budget_s=5)
    def confirm(visit: Visit) -> None:
        """The code is taken, and the page shows the new value."""
        if visit.code is None:
            return
        page = ContactsPage(visit.page)
        ChangeConfirmationPage(visit.page).enter(visit.code)
        try:
            first_of(visit.page, page)
        except ErrorShown as refused:
            if not about_the_code(refused):
                raise
            asking, message = ChangeConfirmationPage(visit.page), f"«{contact.title}»: {refused}"
            raise another_code(visit, asking, kind, _unconfirmed(contact, message), page) from None
        if _plain(page.shown(contact.title)) != _plain(visit.carried[contact.name]["wanted"]):
            raise _unconfirmed(contact, f"«{contact.title}» was confirmed by a code and has not changed")

    return ask, receive, confirm


def _asked(visit: Visit) -> bool:
    return ChangeConfirmationPage(visit.page).marker.is_visible()


def _plain(text: str) -> str:
    """A contact without the signs that it is typeset with."""
    return re.sub(r"[\s()\-–]", "", text).lower()


def _unconfirmed(contact: Contact, message: str) -> OutcomeError:
    return OutcomeError(System.GOSUSLUGI, Cause.CONTACT_UNCONFIRMED, message, variant=contact.name.replace(" ", "-"))


CONTACT_UPDATE = Journey(
    name="contact-update",
    title="Изменение контактных данных на Госуслугах",
    requirements=("S3",),
    steps=(
        open_gosuslugi,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_and_return,
        open_contacts,
        *_change(PHONE, back=False),
        *_change(PHONE, back=True),
        *_change(EMAIL, back=False),
        *_change(EMAIL, back=True),
        *_change(ADDRESS, back=False),
        *_change(ADDRESS, back=True),
        find_in_journal,
    ),
    budget_s=240,
    interval_s=3600,
    states=("returning",),
    factors=("totp",),
    needs=("phone", "email", "second_phone", "second_email"),
    channels=("sms", "email"),
)
