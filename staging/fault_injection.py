"""The middleware that makes a site go wrong."""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from staging.fault import System
from staging.faults import Faults
from staging.spoiled_answer import Drip, Rewritten, Truncated, is_html

OwnPages = Mapping[str, Callable[[], Response]]
"""Fault -> what makes the site's own page for it."""

_NOT_DOCUMENTS = ("/static/", "/api/", "/aas/oauth2/v3/", "/aas/oauth2/jwks", "/rs/", "/favicon.ico")
_BROKEN_ASSET: Mapping[str, str] = MappingProxyType(
    {"nmo": "/static/site.css", "gosuslugi": "/static/site.css", "esia": "/static/code.js"}
)
_BROKEN_SCRIPT = '<script>throw new Error("module menu is not defined")</script></head>'
_LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "nmo": ("Войти через Госуслуги", "Вход для специалистов"),
        "gosuslugi": ("Перейти к порталу НМО", "Открыть сервис"),
        "esia": (">Войти<", ">Далее<"),
    }
)


def is_document(path: str) -> bool:
    """Whether a path is for people's eyes: not a static file and not an interface between servers."""
    return not path.startswith(_NOT_DOCUMENTS)


class FaultInjection:
    """ASGI middleware of one site. ``own_pages`` are the site's, in the place of those that were asked for."""

    def __init__(self, app: ASGIApp, *, system: System, faults: Faults, own_pages: OwnPages) -> None:
        self.app = app
        self.system = system
        self.faults = faults
        self.own_pages = own_pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, spoil its answer, or answer in its place."""
        if scope["path"] == _BROKEN_ASSET[self.system] and self._on("broken-asset"):
            await Response("404 Not Found", 404, media_type="text/plain")(scope, receive, send)
        elif not is_document(scope["path"]):
            await self.app(scope, receive, send)
        elif self._on("dropped-connection"):
            await _drop_connection(scope, receive)
        elif self._on("no-answer"):
            await _left(receive)
        elif stand_in := self._stand_in(Request(scope)):
            await stand_in(scope, receive, send)
        else:
            await self.app(scope, receive, self._spoiled(scope, send))

    def _on(self, name: str) -> bool:
        return self.faults.on(name, self.system)

    def _stand_in(self, request: Request) -> Response | None:
        for name, page in self.own_pages.items():
            if self._on(name):
                return page()
        if self._on("http-429"):
            return _proxy_page(429, "429 Too Many Requests", {"retry-after": "30"})
        if self._on("http-502"):
            return _proxy_page(502, "502 Bad Gateway")
        if self._on("http-503"):
            return _proxy_page(503, "503 Service Temporarily Unavailable")
        if self._on("blank-page"):
            return HTMLResponse("")
        if self._on("redirect-loop"):
            return RedirectResponse(str(request.url.path), 302)
        return None

    def _spoiled(self, scope: Scope, send: Send) -> Send:
        """What sends a page on: late, changed, or in part."""
        if seconds := self.faults.parameters("latency", self.system).get("seconds"):
            send = _late(send, seconds)
        if seconds := self.faults.parameters("slow-drip", self.system).get("seconds"):
            send = Drip(send, seconds)
        if self._on("truncated-answer"):
            send = Truncated(send, scope["state"]["abort"])
        if self._on("script-error"):
            send = Rewritten(send, "</head>", _BROKEN_SCRIPT)
        if self._on("changed-label"):
            send = Rewritten(send, *_LABELS[self.system])
        return send


def _late(send: Send, seconds: float) -> Send:
    async def late(message: Message) -> None:
        if message["type"] == "http.response.start" and is_html(message):
            await asyncio.sleep(seconds)
        await send(message)

    return late


def _proxy_page(status: int, title: str, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    html = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return HTMLResponse(html, status, headers)


async def _drop_connection(scope: Scope, receive: Receive) -> None:
    """Close the connection; ``abort`` is put into the scope by the server's protocol."""
    scope["state"]["abort"]()
    await _left(receive)


async def _left(receive: Receive) -> None:
    """Wait until the client is gone: to return before would make the server write an answer."""
    while (await receive())["type"] != "http.disconnect":
        pass
