"""The middleware that makes a site go wrong."""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from staging.fault import System
from staging.faults import Faults

_NOT_DOCUMENTS = ("/static/", "/api/", "/aas/oauth2/v3/", "/aas/oauth2/jwks", "/rs/", "/favicon.ico")
_BROKEN_ASSET: Mapping[str, str] = MappingProxyType(
    {"nmo": "/static/site.css", "gosuslugi": "/static/site.css", "esia": "/static/code.js"}
)


def is_document(path: str) -> bool:
    """Whether a path is for people's eyes: not a static file and not an interface between servers."""
    return not path.startswith(_NOT_DOCUMENTS)


class FaultInjection:
    """ASGI middleware of one site. ``own_error`` makes the site's error page for a request."""

    def __init__(
        self, app: ASGIApp, *, system: System, faults: Faults, own_error: Callable[[Request], Response]
    ) -> None:
        self.app = app
        self.system = system
        self.faults = faults
        self.own_error = own_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, spoil its answer, or answer in its place."""
        if scope["path"] == _BROKEN_ASSET[self.system] and self._on("broken-asset"):
            await Response("404 Not Found", 404, media_type="text/plain")(scope, receive, send)
        elif not is_document(scope["path"]):
            await self.app(scope, receive, send)
        elif self._on("dropped-connection"):
            await _drop_connection(scope, receive)
        elif stand_in := self._stand_in(Request(scope)):
            await stand_in(scope, receive, send)
        else:
            await self.app(scope, receive, self._late(send))

    def _on(self, name: str) -> bool:
        return self.faults.on(name, self.system)

    def _stand_in(self, request: Request) -> Response | None:
        if self._on("http-500"):
            return self.own_error(request)
        if self._on("http-502"):
            return _proxy_page(502, "502 Bad Gateway")
        if self._on("http-503"):
            return _proxy_page(503, "503 Service Temporarily Unavailable")
        if self._on("blank-page"):
            return HTMLResponse("")
        return None

    def _late(self, send: Send) -> Send:
        async def late(message: Message) -> None:
            seconds = self.faults.parameters("latency", self.system).get("seconds")
            if seconds and message["type"] == "http.response.start" and _is_html(message):
                await asyncio.sleep(seconds)
            await send(message)

        return late


def _is_html(message: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])


def _proxy_page(status: int, title: str) -> HTMLResponse:
    html = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return HTMLResponse(html, status)


async def _drop_connection(scope: Scope, receive: Receive) -> None:
    """Close the connection; ``abort`` is put into the scope by the server's protocol."""
    scope["state"]["abort"]()
    # Returning while the server still takes the client for connected would make it write an answer.
    while (await receive())["type"] != "http.disconnect":
        pass
