"""Real listeners on loopback, each with one way to answer."""

import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import urlsplit

Answer = Callable[[socket.socket], None]
"""What is done with a connection; it is closed afterwards."""

_PAGE = b"<!doctype html><title>stand-in</title><h1>stand-in</h1>"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
_RESET = struct.pack("ii", 1, 0)
_MOST = 65536


class _Listener(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), BaseRequestHandler)
        self._answer = answer

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._answer(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is what these tests are about."""


@contextmanager
def listening(answer: Answer) -> Iterator[int]:
    """A port where every connection is answered so, for as long as the context lasts."""
    with _Listener(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def nobody() -> Iterator[int]:
    """A port that is taken and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def page(connection: socket.socket) -> None:
    """A page of nobody's, over plain HTTP."""
    request_head(connection)
    connection.sendall(_HEAD % len(_PAGE) + _PAGE)


def over_tls(pem: bytes, most: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED) -> Answer:
    """The same page over TLS, up to a version of it. ``pem`` holds key and certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(pem)
        file.flush()
        context.load_cert_chain(file.name)
    if most is not ssl.TLSVersion.MAXIMUM_SUPPORTED:
        context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, most
        context.set_ciphers("ALL:@SECLEVEL=0")

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            page(secured)

    return answer


def bad_request(connection: socket.socket) -> None:
    """What a server of plain HTTP says to a greeting of TLS."""
    connection.recv(_MOST)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")


def reset(connection: socket.socket) -> None:
    """Take the request, or the greeting of TLS, and reset the connection."""
    connection.recv(_MOST)
    break_off(connection)


def reset_in_answer(connection: socket.socket) -> None:
    """Begin to answer, and reset the connection in the middle."""
    request_head(connection)
    connection.sendall(_HEAD % (len(_PAGE) * 1000) + _PAGE)
    break_off(connection)


def silent(connection: socket.socket) -> None:
    """Take whatever comes, and answer nothing until the other side leaves."""
    while connection.recv(_MOST):
        pass


def break_off(connection: socket.socket) -> None:
    """Close with a reset, at once."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.close()


def request_head(connection: socket.socket) -> bytes:
    """What a client says, up to the end of its headers or more."""
    said = b""
    while b"\r\n\r\n" not in said and (piece := connection.recv(_MOST)):
        said += piece
    return said


def gateway(ends: Callable[[str], Answer | None]) -> Answer:
    """An HTTP proxy to loopback. ``ends`` says of a URL how its connection ends; None lets it through."""

    def answer(connection: socket.socket) -> None:
        head = request_head(connection)
        method, address = head.decode("latin-1").split(" ", 2)[:2]
        if method == "CONNECT":
            with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as server:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _join(connection, server)
            return
        if end := ends(address):
            end(connection)
            return
        with socket.create_connection(("127.0.0.1", urlsplit(address).port or 80)) as server:
            # One request a connection: the next one may be for another site.
            server.sendall(head.replace(b"Proxy-Connection: keep-alive", b"Connection: close", 1))
            _join(connection, server)

    return answer


def redirect(to: str) -> Answer:
    """Send the browser on."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nConnection: close\r\n\r\n".encode())

    return answer


def _join(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until the other side has no more."""

    def carry() -> None:
        with suppress(OSError):
            while piece := one.recv(_MOST):
                other.sendall(piece)

    threading.Thread(target=carry, daemon=True).start()
    while piece := other.recv(_MOST):
        one.sendall(piece)
