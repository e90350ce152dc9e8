import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from synthetic.endpoint import PortTaken, endpoint, listening


class State:
    """What the checks say."""

    def __init__(self) -> None:
        self.health: str | None = None
        self.ready: str | None = None


@contextmanager
def web(
    state: State | None = None, registry: CollectorRegistry | None = None, host: str = "127.0.0.1", port: int = 0
) -> Iterator[httpx.Client]:
    state, registry = state or State(), registry or CollectorRegistry()
    with (
        listening(host, port) as listener,
        endpoint(listener, registry, lambda: state.health, lambda: state.ready) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=10) as client,
    ):
        yield client


@pytest.fixture
def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Counter("runs", "Runs.", registry=registry).inc(3, {"run_id": "run-1"})
    return registry


def test_metrics_as_text(registry: CollectorRegistry) -> None:
    with web(registry=registry) as client:
        answer = client.get("/metrics", headers={"Accept": "text/plain"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    samples = {sample.name: sample.value for family in plain(answer.text) for sample in family.samples}
    assert samples["runs_total"] == 3
    assert "# EOF" not in answer.text


def test_metrics_as_openmetrics_with_exemplars(registry: CollectorRegistry) -> None:
    with web(registry=registry) as client:
        answer = client.get(
            "/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}
        )
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    [sample] = [
        sample
        for family in openmetrics(answer.text)  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.name == "runs_total"
    ]
    assert sample.exemplar is not None
    assert sample.exemplar.labels == {"run_id": "run-1"}


def test_metrics_are_of_this_moment(registry: CollectorRegistry) -> None:
    late = Counter("late", "Late.", registry=registry)
    with web(registry=registry) as client:
        assert "late_total 0.0" in client.get("/metrics").text
        late.inc()
        assert "late_total 1.0" in client.get("/metrics").text


@pytest.mark.parametrize(("path", "other"), [("/healthz", "/readyz"), ("/readyz", "/healthz")])
def test_a_check_tells_what_is_wrong(path: str, other: str) -> None:
    state = State()
    with web(state) as client:
        fine = client.get(path)
        assert (fine.status_code, fine.json()) == (200, {"status": "ok"})
        setattr(state, {"/healthz": "health", "/readyz": "ready"}[path], "no run has ended for 900 s")
        bad = client.get(path)
        assert (bad.status_code, bad.json()) == (503, {"status": "no run has ended for 900 s"})
        assert client.get(other).status_code == 200
        setattr(state, {"/healthz": "health", "/readyz": "ready"}[path], None)
        assert client.get(path).status_code == 200


def test_nothing_else_is_served() -> None:
    with web() as client:
        assert client.get("/").status_code == 404
        assert client.post("/metrics").status_code == 405


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as refused, listening("127.0.0.1", port):
            pass
    said = str(refused.value)
    assert said == f"monitor.port: cannot listen on 127.0.0.1:{port}: Address already in use; choose a free port"
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("host", "reason"),
    [("203.0.113.1", "Cannot assign requested address"), ("no such host", "Name or service not known")],
)
def test_an_address_that_is_not_ours_is_named(host: str, reason: str) -> None:
    said = f"monitor.host: cannot listen on {host}:0: {reason}; name an address of this machine"
    with pytest.raises(PortTaken, match=f"^{re.escape(said)}$"), listening(host, 0):
        pass


def test_the_port_is_ours_before_anything_answers() -> None:
    """So that a second monitor is refused before it starts a staging; and whoever asks early is answered later."""
    with listening("127.0.0.1", 0) as listener:
        address = listener.getsockname()
        with pytest.raises(PortTaken, match="Address already in use"), listening(*address):
            pass
        with socket.create_connection(address, 10) as early:
            early.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            with endpoint(listener, CollectorRegistry(), lambda: None, lambda: None):
                assert early.recv(64).startswith(b"HTTP/1.1 200 ")


def test_the_port_is_free_when_nothing_came_to_answer() -> None:
    with listening("127.0.0.1", 0) as listener:
        address = listener.getsockname()
    with listening(*address) as again:
        assert again.getsockname() == address


def test_an_address_of_version_six_stands_in_brackets() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with web(host="::1") as client:
        assert client.base_url.host == "::1"
        assert client.get("/healthz").status_code == 200


def test_the_port_is_free_and_the_threads_gone_afterwards(
    eventually: Callable[[Callable[[], object]], None],
) -> None:
    before = set(threading.enumerate())
    with web() as client:
        port = client.base_url.port
        assert client.get("/healthz").status_code == 200
    eventually(lambda: set(threading.enumerate()) <= before)
    assert port is not None
    with web(port=port) as client:
        assert client.get("/healthz").status_code == 200
