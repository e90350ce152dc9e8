"""What to tell about a failure, at a moment, in a language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from journeys.cause import UNSAFE_TO_RETEST, Cause
from journeys.result import Failure
from journeys.support import CHANNELS, MOSCOW
from journeys.system import System
from synthetic.advice.catalogue import Attachment, Contact, catalogue

Language = Literal["ru", "en"]


@dataclass(frozen=True)
class Turn:
    """A way to somebody who can help: how it is called, where it leads, whether somebody is there, and else when."""

    title: str
    address: str
    open_now: bool
    opens: datetime | None = None


@dataclass(frozen=True)
class Advice:
    """A failure explained. ``turn_to`` names who can help, ``channels`` how they are reached where the seed says it."""

    title: str
    explanation: str
    sees: str
    remedy: tuple[str, ...]
    requirement: str
    retest_is_safe: bool
    turn_to: str
    channels: tuple[Turn, ...]
    attach: tuple[str, ...]


_CONTACT_OF: Mapping[System, Contact] = MappingProxyType(
    {
        System.NMO: "portal",
        System.GOSUSLUGI: "esia",
        System.ESIA: "esia",
        System.REGISTRY: "portal",
        System.DELIVERY: "esia",
        System.NETWORK: "operator",
        System.MONITOR: "monitor",
    }
)

_CONTACTS: Mapping[Contact, Mapping[Language, str]] = MappingProxyType(
    {
        "portal": {"ru": "Поддержка «Образовательный портал НМО»", "en": "Support of «Образовательный портал НМО»"},
        "esia": {"ru": "Поддержка Госуслуг и ЕСИА", "en": "Support of Госуслуги and ЕСИА"},
        "operator": {"ru": "Дежурный инженер владельца сайта", "en": "The duty engineer of the site's owner"},
        "monitor": {"ru": "Те, кто ведёт этот монитор", "en": "Those who run this monitor"},
    }
)

_ATTACHMENTS: Mapping[Attachment, Mapping[Language, str]] = MappingProxyType(
    {
        "screenshot": {"ru": "снимок экрана", "en": "a screenshot"},
        "both-screenshots": {"ru": "снимки страниц обоих порталов", "en": "screenshots of both portals' pages"},
        "code-and-time": {"ru": "код ошибки и время", "en": "the error code and the time"},
        "time": {"ru": "время", "en": "the time"},
        "request-number": {"ru": "номер обращения", "en": "the request's number"},
        "documents": {"ru": "копии документов", "en": "copies of the documents"},
        "account": {"ru": "идентификатор учётной записи", "en": "the account's identifier"},
        "host": {"ru": "имя сервера и код ошибки сети", "en": "the server's name and the network's error code"},
        "run": {"ru": "номер прогона", "en": "the run's id"},
    }
)


def advise(failure: Failure, now: datetime, language: Language = "ru") -> Advice:
    """Explain a failure at an aware moment. Raises CatalogueInvalid when the catalogue cannot be read."""
    entry = catalogue()[failure.cause]
    words = entry.ru if language == "ru" else entry.en
    variant = entry.variants.get(failure.variant or "")

    def own(part: str) -> Any:
        return getattr(variant, f"{language}{part}") if variant else ""

    contact = entry.contact or _CONTACT_OF[failure.system]
    return Advice(
        title=own("_title") or words.title,
        explanation=own("") if own("_title") else " ".join(part for part in (words.explanation, own("")) if part),
        sees=own("_sees") or words.sees,
        remedy=own("_remedy") or words.remedy,
        requirement=entry.requirement,
        retest_is_safe=failure.cause not in UNSAFE_TO_RETEST,
        turn_to=_CONTACTS[contact][language],
        channels=tuple(_channels(failure, now, language)) if contact == "portal" else (),
        attach=tuple(_ATTACHMENTS[thing][language] for thing in entry.attach),
    )


_CHANNELS_IN_ENGLISH: Mapping[str, tuple[str, str | None]] = MappingProxyType(
    {
        "phone": ("Telephone", None),
        "email": ("E-mail", None),
        "chat": ("Chat", "on the page «Контакты»"),
        "form": ("Feedback form", "on the page «Контакты»"),
        "office": ("Office", None),
    }
)
"""Key of a channel -> its name, and where it leads, if that is not an address as it stands."""


def _channels(failure: Failure, now: datetime, language: Language) -> Iterable[Turn]:
    """The ways to support, less the one that has failed."""
    lost = failure.variant if failure.cause is Cause.SUPPORT_UNREACHABLE else None
    for channel in CHANNELS:
        if channel.key == lost:
            continue
        title, address = _CHANNELS_IN_ENGLISH[channel.key] if language == "en" else (channel.title, None)
        open_now = channel.hours.open_at(now)
        opens = None if open_now else channel.hours.next_opening(now)
        yield Turn(title, address or channel.address, open_now, opens)


def explained(failure: Failure, language: Language = "ru") -> str:
    """What to tell about a failure now, as Markdown."""
    return telling(advise(failure, datetime.now(UTC), language), language)


_LABELS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "ru": {
            "sees": "Пользователь видит",
            "remedy": "Что делать",
            "turn": "К кому обратиться",
            "attach": "Приложить",
            "open": "открыто",
            "closed": "закрыто до",
            "zone": "МСК",
            "retest": "Прогон монитора не повторять: это может навредить учётной записи.",
        },
        "en": {
            "sees": "Users see",
            "remedy": "What to do",
            "turn": "Turn to",
            "attach": "Take along",
            "open": "open",
            "closed": "closed until",
            "zone": "Moscow time",
            "retest": "Do not repeat the run: it could hurt the account.",
        },
    }
)


def telling(advice: Advice, language: Language = "ru") -> str:
    """Advice as Markdown that reads well as plain text, too."""
    labels = _LABELS[language]
    lines = [f"**{advice.title}** ({advice.requirement})", "", advice.explanation, ""]
    lines += [f"{labels['sees']}: {advice.sees}", "", f"{labels['remedy']}:", ""]
    lines += [f"{number}. {step}" for number, step in enumerate(advice.remedy, 1)]
    lines += [""] if advice.retest_is_safe else ["", labels["retest"], ""]
    lines += [f"{labels['turn']}: {advice.turn_to}"]
    if advice.channels:
        lines += ["", *(f"- {_told(channel, labels)}" for channel in advice.channels)]
    lines += ["", f"{labels['attach']}: {', '.join(advice.attach)}"]
    return "\n".join(lines)


def _told(channel: Turn, labels: Mapping[str, str]) -> str:
    opens = channel.opens and channel.opens.astimezone(MOSCOW).strftime("%d.%m %H:%M")
    state = labels["open"] if channel.open_now else f"{labels['closed']} {opens} {labels['zone']}"
    return f"{channel.title}: {channel.address} ({state})"
