"""What the three sites have in common: pages, static files, and error pages with a code and a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from importlib import resources
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from staging.clock import Clock
from staging.fault import System
from staging.fault_injection import FaultInjection, OwnPages
from staging.faults import Faults

MOSCOW = timezone(timedelta(hours=3), "МСК")

_BY_SCRIPT = 2
_PASSED_ON = """<!doctype html><title>…</title><script>
history.pushState(null, "", "%(path)s#" + location.search.slice(1));
history.pushState(null, "", "%(path)s");
location.reload();
</script>"""
"""An application's page that puts the code behind «#» for a moment: it stays in the browser's history."""

_TYPES = MappingProxyType({"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"})


@dataclass(frozen=True)
class Addresses:
    """URLs of the sites and the control API, without a trailing slash."""

    esia: str
    gosuslugi: str
    nmo: str
    control: str


def templates(addresses: Addresses) -> Environment:
    """The environment of all pages; templates are parsed once."""
    environment = Environment(
        loader=PackageLoader("staging"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["sites"] = addresses
    environment.filters["moscow"] = lambda moment: moment.astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M:%S МСК")
    environment.filters["date"] = lambda moment: moment.astimezone(MOSCOW).strftime("%d.%m.%Y")
    environment.filters["iso"] = datetime.isoformat
    return environment


class Site:
    """One site: its pages are in the template folder of its system's name; ``prefix`` starts its error codes."""

    def __init__(self, system: System, prefix: str, environment: Environment, clock: Clock, faults: Faults) -> None:
        self.system = system
        self.prefix = prefix
        self._environment = environment
        self._clock = clock
        self._faults = faults

    def page(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """Render ``templates/SYSTEM/TEMPLATE.html``."""
        html = self._environment.get_template(f"{self.system}/{template}.html").render(context)
        return HTMLResponse(html, status, headers={"cache-control": "no-store"})

    def failure(self, title: str, code: str, text: str, status: int) -> HTMLResponse:
        """An error page: heading, code, text and the time it happened."""
        return self.page("failure", status, title=title, code=code, text=text, happened=self._clock.now())

    def onward(self, request: Request, path: str) -> Response:
        """On from ЕСИА's return to the first page. ЕСИА's code in ``request`` stays behind, but for faults."""
        if self._faults.on("code-in-referrer", self.system):
            html = f'<!doctype html><meta http-equiv="refresh" content="0; url={path}"><title>…</title>'
            return HTMLResponse(html, headers={"cache-control": "no-store"})
        if self._faults.on("code-in-url", self.system):
            fragment = self._faults.parameters("code-in-url", self.system)["fragment"]
            if fragment == _BY_SCRIPT:
                return HTMLResponse(_PASSED_ON % {"path": path}, headers={"cache-control": "no-store"})
            return RedirectResponse(f"{path}{'#' if fragment else '?'}{request.url.query}", 303)
        return RedirectResponse(path, 303)

    def app(self, routes: Sequence[BaseRoute]) -> Starlette:
        """The site with its static files, error pages and faults."""
        files = _static_files()

        async def static(request: Request) -> Response:
            return _static(files, request)

        own_pages: OwnPages = {
            "http-500": self._own_error,
            "maintenance": self._maintenance,
            "error-banner": self._banner,
            "endless-spinner": self._spinner,
        }
        return Starlette(
            routes=[*routes, Route("/static/{name}", static)],
            exception_handlers={404: self._not_found, Exception: self._crashed},
            middleware=[Middleware(FaultInjection, system=self.system, faults=self._faults, own_pages=own_pages)],
        )

    def _own_error(self) -> HTMLResponse:
        text = "Сервис временно не может обработать запрос. Повторите попытку позже."
        return self.failure("Что-то пошло не так", f"{self.prefix}-5001", text, 500)

    def _maintenance(self) -> HTMLResponse:
        until = self._clock.now() + timedelta(hours=2)
        page = self.page("stand_in", 503, title="Ведутся технические работы", busy=False, until=until)
        page.headers["retry-after"] = "7200"
        return page

    def _spinner(self) -> HTMLResponse:
        return self.page("stand_in", title="", busy=True, until=None)

    def _banner(self) -> HTMLResponse:
        text = "Раздел временно не работает. Мы уже знаем о проблеме."
        return self.failure("Не получилось загрузить данные", f"{self.prefix}-7003", text, 200)

    async def _crashed(self, _request: Request, _error: Exception) -> Response:
        return self._own_error()

    async def _not_found(self, _request: Request, _error: Exception) -> Response:
        text = "Проверьте адрес или вернитесь на главную страницу."
        return self.failure("Страница не найдена", f"{self.prefix}-4004", text, 404)


def see_other(path: str) -> RedirectResponse:
    """On to another page after a form."""
    return RedirectResponse(path, 303)


def _static_files() -> Mapping[str, bytes]:
    folder = resources.files("staging").joinpath("static")
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


def _static(files: Mapping[str, bytes], request: Request) -> Response:
    name = request.path_params["name"]
    if name not in files:
        raise HTTPException(404)
    return Response(
        files[name],
        media_type=_TYPES[name.rpartition(".")[2]],
        headers={"cache-control": "public, max-age=3600"},
    )
