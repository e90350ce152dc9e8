"""What can be done to a page on its way to the browser. Each is an ASGI ``send`` around another."""

import asyncio
from collections.abc import Callable

from starlette.types import Message, Send

_PIECES = 40


def is_html(message: Message) -> bool:
    """Whether the start of an answer announces a page."""
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])


class _Page:
    """Passes everything through but pages, whose whole answer goes to `_send_page`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page(self._start, self._body)

    async def _send_page(self, start: Message, body: bytes) -> None:
        raise NotImplementedError


class Drip(_Page):
    """The page comes in small pieces, the last of them after ``seconds``."""

    def __init__(self, send: Send, seconds: float) -> None:
        super().__init__(send)
        self._seconds = seconds

    async def _send_page(self, start: Message, body: bytes) -> None:
        await self._send(start)
        size = len(body) // _PIECES + 1
        for at in range(0, len(body), size):
            await self._send({"type": "http.response.body", "body": body[at : at + size], "more_body": True})
            await asyncio.sleep(self._seconds / _PIECES)
        await self._send({"type": "http.response.body", "body": b""})


class Truncated(_Page):
    """Half of the head comes, then the connection closes: ``abort`` closes it."""

    def __init__(self, send: Send, abort: Callable[[], None]) -> None:
        super().__init__(send)
        self._abort = abort

    async def _send_page(self, start: Message, body: bytes) -> None:
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body[: len(body) // 8], "more_body": True})
        self._abort()


class Rewritten(_Page):
    """One text of the page is another."""

    def __init__(self, send: Send, old: str, new: str) -> None:
        super().__init__(send)
        self._old, self._new = old.encode(), new.encode()

    async def _send_page(self, start: Message, body: bytes) -> None:
        body = body.replace(self._old, self._new)
        kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await self._send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})
