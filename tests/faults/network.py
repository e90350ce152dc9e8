"""Faults of the network: what a target in front of which the network is broken looks like.

The staging's own faults are switched within its sites; these need real servers, names and certificates of their own,
which stand in for a site, or a proxy on the way to it.
"""

import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from pydantic import SecretStr

from journeys.system import System
from journeys.target import Target
from tests.faults.certificate import Authority, self_signed
from tests.faults.listener import (
    Answer,
    bad_request,
    break_off,
    gateway,
    listening,
    nobody,
    over_tls,
    redirect,
    reset,
    reset_in_answer,
    silent,
)

ANOTHER_HOST = "another.example"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ground:
    """What a fault is laid on: a target, the site that is to suffer, and an authority that the browser trusts."""

    target: Target
    site: System
    authority: Authority

    @property
    def host(self) -> str:
        """The site's host."""
        return urlsplit(self.target.url(self.site)).hostname or ""

    def moved(self, url: str) -> Target:
        """The target with the site at another address."""
        match self.site:
            case System.NMO:
                return replace(self.target, nmo=url)
            case System.GOSUSLUGI:
                return replace(self.target, gosuslugi=url)
            case _:
                return replace(self.target, esia=url)


Lay = Callable[[Ground], AbstractContextManager[Target]]


@dataclass(frozen=True)
class NetworkFault:
    """One thing that can be wrong between the browser and a site; ``lay`` makes it so for as long as it lasts."""

    name: str
    title: str
    description: str
    lay: Lay


@contextmanager
def _answering(ground: Ground, scheme: str, answer: Answer) -> Iterator[Target]:
    with listening(answer) as port:
        yield ground.moved(f"{scheme}://{ground.host}:{port}")


@contextmanager
def _secured(ground: Ground, make: Callable[[Authority, str], bytes]) -> Iterator[Target]:
    with _answering(ground, "https", over_tls(make(ground.authority, ground.host))) as target:
        yield target


@contextmanager
def _outdated(ground: Ground) -> Iterator[Target]:
    pem = ground.authority.certify(ground.host)
    with _answering(ground, "https", over_tls(pem, ssl.TLSVersion.TLSv1_1)) as target:
        yield target


@contextmanager
def _refused(ground: Ground) -> Iterator[Target]:
    with nobody() as port:
        yield ground.moved(f"http://{ground.host}:{port}")


@contextmanager
def _nameless(ground: Ground) -> Iterator[Target]:
    yield ground.moved(f"http://{ground.site}.invalid")


@contextmanager
def _through(ground: Ground, end: Answer, part: str) -> Iterator[Target]:
    """All goes through a gateway, on which URLs with ``part`` in them come to an end."""
    with listening(gateway(lambda url: end if part in url else None)) as port:
        yield replace(ground.target, proxy=SecretStr(f"http://127.0.0.1:{port}"))


@contextmanager
def _esia_expired(ground: Ground) -> Iterator[Target]:
    """The way to ЕСИА leads to an address of its own with an expired certificate."""
    esia = replace(ground, site=System.ESIA)
    with _secured(esia, _expired) as target, _through(esia, redirect(target.esia), f"//{esia.host}") as proxied:
        yield replace(target, proxy=proxied.proxy)


def good(authority: Authority, host: str) -> bytes:
    """Nothing is wrong with this one."""
    return authority.certify(host)


def _expired(authority: Authority, host: str) -> bytes:
    return authority.certify(host, begins=-400 * _DAY, ends=-_DAY)


def _early(authority: Authority, host: str) -> bytes:
    return authority.certify(host, begins=_DAY)


def _anothers(authority: Authority, _host: str) -> bytes:
    return authority.certify(ANOTHER_HOST)


def _own(_authority: Authority, host: str) -> bytes:
    return self_signed(host)


def _strangers(_authority: Authority, host: str) -> bytes:
    return Authority.new().certify(host)


def _certificate(name: str, title: str, description: str, make: Callable[[Authority, str], bytes]) -> NetworkFault:
    return NetworkFault(name, title, description, partial(_secured, make=make))


def _listener(name: str, title: str, description: str, answer: Answer, scheme: str = "http") -> NetworkFault:
    return NetworkFault(name, title, description, partial(_answering, scheme=scheme, answer=answer))


def _on_the_way(name: str, title: str, description: str, end: Answer, part: str) -> NetworkFault:
    return NetworkFault(name, title, description, partial(_through, end=end, part=part))


_AT_ESIA = "//esia."
_RETURN = "/oauth/callback"

NETWORK_FAULTS: tuple[NetworkFault, ...] = (
    _certificate("tls-expired", "Сертификат истёк", "The site's certificate has ended a day ago.", _expired),
    _certificate("tls-too-early", "Сертификат ещё не действует", "The site's certificate begins tomorrow.", _early),
    _certificate("tls-wrong-host", "Сертификат другого узла", "The certificate is another host's.", _anothers),
    _certificate("tls-self-signed", "Самоподписанный сертификат", "The certificate vouches for itself.", _own),
    _certificate("tls-stranger", "Неизвестный центр", "The certificate's authority is known to nobody.", _strangers),
    NetworkFault("tls-outdated", "Устаревший TLS", "The server speaks TLS 1.1 at most.", _outdated),
    _listener("tls-plain-text", "Нет TLS", "Plain text where TLS is expected.", bad_request, "https"),
    _listener("tls-reset", "Сброс при установке TLS", "The connection is reset during the handshake.", reset, "https"),
    _listener("tls-silent", "TLS не отвечает", "The handshake is taken and never answered.", silent, "https"),
    NetworkFault("connection-refused", "Порт закрыт", "Nobody listens at the site's port.", _refused),
    _listener("connection-reset", "Сброс соединения", "The connection is reset after the request.", reset),
    _listener("reset-in-answer", "Сброс посреди ответа", "The connection is reset in mid-answer.", reset_in_answer),
    _listener("connection-silent", "Узел молчит", "The connection is taken and nothing is ever answered.", silent),
    NetworkFault("name-unresolved", "Имя не находится", "The site's name does not resolve.", _nameless),
    _on_the_way("reset-at-esia", "Сброс у ЕСИА", "In mid-run, the connection to ЕСИА is reset.", break_off, _AT_ESIA),
    _on_the_way("silent-at-esia", "ЕСИА молчит", "In mid-run, the host of ЕСИА answers nothing.", silent, _AT_ESIA),
    _on_the_way("reset-on-return", "Сброс на возврате", "The return from ЕСИА meets a reset.", break_off, _RETURN),
    NetworkFault("tls-expired-at-esia", "Истёк сертификат ЕСИА", "In mid-run: ЕСИА's has ended.", _esia_expired),
)
"""All of them, the network in front of the site that a journey opens first, or on the way."""


def network_fault(name: str) -> NetworkFault | None:
    """A fault by name; None for one of the staging's own."""
    return next((fault for fault in NETWORK_FAULTS if fault.name == name), None)
