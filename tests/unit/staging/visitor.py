"""What a browser does to the staging, spoken over plain HTTP."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from staging.server import Staging

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Everything is plain HTTP on loopback; loading authorities for each client takes half the time."""

WALL = 1_900_000_000.0
"""The wall of the stagings under test stands still: nothing here depends on when a test is run."""

Signed = Callable[..., dict[str, str]]
"""Makes the parameters of a client's request; keywords are put over the signed ones."""

Person = dict[str, str]
"""An account as the control API gives it."""

MakePerson = Callable[[str], Person]
"""Makes a fresh person like a shipped one."""


class ToLoopback(httpx.HTTPTransport):
    """Names under ``.localhost`` resolve in browsers only: connect to loopback, keep the Host header."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["host"] = request.url.netloc.decode()
        url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(
            httpx.Request(request.method, url, headers=request.headers, stream=request.stream)
        )


@dataclass
class Visitor:
    """A browser with its cookies, and the person at it."""

    staging: Staging
    http: httpx.Client
    control: httpx.Client

    def get(self, url: str, follow: bool = True) -> httpx.Response:
        return self.http.get(url, follow_redirects=follow)

    def post(self, url: str, **form: str | list[str]) -> httpx.Response:
        return self.http.post(url, data=form, follow_redirects=True)

    def give_password(self, person: Person, login: str = "", password: str = "") -> httpx.Response:
        form = {"login": login or person["login"], "password": password or person["password"]}
        return self.post(f"{self.staging.esia}/login", **form)

    def give_code(self, code: str, screen: str = "otp") -> httpx.Response:
        return self.post(f"{self.staging.esia}/login/{screen}", digit=list(code))

    def code_sent(self, to: str) -> str:
        """The last code sent to an address."""
        messages = self.control.get("/outbox", params={"to": to}).json()["messages"]
        found = re.search(r"\b\d{6}\b", messages[-1]["text"])
        assert found
        return found.group()

    def sign_in(self, person: Person, start: str = "") -> httpx.Response:
        """Through ЕСИА by SMS, and by the code from an e-mail if that is asked for; the page that follows."""
        self.get(start or f"{self.staging.nmo}/login/esia")
        self.give_password(person)
        page = self.give_code(self.code_sent(person["phone"]))
        if page.url.path == "/login/contact":
            page = self.give_code(self.code_sent(person["email"]), "contact")
        return page


def error_on(page: httpx.Response) -> str:
    """What the screen's error label says; empty without one."""
    _, found, rest = page.text.partition('<div class="error-label" role="alert">')
    return rest.partition("</div>")[0] if found else ""
