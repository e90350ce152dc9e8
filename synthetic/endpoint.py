"""The monitor's own web address: /metrics, /healthz, /readyz.

PortTaken    the address is in use or not ours to listen on; the message says which
"""

import errno
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exporters.prometheus import exposition

Check = Callable[[], str | None]
"""None when all is well, else what is wrong, in a line."""


class PortTaken(Exception):
    """Nothing can listen at the address."""


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens, before anything is there to answer. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=64)
    except OSError as error:
        # Python adds the address, which is said already; the errno of a name that does not resolve is no errno.
        reason = (error.strerror or str(error)).partition(" (while ")[0]
        at_fault, remedy = "monitor.port", "choose a free port"
        # Below zero: what the look-up of the name says.
        if error.errno is not None and (error.errno < 0 or error.errno == errno.EADDRNOTAVAIL):
            at_fault, remedy = "monitor.host", "name an address of this machine"
        raise PortTaken(f"{at_fault}: cannot listen on {host}:{port}: {reason}; {remedy}") from None
    with listener:
        yield listener


@contextmanager
def endpoint(listener: socket.socket, registry: CollectorRegistry, health: Check, ready: Check) -> Iterator[str]:
    """Answer in a thread for as long as the context lasts; yields the base URL."""

    def metrics(request: Request) -> Response:
        content_type, body = exposition(registry, request.headers.get("accept"))
        return Response(body, headers={"content-type": content_type})

    app = Starlette(
        routes=[
            Route("/metrics", metrics),
            Route("/healthz", lambda _: _answer(health())),
            Route("/readyz", lambda _: _answer(ready())),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    host, port, *_ = listener.getsockname()
    try:
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(2)


def _answer(problem: str | None) -> Response:
    return JSONResponse({"status": problem or "ok"}, status_code=503 if problem else 200)
