"""One-time codes over HTTP: the outbox of the embedded staging, and any gateway that answers JSON or text."""

import atexit
import json
import logging
import re
import ssl
from collections import Counter
from collections.abc import Iterator
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from journeys.inbox import InboxUnreachable
from journeys.target import InboxAddress

ANSWER_S = 10.0
"""How long a server may take to answer, beyond a wait that it was asked for."""

LONGEST_POLL_S = 20.0
"""How long one request asks the outbox to wait."""

_LIMITS = httpx.Limits(keepalive_expiry=3.0)
"""Below the 5 s after which servers drop an idle connection, so that no request meets one being dropped."""

_TEXT_KEYS = frozenset({"text", "body", "message", "content", "code", "otp"})
"""Where gateways put what was sent. Ids and dates have the shape of a code, so they are not looked at."""


class Outbox:
    """Messages to one address in an outbox that numbers them and lets a request wait for the next."""

    def __init__(self, inbox: InboxAddress, address: str, kind: str) -> None:
        self._server = Server(inbox)
        self._url = inbox.url.rstrip("/") + "/outbox"
        self._pattern = inbox.pattern
        self._address = address
        self._kind = kind
        self._after = 0

    def ready(self) -> None:
        """Do beforehand what takes time."""
        self._server.open()

    def mark(self) -> None:
        """Note the last message, so that only later ones count."""
        answer = self._server.json(f"{self._url}/last", {"to": self._address})
        try:
            self._after = int(answer["id"])
        except (KeyError, TypeError, ValueError):
            raise self._server.error("the answer is not that of an outbox") from None

    def fresh(self, wait_s: float) -> str | None:
        """The code in the newest message since `mark`, waiting for one up to ``wait_s`` seconds."""
        wait_s = min(wait_s, LONGEST_POLL_S)
        asked = {"to": self._address, "after": str(self._after), "wait": f"{wait_s:.3f}"}
        answer = self._server.json(self._url, asked, wait_s)
        try:
            messages = sorted(answer["messages"], key=lambda message: int(message["id"]))
            texts = [str(message["text"]) for message in messages if message["channel"] == self._kind]
            self._after = max([self._after, *(int(message["id"]) for message in messages)])
        except (KeyError, TypeError, ValueError):
            raise self._server.error("the answer is not that of an outbox") from None
        codes = [code for text in texts for code in codes_in(text, self._pattern)[:1]]
        return codes[-1] if codes else None

    def close(self) -> None:
        """Nothing is open that is this inbox's own."""


class Gateway:
    """A URL that shows what was sent to one address, in any order, old messages among the new."""

    def __init__(self, inbox: InboxAddress, address: str) -> None:
        self._server = Server(inbox)
        self._url = inbox.url.replace("{address}", quote(address, safe=""))
        self._pattern = inbox.pattern
        self._before: Counter[str] = Counter()

    def ready(self) -> None:
        """Do beforehand what takes time."""
        self._server.open()

    def mark(self) -> None:
        """Note what is there, so that only the rest counts."""
        self._before = Counter(self._codes())

    def fresh(self, wait_s: float) -> str | None:
        """The newest code that was not there at `mark`."""
        left, codes = self._before.copy(), self._codes()
        new = []
        for place, code in enumerate(codes):
            if left[code] > 0:
                left[code] -= 1
            else:
                new.append(place)
        if not new:
            return None
        newest_first = new[0] == 0 and len(new) < len(codes)  # new above old: so is the newest above the new
        return codes[new[0] if newest_first else new[-1]]

    def close(self) -> None:
        """Nothing is open that is this inbox's own."""

    def _codes(self) -> list[str]:
        answer = self._server.get(self._url).text
        try:
            data = json.loads(answer)
        except ValueError:
            return codes_in(answer, self._pattern)
        if not isinstance(data, dict | list):
            return codes_in(answer, self._pattern)
        leaves = list(_leaves(data, ""))
        texts = [text for key, text in leaves if key.lower() in _TEXT_KEYS] or [text for _, text in leaves]
        return [code for text in texts for code in codes_in(text, self._pattern)]


class Server:
    """A server of codes. What it says of its troubles names the host: no address, no token."""

    def __init__(self, inbox: InboxAddress) -> None:
        self._inbox = inbox

    def open(self) -> tuple[httpx.Client, httpx.Headers]:
        """The client, which all servers of the process share, as to make one takes 1 ms; and the headers for this one.

        Raises InboxUnreachable.
        """
        inbox, parts = self._inbox, urlsplit(self._inbox.url)
        try:
            headers = httpx.Headers(
                {"Authorization": f"Bearer {inbox.token.get_secret_value()}"} if inbox.token else {}
            )
        except ValueError:
            raise self.error("the token cannot be sent in a header") from None
        return _client(tls=parts.scheme == "https", trust_env=not is_loopback(parts.hostname)), headers

    def get(self, url: str, params: dict[str, str] | None = None, wait_s: float = 0.0) -> httpx.Response:
        """GET, taking at most ``wait_s`` + `ANSWER_S`. Raises InboxUnreachable."""
        inbox, (client, headers) = self._inbox, self.open()
        login = (inbox.user, inbox.password.get_secret_value()) if inbox.user and inbox.password else None
        limits = httpx.Timeout(ANSWER_S, read=wait_s + ANSWER_S)
        try:
            response = client.get(url, params=params, headers=headers, auth=login, timeout=limits)
        except httpx.ConnectError as error:
            raise self.error(str(error) or "cannot connect") from None
        except httpx.TimeoutException:
            raise self.error(f"no answer within {wait_s + ANSWER_S:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # their texts may quote the request
            raise self.error(type(error).__name__) from None
        if not response.is_success:
            raise self.error(f"HTTP {response.status_code}")
        return response

    def json(self, url: str, params: dict[str, str], wait_s: float = 0.0) -> Any:
        """As `get`, and the answer must be JSON."""
        response = self.get(url, params, wait_s)
        try:
            return response.json()
        except ValueError:
            raise self.error("the answer is not JSON") from None

    def error(self, what: str) -> InboxUnreachable:
        """What happened, and at which host."""
        return InboxUnreachable(f"inbox at {urlsplit(self._inbox.url).netloc.rpartition('@')[2]}: {what}")


@cache
def _client(*, tls: bool, trust_env: bool) -> httpx.Client:
    """A client without a token of its own, and without cookies: what a server gave one person would be sent for
    another. Safe to use from several threads."""
    # httpx logs every URL at INFO, and the URL holds the person's phone.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # Without TLS there is nothing to verify, and loading the authorities takes 20 ms.
    verify = trust() if tls else False
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    client = httpx.Client(verify=verify, trust_env=trust_env, limits=_LIMITS, cookies=no_cookies)
    atexit.register(client.close)
    return client


@cache
def trust() -> ssl.SSLContext:
    """The public authorities, or those of ``SSL_CERT_FILE`` instead; read once, since it takes 20 ms."""
    return httpx.create_ssl_context()


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost" or (host or "").endswith(".localhost")


def codes_in(text: str, pattern: str) -> list[str]:
    """Every match of ``pattern``; where it has a group, the first group."""
    return [match[1] if match.re.groups else match[0] for match in re.finditer(pattern, text)]


def _leaves(node: Any, key: str) -> Iterator[tuple[str, str]]:
    """Texts of a JSON value with the key each stands under; numbers only where a code may be one."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _leaves(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, key)
    elif isinstance(node, str) or (key.lower() in _TEXT_KEYS and type(node) is int):
        yield key, str(node)
