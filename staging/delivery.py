"""Delivery of one-time codes: what would have gone out by SMS or e-mail stays in an outbox."""

import asyncio
import re
from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

Channel = Literal["sms", "email"]

KEPT = 2000
"""Messages kept; the oldest go first."""


@dataclass(frozen=True)
class Message:
    """One message sent. ``id`` grows over all addresses."""

    id: int
    to: str
    channel: Channel
    text: str
    sent: datetime

    def as_json(self) -> dict[str, Any]:
        """The message as the control API gives it, time in ISO 8601."""
        return asdict(self) | {"sent": self.sent.isoformat()}


class Outbox:
    """Messages sent so far, and a way to wait for the next. For use in one event loop."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque(maxlen=KEPT)
        self._sent = 0
        self._arrived = asyncio.Event()

    def send(self, to: str, channel: Channel, text: str, sent: datetime) -> None:
        """Deliver a message and wake whoever waits for one."""
        self._sent += 1
        self._messages.append(Message(self._sent, normal_address(to), channel, text, sent))
        arrived, self._arrived = self._arrived, asyncio.Event()
        arrived.set()

    def after(self, to: str, last_id: int) -> list[Message]:
        """Messages to an address with a greater id, oldest first."""
        address = normal_address(to)
        return [message for message in self._messages if message.to == address and message.id > last_id]

    def last_id(self, to: str) -> int:
        """Id of the last message to an address, 0 when there is none."""
        return max((message.id for message in self.after(to, 0)), default=0)

    async def wait(self, to: str, last_id: int, timeout_s: float) -> list[Message]:
        """As `after`, but wait up to ``timeout_s`` for the first such message; an empty list when none came."""
        try:
            async with asyncio.timeout(timeout_s):
                while not (found := self.after(to, last_id)):
                    await self._arrived.wait()
                return found
        except TimeoutError:
            return []


def normal_address(address: str) -> str:
    """E-mail in lower case; a phone as ``+79…`` (a plus sign left bare in a query string arrives as a space)."""
    address = address.strip().lower()
    return address if "@" in address else "+" + re.sub(r"\D", "", address)
