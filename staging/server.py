"""The staging as a running thing: four sockets, one event loop, in a thread of its own or in the foreground.

StagingError
└── PortInUse
"""

import asyncio
import contextlib
import logging
import secrets
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from staging.clock import Clock
from staging.control import Control
from staging.esia import Esia
from staging.esia_api import EsiaApi
from staging.esia_client import SCOPE, EsiaClient
from staging.faults import Faults
from staging.gosuslugi import Gosuslugi
from staging.nmo import Nmo
from staging.oauth import CALLBACK, Client
from staging.site import Addresses, Site, templates
from staging.specialist_update import Terms
from staging.stand import Stand

_LOOPBACK = "127.0.0.1"
"""Where browsers look for ``*.localhost``."""
_SOCKETS = ("esia", "gosuslugi", "nmo", "control")
_START_LIMIT_S = 10.0
_STOP_LIMIT_S = 5.0


class StagingError(Exception):
    """The staging could not start."""


class PortInUse(StagingError):
    """A port that was asked for is taken, or may not be used."""


@dataclass(frozen=True)
class Options:
    """Ports of 0 are free ones. ``faults`` are ``NAME`` or ``NAME:SYSTEM``, on from the start."""

    esia_port: int = 0
    gosuslugi_port: int = 0
    nmo_port: int = 0
    control_port: int = 0
    faults: tuple[str, ...] = ()
    sync_seconds: float = 0.5
    check_seconds: float = 0.5
    update_seconds: float = 20.0
    cabinet_deletion: bool = True


class Staging:
    """A staging whose sockets are open from the start; it answers inside its context, or in `run`.

    >>> with Staging(Options(sync_seconds=0)) as staging:
    ...     httpx.get(f"{staging.control}/healthz")

    Raises PortInUse, and faults.FaultError for faults that do not exist.
    """

    def __init__(self, options: Options | None = None, clock: Clock | None = None) -> None:
        options = options or Options()
        faults = Faults()
        for fault in options.faults:
            name, _, system = fault.partition(":")
            faults.switch_on(name, system or None)
        self._sockets = _open_sockets(options)
        addresses = _addresses(self._sockets)
        self.esia, self.gosuslugi, self.nmo = addresses.esia, addresses.gosuslugi, addresses.nmo
        self.control = addresses.control
        self.token = secrets.token_urlsafe(24)
        # Plain HTTP on loopback: loading authorities would take longer than all the rest of the start.
        no_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = httpx.AsyncClient(timeout=30, trust_env=False, verify=no_tls)
        self.stand = Stand(
            addresses=addresses,
            http=self._http,
            clock=clock or Clock(),
            sync_s=options.sync_seconds,
            check_s=options.check_seconds,
            terms=Terms(*[options.update_seconds] * 3),
            account_s=options.update_seconds,
            cabinet_deletion=options.cabinet_deletion,
            faults=faults,
        )
        """What is behind the sites. While the staging runs it belongs to the staging's own thread."""
        self.client_keys = {"NMO": _new_key(), "PGU": _new_key()}
        """Private keys of ЕСИА's clients, by client id."""
        apps = _apps(self.stand, self.client_keys, self.token)
        ports = {sock.getsockname()[1]: apps[name] for name, sock in self._sockets.items()}
        self._ready = threading.Event()
        self._server = _Server(_by_port(ports), self._ready.set)
        self._thread: threading.Thread | None = None

    def personas(self) -> list[dict[str, str]]:
        """All accounts, with their secrets."""
        return [account.person.as_json() for account in self.stand.accounts]

    def run(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Serve in the foreground until a signal or `stop`."""
        self._server.on_ready = on_ready
        asyncio.run(self._serve(signals=True))

    def stop(self) -> None:
        """End serving soon; from any thread."""
        self._server.should_exit = True

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="staging", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_LIMIT_S):
            raise StagingError(f"the staging did not start in {_START_LIMIT_S:g} s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._thread:
            self._thread.join(_STOP_LIMIT_S)

    async def _serve(self, *, signals: bool = False) -> None:
        if signals:
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self.stop)
        async with self._http:
            await self._server.serve(list(self._sockets.values()))


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to us, says when it listens, and does not wait for slow answers at the end."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=_Protocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self.on_ready = on_ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Long polls and late pages are cut off; uvicorn reports each as a crash of the application.
        logging.getLogger("uvicorn.error").disabled = True
        try:
            for task in self.server_state.tasks:
                task.cancel()
            await super().shutdown(sockets)
        finally:
            logging.getLogger("uvicorn.error").disabled = False


class _Protocol(HttpToolsProtocol):
    """Lets an application close its connection without an answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["abort"] = self.transport.abort


def _apps(stand: Stand, keys: dict[str, rsa.RSAPrivateKey], token: str) -> dict[str, ASGIApp]:
    environment = templates(stand.addresses)
    nmo_uri = stand.addresses.nmo + CALLBACK
    pgu_uri = stand.addresses.gosuslugi + CALLBACK
    scopes = frozenset(SCOPE.split())
    clients = {
        "NMO": Client("NMO", "Портал НМО", stand.addresses.nmo, nmo_uri, scopes, True, keys["NMO"].public_key()),
        "PGU": Client("PGU", "Госуслуги", stand.addresses.gosuslugi, pgu_uri, scopes, False, keys["PGU"].public_key()),
    }
    api = EsiaApi(stand, clients, RSAKey.import_key(_new_key(), {"use": "sig", "alg": "RS256"}))
    esia_site = Site("esia", "ESIA", environment, stand.clock, stand.faults)
    pgu_site = Site("gosuslugi", "EPGU", environment, stand.clock, stand.faults)
    nmo_site = Site("nmo", "NMO", environment, stand.clock, stand.faults)
    pgu = EsiaClient("PGU", pgu_uri, keys["PGU"], stand)
    nmo = EsiaClient("NMO", nmo_uri, keys["NMO"], stand)
    return {
        "esia": Esia(stand, esia_site, api).app(),
        "gosuslugi": Gosuslugi(stand, pgu_site, pgu).app(),
        "nmo": Nmo(stand, nmo_site, nmo).app(),
        "control": Control(stand, token).app(),
    }


def _by_port(apps: dict[int, ASGIApp]) -> ASGIApp:
    """One application for all sockets: the port that a request came to says which site it is for."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await apps[scope["server"][1]](scope, receive, send)

    return app


def _open_sockets(options: Options) -> dict[str, socket.socket]:
    opened: dict[str, socket.socket] = {}
    for name in _SOCKETS:
        port: int = getattr(options, f"{name}_port")
        try:
            opened[name] = _listening(port)
        except OSError as error:
            for sock in opened.values():
                sock.close()
            raise PortInUse(f"cannot listen on {_LOOPBACK}:{port} for {name}: {error.strerror}") from None
    return opened


def _listening(port: int) -> socket.socket:
    # The protocol is named because asyncio turns Nagle's algorithm off for sockets that say TCP, and not for
    # those that leave it at 0: there each answer over a kept connection took 44 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((_LOOPBACK, port))
        sock.listen(512)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def _addresses(sockets: dict[str, socket.socket]) -> Addresses:
    ports = {name: sock.getsockname()[1] for name, sock in sockets.items()}
    return Addresses(
        esia=f"http://esia.localhost:{ports['esia']}",
        gosuslugi=f"http://gosuslugi.localhost:{ports['gosuslugi']}",
        nmo=f"http://nmo.localhost:{ports['nmo']}",
        control=f"http://{_LOOPBACK}:{ports['control']}",
    )


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)
