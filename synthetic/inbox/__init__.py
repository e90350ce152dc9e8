"""Where the one-time codes of a persona come from: the embedded outbox, an HTTP gateway, IMAP, or TOTP.

Raises the errors of `journeys.inbox`: InboxUnreachable says host and what happened, CodeNotDelivered the kind
and the time waited. Neither holds a code, an address or a token.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

from pydantic import SecretStr

from journeys.inbox import CodeNotDelivered, InboxUnreachable, Kind
from journeys.persona import Persona
from journeys.target import Channel, Target, asks_by_address
from synthetic.inbox.gateway import Gateway, Outbox
from synthetic.inbox.mailbox import Mailbox
from synthetic.inbox.totp import Totp

POLL_S = 0.5
"""Between two looks into an inbox that answers at once."""


class Source(Protocol):
    """Messages to one address."""

    def ready(self) -> None:
        """Do beforehand what takes time."""

    def mark(self) -> None:
        """What is there now is not the code."""

    def fresh(self, wait_s: float) -> str | None:
        """The code that came since `mark`, if any; may wait for one up to ``wait_s`` seconds."""

    def close(self) -> None:
        """Let go of connections."""


class PersonaInbox:
    """The `journeys.inbox.Inbox` of one persona on one target. Can serve one run after another and stays warm."""

    def __init__(
        self,
        persona: Persona,
        target: Target,
        sources: Mapping[Kind, Source],
        totp: Totp | None,
        *,
        clock: Callable[[], float],
        wait: Callable[[float], None],
    ) -> None:
        self._persona = persona
        self._target = target
        self._sources = sources
        self._totp = totp
        self._clock = clock
        self._wait = wait
        self._expected: set[Kind] = set()

    def prepare(self) -> None:
        """Wait for a TOTP window that can be used, or connect to where the second factor arrives.

        Other inboxes are opened when they are needed: a run that never reads them does not depend on them.
        """
        self._expected.clear()
        self.settle()
        factor = self._persona.factor
        if factor == "sms" and factor in self._sources:
            self._sources[factor].ready()

    def settle(self) -> None:
        """Wait for a window of the time-based code that was not used yet; at once for another second factor."""
        if self._persona.factor == "totp":
            self._codes().settle()

    def expect(self, kind: Kind) -> None:
        """A code is about to be asked for: what is there already is not it."""
        if kind != "totp":
            self._source(kind).mark()
        self._expected.add(kind)

    def code(self, kind: Kind) -> str:
        """The code that came since `expect`; TOTP needs no `expect`. Raises InboxError."""
        if kind == "totp":
            return self._codes().take()
        if kind not in self._expected:
            raise RuntimeError(f"expect({kind!r}) must come before code({kind!r})")
        source, deadline = self._source(kind), self._clock() + self._target.code_timeout_s
        while (left := deadline - self._clock()) > 0:
            code = source.fresh(left)
            if code is not None:
                return code
            waited = left - (deadline - self._clock())
            if waited < POLL_S:
                self._wait(max(0.0, min(POLL_S, left) - waited))
        raise CodeNotDelivered(f"no code by {kind} within {self._target.code_timeout_s:g} s")

    def close(self) -> None:
        """Let go of connections; the inbox can still be used and opens them again."""
        for source in self._sources.values():
            source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _codes(self) -> Totp:
        if self._totp is None:
            raise InboxUnreachable(f"{self._persona.name} has no totp_secret")
        return self._totp

    def _source(self, kind: Kind) -> Source:
        if kind in self._sources:
            return self._sources[kind]
        channel, key = _ADDRESSES[kind]
        if channel in self._target.inboxes:
            raise InboxUnreachable(f"{self._persona.name} has no {key}")
        raise InboxUnreachable(f"{self._target.name} has no inbox for {kind}")


def open_inbox(
    persona: Persona,
    target: Target,
    state_dir: Path,
    *,
    clock: Callable[[], float] = time.time,
    wait: Callable[[float], None] = time.sleep,
) -> PersonaInbox:
    """The inbox of a persona on a target. Nothing is connected yet, so nothing fails here.

    ``clock`` gives Unix seconds, ``wait`` takes seconds. ``state_dir/totp`` remembers the TOTP windows used.
    """
    sources = {kind: source for kind in _ADDRESSES if (source := _open_source(kind, persona, target)) is not None}
    totp = Totp(persona.totp_secret, state_dir / "totp", clock=clock, wait=wait) if persona.totp_secret else None
    return PersonaInbox(persona, target, sources, totp, clock=clock, wait=wait)


_ADDRESSES: Mapping[Kind, tuple[Channel, str]] = MappingProxyType(
    {
        "sms": ("sms", "phone"),
        "email": ("email", "email"),
        "second-sms": ("sms", "second_phone"),
        "second-email": ("email", "second_email"),
    }
)
"""Kind of code -> the channel it comes by, and the persona's address there."""


def _open_source(kind: Kind, persona: Persona, target: Target) -> Source | None:
    """The source for a kind of code, or None when the persona lacks the address it needs."""
    channel, key = _ADDRESSES[kind]
    inbox = target.inboxes.get(channel)
    if inbox is None:
        return None
    secret: SecretStr | None = getattr(persona, key)
    if secret is None and asks_by_address(inbox):
        return None
    address = secret.get_secret_value() if secret else ""
    if inbox.kind == "outbox":
        return Outbox(inbox, address, channel)
    return Gateway(inbox, address) if inbox.kind == "http" else Mailbox(inbox, address)
