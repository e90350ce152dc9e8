"""The environment a journey runs against. Every difference between environments lives here."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol
from urllib.parse import urlsplit

from pydantic import SecretStr

from journeys.system import SITES, System

Channel = Literal["sms", "email"]


class Asked(Protocol):
    """Where codes are asked for: an inbox, or its description in the settings."""

    @property
    def kind(self) -> str:
        """The kind of inbox."""

    @property
    def url(self) -> str:
        """Its address."""


def asks_by_address(inbox: Asked) -> bool:
    """Whether codes are found there only by the phone or e-mail that they were sent to."""
    return inbox.kind != "http" or "{address}" in inbox.url


@dataclass(frozen=True)
class InboxAddress:
    """Where one-time codes that were sent to a person can be read.

    ``kind`` is ``outbox`` (the embedded staging), ``http`` (any gateway that answers JSON or text) or
    ``imap``. ``url`` may hold ``{address}``, the phone or e-mail that the code was sent to.
    """

    kind: Literal["outbox", "http", "imap"]
    url: str
    token: SecretStr | None = None
    user: str | None = None
    password: SecretStr | None = None
    pattern: str = r"\b\d{4,8}\b"


@dataclass(frozen=True)
class Limits:
    """How long the systems may take, in seconds: what users are promised, and what is watched.

    ``check_s`` for the automatic check of changed personal data (S2), ``update_s`` for an ordinary change of the
    professional profile, ``documents_s`` when documents were asked for, ``resubmission_s`` after a refusal (S8),
    ``account_s`` for a new account of the portal to be synchronised (S10).
    """

    check_s: float = 15 * 60
    update_s: float = 24 * 3600
    documents_s: float = 48 * 3600
    resubmission_s: float = 24 * 3600
    account_s: float = 24 * 3600


@dataclass(frozen=True)
class Target:
    """URLs of the three sites (scheme, host, port, no path), how to reach them and where codes arrive.

    ``hosts`` are further hosts of a site (scripts, pictures), whatever the port. ``proxy`` is a proxy URL,
    which may hold a password; ``ignore_https_errors`` is for a staging with a private root certificate;
    ``device`` is a name of Playwright's device descriptors; ``code_timeout_s`` bounds the wait for a code;
    ``limits`` are the terms that the systems promise.
    """

    name: str
    nmo: str
    gosuslugi: str
    esia: str
    inboxes: dict[Channel, InboxAddress] = field(default_factory=dict)
    hosts: dict[System, tuple[str, ...]] = field(default_factory=dict)
    proxy: SecretStr | None = None
    ignore_https_errors: bool = False
    device: str | None = None
    code_timeout_s: float = 30.0
    limits: Limits = Limits()

    def url(self, system: System) -> str:
        """The base URL of a site; KeyError for a system without pages."""
        return {System.NMO: self.nmo, System.GOSUSLUGI: self.gosuslugi, System.ESIA: self.esia}[system]

    def system_at(self, url: str) -> System | None:
        """The site that serves ``url``, or None for an address outside the federation."""
        place = place_of(url)
        return self._places.get(place) or self._places.get((place[0], None)) if place else None

    def secrets(self) -> dict[str, str]:
        """Label -> value of everything about reaching this target that must never be written down."""
        proxy = urlsplit(self.proxy.get_secret_value()).password if self.proxy else None
        values = {"proxy-password": proxy}
        for channel, inbox in self.inboxes.items():
            for name, secret in (("token", inbox.token), ("password", inbox.password)):
                values[f"{channel}-inbox-{name}"] = secret.get_secret_value() if secret else None
        return {label: value for label, value in values.items() if value}

    @cached_property
    def _places(self) -> dict[tuple[str, int | None], System]:
        # Asked for every response of a run, so it is worked out once; it goes into pickles and into no comparison.
        places: dict[tuple[str, int | None], System] = {
            (plain_host(host), None): site for site, hosts in self.hosts.items() for host in hosts
        }
        # The first of two sites at one address has it.
        return places | {place: site for site in reversed(SITES) if (place := place_of(self.url(site)))}


_USUAL_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_USUAL = 0
"""Stands for the port of the scheme: a site that is called over http, and sends the browser to https, is one site."""


def place_of(url: str) -> tuple[str, int] | None:
    """Host, in lower case and without national letters, and port; None for what has no host."""
    try:
        parts = urlsplit(url)
        port, usual = parts.port, _USUAL_PORTS.get(parts.scheme)
        return (plain_host(parts.hostname), _USUAL if port in {None, usual} else port or 0) if parts.hostname else None
    except ValueError:  # UnicodeError is one
        return None


def plain_host(host: str) -> str:
    """A host as browsers write it: «НМО.рф» is xn--l1abe.xn--p1ai. Raises UnicodeError."""
    return host.lower() if host.isascii() else host.encode("idna").decode()
