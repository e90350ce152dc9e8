"""A running staging, and what a browser and a client of ЕСИА do to it, spoken over plain HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from staging import oauth
from staging.clock import Clock
from staging.esia_client import SCOPE
from staging.server import Options, Staging
from tests.unit.staging.visitor import NO_TLS, WALL, MakePerson, Signed, ToLoopback, Visitor


@pytest.fixture(scope="session")
def staging() -> Iterator[Staging]:
    with Staging(Options(sync_seconds=30), clock=Clock(wall=lambda: WALL)) as running:
        yield running


@pytest.fixture(scope="session")
def control_api(staging: Staging) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {staging.token}"}
    with httpx.Client(base_url=staging.control, headers=headers, trust_env=False, verify=NO_TLS) as client:
        yield client


@pytest.fixture
def control(control_api: httpx.Client) -> Iterator[httpx.Client]:
    """The control API; afterwards the clock is back and every fault off."""
    yield control_api
    control_api.post("/clock", json={"reset": True})
    control_api.delete("/faults")


@pytest.fixture
def visitor(staging: Staging, control: httpx.Client) -> Iterator[Visitor]:
    with httpx.Client(transport=ToLoopback(verify=NO_TLS)) as http:
        yield Visitor(staging, http, control)


@pytest.fixture
def other_visitor(staging: Staging, control: httpx.Client) -> Iterator[Visitor]:
    with httpx.Client(transport=ToLoopback(verify=NO_TLS)) as http:
        yield Visitor(staging, http, control)


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
