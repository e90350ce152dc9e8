"""S11: every way to support is there, the chat keeps its hours, and a request gets a number that can be tracked.

Nobody signs in: who cannot is who needs support. The request says that it comes from monitoring and needs no answer.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta

from journeys.cause import Cause
from journeys.journey import Journey, step
from journeys.support import CHANNELS, CHAT, FORM, MOSCOW
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.nmo.support import ChatPage, ContactsPage
from pages.screen import ElementMissing

TOPIC = "Проверка мониторинга"
TEXT = "Автоматическая проверка формы. Ответ не требуется."
_EDGE = timedelta(minutes=2)
"""So near to opening or closing time the chat may be either: clocks differ."""


@step("find the ways to support", System.NMO, budget_s=5)
def find_channels(visit: Visit) -> None:
    """Phone, e-mail, chat, form and office, each with its address and hours."""
    shown = {name: _plain(text) for name, text in ContactsPage(visit.page).open(visit.target.nmo).channels().items()}
    for channel in CHANNELS:
        said = shown.get(channel.title)
        if said is None:
            raise _unreachable(f"«{channel.title}» is not among the ways to support", channel.key)
        wanted = [channel.promise] if channel in {CHAT, FORM} else [channel.address, channel.promise]
        if unsaid := [text for text in wanted if _plain(text) not in said]:
            raise _unreachable(f"«{channel.title}» does not say «{'», «'.join(unsaid)}»", channel.key)


@step("try the chat", System.NMO, budget_s=5)
def try_chat(visit: Visit) -> None:
    """Open from 08:00 to 22:00 in Moscow, by the portal's own clock where it shows one."""
    contacts = ContactsPage(visit.page)
    now = contacts.clock() or datetime.now(UTC)
    is_open = contacts.start_chat.is_visible()
    visit.notes["chat"] = "open" if is_open else "closed"
    due = {CHAT.hours.open_at(now - _EDGE), CHAT.hours.open_at(now + _EDGE)}
    if is_open not in due:
        state = "open" if is_open else "closed"
        raise _unreachable(f"the chat is {state} at {now.astimezone(MOSCOW):%H:%M} Moscow time", CHAT.key)
    if is_open:
        contacts.start_chat.click()
        ChatPage(visit.page).loaded()


@step("send a request", System.NMO, budget_s=5)
def send_request(visit: Visit) -> None:
    """The feedback form answers with a number."""
    # Of this run alone: a number that had been given before would lead to another topic.
    visit.carried["topic"] = {"Тема": f"{TOPIC} {secrets.token_hex(4)}"}
    try:
        number = ContactsPage(visit.page).open(visit.target.nmo).send(visit.carried["topic"]["Тема"], TEXT)
    except ElementMissing as missing:
        raise _unreachable(str(missing), FORM.key) from None
    visit.notes["request"] = number


@step("track the request", System.NMO, budget_s=5)
def track_request(visit: Visit) -> None:
    """The number leads to this very request."""
    found = ContactsPage(visit.page).look_up(visit.notes["request"]).read()
    if not found:
        raise _unreachable("the portal does not know the number that it gave", FORM.key)
    if found.get("Тема") != visit.carried["topic"]["Тема"]:
        raise _unreachable("the number that the portal gave leads to another request", FORM.key)


def _plain(text: str) -> str:
    """Without the kinds of hyphen, dash and space that pages are typeset with."""
    return re.sub(r"\s+", " ", re.sub(r"[‐‑‒–—]", "-", text)).strip()


def _unreachable(message: str, channel: str) -> OutcomeError:
    return OutcomeError(System.NMO, Cause.SUPPORT_UNREACHABLE, message, variant=channel)


SUPPORT_CHANNELS = Journey(
    name="support-channels",
    title="Поддержка портала: каналы, часы чата, номер обращения",
    requirements=("S11", "S14"),
    steps=(find_channels, try_chat, send_request, track_request),
    budget_s=30,
    interval_s=3600,
    states=("returning", "first-visit"),
    signs_in=False,
)
