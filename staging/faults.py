"""What can be made to go wrong, and the middleware that makes the sites go wrong.

FaultError
├── UnknownFault
├── WrongSystem      the fault cannot be applied to this system
└── WrongParameter
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

System = Literal["nmo", "gosuslugi", "esia", "registry", "delivery"]
SITES: tuple[System, ...] = ("nmo", "gosuslugi", "esia")

_NOT_DOCUMENTS = ("/static/", "/api/", "/aas/oauth2/v3/", "/aas/oauth2/jwks", "/rs/", "/favicon.ico")
_BROKEN_ASSET: Mapping[str, str] = MappingProxyType(
    {"nmo": "/static/site.css", "gosuslugi": "/static/site.css", "esia": "/static/code.js"}
)


class FaultError(Exception):
    """A fault could not be switched."""


class UnknownFault(FaultError):
    """No fault of this name."""


class WrongSystem(FaultError):
    """The fault cannot be applied to this system."""


class WrongParameter(FaultError):
    """The fault has no such parameter, or the value is out of range."""


@dataclass(frozen=True)
class Fault:
    """One thing that can go wrong. ``systems`` can have it, the first by default; ``part`` is what it touches."""

    name: str
    title: str
    description: str
    systems: tuple[System, ...]
    part: str
    parameters: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


def _page_fault(name: str, title: str, description: str, **parameters: float) -> Fault:
    return Fault(name, title, description, SITES, "documents", MappingProxyType(parameters))


CATALOGUE: tuple[Fault, ...] = (
    _page_fault("latency", "Медленные страницы", "Every HTML document comes late.", seconds=3),
    _page_fault("http-500", "Внутренняя ошибка", "The site's own error page, with a code and the time."),
    _page_fault("http-502", "Ошибка шлюза", "A bare reverse proxy page «502 Bad Gateway»."),
    _page_fault("http-503", "Сервис недоступен", "A bare reverse proxy page «503 Service Temporarily Unavailable»."),
    _page_fault("dropped-connection", "Обрыв соединения", "The connection closes without a byte of an answer."),
    Fault(
        "broken-asset",
        "Не загружается ресурс страницы",
        "The stylesheet (НМО, Госуслуги) or the script of the code boxes (ЕСИА) answers 404.",
        SITES,
        "static files",
    ),
    _page_fault("blank-page", "Пустая страница", "Status 200 and an empty HTML document."),
    Fault(
        "code-never-delivered",
        "Код не доставлен",
        "One-time codes by SMS and e-mail never reach the outbox.",
        ("delivery",),
        "one-time codes",
    ),
    Fault("wrong-state", "Чужой state", "ЕСИА returns another state than it was given.", ("esia",), "return"),
    Fault(
        "consent-not-recorded",
        "Согласие не сохраняется",
        "The portal says «Согласие принято» and does not record it: the cabinet stays limited.",
        ("nmo",),
        "consent",
    ),
    Fault(
        "sync-never-completes",
        "Синхронизация не завершается",
        "Every synchronisation that has started stays «Выполняется» while the fault is on.",
        ("registry",),
        "synchronisation",
    ),
    Fault(
        "profile-mismatch",
        "Данные профиля расходятся",
        "The cabinet's profile shows another digit of СНИЛС and another spelling of the surname than Госуслуги.",
        ("nmo",),
        "profile",
    ),
)


def find(name: str) -> Fault:
    """A fault by name. Raises UnknownFault."""
    for fault in CATALOGUE:
        if fault.name == name:
            return fault
    raise UnknownFault(f"unknown fault {name!r}; known: {', '.join(fault.name for fault in CATALOGUE)}")


class Faults:
    """Which faults are on, where, and with which parameters."""

    def __init__(self) -> None:
        self._on: dict[tuple[str, str], Mapping[str, float]] = {}

    def switch_on(self, name: str, system: str | None = None, parameters: Mapping[str, float] | None = None) -> Fault:
        """Switch a fault on for one system (its default one unless told). Raises FaultError."""
        fault = find(name)
        system = system or fault.systems[0]
        if system not in fault.systems:
            raise WrongSystem(f"{name} applies to {', '.join(fault.systems)}, not to {system!r}")
        given = dict(parameters or {})
        for key, value in given.items():
            if key not in fault.parameters:
                raise WrongParameter(f"{name} has no parameter {key!r}")
            if not isinstance(value, int | float) or not 0 <= value <= 600:
                raise WrongParameter(f"{key} must be a number from 0 to 600")
        self._on[name, system] = dict(fault.parameters) | given
        return fault

    def switch_off(self, name: str) -> None:
        """Switch a fault off everywhere. Raises UnknownFault."""
        find(name)
        self._on = {key: value for key, value in self._on.items() if key[0] != name}

    def clear(self) -> None:
        """Switch everything off."""
        self._on.clear()

    def on(self, name: str, system: str) -> bool:
        """Whether a fault is on for a system."""
        return (name, system) in self._on

    def parameters(self, name: str, system: str) -> Mapping[str, float]:
        """Parameters of a fault that is on; empty when it is off."""
        return self._on.get((name, system), {})

    def active(self, name: str) -> dict[str, Mapping[str, float]]:
        """System -> parameters, wherever the fault is on."""
        return {system: parameters for (of, system), parameters in self._on.items() if of == name}


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
