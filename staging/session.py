"""Sessions of browsers, kept on the server; the cookie holds nothing but a random id."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from staging.fault import System
from staging.faults import Faults

T = TypeVar("T")

KEPT = 5000
"""Sessions kept; the ones unused for longest go first."""


class Sessions(Generic[T]):
    """Sessions of one site, each holding one value made by ``fresh``."""

    def __init__(self, cookie: str, fresh: Callable[[], T], system: System, faults: Faults) -> None:
        self._cookie = cookie
        self._fresh = fresh
        self._system = system
        self._faults = faults
        self._values: OrderedDict[str, T] = OrderedDict()

    def of(self, request: Request) -> T:
        """This browser's value; a fresh one, not kept yet, when the browser has no session."""
        sid = request.cookies.get(self._cookie, "")
        if sid in self._values:
            self._values.move_to_end(sid)
            return self._values[sid]
        return self._fresh()

    def keep(self, request: Request, response: Response, value: T) -> None:
        """Keep the value under the browser's id, giving it one when it has none."""
        sid = request.cookies.get(self._cookie, "")
        if sid in self._values:
            self._values[sid] = value
        else:
            self._open(response, value)

    def renew(self, request: Request, response: Response, value: T) -> None:
        """Keep the value under a new id: what an attacker planted before the sign-in is worthless after it."""
        if self._faults.on("session-fixed", self._system):
            self.keep(request, response, value)
            return
        self._values.pop(request.cookies.get(self._cookie, ""), None)
        self._open(response, value)

    def end(self, request: Request, response: Response) -> None:
        """Forget the session, here and in the browser."""
        if self._faults.on("logout-incomplete", self._system):
            return
        self._values.pop(request.cookies.get(self._cookie, ""), None)
        response.delete_cookie(self._cookie, httponly=True, samesite="lax")

    def _open(self, response: Response, value: T) -> None:
        sid = secrets.token_urlsafe(32)
        self._values[sid] = value
        while len(self._values) > KEPT:
            self._values.popitem(last=False)
        lacks = self._faults.parameters("cookie-unsafe", self._system).get("lacks")
        response.set_cookie(self._cookie, sid, httponly=lacks != 0, samesite=None if lacks == 1 else "lax")
