"""A running staging, and what a browser and a client of ЕСИА do to it, spoken over plain HTTP."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from staging import oauth
from staging.clock import Clock
from staging.esia_client import SCOPE
from staging.server import Options, Staging

WALL = 1_900_000_000.0
"""The wall of the stagings under test stands still: nothing here depends on when a test is run."""


class ToLoopback(httpx.HTTPTransport):
    """Names under ``.localhost`` resolve in browsers only: connect to the loopback address, keep the Host header."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["host"] = request.url.netloc.decode()
        url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(httpx.Request(request.method, url, headers=request.headers, stream=request.stream))


@dataclass
class Browser:
    """A browser with its cookies, and the person at it."""

    staging: Staging
    http: httpx.Client
    control: httpx.Client

    def get(self, url: str, follow: bool = True) -> httpx.Response:
        return self.http.get(url, follow_redirects=follow)

    def post(self, url: str, follow: bool = True, **form: Any) -> httpx.Response:
        return self.http.post(url, data=form, follow_redirects=follow)

    def give_password(self, person: dict[str, str], login: str = "", password: str = "") -> httpx.Response:
        form = {"login": login or person["login"], "password": password or person["password"]}
        return self.post(f"{self.staging.esia}/login", **form)

    def give_code(self, code: str, screen: str = "otp", follow: bool = True) -> httpx.Response:
        return self.post(f"{self.staging.esia}/login/{screen}", follow, digit=list(code))

    def code_sent(self, to: str) -> str:
        """The last code sent to an address."""
        messages = self.control.get("/outbox", params={"to": to}).json()["messages"]
        found = re.search(r"\b\d{6}\b", messages[-1]["text"])
        assert found
        return found.group()

    def sign_in(self, person: dict[str, str], start: str = "") -> httpx.Response:
        """Through ЕСИА by SMS, and through the confirmation of the e-mail if it is asked for; the page that follows."""
        self.get(start or f"{self.staging.nmo}/login/esia")
        self.give_password(person)
        page = self.give_code(self.code_sent(person["phone"]))
        if page.url.path == "/login/contact":
            page = self.give_code(self.code_sent(person["email"]), "contact")
        return page


@pytest.fixture(scope="session")
def staging() -> Iterator[Staging]:
    with Staging(Options(sync_seconds=30), clock=Clock(wall=lambda: WALL)) as running:
        yield running


@pytest.fixture
def control(staging: Staging) -> Iterator[httpx.Client]:
    """The control API; afterwards the clock is back and every fault off."""
    headers = {"authorization": f"Bearer {staging.token}"}
    with httpx.Client(base_url=staging.control, headers=headers, trust_env=False) as client:
        yield client
        client.post("/clock", json={"reset": True})
        client.delete("/faults")


@pytest.fixture
def visitor(staging: Staging, control: httpx.Client) -> Iterator[Browser]:
    with httpx.Client(transport=ToLoopback()) as http:
        yield Browser(staging, http, control)


@pytest.fixture
def other_visitor(staging: Staging, control: httpx.Client) -> Iterator[Browser]:
    with httpx.Client(transport=ToLoopback()) as http:
        yield Browser(staging, http, control)


MakePerson = Callable[[str], dict[str, str]]


@pytest.fixture
def make_person(control: httpx.Client, request: pytest.FixtureRequest) -> MakePerson:
    """A fresh person like a shipped one, so that no test sees another's account."""

    def make(like: str) -> dict[str, str]:
        name = f"{like} for {request.node.name}"
        person: dict[str, str] = control.post("/personas", json={"like": like, "name": name}).raise_for_status().json()
        return person

    return make


@pytest.fixture
def doctor(make_person: MakePerson) -> dict[str, str]:
    return make_person("doctor")


@pytest.fixture
def newcomer(make_person: MakePerson) -> dict[str, str]:
    return make_person("newcomer")


Signed = Callable[..., dict[str, str]]


@pytest.fixture
def signed(staging: Staging) -> Signed:
    """Parameters as the portal signs them; ``last`` is signed too, the rest is put over the signed ones."""

    def parameters(last: str = "", scope: str = SCOPE, **over: str) -> dict[str, str]:
        uri = f"{staging.nmo}/oauth/callback"
        now = staging.stand.clock.now()
        made = oauth.signed("NMO", staging.client_keys["NMO"], uri, scope, now, state="the-state", last=last)
        return made | over

    return parameters


@pytest.fixture
def ask(signed: Signed) -> Signed:
    """Parameters of a request for a code."""

    def parameters(**over: str) -> dict[str, str]:
        return signed(**{"response_type": "code", "access_type": "online", "nonce": "the-nonce"} | over)

    return parameters
