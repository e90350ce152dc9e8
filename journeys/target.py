"""The environment a journey runs against. Every difference between environments lives here."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from journeys.system import SITES, System

Channel = Literal["sms", "email"]


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
class Target:
    """URLs of the three sites (scheme, host, port, no path), how to reach them and where codes arrive.

    ``proxy`` is a proxy URL; ``ignore_https_errors`` is for a staging with a private root certificate;
    ``device`` is a name of Playwright's device descriptors; ``code_timeout_s`` bounds the wait for a code.
    """

    name: str
    nmo: str
    gosuslugi: str
    esia: str
    inboxes: dict[Channel, InboxAddress] = field(default_factory=dict)
    proxy: str | None = None
    ignore_https_errors: bool = False
    device: str | None = None
    code_timeout_s: float = 30.0

    def url(self, system: System) -> str:
        """The base URL of a site; KeyError for a system without pages."""
        return {System.NMO: self.nmo, System.GOSUSLUGI: self.gosuslugi, System.ESIA: self.esia}[system]

    def system_at(self, url: str) -> System | None:
        """The site that serves ``url``, or None for an address outside the federation."""
        place = urlsplit(url).netloc
        return next((site for site in SITES if urlsplit(self.url(site)).netloc == place), None)
